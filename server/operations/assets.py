"""Assets: as the wire shows them, and fetching them by handle or by name."""

from collections.abc import Sequence
from dataclasses import replace
from pathlib import PurePosixPath
from typing import Any

from domain import model
from domain.errors import ApiError, FaultCode, invalid
from domain.handles import asset_handle, folder_handle, image_map_handle, parse_asset
from server.dispatch import Call, implements
from server.operations.asset_metadata import metadata_arrays
from server.operations.batch import find_all, find_asset, find_known, for_each
from server.operations.choices import asset_types, check_length
from server.operations.folders import company_path, refuse_permission_context
from store import asset_changes as changes
from store.asset_sets import SET_TYPES, SetFacts, find_facts, find_first_images
from store.assets import count_by_type, find_by_names
from store.folders import find_folders
from store.generated import find_origins
from store.projects import find_projects_of
from wsdl import contract

_INFO_FIELDS = {
    "Font": ("font_info", contract.FontInfo),
    "IccProfile": ("icc_profile_info", contract.IccProfileInfo),
    "Pdf": ("pdf_info", contract.PdfInfo),
    "Svg": ("svg_info", contract.SvgInfo),
    "Xml": ("xml_info", contract.XmlInfo),
    "Xsl": ("xsl_info", contract.XslInfo),
    "Zip": ("zip_info", contract.ZipInfo),
}


@implements(contract.GET_ASSETS)
def get_assets(call: Call, param: contract.GetAssetsParam) -> contract.GetAssetsReturn:
    """Answer the assets with these handles, in their order; unknown, foreign and emptied ones are left out."""
    refuse_permission_context(param.access_user_handle, param.access_group_handle)
    numbers = [n for handle in param.asset_handle_array if (n := parse_asset(handle)) is not None]
    return contract.GetAssetsReturn(asset_array=asset_values(call, find_known(call, numbers)))


@implements(contract.GET_ASSETS_BY_NAME)
def get_assets_by_name(call: Call, param: contract.GetAssetsByNameParam) -> contract.GetAssetsByNameReturn:
    """Answer the assets with exactly these names (IPS IDs); names that no asset has are left out."""
    refuse_permission_context(param.access_user_handle, param.access_group_handle)
    found = find_by_names(call.tx, call.company.id, param.name_array)
    wanted = asset_types("assetTypeArray", param.asset_type_array)
    unwanted = asset_types("excludeAssetTypeArray", param.exclude_asset_type_array)
    chosen = [a for a in found if (not wanted or a.type in wanted) and a.type not in unwanted]
    if sub_types := param.asset_sub_type_array:
        has = {number: facts.sub_type for number, facts in find_facts(call.tx, [a.id for a in chosen]).items()}
        also = () if param.strict_sub_type_check else ("",)
        chosen = [a for a in chosen if has.get(a.id, "") in (*sub_types, *also)]
    return contract.GetAssetsByNameReturn(asset_array=asset_values(call, chosen))


@implements(contract.RENAME_ASSET, writes=True)
def rename_asset(call: Call, param: contract.RenameAssetParam) -> contract.RenameAssetReturn:
    """Give the asset a new name (IPS ID); a name in use is a fault with the words that clients look for."""
    asset = find_asset(call, param.asset_handle)
    name = free_name(call, param.new_name, "newName", asset.id)
    changes.rename(call.tx, asset, name, call.principal.user.email)
    return contract.RenameAssetReturn()


@implements(contract.MOVE_ASSET, writes=True)
def move_asset(call: Call, param: contract.MoveAssetParam) -> contract.MoveAssetReturn:
    """Move the asset to another folder of its company."""
    _move(call, param.asset_handle, param.folder_handle)
    return contract.MoveAssetReturn()


