"""The leader's timetable: an APScheduler job for each schedule's row, brought in step with the rows again and again.

The rows are the truth: a run that a crash or an error kept from starting is still due there, and so it is here.
"""

from contextlib import suppress
from datetime import datetime
from threading import Event, Thread
from zoneinfo import ZoneInfo

import structlog
from apscheduler.jobstores.base import JobLookupError
from apscheduler.schedulers.base import BaseScheduler
from apscheduler.triggers.base import BaseTrigger
from apscheduler.triggers.date import DateTrigger

from domain.quartz import Quartz, parse_quartz
from jobs.schedules import fire
from store.engine import Database
from store.schedules import FireTime, find_fire_times

NAME = "schedules"
"""Of the scheduler's job store, which is in memory, and of its executor."""
FOLLOW_SECONDS = 1.0

log = structlog.get_logger(__name__)


class QuartzTrigger(BaseTrigger):  # type: ignore[misc]
    """The times of a Quartz expression in a zone; those that were missed are one."""

    def __init__(self, quartz: Quartz, zone: ZoneInfo) -> None:
        self._quartz = quartz
        self._zone = zone

    def get_next_fire_time(self, previous_fire_time: datetime | None, now: datetime) -> datetime | None:  # noqa: ARG002
        """Return the first time after ``now``, or None when there is none."""
        return self._quartz.next_after(now, self._zone)


class Timetable:
    """The schedules of a database as jobs of a scheduler that has a job store and an executor of this module's name."""

    def __init__(self, clock: BaseScheduler, database: Database) -> None:
        self._clock = clock
        self._database = database
        self._firing: set[str] = set()
        self._closing = Event()
        self._thread = Thread(target=self._follow_until_closed, name="timetable", daemon=True)

    def start(self) -> None:
        """Begin to follow the rows, in a thread of its own: a job of the scheduler would keep it from ending."""
        self._thread.start()

    def close(self) -> None:
        """Follow them no longer; to be called before the scheduler is shut down."""
        self._closing.set()
        self._thread.join()

    def follow(self) -> None:
        """Give every schedule that may fire its job at the time that its row says, and no job to the others."""
        with self._database.read() as tx:
            rows = {key: row for row in find_fire_times(tx) if (key := str(row.schedule_id)) not in self._firing}
        jobs = {job.id: job for job in self._clock.get_jobs(NAME)}
        for key in jobs.keys() - rows.keys() - self._firing:
            with suppress(JobLookupError):  # it has just fired for the last time
                self._clock.remove_job(key, NAME)
        for key, row in rows.items():
            if key not in jobs:
                self._add(key, row)
            elif jobs[key].next_run_time != row.next_fire:
                with suppress(JobLookupError):
                    self._clock.modify_job(key, NAME, next_run_time=row.next_fire)

    def _follow_until_closed(self) -> None:
        while not self._closing.wait(FOLLOW_SECONDS):
            try:
                self.follow()
            except Exception:
                log.exception("schedules could not be looked at")

    def _add(self, key: str, row: FireTime) -> None:
        self._clock.add_job(
            self._fire,
            QuartzTrigger(parse_quartz(row.expression), ZoneInfo(row.zone))
            if row.expression
            else DateTrigger(row.next_fire),
            args=[key, row.schedule_id],
            id=key,
            next_run_time=row.next_fire,
            jobstore=NAME,
            executor=NAME,
        )

    def _fire(self, key: str, schedule_id: int) -> None:
        self._firing.add(key)
        try:
            fire(self._database, schedule_id)
        finally:
            self._firing.discard(key)
