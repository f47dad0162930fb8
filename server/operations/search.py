"""Searching a company's assets by folder, type and state, page by page."""

from datetime import datetime, timedelta

from domain.errors import invalid, missing, not_built
from server.dispatch import Call, implements
from server.operations.assets import asset_values
from server.operations.choices import DIRECTIONS, asset_types, choose
from server.operations.folders import company_path, refuse_permission_context
from server.operations.generation import ENGINES
from server.operations.projects import find_project
from store.asset_search import COMPARISONS, FIELDS, TEXT_OPERATORS, AssetQuery, Condition, Value
from store.asset_search import search_assets as search_rows
from wsdl import contract

MAX_PAGE = 1000
MAX_SLIM_PAGE = 10_000
SLIM_FIELDS = frozenset(
    {"totalRows"} | {f"assetArray/items/{name}" for name in ("name", "assetHandle", "type", "subType")}
)
SORT_FIELDS = {
    "Created": "created",
    "Modified": "last_modified",
    "Name": "name",
    "AssetType": "type",
    "FileSize": "original_size",
}
PUBLISH_STATES = {"MarkedForPublish": True, "NotMarkedForPublish": False}
TRASH_STATES = {
    "NotInTrash": ("NotInTrash",),
    "InTrash": ("InTrash",),
    "InEmptiedTrash": ("InEmptiedTrash",),
    "Any": (),
}
MATCH_MODES = {"MatchAll": False, "MatchAny": True}
TEXT_FIELDS = ("Name", "FileName", "CreateUser", "LastModifyUser")
_VALUES = {"FileSize": ("long_val", "min_long", "max_long")} | dict.fromkeys(
    ("Created", "LastModified"), ("date_val", "min_date", "max_date")
)
_AS_RANGE = {"Equals": "Between", "NotEquals": "NotBetween"}
_UNINDEXED = ("Keywords", "Description", "Comments", "UserData", "CreatedWith")
_MODES = {
    "conditionMatchMode": "condition_match_mode",
    "tagMatchMode": "tag_match_mode",
    "metadataMatchMode": "metadata_match_mode",
}
"""How groups of conditions go together that a search does not have more than one of yet."""
_NOT_BUILT = {
    "keywordArray": "keyword_array",
    "tagConditionArray": "tag_condition_array",
    "metadataConditionArray": "metadata_condition_array",
}


@implements(contract.SEARCH_ASSETS)
def search_assets(call: Call, param: contract.SearchAssetsParam) -> contract.SearchAssetsReturn:
    """Answer how many assets match, and one page of them."""
    refuse_permission_context(param.access_user_handle, param.access_group_handle)
    for wire_name, name in _NOT_BUILT.items():
        if getattr(param, name):
            raise not_built(f"{wire_name} of searchAssets")
    for wire_name, name in _MODES.items():
        choose(wire_name, getattr(param, name), MATCH_MODES, default=False)
    limit = _page_size(param)
    page = 1 if param.results_page is None else param.results_page
    if page < 1:
        raise invalid("resultsPage", "pages are numbered from 1.")
    query = AssetQuery(
        company_id=call.company.id,
        folder=company_path(call.company, param.folder, "folder"),
        include_subfolders=param.include_subfolders,
        ready_for_publish=choose("publishState", param.publish_state, PUBLISH_STATES, None),
        trash_states=choose("trashState", param.trash_state, TRASH_STATES, ("NotInTrash",)),
        types=asset_types("assetTypeArray", param.asset_type_array),
        exclude_types=asset_types("excludeAssetTypeArray", param.exclude_asset_type_array),
        sub_types=tuple(param.asset_sub_type_array or ()),
        strict_sub_types=bool(param.strict_sub_type_check),
        conditions=tuple(
            _condition(each, f"systemFieldConditionArray.items[{n}]")
            for n, each in enumerate(param.system_field_condition_array or ())
            if each.field != "Sku"  # ignored since API version 4.0, says the vendor
        ),
        match_any=choose("systemFieldMatchMode", param.system_field_match_mode, MATCH_MODES, default=False),
        project_id=find_project(call, param.project_handle, "projectHandle") if param.project_handle else None,
        exclude_generated=_byproducts(param),
        sort_by=choose("sortBy", param.sort_by, SORT_FIELDS, "name"),
        descending=choose("sortDirection", param.sort_direction, DIRECTIONS, default=False),
        offset=(page - 1) * limit,
        limit=limit,
    )
    total, found = search_rows(call.tx, query)
    return contract.SearchAssetsReturn(total_rows=total, asset_array=asset_values(call, found))


