"""Running the items of an ended job again: which ones, under which spec, and how the two jobs know of each other."""

import pytest

from domain.states import JobState, TaskState
from jobs.closing import close_if_settled
from jobs.restart import NotRestartableError
from store.engine import Database
from store.jobs import find_restarts
from tests.store.orders import ended, log_of, restarted, settle_next, submitted
from tests.store.rows import add_tenant, find_tasks, loaded

DONE, FAILED, CANCELLED = TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED


@pytest.fixture
def company(database: Database) -> int:
    return add_tenant(database)


def items_of(database: Database, job_id: int) -> list[tuple[int, str, TaskState, int]]:
    with database.read() as tx:
        return [(row["seq"], row["label"], row["state"], row["attempt"]) for row in find_tasks(tx, job_id)]


def test_every_item_of_an_ended_job_runs_again_in_its_order_under_the_same_spec(
    database: Database, company: int
) -> None:
    old = loaded(database, ended(database, company, DONE, FAILED, DONE))

    again = restarted(database, old.id)

    assert items_of(database, again.id) == [(n, f"a|{n + 1}", TaskState.READY, 0) for n in range(3)]
    assert again.counts.total == 3
    assert (again.name, again.kind, again.options, again.submitter) == (old.name, old.kind, old.options, old.submitter)
    assert again.unique_name != old.unique_name


def test_only_what_failed_or_was_cancelled_runs_again_when_asked_so(database: Database, company: int) -> None:
    old = loaded(database, ended(database, company, DONE, FAILED, DONE, CANCELLED))

    again = restarted(database, old.id, only_unsuccessful=True)

    assert items_of(database, again.id) == [(0, "a|2", TaskState.READY, 0), (1, "a|4", TaskState.READY, 0)]
    assert ("InitiatingJobName", old.unique_name) in log_of(database, again.id)
    assert log_of(database, old.id)[-1] == ("FileProgress", f"2 of 4 items run again as {again.unique_name}.")


def test_the_two_jobs_know_of_each_other_and_the_old_one_stays_as_it_ended(database: Database, company: int) -> None:
    old = loaded(database, ended(database, company, FAILED))

    again = restarted(database, old.id)
    settle_next(database, again.id, DONE)

    assert loaded(database, old.id) == old
    assert loaded(database, again.id).state is JobState.DONE
    assert again.restart_of == old.id
    with database.read() as tx:
        assert [job.id for job in find_restarts(tx, old.id)] == [again.id]


def test_a_job_is_refused_that_has_not_ended_or_has_nothing_to_run_again(database: Database, company: int) -> None:
    waiting, empty = submitted(database, company, 1), submitted(database, company, 0)
    with database.write() as tx:
        close_if_settled(tx, empty)
    perfect = ended(database, company, DONE)

    for job_id, only_unsuccessful, problem in [
        (waiting, False, "has not ended"),
        (empty, False, "has no items"),
        (perfect, True, "failed or was cancelled: restart all"),
    ]:
        with pytest.raises(NotRestartableError, match=problem):
            restarted(database, job_id, only_unsuccessful=only_unsuccessful)
