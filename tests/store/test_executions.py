"""Jobs as executions: one word for where each stands, by which the rows are found, page by page."""

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from domain.states import ExecutionStatus, JobOutcome, JobState
from jobs.executions import execution_of, list_executions, load_execution
from store import tables as t
from store.engine import Database
from store.executions import ExecutionFilter
from store.jobs import load_job
from tests.store.rows import add_tenant, job_with_tasks, loaded, new_job

STANDS: dict[ExecutionStatus, list[dict[str, Any]]] = {
    ExecutionStatus.WAITING: [
        {"state": JobState.NEW},
        {"state": JobState.WAITING_CLIENT},
        {"state": JobState.WAITING_COORDINATOR},
    ],
    ExecutionStatus.IN_PROGRESS: [
        {"state": JobState.RUNNING},
        {"state": JobState.STOPPING, "is_paused": True},
        {"state": JobState.STOPPING},
    ],
    ExecutionStatus.PAUSED: [
        {"state": JobState.RUNNING, "is_paused": True},
        {"state": JobState.WAITING_COORDINATOR, "hold_reason": "The disk is full."},
    ],
    ExecutionStatus.COMPLETED: [{"outcome": JobOutcome.COMPLETED, "is_paused": True}],
    ExecutionStatus.COMPLETED_WITH_ERRORS: [{"outcome": JobOutcome.COMPLETED_WITH_ERRORS}],
    ExecutionStatus.CANCELLED: [{"outcome": JobOutcome.CANCELLED}],
    ExecutionStatus.FAILED: [{"outcome": JobOutcome.FAILED}],
}


def standing_job(database: Database, company: int, **values: Any) -> int:
    """Return the number of a job that stands as the columns say."""
    if "outcome" in values:
        values |= {"state": JobState.DONE, "ended": utc_now()}
    with database.write() as tx:
        job_id = new_job(tx, company).id
        tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(values))
    return job_id


@pytest.mark.parametrize("status", list(ExecutionStatus))
def test_a_status_finds_just_the_jobs_that_are_shown_with_it(database: Database, status: ExecutionStatus) -> None:
    company = add_tenant(database)
    for values in (values for stands in STANDS.values() for values in stands):
        standing_job(database, company, **values)

    with database.read() as tx:
        page = list_executions(tx, company, ExecutionFilter(statuses=(status,)))

    assert [execution.status for execution in page.executions] == [status] * len(STANDS[status])


def test_pages_follow_each_other_without_gap_or_repetition(database: Database) -> None:
    company = add_tenant(database)
    jobs = [standing_job(database, company, state=JobState.NEW) for _ in range(5)]
    seen, after = [], None

    with database.read() as tx:
        for _ in range(3):
            page = list_executions(tx, company, ExecutionFilter(), after, limit=2)
            seen += [execution.job.id for execution in page.executions]
            after = page.after

    assert (seen, after) == (jobs[::-1], None)


@pytest.mark.parametrize(
    ("wanted", "number"),
    [
        (ExecutionFilter(text="SHOES"), 1),
        (ExecutionFilter(text="100%"), 0),
        (ExecutionFilter(submitter="LAB@"), 2),
        (ExecutionFilter(kinds=("publish",)), 0),
        (ExecutionFilter(created_from=utc_now() + timedelta(days=1)), 0),
        (ExecutionFilter(created_before=utc_now() + timedelta(days=1)), 2),
    ],
)
def test_a_filter_finds_what_matches_it(database: Database, wanted: ExecutionFilter, number: int) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        new_job(tx, company, "all shoes")
        new_job(tx, company, "hats")

    with database.read() as tx:
        assert len(list_executions(tx, company, wanted).executions) == number


def test_another_companys_execution_is_unknown(database: Database) -> None:
    job_id, stranger = job_with_tasks(database, 1), add_tenant(database, "Stranger")

    with database.read() as tx:
        assert load_execution(tx, stranger, job_id) is None
        assert list_executions(tx, stranger, ExecutionFilter()).executions == ()


def test_rate_and_time_left_follow_from_what_has_ended_since_it_began(database: Database) -> None:
    job_id, began = job_with_tasks(database, 10), utc_now()
    with database.write() as tx:
        values = {"state": JobState.RUNNING, "started": began, "done": 3, "failed": 1}
        tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(values))
        job = load_job(tx, job_id)
    assert job is not None

    execution = execution_of(job, began + timedelta(seconds=8))

    assert (execution.rate, execution.seconds_left, execution.share) == (0.5, 12.0, 0.4)


def test_what_has_not_begun_has_no_rate(database: Database) -> None:
    execution = execution_of(loaded(database, job_with_tasks(database, 1)), utc_now())

    assert (execution.rate, execution.seconds_left, execution.seconds) == (None, None, None)
