"""Mounts the console: its routes, who may enter them, its security headers, and its answers to what goes wrong."""

import secrets
from functools import partial
from typing import Any

import structlog
from flask import Blueprint, Flask, Response, abort, g, redirect, render_template, request, url_for
from werkzeug.exceptions import HTTPException
from werkzeug.wrappers import Response as AnyResponse

from domain.model import Company
from server.access import Principal
from server.admin import (
    about,
    asset_findings,
    asset_metadata,
    assets,
    audit,
    bulk_actions,
    entrance,
    execution,
    execution_actions,
    execution_choices,
    execution_log,
    executions,
    files,
    folder_profiles,
    people,
    processing,
    profiles,
    publish,
    run_schedule,
    schedules,
    shown,
    workers,
)
from server.admin.sessions import find_principal, form_secret, form_token, is_own_form, keep_guest
from server.admin.visits import Answer, Page, Visit
from server.bodies.reading import MOST_ID
from server.dispatch import Services
from server.health import Readiness
from server.origins import base_url, client_address
from server.problems import is_foreseen, problem_of
from server.soap.faults import storage_fault
from store.companies import find_company_by_root
from wsdl.declare import AnyOperation

PAGES = (
    *executions.PAGES,
    *bulk_actions.PAGES,
    *execution.PAGES,
    *execution_choices.PAGES,
    *execution_actions.PAGES,
    *execution_log.PAGES,
    *processing.PAGES,
    *run_schedule.PAGES,
    *profiles.PAGES,
    *folder_profiles.PAGES,
    *assets.PAGES,
    *asset_findings.PAGES,
    *asset_metadata.PAGES,
    *schedules.PAGES,
    *workers.PAGES,
    *publish.PAGES,
    *people.PAGES,
    *audit.PAGES,
    *about.PAGES,
)
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
}
MOST_FORM_BYTES = 500_000
"""A form of the console names folders, a page of assets and filters, and carries no file: none is put on the disk."""

log = structlog.get_logger(__name__)


def add_console(app: Flask, services: Services, readiness: Readiness) -> None:
    """Add the console's routes to the application, all below /console."""
    app.jinja_env.filters.update(shown.FILTERS)
    app.jinja_env.globals.update(icon=files.icon, style_of=files.style_of, feature_of=execution_choices.feature_of)
    console = Blueprint("console", __name__, url_prefix="/console", template_folder="templates")
    files.add_routes(console)
    entrance.add_routes(console, services)
    for page in PAGES:
        name = page.view.__name__
        rule = f"/<root>/{page.rule}".replace("<int:", f"<int(max={MOST_ID}):")
        view = partial(_answer, services, readiness, page)
        console.add_url_rule(rule, name, view, methods=list(page.methods))
    console.add_url_rule("/<path:path>", "unknown", _unknown, methods=["GET", "POST"])
    console.before_request(_check_form)
    console.after_request(partial(_finish, services))
    console.context_processor(_shared)
    console.register_error_handler(Exception, _explain)
    app.register_blueprint(console)


def _answer(services: Services, readiness: Readiness, page: Page, root: str, **values: Any) -> Answer:
    """Let the visitor in, if they are signed in, belong to the company and may see the page, and answer."""
    with services.database.read() as tx:
        principal = find_principal(tx, request)
        company = find_company_by_root(tx, root) if principal else None
    if principal is None:
        return _to_the_door()
    if company is None or not _belongs(principal, company):
        abort(404)
    address = client_address(services, request.environ)
    visit = Visit(services=services, readiness=readiness, principal=principal, company=company, address=address)
    g.visit = visit
    if page.needs is not None and not visit.may(page.needs.name):
        abort(403, _refusal(page.needs))
    return page.view(visit, **values)


def _belongs(principal: Principal, company: Company) -> bool:
    return principal.role_in(company) is not None


def _refusal(operation: AnyOperation) -> str:
    return f"Your role in this company may not do this (it stands for the operation {operation.name})."


def _to_the_door() -> AnyResponse:
    if request.headers.get("X-Requested-With"):  # a live part of a page: its script then loads the page again
        abort(401)
    target = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("console.sign_in", next=target or None), 303)


def _unknown(path: str) -> Answer:  # noqa: ARG001 - it names nothing
    abort(404)


def _check_form() -> None:
    request.max_content_length = MOST_FORM_BYTES
    g.form_secret = form_secret(request) or secrets.token_urlsafe(32)
    if request.method == "POST" and not is_own_form(request):
        abort(400, "This form is out of date: go back, load the page again and repeat what you did.")
    for name, value in (("path", request.path), *request.args.items(multi=True), *request.form.items(multi=True)):
        if "\0" in name + value:
            abort(400, f"{name.replace(chr(0), '')[:40]}: it has a character that cannot be stored: leave it out.")


def _finish(services: Services, response: Response) -> Response:
    for name, value in HEADERS.items():
        response.headers.setdefault(name, value)
    response.headers.setdefault("Cache-Control", "no-store")
    if not form_secret(request) and response.mimetype == "text/html":
        is_secure = base_url(services, request.environ).startswith("https:")
        keep_guest(response, g.form_secret, is_secure=is_secure)
    return response


def _shared() -> dict[str, Any]:
    """Return what every template may use."""
    theme = request.cookies.get(entrance.THEME, "")
    return {
        "form_token": form_token(g.form_secret),
        "theme": theme if theme in entrance.THEMES else "auto",
        "visit": g.get("visit"),
    }


def _explain(error: Exception) -> tuple[str, int] | AnyResponse:
    """Answer what goes wrong with a page that says what and what to do."""
    if isinstance(error, HTTPException) and (error.code is None or error.code < 400):
        return error.get_response()
    if not is_foreseen(error):
        log.error("page failed", path=request.path, exc_info=error)
    problem = problem_of(storage_fault(error) or error)
    return _problem(problem.status, problem.detail) if problem else _problem(500, "")


def _problem(status: int, said: str) -> tuple[str, int]:
    return render_template("console/problem.html", status=status, said=said), status
