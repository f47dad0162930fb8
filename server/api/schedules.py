"""Schedules: jobs that start at a time; making one, running it now, pausing, resuming and deleting it."""

from typing import Any

from pydantic import AwareDatetime, BaseModel

from domain.clock import utc_now
from domain.handles import scheduled_job_handle
from domain.model import Schedule
from jobs import schedules as work
from jobs.executions import execution_of
from jobs.processing.runs import prepare
from server.api.answers import ExecutionValue, tell_execution
from server.api.route import ApiCall, Nothing, Route
from server.api.runs import NAME, RunName, submission_of, wanted_of
from server.bodies.processing import CriteriaBody, WorkBody, read_criteria
from server.bodies.schedules import TimesBody, add_run, read_times
from server.problems import NotFoundError
from store.schedules import find_schedules, lock_schedule, set_next_fire, set_schedule_paused
from wsdl import contract


class ScheduleBody(WorkBody, TimesBody):
    """A run that starts once at a time, or by a Quartz expression in the server's time zone unless another is given."""

    name: RunName = NAME
    description: str = ""
    criteria: CriteriaBody


class ScheduleValue(BaseModel):
    """A schedule: when it fires next, and by which Quartz expression; null for one that fires once."""

    id: int
    handle: str
    name: str
    kind: str
    created: AwareDatetime
    created_by: str
    expression: str | None
    time_zone: str
    next_fire: AwareDatetime | None
    is_paused: bool


class ScheduleList(BaseModel):
    """The schedules that will fire, newest first."""

    schedules: tuple[ScheduleValue, ...]


def list_all(call: ApiCall, _query: Nothing) -> ScheduleList:
    """Answer the schedules that have not ended."""
    return ScheduleList(schedules=tuple(map(_tell, find_schedules(call.tx, [call.company.id]))))


def create(call: ApiCall, body: ScheduleBody) -> ScheduleValue:
    """Run processing at a time; what the criteria choose, and what holds for it, is looked at each time."""
    times = read_times(body, call.services.settings.time_zone)
    wanted = wanted_of(call, read_criteria(call.tx, call.company, body.criteria), body)
    spec = prepare(call.tx, call.company.id, wanted)
    return _tell(add_run(call.tx, submission_of(call, body.name, body.description), spec, times))


def remove(call: ApiCall, _query: Nothing) -> ScheduleValue:
    """Take the schedule off the list; runs that have begun go on."""
    found = _find(call)
    set_next_fire(call.tx, found.id, None)
    return _tell(found)


def run(call: ApiCall, _body: Nothing) -> ExecutionValue:
    """Run the schedule once, now; when it fires next stays as it is."""
    return tell_execution(execution_of(work.run_now(call.tx, _find(call)), utc_now()))


def pause(call: ApiCall, _body: Nothing) -> ScheduleValue:
    """Keep the schedule from firing; runs that have begun go on."""
    set_schedule_paused(call.tx, _find(call).id, is_paused=True)
    return _tell(_find(call))


def resume(call: ApiCall, _body: Nothing) -> ScheduleValue:
    """Let the schedule fire again from its next time on."""
    work.resume(call.tx, _find(call))
    return _tell(_find(call))


def _find(call: ApiCall) -> Schedule:
    found = lock_schedule(call.tx, call.number)
    if found is None or found.company_id != call.company.id or found.ended:
        raise NotFoundError(f"There is no schedule {call.number} in this company, or it has fired for the last time.")
    return found


def _tell(schedule: Schedule) -> ScheduleValue:
    return ScheduleValue(
        id=schedule.id,
        handle=scheduled_job_handle(schedule.company_id, schedule.name, schedule.unique_name),
        name=schedule.name,
        kind=schedule.order.kind,
        created=schedule.created,
        created_by=schedule.submitter,
        expression=schedule.expression,
        time_zone=schedule.zone,
        next_fire=schedule.next_fire,
        is_paused=schedule.is_paused,
    )


def _control(verb: str, name: str, summary: str, handler: Any, **options: Any) -> Route:
    return Route(
        method="POST",
        path=f"schedules/{{id}}/{verb}",
        name=name,
        summary=summary,
        handler=handler,
        writes=True,
        **options,
    )


ROUTES = (
    Route(
        method="GET",
        path="schedules",
        name="listSchedules",
        summary="List what will run at a time",
        needs=contract.GET_SCHEDULED_JOBS,
        handler=list_all,
        gives=ScheduleList,
    ),
    Route(
        method="POST",
        path="schedules",
        name="createSchedule",
        summary="Start a run at a time, once or again and again",
        needs=contract.SUBMIT_JOB,
        handler=create,
        takes=ScheduleBody,
        gives=ScheduleValue,
        status=201,
        writes=True,
    ),
    Route(
        method="DELETE",
        path="schedules/{id}",
        name="deleteSchedule",
        summary="Take a schedule off the list",
        needs=contract.DELETE_JOB,
        handler=remove,
        gives=ScheduleValue,
        writes=True,
    ),
    _control(
        "run",
        "runSchedule",
        "Run a schedule once, now",
        run,
        needs=contract.EXECUTE_JOB,
        gives=ExecutionValue,
        status=201,
    ),
    _control(
        "pause", "pauseSchedule", "Keep a schedule from firing", pause, needs=contract.PAUSE_JOB, gives=ScheduleValue
    ),
    _control(
        "resume",
        "resumeSchedule",
        "Let a paused schedule fire again",
        resume,
        needs=contract.RESUME_JOB,
        gives=ScheduleValue,
    ),
)
