"""When a run is to start, as a person says it: once at a time, or again and again; and keeping it as a schedule."""

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo, available_timezones

from domain.clock import utc_now
from domain.model import Schedule
from domain.quartz import QuartzError
from jobs.processing.runs import schedule_run
from jobs.processing.spec import ProcessSpec
from jobs.schedules import Times, next_times
from jobs.submit import Submission
from server.bodies.reading import Body, Moment, refused
from store.engine import Tx


class TimesBody(Body):
    """Once at a time, or by a Quartz expression in a time zone; the server's when none is given."""

    at: Moment | None = None
    expression: str | None = None
    time_zone: str = ""


def find_zone(given: str, usual: str) -> ZoneInfo:
    """Return the time zone of a name, the usual one for an empty name. Raises RefusedError for an unknown one."""
    name = given.strip() or usual
    if name not in available_timezones():
        raise refused("time_zone", f"{name} is not a time zone such as UTC or Europe/Berlin.")
    return ZoneInfo(name)


def read_times(body: TimesBody, usual_zone: str) -> Times:
    """Return when the run is to start. Raises RefusedError for neither time nor expression, both, or one that is over.

    An expression is refused that is not Quartz, or never fires again.
    """
    zone = find_zone(body.time_zone, usual_zone)
    if (body.at is None) == (body.expression is None):
        raise refused("at, expression", "give one of the two.")
    times = Times(zone=zone.key, expression=body.expression, at=body.at)
    if not find_next(times, 1):
        raise refused("at", "this time has passed.") if body.at else _never(times)
    return times


def find_next(times: Times, number: int) -> Sequence[datetime]:
    """Return at most so many times at which it fires next, in UTC. Raises RefusedError for what is not Quartz."""
    try:
        return next_times(times, utc_now(), number)
    except QuartzError as error:
        raise refused("expression", str(error)) from error


def add_run(tx: Tx, submission: Submission, spec: ProcessSpec, times: Times) -> Schedule:
    """Return the schedule of a run; which assets, and with which profiles of folders, is looked at each time."""
    added = schedule_run(tx, submission, spec, times)
    if added is None:
        raise _never(times)
    return added


def _never(times: Times) -> Exception:
    return refused("expression", f"{times.expression} never fires again.")
