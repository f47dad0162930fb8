"""Permissions of groups on folders, assets and property sets.

The groups themselves are in ``groups``.
"""

from collections.abc import Sequence

from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import PERMISSION_ADMINS
from wsdl.versions import V2012_02_14


@message
class PermissionUpdate:
    """A permission that shall be: who, what, and whether it overrides the inherited one."""

    group_handle: Handle
    permission_type: str
    is_allowed: bool
    is_override: bool


@message
class Permission:
    """A permission of a group: to read, to write or to delete."""

    group_handle: Handle | None = None
    group_name: str | None = None
    permission_type: str | None = None
    is_allowed: bool | None = None
    is_override: bool | None = None


@message(Since(V2012_02_14))
class PermissionSet:
    """Permissions that several things share."""

    permission_set_handle: Handle | None = None
    permission_array: Sequence[Permission] | None = None


@message
class UpdateFolderPermissionsParam:
    """Change single permissions of groups on a folder."""

    company_handle: Handle
    folder_handle: Handle
    update_children: bool
    update_array: Sequence[PermissionUpdate]


@message
class UpdateFolderPermissionsReturn:
    """Empty: the permissions are changed."""


UPDATE_FOLDER_PERMISSIONS = operation(
    UpdateFolderPermissionsParam, UpdateFolderPermissionsReturn, roles=PERMISSION_ADMINS
)


@message
class SetFolderPermissionsParam:
    """Replace the permissions of groups on a folder."""

    company_handle: Handle
    folder_handle: Handle
    set_children: bool
    permission_array: Sequence[PermissionUpdate]


@message
class SetFolderPermissionsReturn:
    """Empty: the permissions are replaced."""


SET_FOLDER_PERMISSIONS = operation(SetFolderPermissionsParam, SetFolderPermissionsReturn, roles=PERMISSION_ADMINS)


@message
class RemoveFolderPermissionsParam:
    """Drop a folder's own permissions, so that it inherits again."""

    company_handle: Handle
    folder_handle: Handle
    update_children: bool


@message
class RemoveFolderPermissionsReturn:
    """Empty: the folder inherits."""


REMOVE_FOLDER_PERMISSIONS = operation(
    RemoveFolderPermissionsParam, RemoveFolderPermissionsReturn, roles=PERMISSION_ADMINS
)


@message
class UpdateAssetPermissionsParam:
    """Change single permissions of groups on an asset."""

    company_handle: Handle
    asset_handle: Handle
    update_array: Sequence[PermissionUpdate]


@message
class UpdateAssetPermissionsReturn:
    """Empty: the permissions are changed."""


UPDATE_ASSET_PERMISSIONS = operation(UpdateAssetPermissionsParam, UpdateAssetPermissionsReturn, roles=PERMISSION_ADMINS)


@message
class SetAssetPermissionsParam:
    """Replace the permissions of groups on an asset, which then inherits no more."""

    company_handle: Handle
    asset_handle: Handle
    permission_array: Sequence[PermissionUpdate]


@message
class SetAssetPermissionsReturn:
    """Empty: the permissions are replaced."""


SET_ASSET_PERMISSIONS = operation(SetAssetPermissionsParam, SetAssetPermissionsReturn, roles=PERMISSION_ADMINS)


@message
class RemoveAssetPermissionsParam:
    """Drop an asset's own permissions, so that it inherits again."""

    company_handle: Handle
    asset_handle: Handle


@message
class RemoveAssetPermissionsReturn:
    """Empty: the asset inherits."""


REMOVE_ASSET_PERMISSIONS = operation(RemoveAssetPermissionsParam, RemoveAssetPermissionsReturn, roles=PERMISSION_ADMINS)


@message
class UpdatePropertySetPermissionsParam:
    """Change single permissions of groups on a property set."""

    set_handle: Handle
    update_array: Sequence[PermissionUpdate]


@message
class UpdatePropertySetPermissionsReturn:
    """Empty: the permissions are changed."""


UPDATE_PROPERTY_SET_PERMISSIONS = operation(
    UpdatePropertySetPermissionsParam, UpdatePropertySetPermissionsReturn, Since(V2012_02_14)
)


@message
class SetPropertySetPermissionsParam:
    """Replace the permissions of groups on a property set."""

    set_handle: Handle
    permission_array: Sequence[PermissionUpdate]


@message
class SetPropertySetPermissionsReturn:
    """Empty: the permissions are replaced."""


SET_PROPERTY_SET_PERMISSIONS = operation(
    SetPropertySetPermissionsParam, SetPropertySetPermissionsReturn, Since(V2012_02_14)
)


@message
class RemovePropertySetPermissionsParam:
    """Drop the permissions of groups on a property set."""

    set_handle: Handle


@message
class RemovePropertySetPermissionsReturn:
    """Empty: the property set has none of its own."""


REMOVE_PROPERTY_SET_PERMISSIONS = operation(
    RemovePropertySetPermissionsParam, RemovePropertySetPermissionsReturn, Since(V2012_02_14)
)
