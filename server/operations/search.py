"""Searching a company's assets by folder, type, state and conditions, page by page."""

from datetime import datetime, timedelta

from domain.errors import invalid, missing, not_built
from server.dispatch import Call, implements
from server.operations.assets import asset_values
from server.operations.choices import DIRECTIONS, asset_types, choose
from server.operations.folders import company_path, refuse_permission_context
from server.operations.generation import ENGINES
from server.operations.metadata_conditions import AnyCondition, given_values, metadata_condition, tag_condition
from server.operations.projects import find_project
from store.asset_search import COMPARISONS, FIELDS, TEXT_OPERATORS, AssetQuery, Condition, Group, Value
from store.asset_search import search_assets as search_rows
from store.metadata_search import SearchKey, ValueCondition
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
KEYWORDS = SearchKey(key="dc.subject")
"""Where the keywords of files are, and those of uploads."""
_VALUES = {"FileSize": ("long_val", "min_long", "max_long")} | dict.fromkeys(
    ("Created", "LastModified"), ("date_val", "min_date", "max_date")
)
_AS_RANGE = {"Equals": "Between", "NotEquals": "NotBetween"}
_UNINDEXED = ("Description", "Comments", "UserData", "CreatedWith")


@implements(contract.SEARCH_ASSETS)
def search_assets(call: Call, param: contract.SearchAssetsParam) -> contract.SearchAssetsReturn:
    """Answer how many assets match, and one page of them."""
    refuse_permission_context(param.access_user_handle, param.access_group_handle)
    limit = _page_size(param)
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
        groups=_groups(call, param),
        match_any_group=_matches_any("conditionMatchMode", param.condition_match_mode),
        project_id=find_project(call, param.project_handle, "projectHandle") if param.project_handle else None,
        exclude_generated=_byproducts(param),
        sort_by=choose("sortBy", param.sort_by, SORT_FIELDS, "name"),
        descending=choose("sortDirection", param.sort_direction, DIRECTIONS, default=False),
        offset=page_offset(param.results_page, limit),
        limit=limit,
    )
    total, found = search_rows(call.tx, query)
    return contract.SearchAssetsReturn(total_rows=total, asset_array=asset_values(call, found))


def _groups(call: Call, param: contract.SearchAssetsParam) -> tuple[Group, ...]:
    system = tuple(
        _condition(each, f"systemFieldConditionArray.items[{n}]")
        for n, each in enumerate(param.system_field_condition_array or ())
        if each.field != "Sku"  # ignored since API version 4.0, says the vendor
    )
    tags = tuple(
        tag_condition(call, each, f"tagConditionArray.items[{n}]")
        for n, each in enumerate(param.tag_condition_array or ())
    )
    metadata = tuple(
        metadata_condition(call, each, f"metadataConditionArray.items[{n}]")
        for n, each in enumerate(param.metadata_condition_array or ())
    )
    keywords = tuple(
        ValueCondition(keys=(KEYWORDS,), kind="text", op="Equals", value=word) for word in param.keyword_array or ()
    )
    return (
        Group(conditions=system, match_any=_matches_any("systemFieldMatchMode", param.system_field_match_mode)),
        Group(conditions=tags, match_any=_matches_any("tagMatchMode", param.tag_match_mode)),
        Group(conditions=metadata, match_any=_matches_any("metadataMatchMode", param.metadata_match_mode)),
        Group(conditions=keywords),
    )


def _matches_any(field: str, mode: str | None) -> bool:
    return choose(field, mode, MATCH_MODES, default=False)


def page_offset(page: int | None, size: int) -> int:
    """Return how many rows come before a page of ``size``; ApiError 30001 for a page before the first."""
    if page is not None and page < 1:
        raise invalid("resultsPage", "pages are numbered from 1.")
    return ((page or 1) - 1) * size


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


def _condition(condition: contract.SystemFieldCondition, path: str) -> Condition | ValueCondition:
    """Return a condition on a system field; ApiError names what is wrong with it."""
    if condition.field == "Keywords":
        op, text = _text_of(condition, path)
        return ValueCondition(keys=(KEYWORDS,), kind="text", op=op, value=text)
    if condition.field in _UNINDEXED:
        raise not_built(f"{path}.field {condition.field}")
    if condition.field not in FIELDS:
        raise invalid(f"{path}.field", f"{condition.field} is not one of {', '.join(FIELDS)}.")
    if condition.field in TEXT_FIELDS:
        op, text = _text_of(condition, path)
        return Condition(field=condition.field, op=op, value=text)
    return typed_condition(condition.field, condition, path)


def typed_condition(field: str, condition: AnyCondition, path: str) -> Condition:
    """Return a condition on a number or a time that every asset has; ApiError names what is wrong with it."""
    names = _VALUES[field]
    if condition.op in ("Between", "NotBetween"):
        low, high = given_values(condition, names[1:], path)
        return Condition(field=field, op=condition.op, value=low, high=_last(high))
    if condition.op not in COMPARISONS:
        raise invalid(f"{path}.op", f"{condition.op} is not one of {', '.join(COMPARISONS)}, Between, NotBetween.")
    (value,) = given_values(condition, names[:1], path)
    return _comparison(field, condition.op, value)


def _text_of(condition: contract.SystemFieldCondition, path: str) -> tuple[str, str]:
    """Return operator and text of a condition on a text."""
    if condition.op not in TEXT_OPERATORS:
        raise invalid(f"{path}.op", f"{condition.op} is not one of {', '.join(TEXT_OPERATORS)}.")
    if condition.value is None:
        raise missing(f"{path}.value")
    return condition.op, condition.value


def _comparison(field: str, op: str, value: Value) -> Condition:
    if isinstance(value, datetime) and op in _AS_RANGE:
        return Condition(field=field, op=_AS_RANGE[op], value=value, high=_last(value))
    return Condition(field=field, op=op, value=_last(value) if op in ("LessThanEquals", "GreaterThan") else value)


def _last(value: Value) -> Value:
    """Return the last value that reads the same on the wire, which cuts times off after the millisecond."""
    return value + timedelta(microseconds=999) if isinstance(value, datetime) else value


def _page_size(param: contract.SearchAssetsParam) -> int:
    wanted = frozenset(field.strip("/ ") for field in param.response_field_array or ())
    most = MAX_SLIM_PAGE if wanted and wanted <= SLIM_FIELDS else MAX_PAGE
    size = MAX_PAGE if param.records_per_page is None else param.records_per_page
    if not 0 <= size <= most:
        raise invalid("recordsPerPage", f"must be between 0 and {most}.")
    return size
