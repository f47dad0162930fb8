"""A job that waits although no worker lives: said once in its log, for as long as it is so, and of no other job."""

from datetime import timedelta

from domain.clock import utc_now
from domain.states import TaskState
from jobs.control import pause_job
from jobs.stalls import NO_WORKER, warn_of_stalls, without_worker
from store.engine import Database
from store.workers import WorkerRow, find_workers, save_worker
from tests.store.orders import ended, log_of, settle_next, submitted
from tests.store.rows import add_tenant, loaded

PATIENCE = timedelta(seconds=30)


def later(seconds: float = 31) -> timedelta:
    return timedelta(seconds=seconds)


def warnings(database: Database, job_id: int) -> list[str]:
    return [message for log_type, message in log_of(database, job_id) if log_type == "UploadWarning"]


def stalled(database: Database, job_id: int, after: timedelta) -> bool:
    with database.read() as tx:
        return job_id in without_worker(tx, [loaded(database, job_id)], utc_now() + after, PATIENCE)


def test_a_job_without_a_worker_is_warned_of_once_in_its_log(database: Database) -> None:
    job_id = submitted(database, add_tenant(database), 2)

    for _turn in range(2):
        warn_of_stalls(database, utc_now() + later(), PATIENCE)

    (warning,) = warnings(database, job_id)
    assert warning.startswith(str(NO_WORKER))
    assert stalled(database, job_id, later())


def test_only_a_job_that_waits_for_long_without_a_worker_is_warned_of(database: Database) -> None:
    company = add_tenant(database)
    done = ended(database, company, TaskState.DONE)
    empty, paused, waiting = (submitted(database, company, items) for items in (0, 1, 1))
    with database.write() as tx:
        pause_job(tx, loaded(database, paused))

    assert not stalled(database, waiting, later(29))
    warn_of_stalls(database, utc_now() + later(), PATIENCE)

    assert [bool(warnings(database, job)) for job in (done, empty, paused, waiting)] == [False, False, False, True]


def test_a_worker_that_lives_keeps_every_job_from_being_warned_of(database: Database) -> None:
    job_id = submitted(database, add_tenant(database), 1)
    with database.write() as tx:
        save_worker(tx, "w", 2, utc_now())
        save_worker(tx, "w", 4, utc_now() + later(5))

    assert not stalled(database, job_id, later(34))
    assert stalled(database, job_id, later(36))


def test_the_warning_ends_when_work_goes_on(database: Database) -> None:
    job_id = submitted(database, add_tenant(database), 2)
    assert stalled(database, job_id, later())

    settle_next(database, job_id, TaskState.DONE)

    assert not stalled(database, job_id, later(29))


def test_the_workers_seen_since_a_time_are_found_by_name(database: Database) -> None:
    now = utc_now()
    with database.write() as tx:
        for name, slots, age in [("b", 2, 0), ("a", 4, 10), ("gone", 8, 60)]:
            save_worker(tx, name, slots, now - later(age))

    with database.read() as tx:
        found = find_workers(tx, now - later(30))

    assert found == (
        WorkerRow(name="a", slots=4, last_seen=now - later(10)),
        WorkerRow(name="b", slots=2, last_seen=now),
    )
