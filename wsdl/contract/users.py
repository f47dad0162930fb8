"""Users, their passwords and their memberships of companies.

Groups are in ``groups``.
"""

from collections.abc import Sequence
from dataclasses import field
from datetime import datetime
from typing import Annotated

from wsdl.contract.companies import Company
from wsdl.declare import Handle, Required, Since, Until, message, operation
from wsdl.roles import ACCOUNT_ADMINS, EVERY_ROLE
from wsdl.versions import V2010_01_31, V2012_02_14, V2013_02_15, V2014_04_03


@message
class User:
    """A user of the system."""

    user_handle: Handle
    first_name: str
    last_name: str
    email: str
    role: Annotated[str, Until(V2010_01_31)]
    default_role: Annotated[str, Since(V2012_02_14), Until(V2013_02_15)]
    ims_user_id: Annotated[str | None, Since(V2014_04_03)] = None
    is_valid: bool
    is_ips_admin: Annotated[bool, Since(V2014_04_03)]
    password_expires: datetime | None = None


@message(Since(V2012_02_14))
class CompanyMember:
    """A user with the role held in a company."""

    user: User
    role: str
    is_active: bool


@message(Since(V2012_02_14))
class CompanyMembership:
    """A company with the role that a user holds in it."""

    company: Company
    role: str
    is_active: bool


@message(Since(V2012_02_14))
class CompanyMembershipUpdate:
    """A membership that shall be."""

    company_handle: Handle
    role: str
    is_active: bool


@message
class GetCompanyMembersParam:
    """List the users of a company."""

    company_handle: Handle
    include_invalid: bool
    include_inactive: Annotated[bool | None, Since(V2012_02_14), Required()] = None


@message
class GetCompanyMembersReturn:
    """The users with their roles in it (users alone before 2012)."""

    user_array: Annotated[Sequence[User], Until(V2010_01_31)]
    member_array: Sequence[CompanyMember]


GET_COMPANY_MEMBERS = operation(GetCompanyMembersParam, GetCompanyMembersReturn, roles=ACCOUNT_ADMINS)


@message
class AddUserParam:
    """Create a user with a password and memberships of companies."""

    first_name: str
    last_name: str
    email: str
    role: Annotated[str | None, Until(V2010_01_31), Required()] = None
    default_role: Annotated[str | None, Since(V2012_02_14), Until(V2013_02_15), Required()] = None
    password: str = field(repr=False)
    password_expires: datetime | None = None
    is_valid: bool
    is_ips_admin: Annotated[bool | None, Since(V2014_04_03), Required()] = None
    membership_array: Annotated[Sequence[CompanyMembershipUpdate] | None, Since(V2012_02_14), Required()] = None


@message
class AddUserReturn:
    """The handle of the new user."""

    user_handle: Handle


ADD_USER = operation(AddUserParam, AddUserReturn, roles=ACCOUNT_ADMINS)


@message
class GeneratePasswordParam:
    """Ask for a password that satisfies the password rules."""


@message
class GeneratePasswordReturn:
    """The suggested password."""

    password: str = field(repr=False)


GENERATE_PASSWORD = operation(GeneratePasswordParam, GeneratePasswordReturn, roles=EVERY_ROLE)


@message
class SetPasswordParam:
    """Set a user's password, the caller's own when no user is named."""

    user_handle: Handle | None = None
    password: str = field(repr=False)
    password_expires: datetime | None = None


@message
class SetPasswordReturn:
    """Empty: the password is set."""


SET_PASSWORD = operation(SetPasswordParam, SetPasswordReturn, roles=EVERY_ROLE)


@message
class SetUserInfoParam:
    """Change a user's name, mail address, validity and roles."""

    user_handle: Handle | None = None
    first_name: str
    last_name: str
    email: str
    role: Annotated[str | None, Until(V2010_01_31), Required()] = None
    default_role: Annotated[str | None, Since(V2012_02_14), Until(V2013_02_15), Required()] = None
    password_expires: datetime | None = None
    is_valid: bool
    is_ips_admin: Annotated[bool | None, Since(V2014_04_03), Required()] = None


@message
class SetUserInfoReturn:
    """Empty: the user is changed."""


SET_USER_INFO = operation(SetUserInfoParam, SetUserInfoReturn, roles=ACCOUNT_ADMINS)


@message
class GetUserInfoParam:
    """Ask for a user by handle or mail address; for the caller when neither is given."""

    user_handle: Handle | None = None
    email: str | None = None


