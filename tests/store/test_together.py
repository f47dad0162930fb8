"""Several tasks in one commit: what ends together is counted once each, and what fails takes nothing else with it."""

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Event

import pytest

from domain.clock import utc_now
from domain.errors import Superseded
from domain.model import Task, Token
from domain.states import JobState, TaskState
from domain.words import verbatim
from jobs.executor import Ended, settle_all
from jobs.kinds.port import Subject, Work
from jobs.together import Together
from store import ledger
from store.engine import Database, Tx
from store.jobs import begin_job
from tests.store.orders import log_of, submitted
from tests.store.rows import LEASE, OWNER, add_tenant, claimed, dispatched, loaded

THREADS = 4


def ending(task: Task, log_type: str = "ReoptimizeSuccess") -> Ended:
    made = ledger.Settlement(state=TaskState.DONE)
    work = Work(settlement=made, log_type=log_type, message=verbatim(task.label), subject=Subject(name=task.label))
    return Ended(task=task, work=work, started=utc_now())


def test_what_comes_while_a_group_is_written_is_the_next_group(database: Database) -> None:
    begun, goes_on, groups = Event(), Event(), list[int]()

    def write_all(_tx: Tx, items: Sequence[int]) -> Sequence[int]:
        groups.append(len(items))
        begun.set()
        goes_on.wait(30)
        return [item * 10 for item in items]

    together = Together(database, write_all, lambda _tx, item: -item)
    with ThreadPoolExecutor(THREADS) as threads:
        first = threads.submit(together.write, 1)
        begun.wait(30)
        others = [threads.submit(together.write, n) for n in (2, 3, 4)]
        while len(together._waiting) < len(others):
            pass
        goes_on.set()

        assert [first.result(), *(other.result() for other in others)] == [10, 20, 30, 40]
    assert groups == [1, 3]


def test_what_fails_in_a_group_is_raised_where_it_came_from_and_the_others_are_written(database: Database) -> None:
    job_id = submitted(database, add_tenant(database), 3)
    tasks = [claimed(database, job_id) for _n in range(3)]

    def write_all(tx: Tx, ends: Sequence[Ended]) -> Sequence[bool]:
        settle_all(tx, ends)
        raise Superseded("One of them changed meanwhile.")

    def write_one(tx: Tx, end: Ended) -> bool:
        if end.task == tasks[1]:
            raise Superseded("It changed meanwhile.")
        return settle_all(tx, [end])[0]

    together = Together(database, write_all, write_one)
    with ThreadPoolExecutor(THREADS) as threads:
        writes = [threads.submit(together.write, ending(task)) for task in tasks]

        assert [type(write.exception()) for write in writes] == [type(None), Superseded, type(None)]
    assert loaded(database, job_id).counts.done == 2


def test_tasks_of_two_jobs_that_end_together_are_counted_and_logged_each_on_its_own(database: Database) -> None:
    company = add_tenant(database)
    jobs = [submitted(database, company, 2, "first"), submitted(database, company, 1, "second")]
    tasks = [claimed(database, jobs[n]) for n in (0, 1, 0)]
    with database.write() as tx:
        for job_id in jobs:
            begin_job(tx, job_id)

    with database.write() as tx:
        assert settle_all(tx, [ending(task) for task in tasks]) == [True, True, True]

    assert [(loaded(database, job_id).counts.done, loaded(database, job_id).state) for job_id in jobs] == [
        (2, JobState.DONE),
        (1, JobState.DONE),
    ]
    kept = [[kind for kind, _text in log_of(database, job_id)].count("ReoptimizeSuccess") for job_id in jobs]
    assert kept == [2, 1]


def test_a_stale_token_in_a_group_changes_nothing_and_the_others_end(database: Database) -> None:
    job_id = submitted(database, add_tenant(database), 3)
    stale, fresh = claimed(database, job_id), claimed(database, job_id)
    with database.write() as tx:
        assert ledger.settle(tx, stale, ledger.Settlement(state=TaskState.FAILED, error="why"))

    with database.write() as tx:
        assert settle_all(tx, [ending(stale), ending(fresh)]) == [False, True]

    counts = loaded(database, job_id).counts
    assert (counts.failed, counts.done) == (1, 1)


@pytest.mark.parametrize("attempt", [0, 2])
def test_of_several_tokens_only_those_that_are_not_stale_claim(database: Database, attempt: int) -> None:
    job_id = submitted(database, add_tenant(database), 2)
    first, second = dispatched(database, job_id, 2)

    with database.write() as tx:
        tasks = ledger.claim_all(tx, [first, Token(task_id=second.task_id, attempt=attempt)], OWNER, LEASE)

    assert list(tasks) == [first]
