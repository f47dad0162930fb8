"""Users: logging in, and what is known of a user and of their companies."""

from domain import handles, model
from domain.errors import ApiError, FaultCode
from server.access import Principal, is_login_valid
from server.dispatch import Call, implements
from server.operations.companies import company_value
from server.passwords import Attempt
from store.users import find_memberships, find_user, load_user
from wsdl import contract
from wsdl.roles import Role


@implements(contract.CHECK_LOGIN)
def check_login(call: Call, param: contract.CheckLoginParam) -> contract.CheckLoginReturn:
    """Answer whether the e-mail and password would be let in, to the named company if one is named."""
    user = find_user(call.tx, param.email)
    attempt = Attempt(user=param.email, password=param.password, address=call.origin.address)
    is_right = call.services.passwords.admits(attempt, user.password_hash if user else None)
    is_valid = user is not None and is_right and is_login_valid(user) and _may_enter(call, user)
    return contract.CheckLoginReturn(status="ValidLogin" if is_valid else "InvalidLogin")


@implements(contract.GET_USER_INFO)
def get_user_info(call: Call, param: contract.GetUserInfoParam) -> contract.GetUserInfoReturn:
    """Answer the caller, or another user who shares a company with the caller."""
    if param.user_handle:
        user = find_known_user(call, param.user_handle)
    elif param.email:
        found = find_user(call.tx, param.email)
        if found is None or not _shares_company(call, call.principal, found):
            raise ApiError(FaultCode.INVALID_REQUEST_USERNAME, f"email: there is no user {param.email}.")
        user = found
    else:
        user = call.principal.user
    return contract.GetUserInfoReturn(user_info=user_value(user, _first_role(call, user)))


@implements(contract.GET_COMPANY_MEMBERSHIP)
def get_company_membership(
    call: Call, param: contract.GetCompanyMembershipParam
) -> contract.GetCompanyMembershipReturn:
    """Answer the companies of the caller, or those that another user shares with the caller."""
    user = find_known_user(call, param.user_handle) if param.user_handle else call.principal.user
    visible = call.principal.company_ids
    found = [m for m in find_memberships(call.tx, user.id) if visible is None or m.company.id in visible]
    return contract.GetCompanyMembershipReturn(
        company_array=[company_value(m.company) for m in found],
        membership_array=[
            contract.CompanyMembership(company=company_value(m.company), role=m.role, is_active=m.is_active)
            for m in found
        ],
    )


def find_known_user(call: Call, handle: str, field: str = "userHandle") -> model.User:
    """Return the user that ``handle`` names; ApiError 20002 when there is none who shares a company with the caller."""
    number = handles.parse_user(handle)
    user = load_user(call.tx, number) if number is not None else None
    if user is None or not _shares_company(call, call.principal, user):
        raise ApiError(FaultCode.INVALID_REQUEST_USER, f"{field}: there is no user {handle}.")
    return user


def user_value(user: model.User, role: str) -> contract.User:
    """Return a user as the wire has it; older versions show one role of theirs."""
    return contract.User(
        user_handle=handles.user_handle(user.id, user.email),
        first_name=user.first_name,
        last_name=user.last_name,
        email=user.email,
        role=role,
        default_role=role,
        is_valid=user.is_valid,
        is_ips_admin=user.is_admin,
        password_expires=user.password_expires,
    )


def _first_role(call: Call, user: model.User) -> str:
    if user.is_admin:
        return Role.IPS_ADMIN
    return next((m.role for m in find_memberships(call.tx, user.id) if m.is_active), Role.IPS_USER)


def _may_enter(call: Call, user: model.User) -> bool:
    companies = {m.company.id for m in find_memberships(call.tx, user.id) if m.is_active}
    if call.chosen is not None:
        return user.is_admin or call.chosen.id in companies
    return user.is_admin or bool(companies)


def _shares_company(call: Call, principal: Principal, user: model.User) -> bool:
    visible = principal.company_ids
    if visible is None or user.id == principal.user.id:
        return True
    return any(m.company.id in visible for m in find_memberships(call.tx, user.id))
