"""The way into the console: signing in and out, choosing a company, light or dark."""

from functools import partial

from flask import Blueprint, make_response, redirect, render_template, request, url_for

from domain.errors import ApiError
from server.access import Principal, authenticate
from server.admin.sessions import find_principal, forget, keep, sign_in, sign_out
from server.admin.visits import Answer
from server.dispatch import Services
from server.origins import base_url, client_address
from server.soap.header import Caller
from store.audit import Act, record
from store.companies import find_companies
from store.engine import Tx

THEME = "reprise_theme"
THEMES = ("auto", "light", "dark")
_YEAR_S = 365 * 24 * 3600
MOST_COMPANIES = 500


def add_routes(console: Blueprint, services: Services) -> None:
    """Add what is not about one company."""
    console.add_url_rule("/", "home", partial(_home, services))
    console.add_url_rule("/sign-in", "sign_in", partial(_show_form, services))
    console.add_url_rule("/sign-in", "enter", partial(_enter, services), methods=["POST"])
    console.add_url_rule("/sign-out", "sign_out", partial(_leave, services), methods=["POST"])
    console.add_url_rule("/theme", "set_theme", partial(_set_theme, services), methods=["POST"])


def _home(services: Services) -> Answer:
    """Show the companies of who is signed in; whoever has one alone is sent to it."""
    with services.database.read() as tx:
        principal = find_principal(tx, request)
        companies = find_companies(tx, principal.company_ids) if principal else ()
    if principal is None:
        return redirect(url_for("console.sign_in"), 303)
    if len(companies) == 1:
        return redirect(url_for("console.executions", root=companies[0].root), 303)
    wanted = request.args.get("q", "").strip()
    found = [company for company in companies if wanted.lower() in company.name.lower()]
    return render_template(
        "console/companies.html",
        principal=principal,
        companies=found[:MOST_COMPANIES],
        number=len(found),
        wanted=wanted,
    )


def _show_form(services: Services) -> Answer:
    with services.database.read() as tx:
        if find_principal(tx, request):
            return redirect(_inner(request.args.get("next", "")), 303)
    return _form("", "")


def _enter(services: Services) -> Answer:
    """Sign the user in, by the same checks and the same lock-out as a SOAP call."""
    email, password = request.form.get("email", "").strip(), request.form.get("password", "")
    address = client_address(services, request.environ)
    try:
        principal = authenticate(services.database, services.passwords, Caller(user=email, password=password), address)
    except ApiError as error:
        return make_response(_form(email, error.reason), 401)
    with services.database.write() as tx:
        token = sign_in(tx, principal.user)
        _note(tx, principal, "signed in", address)
    response = redirect(_inner(request.form.get("next", "")), 303)
    keep(response, token, is_secure=_is_secure(services))
    return response


def _leave(services: Services) -> Answer:
    with services.database.write() as tx:
        principal = find_principal(tx, request)
        if principal:
            sign_out(tx, request, principal.user)
            _note(tx, principal, "signed out", client_address(services, request.environ))
    response = redirect(url_for("console.sign_in"), 303)
    forget(response, is_secure=_is_secure(services))
    return response


def _set_theme(services: Services) -> Answer:
    """Remember in the browser whether its user wants light, dark, or what their system says."""
    theme = request.form.get("theme", "")
    response = redirect(_inner(request.form.get("next", "")), 303)
    if theme in THEMES:
        secure = _is_secure(services)
        response.set_cookie(
            THEME, theme, max_age=_YEAR_S, path="/console", httponly=True, secure=secure, samesite="Lax"
        )
    return response


def _form(email: str, problem: str) -> str:
    target = request.values.get("next", "")
    return render_template("console/sign_in.html", email=email, problem=problem, next=target)


def _inner(target: str) -> str:
    """Return the URL if it is one of the console's own, else its first page: no sign-in leads to another site."""
    is_ours = target.startswith("/console/") and "\\" not in target and "//" not in target
    return target if is_ours and target.isprintable() else url_for("console.home")


def _note(tx: Tx, principal: Principal, action: str, address: str) -> None:
    """Write it into the audit log of each company that the user is a member of, else into the server's."""
    companies: list[int | None] = [m.company.id for m in principal.memberships]
    for company_id in companies or [None]:
        act = Act(company_id=company_id, actor=principal.user.email, action=action, subject="", address=address)
        record(tx, act)


def _is_secure(services: Services) -> bool:
    return base_url(services, request.environ).startswith("https:")
