"""Assets and folders: searching, the tree, and which profiles hold for them."""

from collections.abc import Iterator
from typing import Annotated

from pydantic import AwareDatetime, BaseModel, Field

from domain.handles import asset_handle, folder_handle
from domain.model import Asset
from jobs.profiles.definitions import ProfileKind
from jobs.profiles.folders import FolderProfiles, load_folder_profiles
from server.api.findings import (
    ColourValue,
    CropValue,
    RenditionValue,
    SmartTagValue,
    tell_colour,
    tell_crop,
    tell_rendition,
    tell_tag,
)
from server.api.route import ApiCall, Nothing, Route
from server.bodies.colours import find_colour
from server.bodies.folders import find_folder_paths
from server.bodies.reading import Body, refused
from server.operations.choices import asset_types
from server.problems import NotFoundError
from store.asset_search import AssetQuery, Condition, Group, search_assets
from store.assets import load_asset
from store.folders import find_folders
from store.renditions import find_renditions, remove_rendition
from store.smart_crops import load_crops
from store.tags import LEAST_SHARE, load_colours, load_smart_tags
from wsdl import contract

MOST_ROWS = 10**9


class AssetLookup(Body):
    """Which assets outside the trash, and which page of them."""

    folder: str = Field("", description="A path, with or without the root; the root when left out")
    include_subfolders: bool = True
    name_contains: str = ""
    type: tuple[str, ...] = ()
    colour: str = Field("", description="A colour of the picture, by its CSS name")
    share: float | None = Field(None, ge=0, le=1, description="The least share of that colour; 0.11 when left out")
    tag: str = Field("", description="A smart tag that nobody removed, as it is written")
    offset: int = Field(0, ge=0, le=MOST_ROWS)
    limit: Annotated[int, Field(ge=1, le=1000)] = 100


class FolderLookup(Body):
    """Which folder the tree begins with."""

    folder: str = Field("", description="A path, with or without the root; the root when left out")


class RenditionQuery(Body):
    """Which rendition of the asset."""

    name: str


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
    """A profile that holds, at its newest version, and the folder that it was assigned to, or its own path."""

    kind: ProfileKind
    id: int
    name: str
    version: int
    folder: str


class AssetDetail(AssetValue):
    """An asset with the profiles that hold for it, and what processing found in its picture and made of it."""

    profiles: tuple[HoldingValue, ...]
    smart_crops: tuple[CropValue, ...]
    colours: tuple[ColourValue, ...]
    smart_tags: tuple[SmartTagValue, ...]
    renditions: tuple[RenditionValue, ...]


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
        colour=_colour(query),
        least_share=LEAST_SHARE if query.share is None else query.share,
        smart_tag=query.tag or None,
        offset=query.offset,
        limit=query.limit,
    )
    total, found = search_assets(call.tx, wanted)
    return AssetPage(assets=tuple(map(_tell, found)), offset=query.offset, total=total)


def show(call: ApiCall, _query: Nothing) -> AssetDetail:
    """Answer one asset."""
    tx, company_id = call.tx, call.company.id
    asset = _find(call)
    profiles = load_folder_profiles(tx, company_id)
    return AssetDetail(
        **dict(_tell(asset)),
        profiles=tuple(_holding(profiles, asset.folder)),
        smart_crops=tuple(map(tell_crop, load_crops(tx, company_id, asset.id))),
        colours=tuple(map(tell_colour, load_colours(tx, company_id, asset.id))),
        smart_tags=tuple(map(tell_tag, load_smart_tags(tx, company_id, asset.id))),
        renditions=tuple(map(tell_rendition, find_renditions(tx, company_id, asset.id))),
    )


def remove(call: ApiCall, query: RenditionQuery) -> AssetDetail:
    """Forget a rendition, which a profile that names it makes again, and answer what is left of the asset."""
    asset = _find(call)
    if not remove_rendition(call.tx, call.company.id, asset.id, query.name):
        raise NotFoundError(f"Asset {call.number} has no rendition {query.name}.")
    return show(call, Nothing())


def tree(call: ApiCall, query: FolderLookup) -> FolderValue:
    """Answer a folder with all below it."""
    (path,) = find_folder_paths(call.tx, call.company, "folder", [query.folder])
    profiles = load_folder_profiles(call.tx, call.company.id)
    inside: dict[str, list[str]] = {}
    for folder in find_folders(call.tx, call.company.id, path):
        above = f"{folder.path.rstrip('/').rpartition('/')[0]}/"
        inside.setdefault(above, []).append(folder.path)
    return _branch(path, inside, profiles)


def _find(call: ApiCall) -> Asset:
    asset = load_asset(call.tx, call.company.id, call.number)
    if asset is None or asset.trash_state != "NotInTrash":
        raise NotFoundError(f"There is no asset {call.number} in this company, or it is in the trash.")
    return asset


def _colour(query: AssetLookup) -> str | None:
    """Return the name that the wanted colour is found by, None when any will do."""
    colour = find_colour(query.colour)
    if colour is None and query.share is not None:
        raise refused("share", "is the share of a colour: give colour, too.")
    return colour


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
        for holder in (*((found,) if found else ()), *profiles.matching(kind, folder)):
            for each in holder.profiles:
                yield HoldingValue(
                    kind=kind, id=each.profile_id, name=each.name, version=each.version, folder=holder.folder
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
        summary="Search assets by folder, name, type, colour and smart tag",
        needs=contract.SEARCH_ASSETS,
        handler=search,
        takes=AssetLookup,
        gives=AssetPage,
    ),
    Route(
        method="GET",
        path="assets/{id}",
        name="showAsset",
        summary="Show an asset, the profiles that hold for it and what was found in its picture",
        needs=contract.GET_ASSETS,
        handler=show,
        gives=AssetDetail,
    ),
    Route(
        method="DELETE",
        path="assets/{id}/renditions",
        name="removeRendition",
        summary="Remove a rendition of an asset",
        needs=contract.SET_ASSET_METADATA,
        handler=remove,
        takes=RenditionQuery,
        gives=AssetDetail,
        writes=True,
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