def _byproducts(param: contract.SearchAssetsParam) -> tuple[tuple[str, str], ...]:
    """Return what to leave out: the array says more than the flag, and goes before it."""
    engines = dict.fromkeys(ENGINES)
    for n, each in enumerate(param.exclude_byproduct_array or ()):
        path = f"excludeByproductArray.items[{n}]"
        choose(f"{path}.engine", each.engine, engines, None)
        asset_types(f"{path}.generatedAssetType", [each.generated_asset_type])
    if param.exclude_byproduct_array:
        return tuple((each.engine, each.generated_asset_type) for each in param.exclude_byproduct_array)
    return (("", ""),) if param.exclude_byproducts else ()


def _condition(condition: contract.SystemFieldCondition, path: str) -> Condition:
    """Return a condition on a system field; ApiError names what is wrong with it."""
    if condition.field in _UNINDEXED:
        raise not_built(f"{path}.field {condition.field}")
    if condition.field not in FIELDS:
        raise invalid(f"{path}.field", f"{condition.field} is not one of {', '.join(FIELDS)}.")
    if condition.field in TEXT_FIELDS:
        if condition.op not in TEXT_OPERATORS:
            raise invalid(f"{path}.op", f"{condition.op} is not one of {', '.join(TEXT_OPERATORS)}.")
        if condition.value is None:
            raise missing(f"{path}.value")
        return Condition(field=condition.field, op=condition.op, value=condition.value)
    names = _VALUES[condition.field]
    value, low, high = (getattr(condition, name) for name in names)
    if condition.op in ("Between", "NotBetween"):
        if low is None or high is None:
            raise missing(f"{path}.{_wire(names[1])} and {_wire(names[2])}")
        return Condition(field=condition.field, op=condition.op, value=low, high=_last(high))
    if condition.op not in COMPARISONS:
        raise invalid(f"{path}.op", f"{condition.op} is not one of {', '.join(COMPARISONS)}, Between, NotBetween.")
    if value is None:
        raise missing(f"{path}.{_wire(names[0])}")
    return _comparison(condition.field, condition.op, value)


def _comparison(field: str, op: str, value: Value) -> Condition:
    if isinstance(value, datetime) and op in _AS_RANGE:
        return Condition(field=field, op=_AS_RANGE[op], value=value, high=_last(value))
    return Condition(field=field, op=op, value=_last(value) if op in ("LessThanEquals", "GreaterThan") else value)


def _last(value: Value) -> Value:
    """Return the last value that reads the same on the wire, which cuts times off after the millisecond."""
    return value + timedelta(microseconds=999) if isinstance(value, datetime) else value


def _wire(name: str) -> str:
    first, _, second = name.partition("_")
    return first + second.capitalize()


def _page_size(param: contract.SearchAssetsParam) -> int:
    wanted = frozenset(field.strip("/ ") for field in param.response_field_array or ())
    most = MAX_SLIM_PAGE if wanted and wanted <= SLIM_FIELDS else MAX_PAGE
    size = MAX_PAGE if param.records_per_page is None else param.records_per_page
    if not 0 <= size <= most:
        raise invalid("recordsPerPage", f"must be between 0 and {most}.")
    return size
