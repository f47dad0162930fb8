"""searchAssetsByMetadata: searching the metadata index of a company, whose fields are named by keys."""

from collections.abc import Mapping, Sequence

from domain.errors import invalid, missing
from domain.handles import asset_handle, parse_asset
from domain.metadata import Held
from domain.model import Asset
from server.dispatch import Call, implements
from server.operations.asset_metadata import wire_metadata
from server.operations.choices import DIRECTIONS, asset_types, choose
from server.operations.folders import company_path
from server.operations.metadata_conditions import (
    DATE_KEYS,
    SYSTEM_KEYS,
    given_text,
    key_condition,
    refuse_values,
    search_keys,
)
from server.operations.projects import find_project
from server.operations.search import (
    MATCH_MODES,
    MAX_PAGE,
    PUBLISH_STATES,
    SORT_FIELDS,
    TRASH_STATES,
    page_offset,
    typed_condition,
)
from store.asset_search import AssetQuery, Condition, Group, search_assets
from store.metadata_search import ValueCondition
from store.metadata_values import load_held
from wsdl import contract

_NO_FILTERS = contract.SearchFilter()


@implements(contract.SEARCH_ASSETS_BY_METADATA)
def search_assets_by_metadata(
    call: Call, param: contract.SearchAssetsByMetadataParam
) -> contract.SearchAssetsByMetadataReturn:
    """Answer how many assets match, and a summary of each on one page."""
    keys = {
        key: _response_keys(call, key, f"responseMetadataArray.items[{n}]")
        for n, key in enumerate(param.response_metadata_array or ())
    }
    total, found = search_assets(call.tx, _query(call, param))
    stored = {each for names in keys.values() for each in names}
    held = load_held(call.tx, [asset.id for asset in found], stored) if stored else {}
    return contract.SearchAssetsByMetadataReturn(
        total_rows=total,
        asset_summary_array=[_summary(asset, keys, held.get(asset.id, {})) for asset in found],
    )


def _query(call: Call, param: contract.SearchAssetsByMetadataParam) -> AssetQuery:
    filters = param.filters or _NO_FILTERS
    size = MAX_PAGE if param.records_per_page is None else param.records_per_page
    if not 0 <= size <= MAX_PAGE:
        raise invalid("recordsPerPage", f"must be between 0 and {MAX_PAGE}.")
    conditions = tuple(
        _condition(call, each, f"metadataConditionArray.items[{n}]")
        for n, each in enumerate(param.metadata_condition_array or ())
    )
    mode = choose("metadataConditionMatchMode", param.metadata_condition_match_mode, MATCH_MODES, default=False)
    return AssetQuery(
        company_id=call.company.id,
        folder=company_path(call.company, filters.folder, "filters.folder"),
        include_subfolders=not filters.folder if filters.include_subfolders is None else filters.include_subfolders,
        ready_for_publish=choose("filters.publishState", filters.publish_state, PUBLISH_STATES, None),
        trash_states=choose("filters.trashState", filters.trash_state, TRASH_STATES, ("NotInTrash",)),
        types=asset_types("filters.assetTypeArray", filters.asset_type_array),
        exclude_types=asset_types("filters.excludeAssetTypeArray", filters.exclude_asset_type_array),
        sub_types=tuple(filters.asset_sub_type_array or ()),
        strict_sub_types=bool(filters.strict_sub_type_check),
        exclude_generated=(("", ""),) if filters.exclude_byproducts else (),
        project_id=find_project(call, filters.project_handle, "filters.projectHandle")
        if filters.project_handle
        else None,
        groups=(Group(conditions=conditions, match_any=mode),),
        sort_by=choose("sortBy", param.sort_by, SORT_FIELDS, "name"),
        descending=choose("sortDirection", param.sort_direction, DIRECTIONS, default=False),
        offset=page_offset(param.results_page, size),
        limit=size,
    )


def _condition(call: Call, condition: contract.MetadataCondition, path: str) -> Condition | ValueCondition:
    key = condition.field_handle
    if key not in SYSTEM_KEYS:
        return key_condition(call, condition, path)
    if key in DATE_KEYS:
        refuse_values(condition, path)
        if condition.value is not None:
            raise invalid(f"{path}.value", f"{key} is a time: give dateVal, or minDate and maxDate.")
        return typed_condition(SYSTEM_KEYS[key], condition, path)
    text = given_text(condition, path)
    number = parse_asset(text) if key == "asset_id" else None
    return Condition(
        field=SYSTEM_KEYS[key],
        op=condition.op,
        value=text if number is None else str(number),
        is_case_sensitive=bool(condition.case_sensitive),
    )


def _response_keys(call: Call, key: str, path: str) -> tuple[str, ...]:
    """Return the stored keys that a key asked for stands for; none for one of the system's, which summaries have."""
    if not key.strip():
        raise missing(path)
    return () if key in SYSTEM_KEYS else tuple(each.key for each in search_keys(call, key, path))


def _summary(asset: Asset, keys: Mapping[str, Sequence[str]], held: Mapping[str, Held]) -> contract.AssetSummary:
    return contract.AssetSummary(
        asset_handle=asset_handle(asset.id),
        type=asset.type,
        name=asset.name,
        folder=asset.folder,
        filename=asset.file_name,
        created=asset.created,
        create_user=asset.created_by,
        last_modified=asset.last_modified,
        last_modify_user=asset.last_modified_by,
        metadata_array=[
            wire_metadata(name, [value for key in stored if key in held for value in held[key].values])
            for name, stored in keys.items()
            if stored
        ],
    )
