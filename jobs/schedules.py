"""Schedules: adding one, firing one that is due, running one now. When that is looked at is the timetable's affair."""

from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

import structlog

from domain.clock import utc_now
from domain.errors import Permanent
from domain.model import Job, Order, Schedule
from domain.quartz import parse_quartz
from jobs.processing.overlap import OverlapError, is_idle, refuse_overlap
from jobs.submit import Submission, submit
from store import schedules as rows
from store.engine import Database, Tx

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Times:
    """When a schedule fires: by a Quartz expression in a time zone, or, without one, once ``at`` a time."""

    zone: str
    expression: str | None = None
    at: datetime | None = None


def next_times(times: Times, moment: datetime, number: int) -> tuple[datetime, ...]:
    """Return at most ``number`` times after ``moment`` at which it fires, in UTC. Raises QuartzError."""
    if times.expression is None:
        return (times.at,) if times.at and times.at > moment else ()
    quartz, zone, found = parse_quartz(times.expression), ZoneInfo(times.zone), list[datetime]()
    while len(found) < number and (later := quartz.next_after(found[-1] if found else moment, zone)):
        found.append(later)
    return tuple(found)


def add_once(tx: Tx, submission: Submission, order: Order, when: datetime, zone: str) -> Schedule:
    """Return a schedule that fires once, at ``when``."""
    return rows.add_schedule(tx, _new(submission, order, (None, zone, when)))


def add_recurring(tx: Tx, submission: Submission, order: Order, expression: str, zone: str) -> Schedule | None:
    """Return a schedule that fires by a Quartz expression in ``zone``; None when it would never fire.

    Raises QuartzError.
    """
    first = parse_quartz(expression).next_after(utc_now(), ZoneInfo(zone))
    return rows.add_schedule(tx, _new(submission, order, (expression, zone, first))) if first else None


def fire(database: Database, schedule_id: int) -> None:
    """Submit a job for the schedule if it is due; times that were missed together are made up for by one run."""
    try:
        with database.write() as tx:
            _fire(tx, schedule_id)
    except Permanent as error:
        log.error("schedule paused: it cannot fire", schedule=schedule_id, reason=str(error))  # noqa: TRY400
        with database.write() as tx:
            rows.set_schedule_paused(tx, schedule_id, is_paused=True)
    except Exception:  # one schedule's border: it is due still
        log.exception("schedule could not fire", schedule=schedule_id)


def run_now(tx: Tx, schedule: Schedule) -> Job:
    """Return a run of the schedule that begins at once; when it fires next stays as it is. Raises OverlapError."""
    refuse_overlap(tx, schedule.company_id, schedule.order)
    return submit(tx, _run(schedule, utc_now()), schedule.order)


def resume(tx: Tx, schedule: Schedule) -> None:
    """Let a paused schedule fire again; only one that fires once makes up for what it missed."""
    rows.set_schedule_paused(tx, schedule.id, is_paused=False)
    if schedule.is_paused and schedule.expression:
        rows.set_next_fire(tx, schedule.id, _next_after(schedule, utc_now()))


def _fire(tx: Tx, schedule_id: int) -> None:
    now = utc_now()
    schedule = rows.lock_schedule(tx, schedule_id)
    if schedule is None or schedule.ended or schedule.is_paused or not schedule.next_fire or schedule.next_fire > now:
        return
    rows.set_next_fire(tx, schedule.id, _next_after(schedule, now))
    try:
        refuse_overlap(tx, schedule.company_id, schedule.order)
    except OverlapError as error:
        log.warning("schedule left out a run: the one before has not ended", schedule=schedule.id, job=error.job_id)
        return
    if is_idle(tx, schedule.company_id, schedule.order):
        return
    job = submit(tx, _run(schedule, schedule.next_fire), schedule.order)
    log.info("schedule fired", schedule=schedule.id, job=job.id, due=schedule.next_fire.isoformat())


def _next_after(schedule: Schedule, moment: datetime) -> datetime | None:
    if schedule.expression is None:
        return None
    return parse_quartz(schedule.expression).next_after(moment, ZoneInfo(schedule.zone))


def _run(schedule: Schedule, fire_at: datetime) -> Submission:
    return Submission(
        company_id=schedule.company_id,
        name=schedule.name,
        submitter=schedule.submitter,
        server_name=schedule.server_name,
        client=schedule.client,
        locale=schedule.locale,
        description=schedule.description,
        schedule_id=schedule.id,
        fire_at=fire_at,
    )


def _new(submission: Submission, order: Order, when: tuple[str | None, str, datetime]) -> rows.NewSchedule:
    expression, zone, next_fire = when
    return rows.NewSchedule(
        company_id=submission.company_id,
        name=submission.name,
        order=order,
        submitter=submission.submitter,
        locale=submission.locale,
        description=submission.description,
        client=submission.client,
        server_name=submission.server_name,
        expression=expression,
        zone=zone,
        next_fire=next_fire,
    )
