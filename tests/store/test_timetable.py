"""The timetable with a real scheduler: it does what the rows say, whatever became of it meanwhile."""

import time
from collections.abc import Iterator
from datetime import timedelta

import pytest
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.jobstores.memory import MemoryJobStore
from apscheduler.schedulers.background import BackgroundScheduler

from domain.clock import utc_now
from domain.model import Schedule
from jobs.kinds import reprocess
from jobs.schedules import add_once, add_recurring
from jobs.submit import Submission
from jobs.timetable import NAME, Timetable
from store.engine import Database
from store.jobs import find_by_original_name
from store.schedules import set_next_fire, set_schedule_paused
from tests.store.orders import SPEC
from tests.store.rows import add_tenant

WATCHDOG_S = 30
ORDER = reprocess.order(SPEC, [])
DAILY = "0 0 3 * * ?"


@pytest.fixture
def clock() -> Iterator[BackgroundScheduler]:
    """A scheduler that runs, with a place for schedules."""
    running = BackgroundScheduler(
        timezone="UTC",
        jobstores={NAME: MemoryJobStore()},
        executors={NAME: ThreadPoolExecutor(1)},
        job_defaults={"coalesce": True, "misfire_grace_time": None, "max_instances": 1},
    )
    running.start()
    yield running
    running.shutdown(wait=True)


def nightly(database: Database) -> Schedule:
    """Return a new schedule that fires at three each night."""
    submission = Submission(company_id=add_tenant(database), name="nightly", submitter="lab", server_name="host")
    with database.write() as tx:
        added = add_recurring(tx, submission, ORDER, DAILY, "Europe/Berlin")
    assert added is not None
    return added


def make_due(database: Database, schedule: Schedule) -> None:
    with database.write() as tx:
        set_next_fire(tx, schedule.id, utc_now() - timedelta(days=3))


def runs(database: Database) -> int:
    with database.read() as tx:
        return len(find_by_original_name(tx, None, "nightly"))


def wait_for_runs(database: Database, number: int) -> None:
    until = time.monotonic() + WATCHDOG_S
    while runs(database) < number:
        assert time.monotonic() < until
        time.sleep(0.01)


def test_a_schedule_waits_for_the_time_of_its_row(database: Database, clock: BackgroundScheduler) -> None:
    schedule = nightly(database)
    Timetable(clock, database).follow()
    assert [job.next_run_time for job in clock.get_jobs(NAME)] == [schedule.next_fire]
    assert runs(database) == 0


def test_times_that_were_missed_are_one_run_and_the_next_is_ahead(
    database: Database, clock: BackgroundScheduler
) -> None:
    schedule, timetable = nightly(database), Timetable(clock, database)
    make_due(database, schedule)

    timetable.follow()
    wait_for_runs(database, 1)
    timetable.follow()

    assert runs(database) == 1
    assert [job.next_run_time for job in clock.get_jobs(NAME)] == [schedule.next_fire]


def test_what_became_due_in_the_row_alone_runs_at_the_next_look(database: Database, clock: BackgroundScheduler) -> None:
    schedule, timetable = nightly(database), Timetable(clock, database)
    timetable.follow()
    make_due(database, schedule)  # as after a start that failed, or a restore

    timetable.follow()

    wait_for_runs(database, 1)


def test_a_scheduler_that_lost_everything_gets_it_back(database: Database, clock: BackgroundScheduler) -> None:
    schedule, timetable = nightly(database), Timetable(clock, database)
    timetable.follow()
    clock.remove_all_jobs(NAME)
    timetable.follow()
    assert [job.next_run_time for job in clock.get_jobs(NAME)] == [schedule.next_fire]


def test_a_paused_schedule_has_no_place_until_it_is_resumed(database: Database, clock: BackgroundScheduler) -> None:
    schedule, timetable = nightly(database), Timetable(clock, database)
    timetable.follow()
    seen = []
    for is_paused in (True, False):
        with database.write() as tx:
            set_schedule_paused(tx, schedule.id, is_paused=is_paused)
        timetable.follow()
        seen.append(len(clock.get_jobs(NAME)))
    assert seen == [0, 1]


def test_one_that_fires_once_is_gone_afterwards(database: Database, clock: BackgroundScheduler) -> None:
    timetable = Timetable(clock, database)
    submission = Submission(company_id=add_tenant(database), name="nightly", submitter="lab", server_name="host")
    with database.write() as tx:
        add_once(tx, submission, ORDER, utc_now(), "UTC")

    timetable.follow()
    wait_for_runs(database, 1)
    timetable.follow()

    assert (runs(database), clock.get_jobs(NAME)) == (1, [])
