"""Schedules: jobs that start at a time; running one now, pausing and resuming it."""

from typing import Any

from pydantic import AwareDatetime, BaseModel

from domain.clock import utc_now
from domain.handles import scheduled_job_handle
from domain.model import Schedule
from jobs import schedules as work
from jobs.executions import execution_of
from server.api.answers import ExecutionValue, tell_execution
from server.api.problems import NotFoundError
from server.api.route import ApiCall, Nothing, Route
from store.schedules import find_schedules, lock_schedule, set_schedule_paused
from wsdl import contract


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