@implements(contract.MOVE_ASSETS, writes=True)
def move_assets(call: Call, param: contract.MoveAssetsParam) -> contract.MoveAssetsReturn:
    """Move each of the assets to its folder."""
    counts = for_each(
        param.asset_move_array,
        lambda wanted: wanted.asset_handle,
        lambda wanted: _move(call, wanted.asset_handle, wanted.folder_handle),
    )
    return contract.MoveAssetsReturn(**counts)


@implements(contract.CHECK_ASSET_NAMES)
def check_asset_names(call: Call, param: contract.CheckAssetNamesParam) -> contract.CheckAssetNamesReturn:
    """Answer which of the names an asset of the company has, in the trash or not."""
    found = find_by_names(call.tx, call.company.id, param.asset_name_array)
    return contract.CheckAssetNamesReturn(in_use_name_array=[asset.name for asset in found])


@implements(contract.GET_ORIGINAL_FILE_PATHS)
def get_original_file_paths(
    call: Call, param: contract.GetOriginalFilePathsParam
) -> contract.GetOriginalFilePathsReturn:
    """Answer the virtual path under which each original was uploaded, in the order of the handles."""
    found = find_all(call, param.asset_handle_array)
    return contract.GetOriginalFilePathsReturn(original_file_array=[asset.original_path for asset in found])


@implements(contract.GET_ASSET_COUNTS)
def get_asset_counts(call: Call, _param: contract.GetAssetCountsParam) -> contract.GetAssetCountsReturn:
    """Answer how many assets of each type are outside the trash."""
    counts = count_by_type(call.tx, call.company.id)
    return contract.GetAssetCountsReturn(
        count_array=[contract.AssetCount(asset_type=name, count=n) for name, n in counts.items()]
    )


def free_name(call: Call, text: str, field: str, own_number: int | None = None) -> str:
    """Return the name for an asset; ApiError when it cannot be one, or when another asset has it."""
    name = text.strip()
    if not name or "/" in name or not name.isprintable():
        raise invalid(field, "a name has at least one character and no slash or control character.")
    check_length(field, name)
    if [each for each in find_by_names(call.tx, call.company.id, [name]) if each.id != own_number]:
        raise ApiError(FaultCode.EXCEPTION, f"Asset ID '{name}' is already in use.")
    return name


def existing_folder(call: Call, handle: str) -> str:
    """Return the path of the company's folder; ApiError 30001 when there is none."""
    path = company_path(call.company, handle, "folderHandle")
    if not find_folders(call.tx, call.company.id, path):
        raise invalid("folderHandle", f"there is no folder {handle} in this company; create it with createFolder.")
    return path


def _move(call: Call, handle: str, folder: str) -> None:
    path = existing_folder(call, folder)
    changes.move(call.tx, find_asset(call, handle), path, call.principal.user.email)


def asset_values(call: Call, assets: Sequence[model.Asset]) -> list[contract.Asset]:
    """Return assets of the call's company as the wire has them, with the names of their projects and their metadata."""
    numbers = [asset.id for asset in assets]
    projects, pages = find_projects_of(call.tx, numbers), find_origins(call.tx, numbers)
    sets, covers = find_facts(call.tx, numbers), find_covers(call, assets)
    metadata = metadata_arrays(call, assets)
    return [
        replace(
            _asset_value(call.company, asset, covers.get(asset.id, asset), pages.get(asset.id)),
            projects=", ".join(projects.get(asset.id, ())),
            metadata_array=metadata.get(asset.id, ()),
            **_set_fields(sets.get(asset.id)),
        )
        for asset in assets
    ]


def find_covers(call: Call, assets: Sequence[model.Asset]) -> dict[int, model.Asset]:
    """Return the asset that stands for each of the sets: the one that was chosen, else the first image in it."""
    sets = [asset.id for asset in assets if asset.type in SET_TYPES]
    chosen = find_first_images(call.tx, sets)
    chosen |= {n: facts.thumb_asset_id for n, facts in find_facts(call.tx, sets).items() if facts.thumb_asset_id}
    found = {asset.id: asset for asset in find_known(call, list(chosen.values()))}
    return {number: found[cover] for number, cover in chosen.items() if cover in found}


