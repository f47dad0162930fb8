"""Folders: reading the tree and changing it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.contract.permissions import Permission, PermissionSet
from wsdl.declare import Handle, Since, Until, message, operation
from wsdl.roles import EVERY_ROLE, JOB_OWNERS, WRITERS, Role
from wsdl.versions import V2010_01_31, V2012_02_14


@message
class Folder:
    """A folder, in a tree with its subfolders."""

    folder_handle: Handle | None = None
    path: str | None = None
    last_modified: datetime | None = None
    child_last_modified: datetime | None = None
    permissions: Annotated[Sequence[Permission] | None, Until(V2010_01_31)] = None
    permission_set_handle: Annotated[Handle | None, Since(V2012_02_14)] = None
    has_subfolders: bool | None = None
    subfolder_array: Sequence["Folder"] | None = None


@message
class GetFoldersParam:
    """List the folders below a path, as a flat list."""

    company_handle: Handle
    access_user_handle: Handle | None = None
    access_group_handle: Handle | None = None
    folder_path: str | None = None
    asset_type_array: Sequence[str] | None = None
    response_field_array: Sequence[str] | None = None
    exclude_field_array: Sequence[str] | None = None


@message
class GetFoldersReturn:
    """The folders, and the permissions they point to."""

    folder_array: Sequence[Folder] | None = None
    permission_set_array: Sequence[PermissionSet] | None = None


GET_FOLDERS = operation(GetFoldersParam, GetFoldersReturn, roles=EVERY_ROLE)


@message
class GetFolderTreeParam:
    """Ask for a folder with its subfolders, ``depth`` levels deep: 0 for none, -1 for all."""

    company_handle: Handle
    access_user_handle: Handle | None = None
    access_group_handle: Handle | None = None
    folder_path: str | None = None
    depth: int
    asset_type_array: Sequence[str] | None = None
    response_field_array: Sequence[str] | None = None
    exclude_field_array: Sequence[str] | None = None


@message
class GetFolderTreeReturn:
    """The folder as a tree, and the permissions it points to."""

    folders: Folder | None = None
    permission_set_array: Sequence[PermissionSet] | None = None


GET_FOLDER_TREE = operation(GetFolderTreeParam, GetFolderTreeReturn, roles=JOB_OWNERS - {Role.IMAGE_PORTAL_ADMIN})


@message
class CreateFolderParam:
    """Create a folder; the path begins at the company's root."""

    company_handle: Handle
    folder_path: str


@message
class CreateFolderReturn:
    """The handle of the new folder."""

    folder_handle: Handle


CREATE_FOLDER = operation(CreateFolderParam, CreateFolderReturn, roles=WRITERS)


@message
class RenameFolderParam:
    """Give a folder a new name."""

    company_handle: Handle
    folder_handle: Handle
    folder_name: str


@message
class RenameFolderReturn:
    """The handle of the folder, which the name changes."""

    folder_handle: Handle


RENAME_FOLDER = operation(RenameFolderParam, RenameFolderReturn, roles=WRITERS)


@message
class MoveFolderParam:
    """Move a folder into another."""

    company_handle: Handle
    folder_handle: Handle
    dest_folder_handle: Handle


@message
class MoveFolderReturn:
    """The handle of the folder, which the move changes."""

    folder_handle: Handle


MOVE_FOLDER = operation(MoveFolderParam, MoveFolderReturn, Since(V2012_02_14), roles=WRITERS)


@message
class DeleteFolderParam:
    """Delete a folder."""

    company_handle: Handle
    folder_handle: Handle


@message
class DeleteFolderReturn:
    """Empty: the folder is gone."""


DELETE_FOLDER = operation(DeleteFolderParam, DeleteFolderReturn, roles=WRITERS)
