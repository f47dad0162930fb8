"""Refusals as problem details (RFC 9457), for the API and the console: what is wrong with which field, what to do."""

import json
from collections.abc import Iterator, Mapping
from http import HTTPStatus

from flask import Response
from pydantic import BaseModel
from werkzeug.exceptions import HTTPException

from domain.errors import ApiError, FaultCode, Permanent, RepriseError
from jobs.processing.criteria import CriteriaError
from jobs.processing.overlap import OverlapError
from jobs.profiles.definitions import ProfileError
from jobs.restart import NotRestartableError
from server.bodies.reading import RefusedError

MEDIA = "application/problem+json"
_CODES: Mapping[FaultCode, HTTPStatus] = {
    FaultCode.NO_CREDENTIALS: HTTPStatus.UNAUTHORIZED,
    FaultCode.INVALID_CREDENTIALS: HTTPStatus.UNAUTHORIZED,
    FaultCode.INVALID_USER: HTTPStatus.UNAUTHORIZED,
    FaultCode.INVALID_COMPANY: HTTPStatus.NOT_FOUND,
    FaultCode.NO_OPERATION_PERMISSION: HTTPStatus.FORBIDDEN,
    FaultCode.ILLEGAL_COMPANY: HTTPStatus.FORBIDDEN,
    FaultCode.EXCEPTION: HTTPStatus.SERVICE_UNAVAILABLE,
}


class FieldProblem(BaseModel):
    """What is wrong with one field, and what would be right."""

    field: str
    message: str


class Problem(BaseModel):
    """Why a call was refused, and what to do."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str
    errors: tuple[FieldProblem, ...] = ()
    execution: int | None = None
    """The execution that is in the way."""


class NotFoundError(RepriseError):
    """There is no such thing in the company."""


class ConflictError(RepriseError):
    """As things stand it cannot be done."""


_KINDS: Mapping[type[Exception], HTTPStatus] = {
    RefusedError: HTTPStatus.UNPROCESSABLE_ENTITY,
    CriteriaError: HTTPStatus.UNPROCESSABLE_ENTITY,
    ProfileError: HTTPStatus.UNPROCESSABLE_ENTITY,
    OverlapError: HTTPStatus.CONFLICT,
    NotRestartableError: HTTPStatus.CONFLICT,
    ConflictError: HTTPStatus.CONFLICT,
    Permanent: HTTPStatus.CONFLICT,
    NotFoundError: HTTPStatus.NOT_FOUND,
}


def problem_of(error: Exception) -> Problem | None:
    """Return the problem that an error of ours stands for; None for an error that nobody foresaw."""
    status = _status_of(error)
    if status is None:
        return None
    detail = (error.description if isinstance(error, HTTPException) else None) or str(error)
    return Problem(
        title=status.phrase,
        status=status,
        detail=detail,
        errors=tuple(_fields(error)),
        execution=error.job_id if isinstance(error, OverlapError) else None,
    )


def is_foreseen(error: Exception) -> bool:
    """Return whether the error is a refusal, which the server's log need not tell of."""
    return problem_of(error) is not None


def problem_response(problem: Problem, headers: Mapping[str, str] | None = None) -> Response:
    """Return the problem as an answer."""
    sent = dict(headers or {})
    if problem.status == HTTPStatus.UNAUTHORIZED:
        sent["WWW-Authenticate"] = 'Basic realm="Reprise", charset="UTF-8"'
    body = json.dumps(problem.model_dump(exclude_none=True), ensure_ascii=False)
    return Response(f"{body}\n", problem.status, sent, content_type=MEDIA)


def _status_of(error: Exception) -> HTTPStatus | None:
    if isinstance(error, ApiError):
        return _CODES.get(error.code, HTTPStatus.UNPROCESSABLE_ENTITY)
    if isinstance(error, HTTPException):
        return HTTPStatus(error.code or HTTPStatus.INTERNAL_SERVER_ERROR)
    return next((status for kind, status in _KINDS.items() if isinstance(error, kind)), None)


def _fields(error: Exception) -> Iterator[FieldProblem]:
    if isinstance(error, RefusedError):
        yield from (FieldProblem(field=each.field, message=each.message) for each in error.refusals)
    elif isinstance(error, CriteriaError | ProfileError):
        yield FieldProblem(field=error.field, message=str(error).removeprefix(f"{error.field}: "))
    elif isinstance(error, ApiError) and error.code == FaultCode.INVALID_PARAMETER:
        field, _, message = error.reason.partition(": ")
        yield FieldProblem(field=field, message=message)
