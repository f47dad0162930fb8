"""Jobs as executions: one word for where each stands, by which the rows are found, page by page."""

from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.states import ExecutionStatus, JobOutcome, JobState
from jobs.executions import execution_of, list_executions, load_execution
from store import tables as t
from store.engine import Database
from store.executions import ExecutionFilter
from store.jobs import load_job
from tests.store.rows import job_with_tasks, loaded, new_job, own_tenant

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


def test_a_status_finds_just_the_jobs_that_are_shown_with_it(common_database: Database) -> None:
    company = own_tenant(common_database)
    for values in (values for stands in STANDS.values() for values in stands):
        standing_job(common_database, company, **values)

    with common_database.read() as tx:
        found = {status: list_executions(tx, company, ExecutionFilter(statuses=(status,))) for status in STANDS}

    shown = {status: [execution.status for execution in page.executions] for status, page in found.items()}
    assert shown == {status: [status] * len(stands) for status, stands in STANDS.items()}


def test_pages_follow_each_other_without_gap_or_repetition(common_database: Database) -> None:
    company = own_tenant(common_database)
    jobs = [standing_job(common_database, company, state=JobState.NEW) for _ in range(5)]
    seen, after = [], None

    with common_database.read() as tx:
        for _ in range(3):
            page = list_executions(tx, company, ExecutionFilter(), after, limit=2)
            seen += [execution.job.id for execution in page.executions]
            after = page.after

    assert (seen, after) == (jobs[::-1], None)


def test_a_filter_finds_what_matches_it(common_database: Database) -> None:
    company, day = own_tenant(common_database), timedelta(days=1)
    with common_database.write() as tx:
        new_job(tx, company, "all shoes")
        new_job(tx, company, "hats")
    wanted = {
        ExecutionFilter(text="SHOES"): 1,
        ExecutionFilter(text="100%"): 0,
        ExecutionFilter(submitter="LAB@"): 2,
        ExecutionFilter(kinds=("publish",)): 0,
        ExecutionFilter(created_from=utc_now() + day): 0,
        ExecutionFilter(created_before=utc_now() + day): 2,
    }

    with common_database.read() as tx:
        found = {each: len(list_executions(tx, company, each).executions) for each in wanted}

    assert found == wanted


def test_another_companys_execution_is_unknown(common_database: Database) -> None:
    company, stranger = own_tenant(common_database), own_tenant(common_database)
    job_id = job_with_tasks(common_database, 1, company_id=company)

    with common_database.read() as tx:
        assert load_execution(tx, stranger, job_id) is None
        assert list_executions(tx, stranger, ExecutionFilter()).executions == ()


def test_rate_and_time_left_follow_from_what_has_ended_since_it_began(common_database: Database) -> None:
    company, began = own_tenant(common_database), utc_now()
    job_id = job_with_tasks(common_database, 10, company_id=company)
    other = job_with_tasks(common_database, 1, company_id=company)
    with common_database.write() as tx:
        values = {"state": JobState.RUNNING, "started": began, "done": 3, "failed": 1}
        tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(values))
        job = load_job(tx, job_id)
    assert job is not None

    execution = execution_of(job, began + timedelta(seconds=8))

    assert (execution.rate, execution.seconds_left, execution.share) == (0.5, 12.0, 0.4)
    unbegun = execution_of(loaded(common_database, other), began)
    assert (unbegun.rate, unbegun.seconds_left, unbegun.seconds) == (None, None, None)


def test_a_run_tells_the_folders_that_it_is_about_and_those_left_out(common_database: Database) -> None:
    options = {"criteria": {"folders": ["LabCo/a/", "LabCo/b/"], "excluded": ["LabCo/a/old/"]}}
    job_id = standing_job(common_database, own_tenant(common_database), options=options)

    execution = execution_of(loaded(common_database, job_id), utc_now())

    assert (execution.folder, execution.excluded) == ("LabCo/a/, LabCo/b/", ("LabCo/a/old/",))
