"""What happens to every operation: authenticate, open the company, authorise, transaction, handler, return."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from domain.errors import not_built
from domain.model import Company
from jobs.slots import SlotPool
from server.access import Principal, authenticate, authorise, open_company
from server.audited import subject_of
from server.passwords import Passwords
from server.settings import Settings
from server.soap.fields import select_fields
from server.soap.header import Caller
from store.audit import Act, record
from store.blobs.port import BlobStore
from store.engine import Database, Tx
from wsdl.declare import AnyOperation, Operation

ParamT = TypeVar("ParamT")
ReturnT = TypeVar("ReturnT")


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the composition root built for handlers to use."""

    settings: Settings
    database: Database
    blobs: BlobStore
    passwords: Passwords
    slots: SlotPool
    """One child process of this HTTP worker's own, for the few operations that look at pixels."""
    scratch: Path
    """A folder for temporary files, on the file system of the blobs; the leader empties it when it starts."""
    server_name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """Where a request came from: the caller's own words, the peer's address, and the URL it used for this server."""

    caller: Caller
    address: str
    base_url: str
    accept_language: str = ""
    """The HTTP header."""
    unknown: tuple[str, ...] = ()
    """Paths of elements in the request that the contract does not know; they were left out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One authorised call, as a handler sees it. ``tx`` commits when the handler returns."""

    tx: Tx
    services: Services
    origin: Origin
    principal: Principal
    chosen: Company | None

    @property
    def company(self) -> Company:
        """The company that the request names; only for operations that must name one."""
        assert self.chosen is not None
        return self.chosen

    def note(self, action: str, subject: str) -> None:
        """Write into the audit log what the caller does, in the transaction that does it."""
        act = Act(
            company_id=self.chosen.id if self.chosen else None,
            actor=self.principal.user.email,
            action=action,
            subject=subject,
            address=self.origin.address,
        )
        record(self.tx, act)


Handler = Callable[[Call, Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Implementation:
    """A handler, and whether it writes."""

    operation: AnyOperation
    handler: Handler
    writes: bool


def implements(
    operation: Operation[ParamT, ReturnT], *, writes: bool = False
) -> Callable[[Callable[[Call, ParamT], ReturnT]], Callable[[Call, ParamT], ReturnT]]:
    """Mark a function as the behaviour of ``operation``; without ``writes`` its transaction only reads."""

    def mark(handler: Callable[[Call, ParamT], ReturnT]) -> Callable[[Call, ParamT], ReturnT]:
        vars(handler)["implementation"] = Implementation(operation=operation, handler=handler, writes=writes)
        return handler

    return mark


class Dispatcher:
    """Carries out operations by their implementations."""

    def __init__(self, services: Services, implementations: Mapping[str, Implementation]) -> None:
        self._services = services
        self._implementations = implementations

    def perform(self, operation: AnyOperation, read_param: Callable[[], Any], origin: Origin) -> Any:
        """Return the operation's return message; raises ApiError for every request that cannot be served.

        Who calls and whether the operation is built come before ``read_param``, which may find parameters missing.
        """
        services = self._services
        principal = authenticate(services.database, services.passwords, origin.caller, origin.address)
        strict = services.settings.strict_roles
        implementation = self._implementations.get(operation.name)
        if implementation is None:
            authorise(principal, operation, None, strict=strict)
            raise not_built(f"Operation {operation.name}")
        param = read_param()
        begin = services.database.write if implementation.writes else services.database.read
        with begin() as tx:
            company = _company_of(tx, principal, param)
            authorise(principal, operation, company, strict=strict)
            call = Call(tx=tx, services=services, origin=origin, principal=principal, chosen=company)
            answer = implementation.handler(call, param)
            if implementation.writes:
                call.note(operation.name, subject_of(param))
        return select_fields(answer, param)


def _company_of(tx: Tx, principal: Principal, param: Any) -> Company | None:
    handle = getattr(param, "company_handle", None)
    return None if handle is None else open_company(tx, principal, handle)
