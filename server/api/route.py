"""What a route of the API is: which path and body, which SOAP operation's roles, which function, which answer."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from pydantic import BaseModel

from domain.model import Company
from server.access import Principal
from server.bodies.reading import Body
from server.dispatch import Origin, Services
from store.engine import Tx
from wsdl.declare import AnyOperation

Method = Literal["GET", "POST", "PUT", "DELETE"]


class Nothing(Body):
    """No field."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ApiCall:
    """One authorised call. ``tx`` commits when the handler returns; ``number`` is the path's, 0 without one."""

    tx: Tx
    services: Services
    origin: Origin
    principal: Principal
    company: Company
    number: int

    @property
    def who(self) -> str:
        """The caller's e-mail address, which jobs and profiles name as theirs."""
        return self.principal.user.email


@dataclass(frozen=True, slots=True, kw_only=True)
class Route:
    """One action. ``path`` is below the company; what it ``takes`` is the query of GET and DELETE, else the JSON body.

    ``needs`` is the SOAP operation that the caller's role must allow. A route with ``media`` answers with a file.
    """

    method: Method
    path: str
    name: str
    summary: str
    needs: AnyOperation
    handler: Callable[[ApiCall, Any], Any]
    takes: type[BaseModel] = Nothing
    gives: type[BaseModel] = Nothing
    media: str = ""
    status: int = 200
    writes: bool = False

    @property
    def has_body(self) -> bool:
        """Whether what it takes is a body."""
        return self.method in ("POST", "PUT")
