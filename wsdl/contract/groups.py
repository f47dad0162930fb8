"""Groups of users, to which permissions are given."""

from collections.abc import Sequence

from wsdl.declare import Handle, message, operation
from wsdl.roles import METADATA_READERS, PERMISSION_ADMINS


@message
class Group:
    """A group of a company's users, to which permissions are given."""

    group_handle: Handle
    company_handle: Handle
    name: str
    is_system_defined: bool


@message
class GetGroupsParam:
    """List a company's groups."""

    company_handle: Handle


@message
class GetGroupsReturn:
    """The groups."""

    group_array: Sequence[Group]


GET_GROUPS = operation(GetGroupsParam, GetGroupsReturn, roles=PERMISSION_ADMINS)


@message
class SaveGroupParam:
    """Create a group, or change the one whose handle is given."""

    company_handle: Handle
    group_handle: Handle | None = None
    name: str
    is_system_defined: bool


@message
class SaveGroupReturn:
    """The handle of the group."""

    group_handle: Handle


SAVE_GROUP = operation(SaveGroupParam, SaveGroupReturn, roles=PERMISSION_ADMINS)


@message
class DeleteGroupParam:
    """Delete a group."""

    company_handle: Handle
    group_handle: Handle


@message
class DeleteGroupReturn:
    """Empty: the group is gone."""


DELETE_GROUP = operation(DeleteGroupParam, DeleteGroupReturn, roles=PERMISSION_ADMINS)


@message
class GetGroupMembershipParam:
    """Ask to which groups a user belongs."""

    user_handle: Handle | None = None
    company_handle: Handle | None = None


@message
class GetGroupMembershipReturn:
    """The groups."""

    group_array: Sequence[Group]


GET_GROUP_MEMBERSHIP = operation(GetGroupMembershipParam, GetGroupMembershipReturn, roles=METADATA_READERS)


@message
class SetGroupMembershipParam:
    """Replace the groups of a user."""

    user_handle: Handle | None = None
    company_handle: Handle | None = None
    group_handle_array: Sequence[Handle]


@message
class SetGroupMembershipReturn:
    """Empty: the groups are replaced."""


SET_GROUP_MEMBERSHIP = operation(SetGroupMembershipParam, SetGroupMembershipReturn, roles=PERMISSION_ADMINS)


@message
class AddGroupMembershipParam:
    """Add a user to groups."""

    user_handle: Handle | None = None
    group_handle_array: Sequence[Handle]


@message
class AddGroupMembershipReturn:
    """Empty: the user is in the groups."""


ADD_GROUP_MEMBERSHIP = operation(AddGroupMembershipParam, AddGroupMembershipReturn, roles=PERMISSION_ADMINS)


@message
class RemoveGroupMembershipParam:
    """Take a user out of groups."""

    user_handle: Handle | None = None
    group_handle_array: Sequence[Handle]


@message
class RemoveGroupMembershipReturn:
    """Empty: the user is in none of them."""


REMOVE_GROUP_MEMBERSHIP = operation(RemoveGroupMembershipParam, RemoveGroupMembershipReturn, roles=PERMISSION_ADMINS)


@message
class GetGroupMembersParam:
    """List the users of a group."""

    company_handle: Handle
    group_handle: Handle


@message
class GetGroupMembersReturn:
    """The handles of the users."""

    user_handle_array: Sequence[Handle]


GET_GROUP_MEMBERS = operation(GetGroupMembersParam, GetGroupMembersReturn, roles=PERMISSION_ADMINS)


@message
class SetGroupMembersParam:
    """Replace the users of a group."""

    company_handle: Handle
    group_handle: Handle
    user_handle_array: Sequence[Handle]


@message
class SetGroupMembersReturn:
    """Empty: the users are replaced."""


SET_GROUP_MEMBERS = operation(SetGroupMembersParam, SetGroupMembersReturn, roles=PERMISSION_ADMINS)


@message
class AddGroupMembersParam:
    """Add users to a group."""

    company_handle: Handle
    group_handle: Handle
    user_handle_array: Sequence[Handle]


@message
class AddGroupMembersReturn:
    """Empty: the users are in the group."""


ADD_GROUP_MEMBERS = operation(AddGroupMembersParam, AddGroupMembersReturn, roles=PERMISSION_ADMINS)


@message
class RemoveGroupMembersParam:
    """Take users out of a group."""

    company_handle: Handle
    group_handle: Handle
    user_handle_array: Sequence[Handle]


@message
class RemoveGroupMembersReturn:
    """Empty: the users are gone from the group."""


REMOVE_GROUP_MEMBERS = operation(RemoveGroupMembersParam, RemoveGroupMembersReturn, roles=PERMISSION_ADMINS)
