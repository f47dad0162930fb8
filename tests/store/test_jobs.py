"""Rows of jobs: found by every form of handle, moved along the legal states, listed."""

from datetime import timedelta

import pytest

from domain.clock import utc_now
from domain.handles import active_job_handle, parse_job, submitted_job_handle
from domain.states import JobOutcome, JobState
from store.engine import Database
from store.jobs import (
    JobQuery,
    end_job,
    find_active,
    find_by_handle,
    find_by_original_name,
    find_jobs,
    find_overdue,
    find_settled,
    keep_open,
    move_job,
    request_stop,
)
from tests.store.rows import add_tenant, job_with_tasks, loaded, new_job

NAMES = ["nightly", "with|pipe", "100% done", "Grüße / %7C", "a_b"]


def find(database: Database, handle: str) -> int | None:
    ref = parse_job(handle)
    assert ref is not None
    with database.read() as tx:
        job = find_by_handle(tx, ref)
    return job.id if job else None


@pytest.mark.parametrize("name", NAMES)
def test_the_submitted_handle_finds_the_newest_run(database: Database, name: str) -> None:
    company = add_tenant(database)
    job_with_tasks(database, 1, name, company)
    newest = job_with_tasks(database, 1, name, company)

    assert find(database, submitted_job_handle(company, name)) == newest


def test_runs_of_one_name_that_begin_together_have_unique_names(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        names = {new_job(tx, company).unique_name for _n in range(20)}

    assert len(names) == 20


@pytest.mark.parametrize("name", NAMES)
def test_the_active_handle_finds_its_own_run(database: Database, name: str) -> None:
    company = add_tenant(database)
    job = loaded(database, job_with_tasks(database, 1, name, company))
    job_with_tasks(database, 1, name, company)

    assert find(database, active_job_handle(company, job.unique_name, job.id)) == job.id


def test_the_bare_forms_of_the_first_api_find_the_job(database: Database) -> None:
    company = add_tenant(database, company_id=47)
    job = loaded(database, job_with_tasks(database, 1, "My Test Job", company))

    assert find(database, "47|My Test Job|") == job.id
    assert find(database, f"47||{job.unique_name}") == job.id


def test_a_unique_name_without_number_finds_that_run_and_not_the_newest(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        upload = new_job(tx, company, "upload-1", open_until=utc_now())
        new_job(tx, company, "upload-2", open_until=utc_now())

    assert find(database, f"j|{company}||upload-1|") == upload.id


@pytest.mark.parametrize(
    "handle", ["j|{other}||x|{job}", "j|{other}|nightly||", "j|{company}|unknown||", "j|{company}|||"]
)
def test_a_handle_of_another_company_or_name_finds_nothing(database: Database, handle: str) -> None:
    company, other = add_tenant(database), add_tenant(database, "OtherCo")
    job_id = job_with_tasks(database, 1, "nightly", company)

    assert find(database, handle.format(company=company, other=other, job=job_id)) is None


def test_the_original_name_finds_every_run_newest_first(database: Database) -> None:
    company = add_tenant(database)
    first, second = (job_with_tasks(database, 0, "nightly", company) for _n in range(2))
    job_with_tasks(database, 0, "nightly-2", company)

    with database.read() as tx:
        assert [job.id for job in find_by_original_name(tx, [company], "nightly")] == [second, first]


def test_a_done_job_cannot_be_moved_nor_ended_again(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    with database.write() as tx:
        end_job(tx, job_id, JobOutcome.COMPLETED)

    with database.write() as tx:
        moved = [move_job(tx, job_id, state) for state in JobState]
        ended = end_job(tx, job_id, JobOutcome.CANCELLED)

    assert not any(moved)
    assert not ended
    assert loaded(database, job_id).outcome is JobOutcome.COMPLETED


def test_a_stop_that_comes_after_the_end_changes_nothing(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    with database.write() as tx:
        end_job(tx, job_id, JobOutcome.COMPLETED)

    with database.write() as tx:
        request_stop(tx, job_id)

    assert not loaded(database, job_id).stop_requested


def test_a_done_job_is_no_longer_active(database: Database) -> None:
    company = add_tenant(database)
    done, active = (job_with_tasks(database, 0, name, company) for name in ("done", "active"))
    with database.write() as tx:
        end_job(tx, done, JobOutcome.COMPLETED)

    with database.read() as tx:
        assert [job.id for job in find_active(tx, [company])] == [active]
        assert [job.id for job in find_active(tx, [company + 1])] == []


def test_a_settled_job_that_has_not_ended_is_found_but_not_while_it_is_open(database: Database) -> None:
    company = add_tenant(database)
    empty = job_with_tasks(database, 0, "empty", company)
    job_with_tasks(database, 1, "busy", company)
    with database.write() as tx:
        new_job(tx, company, "open", open_until=utc_now())

    with database.read() as tx:
        assert find_settled(tx) == (empty,)


def test_an_open_job_is_overdue_when_its_client_is_silent(database: Database) -> None:
    company, now = add_tenant(database), utc_now()
    with database.write() as tx:
        silent = new_job(tx, company, "silent", open_until=now - timedelta(minutes=1))
        fresh = new_job(tx, company, "fresh", open_until=now - timedelta(minutes=1))
        keep_open(tx, fresh.id, now + timedelta(minutes=30))
        closed = new_job(tx, company, "closed", open_until=now - timedelta(minutes=1))
        keep_open(tx, closed.id, None)

    with database.read() as tx:
        assert find_overdue(tx, now) == (silent.id,)


@pytest.mark.parametrize(
    ("sort_by", "descending", "expected"),
    [
        ("name", False, ["a", "b", "c"]),
        ("name", True, ["c", "b", "a"]),
        ("company", False, ["c", "b", "a"]),
        ("created", True, ["c", "b", "a"]),
    ],
)
def test_a_listing_is_sorted(database: Database, sort_by: str, descending: bool, expected: list[str]) -> None:
    last, first = add_tenant(database, "Zoo"), add_tenant(database, "Art")
    for name, company in (("a", last), ("b", last), ("c", first)):
        job_with_tasks(database, 0, name, company)

    with database.read() as tx:
        jobs = find_jobs(tx, JobQuery(company_ids=None, sort_by=sort_by, descending=descending))

    assert [job.name for job in jobs] == expected


def test_a_listing_is_narrowed_by_company_submitter_and_time(database: Database) -> None:
    company, other = add_tenant(database), add_tenant(database, "OtherCo")
    ours, _theirs = (job_with_tasks(database, 0, "nightly", number) for number in (company, other))
    at = loaded(database, ours).created

    def listed(**wanted: object) -> list[int]:
        with database.read() as tx:
            return [job.id for job in find_jobs(tx, JobQuery(company_ids=[company], **wanted))]  # type: ignore[arg-type]

    assert listed(submitter="LAB@example.com", started_from=at, started_to=at, limit=1) == [ours]
    assert listed(submitter="other@example.com") == []
    assert listed(started_from=at + timedelta(seconds=1)) == []
    assert listed(started_to=at - timedelta(seconds=1)) == []
