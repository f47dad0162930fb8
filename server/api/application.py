"""Puts the routes of the API on the web: who calls, which company, may they, what they send; and answers in JSON."""

import json
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, get_origin

from flask import Blueprint, Flask, Response, request
from pydantic import BaseModel
from werkzeug.exceptions import BadRequest, InternalServerError, MethodNotAllowed, UnsupportedMediaType

from domain.errors import ApiError, FaultCode
from domain.model import Company
from server.access import Principal, authenticate, authorise
from server.api import assets, executions, profiles, runs, schedules, settings
from server.api.openapi import describe
from server.api.route import ApiCall, Route
from server.bodies.reading import MOST_ID, read_body, refused
from server.dispatch import Origin, Services
from server.problems import problem_of, problem_response
from server.soap.faults import storage_fault
from server.soap.header import read_caller
from store.audit import Act, record
from store.companies import find_company_by_root
from store.engine import Tx

PREFIX = "/api/v1"
ROUTES: tuple[Route, ...] = (
    *runs.ROUTES,
    *executions.ROUTES,
    *profiles.ROUTES,
    *assets.ROUTES,
    *schedules.ROUTES,
    *settings.ROUTES,
)
OriginOf = Callable[[Any, Any], Origin]


def add_api(app: Flask, services: Services, origin_of: OriginOf) -> None:
    """Add the API; ``origin_of`` says where a request came from, by its environ and its caller."""
    blueprint = Blueprint("api", __name__, url_prefix=PREFIX)
    for route in ROUTES:
        path = route.path.replace("{id}", f"<int(max={MOST_ID}):number>")
        blueprint.add_url_rule(
            f"/companies/<root>/{path}", route.name, _view(route, services, origin_of), methods=[route.method]
        )
    document = json.dumps(describe(ROUTES, PREFIX), ensure_ascii=False)
    blueprint.add_url_rule(
        "/openapi.json", "openapi", lambda: Response(document, content_type="application/json"), methods=["GET"]
    )
    app.register_blueprint(blueprint)


def is_of_api(path: str) -> bool:
    """Return whether a request of this path is answered as the API answers."""
    return path == PREFIX or path.startswith(f"{PREFIX}/")


def refuse(error: Exception, failed: str) -> Response:
    """Return the answer for an error, known or not; ``failed`` is what to say of one that nobody foresaw."""
    problem = problem_of(storage_fault(error) or error) or problem_of(InternalServerError(failed))
    assert problem is not None
    allowed = error.valid_methods if isinstance(error, MethodNotAllowed) else None
    return problem_response(problem, {"Allow": ", ".join(allowed)} if allowed else {})


def _view(route: Route, services: Services, origin_of: OriginOf) -> Callable[..., Response]:
    def view(root: str, number: int = 0) -> Response:
        origin = origin_of(request.environ, read_caller((), request.headers.get("Authorization")))
        principal = authenticate(services.database, services.passwords, origin.caller, origin.address)
        sent = _body(services) if route.has_body else _query(route.takes)  # a slow caller holds no transaction
        begin = services.database.write if route.writes else services.database.read
        with begin() as tx:
            company = _open_company(tx, principal, root)
            authorise(principal, route.needs, company, strict=services.settings.strict_roles)
            given = read_body(route.takes, sent)
            call = ApiCall(tx=tx, services=services, origin=origin, principal=principal, company=company, number=number)
            answer = route.handler(call, given)
            if route.writes:
                record(tx, _act(call, route, answer))
        if isinstance(answer, Response):
            return answer
        assert isinstance(answer, BaseModel)
        headers = {"Cache-Control": "no-store"}
        return Response(answer.model_dump_json() + "\n", route.status, headers, content_type="application/json")

    return view


def _act(call: ApiCall, route: Route, answer: Any) -> Act:
    path = route.path.replace("{id}", str(call.number))
    made = f": {answer.id}" if route.status == HTTPStatus.CREATED else ""
    return Act(
        company_id=call.company.id,
        actor=call.who,
        action=route.name,
        subject=f"{path}{made}",
        address=call.origin.address,
    )


def _open_company(tx: Tx, principal: Principal, root: str) -> Company:
    company = find_company_by_root(tx, root) if "\0" not in root else None
    if company is None or principal.role_in(company) is None:
        raise ApiError(FaultCode.INVALID_COMPANY, f"There is no company with the root {root} for this user.")
    return company


def _body(services: Services) -> object:
    """Return what the JSON body holds. No browser sends such a body from another site without asking first."""
    request.max_content_length = services.settings.max_request_bytes
    if request.mimetype != "application/json":
        raise UnsupportedMediaType("Send JSON with Content-Type: application/json; {} where there is nothing to say.")
    try:
        return json.loads(request.get_data())
    except (ValueError, RecursionError) as error:
        raise BadRequest(f"The body is no JSON: {error}.") from error


def _query(kind: type[BaseModel]) -> object:
    given: dict[str, object] = {}
    for name, values in request.args.lists():
        field = kind.model_fields.get(name)
        is_many = field is not None and get_origin(field.annotation) is tuple
        if len(values) > 1 and not is_many:
            raise refused(name, "give it once.")
        given[name] = values if is_many else values[0]
    return given
