"""A company's settings, as far as jobs heed them."""

from collections.abc import Mapping
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any, Literal

from domain import model
from domain.errors import invalid, not_built
from imaging.profiles import builtin_profile
from server.dispatch import Call, implements
from server.operations.assets import asset_values
from server.operations.batch import find_asset
from store.assets import NewAsset, add_asset, find_by_names, load_asset
from store.companies import change_company
from wsdl import contract

OVERWRITE_MODES = ("OverwriteFullName", "OverwriteAnyExt", "OverwriteFullNameAnyFolder", "OverwriteAnyExtAnyFolder")
_NOT_BUILT = {
    "iptcExifMappingXsltHandle": "iptc_exif_mapping_xslt_handle",
    "xmpMappingXsltHandle": "xmp_mapping_xslt_handle",
    "diskSpaceWarningMin": "disk_space_warning_min",
    "emailTrashCleanupWarning": "email_trash_cleanup_warning",
}
_BUILT_IN: Mapping[str, tuple[Literal["srgb", "cmyk"], str]] = {
    "source_profile_id": ("cmyk", "Default-CMYK"),
    "display_profile_id": ("srgb", "Default-sRGB"),
}


@implements(contract.GET_COMPANY_SETTINGS, writes=True)
def get_company_settings(call: Call, _param: contract.GetCompanySettingsParam) -> contract.GetCompanySettingsReturn:
    """Answer the settings; a company that has no profiles of its own gets the built-in ones as assets."""
    source, display = asset_values(call, [default_profile(call, name) for name in _BUILT_IN])
    return contract.GetCompanySettingsReturn(
        settings=contract.CompanySettings(
            overwrite_mode=call.company.overwrite_mode,
            retain_publish_state=call.company.retain_publish_state,
            default_source_profile=source,
            default_display_profile=display,
            disk_space_warning_min=0,
            email_trash_cleanup_warning=False,
        )
    )


@implements(contract.SET_COMPANY_SETTINGS, writes=True)
def set_company_settings(call: Call, param: contract.SetCompanySettingsParam) -> contract.SetCompanySettingsReturn:
    """Change what is given; what is absent stays."""
    for wire_name, name in _NOT_BUILT.items():
        if getattr(param, name):
            raise not_built(f"{wire_name} of setCompanySettings")
    changes: dict[str, Any] = {}
    if param.overwrite_mode:
        if param.overwrite_mode not in OVERWRITE_MODES:
            raise invalid("overwriteMode", f"{param.overwrite_mode} is not one of {', '.join(OVERWRITE_MODES)}.")
        changes["overwrite_mode"] = param.overwrite_mode
    if param.retain_publish_state is not None:
        changes["retain_publish_state"] = param.retain_publish_state
    if param.default_source_profile_handle:
        handle = param.default_source_profile_handle
        changes["source_profile_id"] = find_profile(call, handle, "defaultSourceProfileHandle").id
    if param.default_display_profile_handle:
        handle = param.default_display_profile_handle
        changes["display_profile_id"] = find_profile(call, handle, "defaultDisplayProfileHandle").id
    if changes:
        change_company(call.tx, call.company.id, **changes)
    return contract.SetCompanySettingsReturn()


def find_profile(call: Call, handle: str, field: str) -> model.Asset:
    """Return the IccProfile asset that ``handle`` names; ApiError 30001 for anything else."""
    asset = find_asset(call, handle, field)
    if asset.type != "IccProfile":
        raise invalid(field, f"{handle} is an asset of type {asset.type}; an IccProfile is needed.")
    return asset


def default_profile(call: Call, setting: str) -> model.Asset:
    """Return the company's profile for ``setting``, a column's name; the built-in one, as an asset, if it has none."""
    number = getattr(call.company, setting)
    chosen = load_asset(call.tx, call.company.id, number) if number is not None else None
    if chosen is None or chosen.trash_state == "InEmptiedTrash":
        return _built_in(call, *_BUILT_IN[setting])
    return chosen


def _built_in(call: Call, profile: Literal["srgb", "cmyk"], name: str) -> model.Asset:
    existing = find_by_names(call.tx, call.company.id, [name])
    if existing:
        return existing[0]
    with NamedTemporaryFile(dir=call.services.scratch, delete=False) as file:
        file.write(builtin_profile(profile))
    new = NewAsset(
        company_id=call.company.id,
        folder=f"{call.company.root}/",
        name=name,
        file_name=f"{name}.icc",
        type="IccProfile",
        original=call.services.blobs.put(Path(file.name)),
        ready_for_publish=False,
        created_by="default",
    )
    return add_asset(call.tx, new)
