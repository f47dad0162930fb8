"""Executions: listing and showing them, their items and logs, comparing two, and controlling one."""

from typing import Annotated, Any, Literal

from flask import Response
from pydantic import BaseModel, Field

from domain.clock import utc_now
from domain.model import Job
from domain.states import ExecutionStatus, JobState, TaskState
from jobs import control
from jobs.executions import execution_of, list_executions, load_execution
from jobs.restart import restart_job
from server.api.answers import (
    ExecutionDetail,
    ExecutionPageValue,
    ExecutionValue,
    ItemPage,
    ItemState,
    LogPage,
    Status,
    tell_detail,
    tell_execution,
    tell_item,
    tell_row,
)
from server.api.route import ApiCall, Nothing, Route
from server.api.speaking import speaker
from server.bodies.reading import MOST_ID, Body, Moment, Texts
from server.log_files import MEDIA, write_log
from server.operations.choices import log_types
from server.problems import ConflictError, NotFoundError
from store.comparison import compare_items, find_previous
from store.executions import ExecutionFilter
from store.items import ItemFilter, find_items
from store.job_logs import LogQuery, find_rows
from store.jobs import find_restarts, load_job
from store.stage_counts import find_stage_counts
from wsdl import contract

Limit = Annotated[int, Field(ge=1, le=1000)]
After = Annotated[int, Field(ge=0, le=MOST_ID, description="What the page before answered")]


class ListQuery(Body):
    """Which executions, and which page of them."""

    status: tuple[Status, ...] = ()
    kind: tuple[str, ...] = ()
    text: str = Field("", description="A part of the name or the description")
    created_by: str = Field("", description="A part of the e-mail address")
    created_from: Moment | None = None
    created_before: Moment | None = None
    after: After | None = None
    limit: Limit = 50


class ItemQuery(Body):
    """Which items, and which page of them."""

    state: tuple[ItemState, ...] = ()
    reason: str = ""
    after: After | None = None
    limit: Limit = 100


class LogLookup(Body):
    """Which rows of a log: from ``offset`` on, or the last ``tail``."""

    offset: int = Field(0, ge=0, le=MOST_ID)
    limit: Limit = 500
    tail: Limit | None = None
    type: Texts = ()


class RestartBody(Body):
    """Which items run again: all, or only those that failed or were cancelled."""

    only_failed: bool = False


class ChangeValue(BaseModel):
    """Assets that ended in one state before and in another now; null for assets that one of the two did not have."""

    before: ItemState | None
    now: ItemState | None
    number: int


class ComparisonValue(BaseModel):
    """An execution beside the one before it that chose the same, or that it runs again; null when there is none."""

    execution: ExecutionValue
    previous: ExecutionValue | None
    changes: tuple[ChangeValue, ...]


def list_all(call: ApiCall, query: ListQuery) -> ExecutionPageValue:
    """Answer a page of executions, newest first."""
    wanted = ExecutionFilter(
        statuses=tuple(ExecutionStatus[status.upper()] for status in query.status),
        kinds=query.kind,
        text=query.text,
        submitter=query.created_by,
        created_from=query.created_from,
        created_before=query.created_before,
    )
    page = list_executions(call.tx, call.company.id, wanted, query.after, query.limit)
    return ExecutionPageValue(executions=tuple(map(tell_execution, page.executions)), after=page.after)


def show(call: ApiCall, _query: Nothing) -> ExecutionDetail:
    """Answer one execution."""
    found = load_execution(call.tx, call.company.id, call.number)
    if found is None:
        raise _unknown(call)
    stages, restarts = find_stage_counts(call.tx, call.number), find_restarts(call.tx, call.number)
    return tell_detail(found, stages, restarts, speaker(call, found.job.locale))


def items(call: ApiCall, query: ItemQuery) -> ItemPage:
    """Answer a page of items."""
    _find(call)
    wanted = ItemFilter(states=tuple(TaskState[state.upper()] for state in query.state), reason=query.reason)
    found = find_items(call.tx, call.number, wanted, query.after, query.limit + 1)
    shown = tuple(map(tell_item, found[: query.limit]))
    return ItemPage(items=shown, after=shown[-1].number if len(found) > query.limit else None)


def log(call: ApiCall, query: LogLookup) -> LogPage:
    """Answer some rows of the log."""
    job, types = _find(call), log_types("type", query.type)
    say, tail = speaker(call, job.locale), query.tail
    wanted = LogQuery(
        job_id=job.id, log_types=types, descending=tail is not None, offset=query.offset, limit=tail or query.limit
    )
    total, rows = find_rows(call.tx, wanted)
    told = tuple(tell_row(row, say) for row in (reversed(rows) if tail else rows))
    offset = max(0, total - query.offset - len(told)) if tail else query.offset
    return LogPage(rows=told, offset=offset, total=total)


def log_csv(call: ApiCall, _query: Nothing) -> Response:
    """Send the whole log as comma separated values."""
    return _file(call, "csv")


