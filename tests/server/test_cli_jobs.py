"""The commands `jobs …`: looking at jobs, and controlling them through the store, whether a server runs or not."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest

from domain.clock import utc_now
from domain.handles import active_job_handle
from domain.priorities import Priority
from domain.states import JobOutcome, JobState, TaskState
from store.engine import Database, sqlite_url
from store.jobs import hold_job
from store.schema import upgrade_schema
from tests.server.command import Said, complaint, run
from tests.store.orders import ended, submitted
from tests.store.rows import add_tenant, loaded

DONE, FAILED = TaskState.DONE, TaskState.FAILED


@dataclass(frozen=True, slots=True)
class Installation:
    """A data folder and a company of the test's own, and no server."""

    data: Path
    database: Database
    company: int
    name: str

    def jobs(self, *arguments: str) -> Said:
        """Run a command of `jobs`."""
        return run("jobs", *arguments, data=self.data)

    def json(self, *arguments: str) -> Any:
        """Return what a command writes as JSON."""
        answer = self.jobs(*arguments, "--json")
        assert answer.status == 0, answer
        return json.loads(answer.stdout)

    def waiting(self, items: int, name: str = "nightly") -> int:
        """Return the number of a job that waits."""
        return submitted(self.database, self.company, items, name)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Database]]:
    data = tmp_path_factory.mktemp("jobs") / "data"
    data.mkdir()
    database = Database(sqlite_url(data / "reprise.db"))
    upgrade_schema(database)
    yield data, database
    database.close()


@pytest.fixture
def here(folder: tuple[Path, Database]) -> Installation:
    data, database = folder
    name = f"Co{uuid4().hex[:6]}"
    return Installation(data, database, add_tenant(database, name), name)


def test_the_jobs_that_are_not_done_are_listed_newest_first(here: Installation) -> None:
    ended(here.database, here.company, DONE)
    first, second = here.waiting(3), here.waiting(2000)

    told = here.json("list", "--company", here.name)

    assert [(job["id"], job["company"], job["state"], job["total"]) for job in told] == [
        (second, here.name, "WaitingCoordinator", 2000),
        (first, here.name, "WaitingCoordinator", 3),
    ]
    assert [job["priority"] for job in told] == ["bulk", "interactive"]


def test_jobs_that_have_ended_are_listed_when_asked_for(here: Installation) -> None:
    job_id = ended(here.database, here.company, DONE, FAILED)

    assert here.json("list", "--company", here.name) == []
    (told,) = here.json("list", "--all", "--company", here.name)
    assert (told["id"], told["state"], told["done"], told["failed"]) == (job_id, "completed with errors", 1, 1)


def test_the_list_is_a_table_for_people(here: Installation) -> None:
    here.waiting(3)

    answer = here.jobs("list")

    assert here.name in answer.stdout
    assert answer.status == 0


def test_a_company_that_does_not_exist_is_told(here: Installation) -> None:
    assert "no company Nobody" in complaint(here.jobs("list", "--company", "Nobody"))


def test_a_job_is_shown_with_what_failed_and_why(here: Installation) -> None:
    job_id = ended(here.database, here.company, DONE, FAILED)

    told = here.json("show", str(job_id))

    assert told["items"] == {"done": 1, "failed": 1}
    assert told["failures"] == [{"item": "a|2", "reason": "Item a|2 broke."}]
    assert told["options"]["image"]["create_mask"] is True
    assert "Item a|2 broke." in here.jobs("show", str(job_id)).stdout


def test_a_job_that_storage_holds_up_is_shown_with_the_reason(here: Installation) -> None:
    job_id = here.waiting(1)
    with here.database.write() as tx:
        hold_job(tx, job_id, "The disk is full.", utc_now())

    told = here.json("show", str(job_id))

    assert (told["state"], told["held"]) == ("Paused", "The disk is full.")


def test_a_job_is_named_by_number_or_by_handle(here: Installation) -> None:
    job = loaded(here.database, here.waiting(1))

    for name in (
        str(job.id),
        active_job_handle(job.company_id, job.unique_name, job.id),
        f"j|{here.company}|nightly||",
    ):
        assert here.json("show", name)["id"] == job.id


@pytest.mark.parametrize("command", ["show", "pause", "resume", "stop", "restart", "logs"])
def test_a_job_that_does_not_exist_is_told_in_one_line(here: Installation, command: str) -> None:
    assert "There is no job 99999" in complaint(here.jobs(command, "99999"))


def test_what_is_neither_a_number_nor_a_handle_is_refused(here: Installation) -> None:
    assert "neither the number" in complaint(here.jobs("show", "nightly"))


def test_a_job_is_paused_resumed_and_stopped(here: Installation) -> None:
    job_id = here.waiting(2)

    assert here.jobs("pause", str(job_id)).status == 0
    assert here.json("show", str(job_id))["state"] == "Paused"
    assert here.jobs("resume", str(job_id)).status == 0
    assert loaded(here.database, job_id).is_paused is False
    assert here.jobs("stop", str(job_id)).status == 0
    stopped = loaded(here.database, job_id)
    assert (stopped.state, stopped.outcome, stopped.counts.cancelled) == (JobState.DONE, JobOutcome.CANCELLED, 2)


@pytest.mark.parametrize("command", ["pause", "resume", "stop", "prioritize"])
def test_a_job_that_has_ended_cannot_be_controlled(here: Installation, command: str) -> None:
    job_id = ended(here.database, here.company, DONE)
    word = ("bulk",) if command == "prioritize" else ()

    assert "has ended (completed)" in complaint(here.jobs(command, str(job_id), *word))


def test_an_ended_job_is_restarted_whole_or_only_where_it_failed(here: Installation) -> None:
    job_id = ended(here.database, here.company, DONE, FAILED)

    assert "with 2 items" in here.jobs("restart", str(job_id)).stdout
    assert "with 1 items" in here.jobs("restart", str(job_id), "--failed").stdout
    assert here.json("show", str(job_id))["restarted_as"] == [job_id + 2, job_id + 1]
    assert here.json("show", str(job_id + 1))["restart_of"] == job_id


def test_a_job_that_still_runs_is_not_restarted(here: Installation) -> None:
    job_id = here.waiting(1)

    assert "has not ended" in complaint(here.jobs("restart", str(job_id)))
    assert len(here.json("list", "--company", here.name)) == 1


def test_a_jobs_priority_is_chosen_or_left_to_its_size(here: Installation) -> None:
    job_id = here.waiting(3)

    here.jobs("prioritize", str(job_id), "bulk")
    assert loaded(here.database, job_id).priority is Priority.BULK
    assert here.json("show", str(job_id))["priority"] == "bulk"
    here.jobs("prioritize", str(job_id), "by-size")
    assert here.json("show", str(job_id))["priority"] == "interactive"


def test_the_log_is_printed_oldest_first_whole_or_by_type(here: Installation) -> None:
    job_id = ended(here.database, here.company, DONE)

    rows = here.json("logs", str(job_id))
    assert [rows[0]["type"], rows[-1]["type"]] == ["BeginReoptimize", "EndReoptimize"]
    assert [row["type"] for row in here.json("logs", str(job_id), "--type", "JobType")] == ["JobType"]
    assert [row["type"] for row in here.json("logs", str(job_id), "--limit", "1")] == ["EndReoptimize"]
    assert "Job" in here.jobs("logs", str(job_id)).stdout


def test_a_log_type_that_there_is_not_is_refused_by_name(here: Installation) -> None:
    assert "--type: Nonsense" in complaint(here.jobs("logs", str(here.waiting(1)), "--type", "Nonsense"))
