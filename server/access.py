"""Who is calling, which company they mean, and whether they may: the checks that every way into the server shares."""

from collections.abc import Sequence
from dataclasses import dataclass

from domain.clock import utc_now
from domain.errors import ApiError, FaultCode
from domain.handles import parse_company
from domain.model import Company, Membership, User
from server.passwords import Attempt, Passwords
from server.soap.header import Caller
from store.companies import load_company
from store.engine import Database, Tx
from store.users import find_memberships, find_user
from wsdl.declare import AnyOperation
from wsdl.roles import Role, roles_allowed


@dataclass(frozen=True, slots=True, kw_only=True)
class Principal:
    """An authenticated user and their memberships in force."""

    user: User
    memberships: tuple[Membership, ...]

    def role_in(self, company: Company) -> str | None:
        """Return the role the user acts with in ``company``, None when it is not theirs."""
        if self.user.is_admin:
            return Role.IPS_ADMIN
        return next((m.role for m in self.memberships if m.company.id == company.id), None)

    @property
    def company_ids(self) -> tuple[int, ...] | None:
        """The companies the user may see; None stands for all."""
        return None if self.user.is_admin else tuple(m.company.id for m in self.memberships)


def authenticate(database: Database, passwords: Passwords, caller: Caller, address: str) -> Principal:
    """Return who the caller at ``address`` is.

    Raises ApiError 10000 without credentials, 10001 for wrong ones, 10002 for a user who may not log in any more, and
    20006 for one without an active company.
    """
    if caller.access_token and not caller.user:
        raise ApiError(FaultCode.INVALID_CREDENTIALS, "accessToken is not supported: send user and password.")
    if not caller.user or caller.password is None:
        raise ApiError(
            FaultCode.NO_CREDENTIALS, "The request has no credentials: send an authHeader, or HTTP Basic pre-emptively."
        )
    with database.read() as tx:
        user = find_user(tx, caller.user)
        memberships = find_memberships(tx, user.id) if user else ()
    attempt = Attempt(user=caller.user, password=caller.password, address=address)
    if not passwords.admits(attempt, user.password_hash if user else None) or user is None:
        raise ApiError(FaultCode.INVALID_CREDENTIALS, "Invalid username/password")
    return principal_of(user, memberships)


def principal_of(user: User, memberships: Sequence[Membership]) -> Principal:
    """Return the user with those of their memberships that are in force.

    Raises ApiError 10002 for a user who may not log in any more, and 20006 for one without an active company.
    """
    if not is_login_valid(user):
        raise ApiError(FaultCode.INVALID_USER, "This user may not log in: the account is invalid or has expired.")
    now = utc_now()
    active = tuple(m for m in memberships if m.is_active and m.company.expires > now)
    if not active and not user.is_admin:
        raise ApiError(FaultCode.ILLEGAL_COMPANY, "This user has no active company.")
    return Principal(user=user, memberships=active)


def is_login_valid(user: User) -> bool:
    """Return whether the account is in force."""
    return user.is_valid and (user.password_expires is None or user.password_expires > utc_now())


def open_company(tx: Tx, principal: Principal, handle: str, field: str = "companyHandle") -> Company:
    """Return the company that ``handle`` names; an unknown one and one that is not the caller's are the same fault."""
    number = parse_company(handle)
    company = load_company(tx, number) if number is not None else None
    if company is None or principal.role_in(company) is None:
        raise ApiError(FaultCode.INVALID_COMPANY, f"{field}: there is no company {handle} for this user.")
    return company


def may_call(principal: Principal, operation: AnyOperation, company: Company | None, *, strict: bool) -> bool:
    """Return whether a role of the caller, in the company if there is one, may call the operation."""
    if principal.user.is_admin:
        held = {str(Role.IPS_ADMIN)}
    else:
        held = {m.role for m in principal.memberships if company is None or m.company.id == company.id}
    return bool(held & {str(role) for role in roles_allowed(operation, strict=strict)})


def authorise(principal: Principal, operation: AnyOperation, company: Company | None, *, strict: bool) -> None:
    """Raise ApiError 20003 unless a role of the caller, in the company if there is one, may call the operation."""
    if not may_call(principal, operation, company, strict=strict):
        reason = f"User does not have permission to access operation '{operation.name}'"
        raise ApiError(FaultCode.NO_OPERATION_PERMISSION, reason)