def log_json(call: ApiCall, _query: Nothing) -> Response:
    """Send the whole log as JSON."""
    return _file(call, "json")


def compare(call: ApiCall, _query: Nothing) -> ComparisonValue:
    """Answer how the execution's assets ended, and how they did before."""
    job, now = _find(call), utc_now()
    previous = find_previous(call.tx, job)
    changes = compare_items(call.tx, job.id, previous.id) if previous else ()
    return ComparisonValue(
        execution=tell_execution(execution_of(job, now)),
        previous=tell_execution(execution_of(previous, now)) if previous else None,
        changes=tuple(
            ChangeValue(before=_state(each.before), now=_state(each.now), number=each.number) for each in changes
        ),
    )


def stop(call: ApiCall, _body: Nothing) -> ExecutionValue:
    """Cancel what waits of it, and end what runs."""
    control.stop_job(call.tx, _active(call))
    return _now(call, call.number)


def pause(call: ApiCall, _body: Nothing) -> ExecutionValue:
    """Begin nothing more of it."""
    control.pause_job(call.tx, _active(call))
    return _now(call, call.number)


def resume(call: ApiCall, _body: Nothing) -> ExecutionValue:
    """Let it go on."""
    control.resume_job(call.tx, _active(call))
    return _now(call, call.number)


def restart(call: ApiCall, body: RestartBody) -> ExecutionValue:
    """Run its items again, as an execution of its own."""
    again = restart_job(call.tx, _find(call), only_unsuccessful=body.only_failed, by=call.who)
    return _now(call, again.id)


def _find(call: ApiCall) -> Job:
    job = load_job(call.tx, call.number)
    if job is None or job.company_id != call.company.id:
        raise _unknown(call)
    return job


def _active(call: ApiCall) -> Job:
    job = _find(call)
    if job.state is JobState.DONE:
        raise ConflictError(f"Execution {job.id} has ended ({job.outcome}): restart runs it again.")
    if not control.can_control(job):
        raise ConflictError(f"Execution {job.id} is being stopped: wait until it has ended.")
    return job


def _now(call: ApiCall, number: int) -> ExecutionValue:
    found = load_execution(call.tx, call.company.id, number)
    assert found is not None
    return tell_execution(found)


def _unknown(call: ApiCall) -> NotFoundError:
    return NotFoundError(f"There is no execution {call.number} in this company.")


def _file(call: ApiCall, form: str) -> Response:
    job = _find(call)
    headers = {
        "Content-Disposition": f'attachment; filename="execution-{job.id}.{form}"',
        "Cache-Control": "no-store",
    }
    written = write_log(call.services.database, job.id, form, speaker(call, job.locale))
    return Response(written, headers=headers, content_type=MEDIA[form])


def _state(state: TaskState | None) -> Any:
    return state.name.lower() if state is not None else None


def _reading(path: str, name: str, summary: str, handler: Any, **options: Any) -> Route:
    return Route(
        method="GET",
        path=f"executions{path}",
        name=name,
        summary=summary,
        needs=contract.GET_JOB_LOG_DETAILS if path else contract.GET_JOB_LOGS,
        handler=handler,
        **options,
    )


def _control(verb: Literal["stop", "pause", "resume"], summary: str, handler: Any, needs: Any) -> Route:
    return Route(
        method="POST",
        path=f"executions/{{id}}/{verb}",
        name=f"{verb}Execution",
        summary=summary,
        needs=needs,
        handler=handler,
        gives=ExecutionValue,
        writes=True,
    )


ROUTES = (
    _reading(
        "", "listExecutions", "List executions, newest first", list_all, takes=ListQuery, gives=ExecutionPageValue
    ),
    _reading("/{id}", "showExecution", "Show an execution with its stages", show, gives=ExecutionDetail),
    _reading("/{id}/items", "listItems", "List the items of an execution", items, takes=ItemQuery, gives=ItemPage),
    _reading("/{id}/log", "readLog", "Read rows of an execution's log", log, takes=LogLookup, gives=LogPage),
    _reading("/{id}/log.csv", "downloadLogAsCsv", "Download the whole log", log_csv, media="text/csv"),
    _reading("/{id}/log.json", "downloadLogAsJson", "Download the whole log", log_json, media="application/json"),
    _reading(
        "/{id}/comparison",
        "compareExecution",
        "Compare an execution with the one before that chose the same",
        compare,
        gives=ComparisonValue,
    ),
    _control("stop", "Cancel what waits and end what runs", stop, contract.STOP_JOB),
    _control("pause", "Begin nothing more of it", pause, contract.PAUSE_JOB),
    _control("resume", "Let a paused execution go on", resume, contract.RESUME_JOB),
    Route(
        method="POST",
        path="executions/{id}/restart",
        name="restartExecution",
        summary="Run the items of an ended execution again",
        needs=contract.SUBMIT_JOB,
        handler=restart,
        takes=RestartBody,
        gives=ExecutionValue,
        status=201,
        writes=True,
    ),
)
