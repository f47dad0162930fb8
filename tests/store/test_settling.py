"""The end of an attempt at a task: settled once, released, taken back, recovered, cancelled; and the job's counters."""

from datetime import timedelta

import pytest

from domain.clock import utc_now
from domain.model import StepTiming, Task
from domain.states import TaskState
from store import ledger
from store.engine import Database
from store.jobs import request_stop
from tests.store.rows import LEASE, OWNER, claimed, dispatched, find_tasks, job_with_tasks, loaded

DONE = ledger.Settlement(state=TaskState.DONE)
EXPIRED = timedelta(seconds=-1)


def settle(database: Database, task: Task, settlement: ledger.Settlement = DONE) -> bool:
    with database.write() as tx:
        return ledger.settle(tx, task, settlement)


def test_settling_twice_counts_once(database: Database) -> None:
    job_id = job_with_tasks(database, 2)
    task = claimed(database, job_id)

    assert [settle(database, task), settle(database, task)] == [True, False]
    assert loaded(database, job_id).counts.done == 1


@pytest.mark.parametrize(
    ("state", "counter"),
    [(TaskState.DONE, "done"), (TaskState.FAILED, "failed"), (TaskState.CANCELLED, "cancelled")],
)
def test_each_end_has_its_counter(database: Database, state: TaskState, counter: str) -> None:
    job_id = job_with_tasks(database, 1)
    settle(database, claimed(database, job_id), ledger.Settlement(state=state, error="why"))

    counts = loaded(database, job_id).counts

    assert getattr(counts, counter) == 1
    assert counts.settled == 1


def test_a_settlement_writes_what_ran_and_counts_its_marks(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    step = StepTiming(name="crop", detail="10,10", milliseconds=1.5)
    made = ledger.Settlement(state=TaskState.DONE, plan={"crop": [1, 2]}, steps=(step,), warned=True, updated=True)

    settle(database, claimed(database, job_id), made)

    with database.read() as tx:
        (row,) = find_tasks(tx, job_id)
    counts = loaded(database, job_id).counts
    assert row["plan"] == {"crop": [1, 2]}
    assert row["steps"] == [{"name": "crop", "detail": "10,10", "milliseconds": 1.5}]
    assert (counts.warned, counts.updated, counts.duplicate) == (1, 1, 0)


def test_the_plan_that_was_saved_before_stays_when_the_settlement_has_none(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id)
    with database.write() as tx:
        ledger.save_plan(tx, task.token, {"crop": "all"})

    settle(database, task)

    with database.read() as tx:
        assert find_tasks(tx, job_id)[0]["plan"] == {"crop": "all"}


def test_a_released_task_is_tried_again_and_its_old_token_is_worthless(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    first = claimed(database, job_id)
    with database.write() as tx:
        ledger.release(tx, first, delay=timedelta(0), is_failure=True)

    second = claimed(database, job_id)

    assert (second.attempt, second.failures) == (2, 1)
    assert not settle(database, first)
    assert settle(database, second)


def test_a_release_that_is_no_failure_counts_none(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id)
    with database.write() as tx:
        ledger.release(tx, task, delay=timedelta(0), is_failure=False)

    assert claimed(database, job_id).failures == 0


def test_recovery_puts_everything_in_flight_back_without_blaming_it(database: Database) -> None:
    job_id = job_with_tasks(database, 3)
    running = claimed(database, job_id)
    dispatched(database, job_id)

    with database.write() as tx:
        assert ledger.recover(tx) == 2

    assert not settle(database, running)
    assert [claimed(database, job_id).failures for _n in range(3)] == [0, 0, 0]


def test_a_lease_that_ran_out_gives_the_task_back_and_counts_the_failure(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    lost = claimed(database, job_id, EXPIRED)
    with database.read() as tx:
        (expired,) = ledger.find_expired(tx, utc_now())

    with database.write() as tx:
        assert ledger.take_back(tx, expired)

    assert claimed(database, job_id).failures == 1
    assert not settle(database, lost)


def test_a_token_that_no_worker_claimed_in_time_is_given_back_without_blaming_its_task(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    dispatched(database, job_id, lease=EXPIRED)
    with database.read() as tx:
        (expired,) = ledger.find_expired(tx, utc_now())

    with database.write() as tx:
        assert ledger.take_back(tx, expired)

    again = claimed(database, job_id)
    assert (again.attempt, again.failures) == (2, 0)


def test_a_heartbeat_keeps_the_lease(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id, EXPIRED)

    with database.write() as tx:
        ledger.heartbeat(tx, [task.token], OWNER, LEASE)

    with database.read() as tx:
        assert ledger.find_expired(tx, utc_now()) == ()


def test_a_heartbeat_of_another_owner_keeps_nothing(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id, EXPIRED)

    with database.write() as tx:
        ledger.heartbeat(tx, [task.token], "worker-2", LEASE)

    with database.read() as tx:
        assert len(ledger.find_expired(tx, utc_now())) == 1


def test_an_expired_task_is_taken_over_by_one_owner_who_can_settle_it(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    dispatched(database, job_id, lease=EXPIRED)
    with database.read() as tx:
        (expired,) = ledger.find_expired(tx, utc_now())

    with database.write() as tx:
        taken = ledger.take_over(tx, expired, "leader", LEASE)
        again = ledger.take_over(tx, expired, "other", LEASE)

    assert taken is not None
    assert again is None
    assert settle(database, taken, ledger.Settlement(state=TaskState.FAILED, error="lost"))


def test_cancelling_takes_what_waits_and_leaves_what_runs(database: Database) -> None:
    job_id = job_with_tasks(database, 4)
    running = claimed(database, job_id)
    dispatched(database, job_id)

    with database.write() as tx:
        cancelled = ledger.cancel_waiting(tx, job_id)

    assert len(cancelled) == 3
    assert loaded(database, job_id).counts.cancelled == 3
    assert settle(database, running)


def test_the_running_tasks_of_a_stopped_job_are_named(database: Database) -> None:
    stopped, other = job_with_tasks(database, 2, "stopped"), job_with_tasks(database, 1, "other")
    running = claimed(database, stopped)
    claimed(database, other)
    with database.write() as tx:
        request_stop(tx, stopped)

    with database.read() as tx:
        assert ledger.running_of_stopped_jobs(tx) == (running.token,)


def test_reconciling_derives_the_counters_from_the_rows(database: Database) -> None:
    job_id = job_with_tasks(database, 3)
    settle(database, claimed(database, job_id))
    settle(database, claimed(database, job_id), ledger.Settlement(state=TaskState.FAILED))
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE job SET done = 9, failed = 9, cancelled = 9")

    with database.write() as tx:
        ledger.reconcile_counters(tx, job_id)

    counts = loaded(database, job_id).counts
    assert (counts.done, counts.failed, counts.cancelled) == (1, 1, 0)
