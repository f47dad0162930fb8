"""Searching a company's assets by folder, type and state, page by page."""

from domain.errors import invalid, not_built
from server.dispatch import Call, implements
from server.operations.assets import asset_value, refuse_sub_types
from server.operations.choices import DIRECTIONS, choose
from server.operations.folders import company_path, refuse_permission_context
from store.assets import AssetQuery
from store.assets import search_assets as search_rows
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
_NOT_BUILT = {
    "keywordArray": "keyword_array",
    "systemFieldConditionArray": "system_field_condition_array",
    "tagConditionArray": "tag_condition_array",
    "metadataConditionArray": "metadata_condition_array",
    "projectHandle": "project_handle",
}


@implements(contract.SEARCH_ASSETS)
def search_assets(call: Call, param: contract.SearchAssetsParam) -> contract.SearchAssetsReturn:
    """Answer how many assets match, and one page of them."""
    refuse_permission_context(param.access_user_handle, param.access_group_handle)
    refuse_sub_types(param.asset_sub_type_array)
    for wire_name, name in _NOT_BUILT.items():
        if getattr(param, name):
            raise not_built(f"{wire_name} of searchAssets")
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
        types=tuple(param.asset_type_array or ()),
        exclude_types=tuple(param.exclude_asset_type_array or ()),
        sort_by=choose("sortBy", param.sort_by, SORT_FIELDS, "name"),
        descending=choose("sortDirection", param.sort_direction, DIRECTIONS, default=False),
        offset=(page - 1) * limit,
        limit=limit,
    )
    total, found = search_rows(call.tx, query)
    return contract.SearchAssetsReturn(
        total_rows=total, asset_array=[asset_value(call.company, asset) for asset in found]
    )


def _page_size(param: contract.SearchAssetsParam) -> int:
    wanted = frozenset(field.strip("/ ") for field in param.response_field_array or ())
    most = MAX_SLIM_PAGE if wanted and wanted <= SLIM_FIELDS else MAX_PAGE
    size = MAX_PAGE if param.records_per_page is None else param.records_per_page
    if not 0 <= size <= most:
        raise invalid("recordsPerPage", f"must be between 0 and {most}.")
    return size
