"""The way of a task from the queue to a worker: order, dispatch, claim."""

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest

from domain.model import NewTask, Token
from domain.states import TaskState
from store import ledger
from store.engine import Database
from store.in_flight import find_in_flight, note_progress
from store.jobs import request_stop
from tests.store.rows import (
    LEASE,
    OWNER,
    add_tenant,
    claim_one,
    claimed,
    dispatched,
    find_tasks,
    job_with_tasks,
    loaded,
    new_job,
)


def test_tasks_keep_the_order_in_which_they_were_added(database: Database) -> None:
    job_id = job_with_tasks(database, 3)
    with database.write() as tx:
        ledger.add_tasks(tx, job_id, 1, [NewTask(label="late-a.jpg"), NewTask(label="late-b.jpg")])

    with database.read() as tx:
        tasks = find_tasks(tx, job_id)

    assert [task["seq"] for task in tasks] == [0, 1, 2, 3, 4]
    assert [task["label"] for task in tasks][3:] == ["late-a.jpg", "late-b.jpg"]
    assert loaded(database, job_id).counts.total == 5


def test_tasks_are_stored_as_they_were_given(database: Database) -> None:
    odd = ["a\"b'c\\d.jpg", "12", "null", "Schuh \U0001f45f\n.png", "%s :x {}"]
    given = [NewTask(label=label, asset_id=n or None, input={"n": n, "of": [label]}) for n, label in enumerate(odd)]
    job_id = job_with_tasks(database, 0)

    with database.write() as tx:
        ledger.add_tasks(tx, job_id, 1, given)
        ledger.add_tasks(tx, job_id, 1, [NewTask(label="plain")])

    with database.read() as tx:
        found = find_tasks(tx, job_id)
    rows = [NewTask(label=row["label"], asset_id=row["asset_id"], input=row["input"]) for row in found]
    assert rows == [*given, NewTask(label="plain")]
    assert {(row["attempt"], row["failures"], row["state"]) for row in found} == {(0, 0, TaskState.READY)}


def test_adding_no_task_changes_nothing(database: Database) -> None:
    job_id = job_with_tasks(database, 0)

    assert loaded(database, job_id).counts.total == 0


def test_dispatch_hands_out_the_first_ready_tasks_with_a_new_attempt(database: Database) -> None:
    job_id = job_with_tasks(database, 3)

    tokens = dispatched(database, job_id, 2)

    with database.read() as tx:
        tasks = find_tasks(tx, job_id)
    assert [token.task_id for token in tokens] == [tasks[0]["id"], tasks[1]["id"]]
    assert [token.attempt for token in tokens] == [1, 1]
    assert [task["state"] for task in tasks] == [TaskState.DISPATCHED, TaskState.DISPATCHED, TaskState.READY]


def test_eight_dispatchers_never_get_the_same_task(database: Database) -> None:
    job_id = job_with_tasks(database, 240)

    def take(_n: int) -> list[Token]:
        taken: list[Token] = []
        while tokens := dispatched(database, job_id, 5):
            taken += tokens
        return taken

    with ThreadPoolExecutor(8) as threads:
        taken = [token.task_id for tokens in threads.map(take, range(8)) for token in tokens]

    assert sorted(taken) == sorted(set(taken))
    assert len(taken) == 240


def test_a_task_that_waits_for_its_retry_is_not_dispatched(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id)
    with database.write() as tx:
        ledger.release(tx, task, delay=timedelta(hours=1), is_failure=True)

    assert dispatched(database, job_id) == ()
    with database.read() as tx:
        assert ledger.ready_jobs(tx) == ()


def test_ready_jobs_come_by_age_and_without_the_stopped(database: Database) -> None:
    company = add_tenant(database)
    jobs = [job_with_tasks(database, 1, name, company) for name in ("a", "b", "c")]
    with database.write() as tx:
        request_stop(tx, jobs[1])
        new_job(tx, company, "without tasks")

    with database.read() as tx:
        ready = ledger.ready_jobs(tx)

    assert [job.job_id for job in ready] == [jobs[0], jobs[2]]


def test_a_claim_gives_the_task_once(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    (token,) = dispatched(database, job_id)

    def claim(n: int) -> bool:
        with database.write() as tx:
            return claim_one(tx, token, f"worker-{n}", LEASE) is not None

    with ThreadPoolExecutor(8) as threads:
        assert sum(threads.map(claim, range(8))) == 1


@pytest.mark.parametrize("attempt", [0, 2])
def test_a_token_of_another_attempt_claims_nothing(database: Database, attempt: int) -> None:
    job_id = job_with_tasks(database, 1)
    (token,) = dispatched(database, job_id)

    with database.write() as tx:
        task = claim_one(tx, Token(task_id=token.task_id, attempt=attempt), OWNER, LEASE)

    assert task is None


def test_a_task_of_a_job_that_is_being_stopped_is_not_claimed(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    (token,) = dispatched(database, job_id)
    with database.write() as tx:
        request_stop(tx, job_id)

    with database.write() as tx:
        assert claim_one(tx, token, OWNER, LEASE) is None


def test_tasks_in_flight_are_counted_by_company_and_by_job(database: Database) -> None:
    first, second = job_with_tasks(database, 3, "first"), job_with_tasks(database, 3, "second")
    claimed(database, first)
    dispatched(database, first)
    dispatched(database, second)

    first_company, second_company = loaded(database, first).company_id, loaded(database, second).company_id
    with database.read() as tx:
        assert ledger.in_flight_by_company(tx) == {first_company: 2, second_company: 1}
        assert {job: len(tasks) for job, tasks in find_in_flight(tx).items()} == {first: 2, second: 1}


def test_a_task_in_flight_tells_how_far_it_is(database: Database) -> None:
    job_id = job_with_tasks(database, 3)
    paged, planned = claimed(database, job_id), claimed(database, job_id)
    dispatched(database, job_id)
    with database.write() as tx:
        ledger.save_plan(tx, paged.token, {"crop": None})
        ledger.save_plan(tx, planned.token, {"crop": None})
        note_progress(tx, paged.token, 3, 4)

    with database.read() as tx:
        items = find_in_flight(tx)[job_id]

    assert [(item.label, item.has_plan, item.pages) for item in items] == [
        ("file-0.jpg", True, (3, 4)),
        ("file-1.jpg", True, None),
        ("file-2.jpg", False, None),
    ]
    assert [item.told is None for item in items] == [False, False, True]


def test_a_new_attempt_begins_without_the_progress_of_the_last(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    first = claimed(database, job_id)
    with database.write() as tx:
        ledger.save_plan(tx, first.token, {"crop": None})
        note_progress(tx, first.token, 3, 4)
        ledger.release(tx, first, delay=timedelta(0), is_failure=True)
    claimed(database, job_id)

    with database.write() as tx:
        note_progress(tx, first.token, 4, 4)
        (item,) = find_in_flight(tx)[job_id]

    assert (item.failures, item.has_plan, item.pages) == (1, False, None)