def _set_fields(facts: SetFacts | None) -> dict[str, Any]:
    """Return the fields that an asset of type AssetSet has; other sets have members alone."""
    if facts is None or not facts.sub_type:
        return {}
    return {
        "sub_type": facts.sub_type,
        "asset_set_info": contract.AssetSetInfo(set_definition=facts.definition),
    }


def _asset_value(
    company: model.Company, asset: model.Asset, cover: model.Asset, page: model.GeneratedPage | None
) -> contract.Asset:
    made = cover.derivatives
    links = page.links if page else ()
    info = {"image_info": _image_info(company, asset, links)} if asset.type == "Image" else _file_info(asset)
    return contract.Asset(
        asset_handle=asset_handle(asset.id),
        type=asset.type,
        sub_type="",
        name=asset.name,
        file_name=asset.file_name,
        folder=asset.folder,
        folder_handle=folder_handle(asset.folder),
        ready_for_publish=asset.ready_for_publish,
        trash_state=asset.trash_state,
        ips_image_url=f"image-no-ips/{_optimized(company, made.pyramid)}" if made and made.pyramid else "",
        created=asset.created,
        create_user=asset.created_by,
        last_modified=asset.last_modified,
        last_modify_user=asset.last_modified_by,
        **info,
    )


def _image_info(company: model.Company, asset: model.Asset, links: Sequence[model.JsonObject]) -> contract.ImageInfo:
    made = asset.derivatives
    width, height = (made.width, made.height) if made else (0, 0)
    optimized = PurePosixPath(_optimized(company, made.pyramid)) if made and made.pyramid else None
    mask = PurePosixPath(_optimized(company, made.mask)) if made and made.mask else None
    return contract.ImageInfo(
        original_path=_original_folder(asset),
        original_file=PurePosixPath(asset.original_path).name,
        optimized_path=f"{optimized.parent}/" if optimized else "",
        optimized_file=optimized.name if optimized else "",
        mask_path=f"{mask.parent}/" if mask else "",
        mask_file=mask.name if mask else "",
        width=width,
        height=height,
        file_size=asset.original.size,
        resolution=made.resolution if made else 0.0,
        sku=asset.name,
        description=asset.name,
        comments="",
        user_data="",
        anchor_x=width // 2,
        anchor_y=height // 2,
        url_modifier="",
        url_post_apply_modifier="",
        zoom_targets=(),
        masks=(),
        image_maps=[_image_map(asset, number, link) for number, link in enumerate(links)],
    )


def _image_map(asset: model.Asset, number: int, link: model.JsonObject) -> contract.ImageMap:
    """Return a link of a document's page; one that leads to another page is written as in a PDF's own address."""
    right, bottom = link["left"] + link["width"], link["top"] + link["height"]
    return contract.ImageMap(
        image_map_handle=image_map_handle(asset.id, number),
        name=f"link {number + 1}",
        region=f"{link['left']},{link['top']},{right},{bottom}",
        action=link["url"] or f"#page={link['page']}",
        shape_type="Rectangle",
        position=number,
        enabled=True,
        last_modified=asset.last_modified,
    )


def _file_info(asset: model.Asset) -> dict[str, object]:
    if asset.type in SET_TYPES:
        return {}
    name, kind = _INFO_FIELDS[asset.type]
    original = PurePosixPath(asset.original_path)
    return {
        name: kind(original_path=_original_folder(asset), original_file=original.name, file_size=asset.original.size)
    }


def _original_folder(asset: model.Asset) -> str:
    return f"{PurePosixPath(asset.original_path).parent}/"


def _optimized(company: model.Company, pyramid: model.StoredFile) -> str:
    key = pyramid.key
    name = f"{key[:8]}-{key[8:12]}-{key[12:16]}-{key[16:20]}-{key[20:32]}.tif"
    return f"{company.root}/_optimized_/{key[:3]}/{name}"
