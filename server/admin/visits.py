"""One visit of a signed-in user to a page of one company: what they may do, and what a page is made with."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from flask import abort, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from domain.model import Company
from domain.words import Words
from jobs.languages import language_of
from server.access import Principal, may_call
from server.dispatch import Origin, Services
from server.health import Readiness
from server.reading import reading_locale
from server.soap.header import Caller
from store.audit import Act, record
from store.engine import Tx
from wsdl.contract import OPERATIONS
from wsdl.declare import AnyOperation

Answer = str | Response
View = Callable[..., Answer]


@dataclass(frozen=True, slots=True, kw_only=True)
class Visit:
    """Who visits, which company, from where. The company is one of theirs."""

    services: Services
    readiness: Readiness
    principal: Principal
    company: Company
    address: str

    def may(self, operation: str) -> bool:
        """Return whether the visitor's role may call the operation of that wire name."""
        strict = self.services.settings.strict_roles
        return may_call(self.principal, OPERATIONS[operation], self.company, strict=strict)

    def read(self) -> AbstractContextManager[Tx]:
        """Return a transaction for reading."""
        return self.services.database.read()

    def write(self) -> AbstractContextManager[Tx]:
        """Return a transaction that commits when its block ends."""
        return self.services.database.write()

    def note(self, tx: Tx, action: str, subject: str) -> None:
        """Write into the audit log what the visitor does, in the transaction that does it."""
        act = Act(
            company_id=self.company.id,
            actor=self.principal.user.email,
            action=action,
            subject=subject,
            address=self.address,
        )
        record(tx, act)

    def page(self, template: str, **values: Any) -> str:
        """Return a template of the console, filled in."""
        return render_template(f"console/{template}", visit=self, **values)

    def link(self, endpoint: str, **values: Any) -> str:
        """Return the URL of a page of the visit's company."""
        return url_for(f"console.{endpoint}", root=self.company.root, **values)

    def go(self, endpoint: str, **values: Any) -> Response:
        """Return the answer that sends the browser to a page of the company with GET."""
        return redirect(self.link(endpoint, **values), 303)

    def speaker(self, job_locale: str) -> Callable[[Words], str]:
        """Return what says a job's words in the visitor's language, else in the job's."""
        origin = Origin(
            caller=Caller(), address="", base_url="", accept_language=request.headers.get("Accept-Language", "")
        )
        return language_of(reading_locale(origin) or job_locale).say


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """A page of a company: its URL below the company's, what answers it, and the operation that it stands for.

    Who may not call the operation may not see the page. ``needs`` is None for what every member may see.
    """

    rule: str
    view: View
    needs: AnyOperation | None
    methods: tuple[str, ...] = ("GET",)


def number_argument(name: str) -> int | None:
    """Return a whole number from the query, None when it is not given; anything else is a bad request that says so."""
    text = request.args.get(name, "")
    return read_number(text, f"{name} must be a whole number, not {text[:40]}.") if text else None


def read_number(text: str, refusal: str) -> int:
    """Return a whole number that the database can hold; anything else is a bad request, in the words of ``refusal``."""
    if not (text.isascii() and text.isdigit() and len(text) < 19):
        abort(400, refusal)
    return int(text)
