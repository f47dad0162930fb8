"""All HTTP: the way to SOAP and to the console, the WSDLs, the upload servlet, the image server, health, metrics."""

import json
import secrets
from collections.abc import Callable, Iterable
from functools import lru_cache, partial
from typing import Any, Literal, cast
from urllib.parse import quote, urlsplit

import structlog
from flask import Flask, Response, request
from prometheus_client import CONTENT_TYPE_LATEST
from structlog.contextvars import bound_contextvars
from werkzeug.exceptions import HTTPException

from domain.clock import utc_now
from domain.errors import ApiError, FaultCode
from jobs.kinds.export import PATH as EXPORTS
from publishing.image_replies import PictureCache
from publishing.image_server import Asked, answer
from server.admin.application import add_console
from server.api.application import add_api, is_of_api, refuse
from server.bodies.reading import MOST_ID
from server.dispatch import Dispatcher, Origin, Services
from server.exports import find_export, write_zip
from server.health import Readiness
from server.images import open_catalog
from server.metrics import may_see, metrics_text
from server.operations.registry import implementations
from server.origins import base_url, client_address
from server.problems import is_foreseen
from server.soap.endpoint import soap_endpoint
from server.soap.faults import fault_element, fault_envelope, storage_fault
from server.soap.header import Caller
from server.soap.protocol import Exchange
from server.soap.request import SOAP_11
from server.upload import Received, UploadServlet
from wsdl.declare import AnyOperation
from wsdl.render import render_wsdl
from wsdl.versions import V2014_04_03, VERSIONS, Version

ENDPOINT = "/scene7/services/IpsApiService"
REQUEST_ID = "X-Request-Id"
"""The header by which an answer names its lines in the server's log."""
XML = "text/xml;charset=utf-8"
FAILED = "The server failed while serving the request; its log has the details."
Wsgi = Callable[[Any, Any], Iterable[bytes]]

log = structlog.get_logger(__name__)


def build_application(services: Services) -> Wsgi:
    """Return the WSGI application: POSTs to the service go to SOAP, everything else to the routes below."""
    soap = _soap(services)
    flask = build_flask(services)

    def application(environ: Any, start_response: Any) -> Iterable[bytes]:
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        request_id = secrets.token_hex(8)

        def start(status: str, headers: list[tuple[str, str]], *error: Any) -> Any:
            return start_response(status, [*headers, (REQUEST_ID, request_id)], *error)

        with bound_contextvars(request=request_id):
            if path.rstrip("/") == ENDPOINT and method == "POST":
                return _never_raising(soap, environ, start)
            return flask(environ, start)

    return application


def build_flask(services: Services) -> Flask:
    """Return the Flask application of every route but SOAP's."""
    app = Flask("reprise", static_folder=None)
    _add_wsdl_routes(app, services)
    _add_upload_route(app, services)
    _add_export_route(app, services)
    _add_image_route(app, services)
    readiness = Readiness(services)
    _add_health_routes(app, services, readiness)
    add_console(app, services, readiness)
    add_api(app, services, partial(_origin, services))
    app.register_error_handler(Exception, _unforeseen)
    return app


def _soap(services: Services) -> Wsgi:
    dispatcher = Dispatcher(services, implementations())

    def perform(operation: AnyOperation, read_param: Callable[[], Any], exchange: Exchange, environ: Any) -> Any:
        origin = _origin(services, environ, exchange.caller, exchange.unknown)
        return dispatcher.perform(operation, read_param, origin)

    settings = services.settings
    return soap_endpoint(perform, settings.max_request_bytes, strict=settings.strict)


def _origin(services: Services, environ: Any, caller: Caller, unknown: tuple[str, ...] = ()) -> Origin:
    return Origin(
        caller=caller,
        address=client_address(services, environ),
        base_url=base_url(services, environ),
        accept_language=environ.get("HTTP_ACCEPT_LANGUAGE", ""),
        unknown=unknown,
    )


def _never_raising(soap: Wsgi, environ: Any, start_response: Any) -> Iterable[bytes]:
    try:
        return soap(environ, start_response)
    except Exception:
        log.exception("request failed before it could be answered")
        body = fault_envelope(ApiError(FaultCode.EXCEPTION, FAILED), SOAP_11)
        start_response("500 Fault", [("Content-Type", XML), ("Content-Length", str(len(body)))])
        return [body]


def _add_wsdl_routes(app: Flask, services: Services) -> None:
    names = {f"IpsApi-{version.date}" if version.date else "IpsApi": version for version in VERSIONS}
    render = lru_cache(maxsize=64)(render_wsdl)

    def wsdl(name: str) -> Response:
        version = names.get(name)
        if version is None:
            return Response(f"There is no {name}.wsdl; there are {', '.join(names)}.\n", 404, mimetype="text/plain")
        return _wsdl(services, render, version)

    def service() -> Response:
        if request.method in ("GET", "HEAD") and "wsdl" in {key.lower() for key in request.args}:
            return _wsdl(services, render, V2014_04_03)
        return Response("This is a SOAP service: POST to it, or GET ?wsdl.\n", 405, {"Allow": "POST"}, "text/plain")

    app.add_url_rule("/scene7/webservice/<name>.wsdl", "wsdl", wsdl)
    app.add_url_rule("/scene7/<name>.wsdl", "short_wsdl", wsdl)
    app.add_url_rule(ENDPOINT, "service", service, methods=["GET", "PUT", "PATCH", "DELETE"])