@message
class GetUserInfoReturn:
    """The user."""

    user_info: User


GET_USER_INFO = operation(GetUserInfoParam, GetUserInfoReturn, roles=EVERY_ROLE)


@message
class GetAllUsersParam:
    """List every user of the system."""

    include_invalid: bool


@message
class GetAllUsersReturn:
    """The users."""

    user_array: Sequence[User]


GET_ALL_USERS = operation(GetAllUsersParam, GetAllUsersReturn, roles=ACCOUNT_ADMINS)


@message
class GetUsersParam:
    """List users by company, group, role and first letters, page by page."""

    include_invalid: bool | None = None
    include_inactive: Annotated[bool | None, Since(V2012_02_14)] = None
    company_handle_array: Sequence[Handle] | None = None
    group_handle_array: Sequence[Handle] | None = None
    user_role_array: Sequence[str] | None = None
    char_filter_field: str | None = None
    char_filter: str | None = None
    sort_by: str | None = None
    records_per_page: int | None = None
    results_page: int | None = None


@message
class GetUsersReturn:
    """One page of users."""

    user_array: Sequence[User]


GET_USERS = operation(GetUsersParam, GetUsersReturn, roles=ACCOUNT_ADMINS)


@message
class GetUserCharsParam:
    """Ask with which letters users' names begin, to build a filter from."""

    char_field: str
    include_invalid: bool | None = None
    include_inactive: Annotated[bool | None, Since(V2012_02_14)] = None
    company_handle_array: Sequence[Handle] | None = None
    group_handle_array: Sequence[Handle] | None = None
    user_role_array: Sequence[str] | None = None
    num_chars: int | None = None


@message
class GetUserCharsReturn:
    """The letters."""

    user_chars_array: Sequence[str]


GET_USER_CHARS = operation(GetUserCharsParam, GetUserCharsReturn, roles=ACCOUNT_ADMINS)


@message
class SetCompanyMembershipParam:
    """Replace a user's memberships of companies."""

    user_handle: Handle | None = None
    company_handle_array: Annotated[Sequence[Handle] | None, Until(V2010_01_31), Required()] = None
    membership_array: Annotated[Sequence[CompanyMembershipUpdate] | None, Since(V2012_02_14), Required()] = None


@message
class SetCompanyMembershipReturn:
    """Empty: the memberships are replaced."""


SET_COMPANY_MEMBERSHIP = operation(SetCompanyMembershipParam, SetCompanyMembershipReturn, roles=ACCOUNT_ADMINS)


@message
class AddCompanyMembershipParam:
    """Add memberships of companies to a user."""

    user_handle: Handle | None = None
    company_handle_array: Annotated[Sequence[Handle] | None, Until(V2010_01_31), Required()] = None
    membership_array: Annotated[Sequence[CompanyMembershipUpdate] | None, Since(V2012_02_14), Required()] = None


@message
class AddCompanyMembershipReturn:
    """Empty: the memberships are added."""


ADD_COMPANY_MEMBERSHIP = operation(AddCompanyMembershipParam, AddCompanyMembershipReturn, roles=ACCOUNT_ADMINS)


@message
class RemoveCompanyMembershipParam:
    """Remove a user from companies."""

    user_handle: Handle | None = None
    company_handle_array: Sequence[Handle]


@message
class RemoveCompanyMembershipReturn:
    """Empty: the memberships are gone."""


REMOVE_COMPANY_MEMBERSHIP = operation(RemoveCompanyMembershipParam, RemoveCompanyMembershipReturn, roles=ACCOUNT_ADMINS)


@message
class GetCompanyMembershipParam:
    """Ask to which companies a user belongs."""

    user_handle: Handle | None = None


@message
class GetCompanyMembershipReturn:
    """The companies with the user's role in each (companies alone before 2012)."""

    company_array: Annotated[Sequence[Company], Until(V2010_01_31)]
    membership_array: Sequence[CompanyMembership]


GET_COMPANY_MEMBERSHIP = operation(GetCompanyMembershipParam, GetCompanyMembershipReturn, roles=EVERY_ROLE)


@message
class CheckLoginParam:
    """Ask whether a mail address and password are good, for one company or any."""

    company_handle: Handle | None = None
    email: str
    password: str = field(repr=False)


@message
class CheckLoginReturn:
    """``ValidLogin`` or ``InvalidLogin``."""

    status: str


CHECK_LOGIN = operation(CheckLoginParam, CheckLoginReturn, roles=EVERY_ROLE)
