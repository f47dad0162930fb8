"""One thing done with several executions: with whom it is done, with whom it is not and why."""

import re
from uuid import uuid4

import pytest

from domain.states import ExecutionStatus, JobState, TaskState
from jobs.kinds import process
from jobs.processing.choices import Choice
from jobs.processing.criteria import Criteria
from jobs.processing.spec import ProcessSpec
from jobs.specs import to_json
from store.jobs import find_restarts, load_job
from tests.console.office import OWNER, READER, Browser, Office
from tests.console.test_processing import send

BULK = "/console/LabCo/executions/bulk"


@pytest.fixture
def browser(office: Office) -> Browser:
    """A browser of LabCo's administrator."""
    return office.browser(OWNER)


def answer(browser: Browser, query: str, **form: str) -> int:
    """Ask by the list's form, send what the question holds, and return the status of the answer."""
    browser.get(f"{BULK}?{query}")
    fields = browser.document.xpath("//form[contains(@action, 'bulk')]//input[@type='hidden']")
    numbers = [field.get("value") for field in fields if field.get("name") == "job"]
    action = re.search(r"action=([\w-]+)", query)
    assert action
    return send(browser, "executions/bulk", {"action": action[1], "job": numbers, **form}).status_code


def states(office: Office, *jobs: int) -> list[tuple[JobState, bool]]:
    with office.database.read() as tx:
        found = [load_job(tx, job) for job in jobs]
    return [(job.state, job.is_paused) for job in found if job]


def test_each_ticked_execution_is_done_or_said_why_not(office: Office, browser: Browser) -> None:
    runs, waits, ended = (
        office.add_job(TaskState.READY),
        office.add_job(TaskState.READY),
        office.add_job(TaskState.DONE),
    )
    foreign = office.add_job(TaskState.READY, company="OtherCo", name="secret plans")
    sent = [str(number) for number in (runs, waits, ended, foreign)]
    browser.get(f"{BULK}?action=stop&job={'&job='.join(sent)}")
    asked = browser.words

    send(browser, "executions/bulk", {"action": "stop", "job": sent})

    assert "Stop: 2 executions?" in asked
    assert "Had ended already: 1" in asked
    assert "Told to stop: 2" in browser.words
    assert f"Not done, is unknown in this company: 1 #{foreign}" in browser.words
    assert "secret" not in asked + browser.words
    assert [state for state, _ in states(office, runs, waits, ended, foreign)][-1] is JobState.WAITING_COORDINATOR
    assert [entry.act.action for entry in office.audit()[:2]] == ["stopped execution"] * 2


def test_all_that_match_the_filter_are_paused_and_resumed(office: Office, browser: Browser) -> None:
    name = uuid4().hex
    wanted = [office.add_job(TaskState.READY, name=f"{name} {n}") for n in range(3)]
    other = office.add_job(TaskState.READY)
    office.add_job(TaskState.DONE, name=f"{name} ended")

    answer(browser, f"action=pause&all=on&q={name}")
    paused = states(office, *wanted, other)
    answer(browser, f"action=resume&all=on&q={name}&status={ExecutionStatus.PAUSED}")
    nothing = browser.get(f"{BULK}?action=resume&all=on&q={name}&status={ExecutionStatus.COMPLETED}")

    assert [is_paused for _, is_paused in paused] == [True, True, True, False]
    assert [is_paused for _, is_paused in states(office, *wanted)] == [False] * 3
    assert "There is no execution with which this can be done" in nothing.text


def test_what_failed_of_all_runs_again_but_not_twice(office: Office, browser: Browser) -> None:
    name = uuid4().hex
    jobs = [office.add_job(TaskState.DONE, TaskState.FAILED, name=f"{name} {n}") for n in range(2)]

    answer(browser, f"action=restart-failed&all=on&q={name}")
    first = browser.words
    send(browser, "executions/bulk", {"action": "restart-failed", "job": list(map(str, jobs))})

    with office.database.read() as tx:
        again = [find_restarts(tx, job) for job in jobs]
    assert "Run again: 2" in first
    assert [[each.counts.total for each in found] for found in again] == [[1], [1]]
    assert "Not done, ran again already (open it to run it once more): 2" in browser.words


def test_of_two_over_one_folder_one_runs_again_and_the_other_is_named(office: Office, browser: Browser) -> None:
    name, folder = uuid4().hex, f"LabCo/{uuid4().hex}/"
    spec = ProcessSpec(criteria=Criteria(folders=(folder,)), choices=(Choice.PREVIEWS,))
    for n in range(2):
        office.add_job(TaskState.FAILED, name=f"{name} {n}", kind=process.NAME, options=to_json(spec))

    answer(browser, f"action=restart-failed&all=on&q={name}")

    assert "Run again: 1" in browser.words
    assert "Not done, would do what execution" in browser.words


def test_above_a_hundred_items_the_number_of_executions_must_be_typed(office: Office, browser: Browser) -> None:
    name = uuid4().hex
    jobs = [office.add_job(*[TaskState.READY] * number, name=f"{name} {number}") for number in (100, 1)]

    refused = [answer(browser, f"action=stop&all=on&q={name}", typed=typed) for typed in ("", "101")]
    untouched = states(office, *jobs)
    done = answer(browser, f"action=stop&all=on&q={name}", typed="2")

    assert (refused, done) == ([409, 409], 200)
    assert {state for state, _ in untouched} == {JobState.WAITING_COORDINATOR}


def test_what_cannot_be_asked_for_is_refused_by_name(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    jobs = [office.add_job(TaskState.READY) for _ in range(2)]
    monkeypatch.setattr("server.admin.bulk_actions.MOST", 1)
    reader = office.browser(READER)
    reader.get("/console/LabCo/")

    asked = {
        query: (browser.get(f"{BULK}?{query}").status_code, browser.words)
        for query in ("action=fly", "action=stop", "action=stop&all=on", f"action=stop&job={jobs[0]}&job={jobs[1]}")
    }

    assert {status for status, _ in asked.values()} == {400}
    assert "tick some executions first" in asked["action=stop"][1]
    assert "more than 1 executions" in asked["action=stop&all=on"][1]
    assert reader.get(f"{BULK}?action=stop&job={jobs[0]}").status_code == 403
    assert send(reader, "executions/bulk", {"action": "stop", "job": [str(jobs[0])]}).status_code == 403
    assert reader.document.xpath("//form[@id='bulk']") == []