def _wsdl(services: Services, render: Callable[[Version, str], bytes], version: Version) -> Response:
    address = base_url(services, request.environ) + ENDPOINT
    chosen = next((value for key, value in request.args.items() if key.lower() == "serviceurl"), "")
    if chosen:
        path = _path_of(chosen)
        if path is None:
            return Response("serviceUrl must be an http or https URL.\n", 400, mimetype="text/plain")
        address = chosen if path.strip("/") else chosen.rstrip("/") + ENDPOINT
    return Response(render(version, address), content_type=XML)


def _path_of(url: str) -> str | None:
    """Return the path of an http or https URL, None when it is no such URL."""
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return parts.path if parts.scheme in ("http", "https") and parts.netloc else None


def _add_upload_route(app: Flask, services: Services) -> None:
    servlet = UploadServlet(services, services.scratch / "uploads")

    def upload() -> Response:
        received = Received(length=request.content_length)
        origin = _origin(services, request.environ, Caller())
        try:
            document = servlet.take(request.environ["wsgi.input"], request.content_type or "", origin, received)
        except ApiError as error:
            fault = f'<?xml version="1.0" encoding="UTF-8"?>\n{fault_element(error)}'
            return Response(fault, received.fault_status or 500, content_type=XML)
        return Response(document, content_type=XML)

    app.add_url_rule("/scene7/UploadFile", "upload", upload, methods=["POST"])


def _add_export_route(app: Flask, services: Services) -> None:
    def export(job_id: int, token: str) -> Response:
        with services.database.read() as tx:
            files = find_export(tx, job_id, token)
        if not files:
            return Response("There is no such export, or it has expired.\n", 404, mimetype="text/plain")
        headers = {
            "Content-Disposition": f'attachment; filename="export-{job_id}.zip"',
            "Cache-Control": "private, no-store",
        }
        return Response(write_zip(files, services.blobs), headers=headers, mimetype="application/zip")

    app.add_url_rule(f"{EXPORTS}/<int(max={MOST_ID}):job_id>/<token>.zip", "export", export)


def _add_image_route(app: Flask, services: Services) -> None:
    pictures = PictureCache()

    def image(path: str = "") -> Response:  # noqa: ARG001 - the path is taken as it was sent
        sent = quote(request.environ["PATH_INFO"].encode("latin-1"))  # WSGI gives it decoded, its bytes as characters
        asked = Asked(
            method=cast("Literal['GET', 'HEAD']", request.method),
            path=sent.partition("/is/image")[2],
            query=request.environ.get("QUERY_STRING", ""),
            if_none_match=request.headers.get("If-None-Match", ""),
            if_modified_since=request.headers.get("If-Modified-Since", ""),
        )
        with open_catalog(services) as catalog:
            reply = answer(asked, catalog, pictures, utc_now())
        return Response(reply.body, reply.status, list(reply.headers))

    app.add_url_rule("/is/image", "image_root", image)
    app.add_url_rule("/is/image/<path:path>", "image", image)


def _add_health_routes(app: Flask, services: Services, readiness: Readiness) -> None:
    def live() -> Response:
        return Response("ok\n", mimetype="text/plain")

    def ready() -> Response:
        problems = readiness.problems()
        checks = {name: {"ok": not problem, "reason": problem} for name, problem in problems.items()}
        is_ready = not any(problems.values())
        document = json.dumps({"ready": is_ready, "checks": checks}, indent=2)
        return Response(f"{document}\n", 200 if is_ready else 503, mimetype="application/json")

    def metrics() -> Response:
        if not may_see(services, request.headers.get("Authorization", "")):
            challenge = {"WWW-Authenticate": 'Bearer realm="metrics"'}
            return Response("Send the metrics_token as bearer token.\n", 401, challenge, "text/plain")
        return Response(metrics_text(services), content_type=CONTENT_TYPE_LATEST)

    app.add_url_rule("/livez", "livez", live)
    app.add_url_rule("/readyz", "readyz", ready)
    app.add_url_rule("/metrics", "metrics", metrics)


def _unforeseen(error: Exception) -> Any:
    if is_of_api(request.path):
        if not is_foreseen(error):
            log.error("request failed", path=request.path, exc_info=error)
        return refuse(error, FAILED)
    if isinstance(error, HTTPException):
        return error
    log.error("request failed", path=request.path, exc_info=error)
    fault = storage_fault(error) or ApiError(FaultCode.EXCEPTION, FAILED)
    return Response(fault_element(fault), 500, content_type=XML)
