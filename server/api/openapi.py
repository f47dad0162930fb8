"""The API's description in OpenAPI 3.1, made of the routes and of the models of what they take and give."""

from collections.abc import Iterator, Sequence
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from server.api.route import Route
from server.problems import MEDIA, Problem

REF = "#/components/schemas/{model}"
REFUSALS = {
    "400": "The body is no JSON.",
    "401": "Send user and password by HTTP Basic.",
    "403": "The user's role may not do this.",
    "404": "There is no such company, or nothing of this number in it.",
    "409": "As things stand it cannot be done.",
    "415": "The body must be JSON.",
    "422": "A field is wrong or unknown; errors names each.",
    "503": "The server cannot store anything now.",
}


def describe(routes: Sequence[Route], prefix: str) -> dict[str, Any]:
    """Return the description as JSON-able data."""
    wanted: list[tuple[type[BaseModel], JsonSchemaMode]] = [(Problem, "serialization")]
    wanted += [(route.takes, "validation") for route in routes]
    wanted += [(route.gives, "serialization") for route in routes]
    references, definitions = models_json_schema(list(dict.fromkeys(wanted)), ref_template=REF)
    paths: dict[str, dict[str, Any]] = {}
    for route in routes:
        taken, given = references[route.takes, "validation"], references[route.gives, "serialization"]
        path = paths.setdefault(f"/companies/{{root}}/{route.path}", {})
        path[route.method.lower()] = _operation(route, taken, given, definitions["$defs"])
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "Reprise",
            "version": "1",
            "description": "Executions, profiles, assets and schedules of a company, beside the SOAP API. "
            "A role may do here what it may do by the SOAP operation that x-operation names.",
        },
        "servers": [{"url": prefix}],
        "security": [{"basic": []}],
        "paths": paths,
        "components": {
            "schemas": definitions["$defs"],
            "securitySchemes": {"basic": {"type": "http", "scheme": "basic"}},
        },
    }


def _operation(route: Route, taken: Any, given: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": route.name,
        "summary": route.summary,
        "description": (route.handler.__doc__ or "").strip(),
        "x-operation": route.needs.name,
        "parameters": [*_in_path(route), *(() if route.has_body else _in_query(taken, schemas))],
        "responses": {str(route.status): _answer(route, given), **dict(_refusals())},
    }
    if route.has_body:
        told["requestBody"] = {"required": True, "content": {"application/json": {"schema": taken}}}
    return told


def _in_path(route: Route) -> Iterator[dict[str, Any]]:
    yield {
        "name": "root",
        "in": "path",
        "required": True,
        "description": "The company's root folder",
        "schema": {"type": "string"},
    }
    if "{id}" in route.path:
        yield {"name": "id", "in": "path", "required": True, "schema": {"type": "integer", "minimum": 0}}


def _in_query(taken: Any, schemas: dict[str, Any]) -> Iterator[dict[str, Any]]:
    model = schemas[taken["$ref"].rpartition("/")[2]]
    for name, schema in model.get("properties", {}).items():
        yield {"name": name, "in": "query", "required": name in model.get("required", ()), "schema": schema}


def _answer(route: Route, given: Any) -> dict[str, Any]:
    if route.media:
        return {"description": route.summary, "content": {route.media: {}}}
    return {"description": route.summary, "content": {"application/json": {"schema": given}}}


def _refusals() -> Iterator[tuple[str, Any]]:
    problem = {MEDIA: {"schema": {"$ref": REF.format(model="Problem")}}}
    return ((status, {"description": reason, "content": problem}) for status, reason in REFUSALS.items())
