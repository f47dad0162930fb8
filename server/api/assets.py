"""Assets and folders: searching, the tree, and which profiles hold for them."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from domain.handles import asset_handle, folder_handle
from domain.model import Asset
from jobs.profiles.definitions import ProfileKind
from jobs.profiles.folders import FolderProfiles, load_folder_profiles
from server.api.route import ApiCall, Nothing, Route
from server.bodies.folders import find_folder_paths
from server.bodies.reading import Body
from server.operations.choices import asset_types
from server.problems import NotFoundError
from store.asset_search import AssetQuery, Condition, Group, search_assets
from store.assets import load_asset
from store.folders import find_folders
from wsdl import contract

MOST_ROWS = 10**9


class AssetLookup(Body):
    """Which assets outside the trash, and which page of them."""

    folder: str = Field("", description="A path, with or without the root; the root when left out")
    include_subfolders: bool = True
    name_contains: str = ""
    type: tuple[str, ...] = ()
    offset: int = Field(0, ge=0, le=MOST_ROWS)
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class FolderLookup(Body):
    """Which folder the tree begins with."""

    folder: str = Field("", description="A path, with or without the root; the root when left out")


class AssetValue(BaseModel):
    """An asset outside the trash."""

    id: int
    handle: str
    name: str
    file_name: str
    type: str
    folder: str
    bytes: int
    created: AwareDatetime
    created_by: str
    last_modified: AwareDatetime
    ready_for_publish: bool
    width: int | None
    height: int | None


class AssetPage(BaseModel):
    """Some assets by name, from row ``offset`` on, of ``total``."""

    assets: tuple[AssetValue, ...]
    offset: int
    total: int


class HoldingValue(BaseModel):
    """A profile that holds, at its newest version, and the folder that it was assigned to."""

    kind: ProfileKind
    id: int
    name: str
    version: int
    folder: str


class AssetDetail(AssetValue):
    """An asset with the profiles that hold for it."""

    profiles: tuple[HoldingValue, ...]


class FolderValue(BaseModel):
    """A folder: its path and handle, the profiles that hold for it, and the folders in it."""

    path: str
    handle: str
    profiles: tuple[HoldingValue, ...]
    folders: "tuple[FolderValue, ...]"


def search(call: ApiCall, query: AssetLookup) -> AssetPage:
    """Answer a page of assets."""
    (folder,) = find_folder_paths(call.tx, call.company, "folder", [query.folder])
    named = Condition(field="Name", op="Contains", value=query.name_contains)
    wanted = AssetQuery(
        company_id=call.company.id,
        folder=folder,
        include_subfolders=query.include_subfolders,
        types=asset_types("type", query.type),
        groups=(Group(conditions=(named,)),) if query.name_contains else (),
        offset=query.offset,
        limit=query.limit,
    )
    total, found = search_assets(call.tx, wanted)
    return AssetPage(assets=tuple(map(_tell, found)), offset=query.offset, total=total)


def show(call: ApiCall, _query: Nothing) -> AssetDetail:
    """Answer one asset."""
    asset = load_asset(call.tx, call.company.id, call.number)
    if asset is None or asset.trash_state != "NotInTrash":
        raise NotFoundError(f"There is no asset {call.number} in this company, or it is in the trash.")
    profiles = load_folder_profiles(call.tx, call.company.id)
    return AssetDetail(**dict(_tell(asset)), profiles=tuple(_holding(profiles, asset.folder)))


def tree(call: ApiCall, query: FolderLookup) -> FolderValue:
    """Answer a folder with all below it."""
    (path,) = find_folder_paths(call.tx, call.company, "folder", [query.folder])
    profiles = load_folder_profiles(call.tx, call.company.id)
    inside: dict[str, list[str]] = {}
    for folder in find_folders(call.tx, call.company.id, path):
        above = f"{folder.path.rstrip('/').rpartition('/')[0]}/"
        inside.setdefault(above, []).append(folder.path)
    return _branch(path, inside, profiles)


def _branch(path: str, inside: dict[str, list[str]], profiles: FolderProfiles) -> FolderValue:
    return FolderValue(
        path=path,
        handle=folder_handle(path),
        profiles=tuple(_holding(profiles, path)),
        folders=tuple(_branch(each, inside, profiles) for each in inside.get(path, ())),
    )


def _holding(profiles: FolderProfiles, folder: str) -> Iterator[HoldingValue]:
    for kind in ProfileKind:
        found = profiles.holding(kind, folder)
        for each in found.profiles if found else ():
            yield HoldingValue(
                kind=kind,
                id=each.profile_id,
                name=each.name,
                version=each.version,
                folder=found.folder if found else "",
            )


def _tell(asset: Asset) -> AssetValue:
    made = asset.derivatives
    return AssetValue(
        id=asset.id,
        handle=asset_handle(asset.id),
        name=asset.name,
        file_name=asset.file_name,
        type=asset.type,
        folder=asset.folder,
        bytes=asset.original.size,
        created=asset.created,
        created_by=asset.created_by,
        last_modified=asset.last_modified,
        ready_for_publish=asset.ready_for_publish,
        width=made.width if made else None,
        height=made.height if made else None,
    )


ROUTES = (
    Route(
        method="GET",
        path="assets",
        name="searchAssets",
        summary="Search assets by folder, name and type",
        needs=contract.SEARCH_ASSETS,
        handler=search,
        takes=AssetLookup,
        gives=AssetPage,
    ),
    Route(
        method="GET",
        path="assets/{id}",
        name="showAsset",
        summary="Show an asset and the profiles that hold for it",
        needs=contract.GET_ASSETS,
        handler=show,
        gives=AssetDetail,
    ),
    Route(
        method="GET",
        path="folders",
        name="showFolders",
        summary="Show a folder with all below it",
        needs=contract.GET_FOLDERS,
        handler=tree,
        takes=FolderLookup,
        gives=FolderValue,
    ),
)
