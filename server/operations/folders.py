"""Folders: listing them flat or as a tree, and creating them."""

from collections.abc import Sequence

from domain import model
from domain.errors import invalid, missing, not_built
from domain.handles import folder_handle, parse_folder
from domain.paths import MAX_PATH, is_plain, rooted
from server.dispatch import Call, implements
from server.operations.choices import asset_types
from store.assets import folders_with_types
from store.folders import ensure_folder, find_folders
from wsdl import contract


@implements(contract.GET_FOLDERS)
def get_folders(call: Call, param: contract.GetFoldersParam) -> contract.GetFoldersReturn:
    """Answer the folder at ``folderPath`` (the root when absent) and all below it, flat and by path."""
    found = _found(call, param)
    return contract.GetFoldersReturn(folder_array=[_folder(folder, found) for folder in found], permission_set_array=())


@implements(contract.GET_FOLDER_TREE)
def get_folder_tree(call: Call, param: contract.GetFolderTreeParam) -> contract.GetFolderTreeReturn:
    """Answer the folder at ``folderPath`` as a tree, ``depth`` levels deep; a negative depth stands for all."""
    found = _found(call, param)
    depth = param.depth if param.depth >= 0 else MAX_PATH
    tree = _tree(found[0], found, depth) if found else None
    return contract.GetFolderTreeReturn(folders=tree, permission_set_array=())


@implements(contract.CREATE_FOLDER, writes=True)
def create_folder(call: Call, param: contract.CreateFolderParam) -> contract.CreateFolderReturn:
    """Create the folder and those above it; one that exists is answered as it is."""
    if not parse_folder(param.folder_path):
        raise missing("folderPath")
    path = company_path(call.company, param.folder_path, "folderPath")
    ensure_folder(call.tx, call.company.id, path)
    return contract.CreateFolderReturn(folder_handle=folder_handle(path))


def company_path(company: model.Company, text: str | None, field: str) -> str:
    """Return a folder path of the company, with its trailing slash, from a handle or a path with or without the root.

    Raises ApiError 30001 for what cannot be a path.
    """
    path = parse_folder(text or "")
    if not is_plain(path):
        raise invalid(field, "a folder path is names separated by slashes, without '.', '..' or control characters.")
    if len(path) > MAX_PATH:
        raise invalid(field, f"a folder path has at most {MAX_PATH} characters.")
    return rooted(company.root, path)


def refuse_permission_context(user_handle: str | None, group_handle: str | None) -> None:
    """Raise ApiError for a request to look with another user's or a group's permissions, which is not built."""
    if user_handle:
        raise not_built("accessUserHandle")
    if group_handle:
        raise not_built("accessGroupHandle")


def _found(call: Call, param: contract.GetFoldersParam | contract.GetFolderTreeParam) -> tuple[model.Folder, ...]:
    refuse_permission_context(param.access_user_handle, param.access_group_handle)
    path = company_path(call.company, param.folder_path, "folderPath")
    found = find_folders(call.tx, call.company.id, path)
    types = asset_types("assetTypeArray", param.asset_type_array)
    if not types:
        return found
    holding = folders_with_types(call.tx, call.company.id, types)
    return tuple(f for f in found if any(path.startswith(f.path) for path in holding))


def _folder(folder: model.Folder, among: Sequence[model.Folder]) -> contract.Folder:
    return contract.Folder(
        folder_handle=folder_handle(folder.path),
        path=folder.path,
        last_modified=folder.last_modified,
        child_last_modified=folder.child_last_modified,
        has_subfolders=bool(_children(folder, among)),
        subfolder_array=(),
    )


def _tree(folder: model.Folder, among: Sequence[model.Folder], depth: int) -> contract.Folder:
    children = _children(folder, among)
    return contract.Folder(
        folder_handle=folder_handle(folder.path),
        path=folder.path,
        last_modified=folder.last_modified,
        child_last_modified=folder.child_last_modified,
        has_subfolders=bool(children),
        subfolder_array=[_tree(child, among, depth - 1) for child in children] if depth else (),
    )


def _children(folder: model.Folder, among: Sequence[model.Folder]) -> list[model.Folder]:
    return [f for f in among if f.path != folder.path and f.path[:-1].rpartition("/")[0] + "/" == folder.path]
