"""Pausing a job and letting it go on: nothing begins meanwhile, nothing is lost, and the others run."""

import time
from collections.abc import Iterator

import pytest

from tests.jobs.flow import Client, reprocess, text
from tests.jobs.own_server import own_server
from tests.jobs.pictures import jpeg, noise, small_png

STARTED = ("FileBegin",)
WATCHDOG_S = 120


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server that works on one picture at a time."""
    with own_server(tmp_path_factory.mktemp("slow") / "data", slots="1") as client:
        yield client


def state_of(client: Client, name: str) -> tuple[str, str]:
    answer = client.active(f"<originalName>{name}</originalName>")
    return answer.text("jobArray/items/state"), answer.text("jobArray/items/progressMessage")


def done_of(client: Client, name: str) -> int:
    return int(text(client.logs(name)[-1], "fileSuccessCount"))


def begun(client: Client, handles: list[str], name: str) -> str:
    """Submit a job under ``name`` and return its active handle when its first picture is done."""
    client.submit(reprocess(handles), name)
    until = time.monotonic() + WATCHDOG_S
    while done_of(client, name) == 0:
        assert time.monotonic() < until
        time.sleep(0.02)
    return client.active(f"<originalName>{name}</originalName>").text("jobArray/items/jobHandle")


def settled(client: Client, name: str) -> int:
    """Wait until nothing of the paused job runs any more and return how many pictures are done."""
    until = time.monotonic() + WATCHDOG_S
    progress = "jobArray/items/taskProgressArray/items/numProcessing"
    while client.active(f"<originalName>{name}</originalName>").text(progress) != "0":
        assert time.monotonic() < until
        time.sleep(0.02)
    return done_of(client, name)


@pytest.mark.covers("pauseJob", "resumeJob")
def test_a_paused_job_begins_nothing_more_and_goes_on_where_it_stood(slow: Client) -> None:
    files = {f"{n}.jpg": jpeg(noise(900, 700, seed=n)) for n in range(12)}
    handles = list(slow.upload(files).values())
    name = f"{slow.tag}-paused"
    handle = begun(slow, handles, name)

    assert not slow.call("pauseJob", f"<jobHandle>{handle}</jobHandle>").is_fault
    done = settled(slow, name)
    assert 0 < done < len(handles)
    assert state_of(slow, name) == ("WaitingCoordinator", "Paused")

    slow.run(reprocess([slow.upload({"other.png": small_png()})["other.png"]]))
    assert done_of(slow, name) == done

    slow.call("resumeJob", f"<jobHandle>{handle}</jobHandle>")
    slow.wait(name)
    rows = slow.rows(name)
    assert done_of(slow, name) == len(handles)
    assert sum(row.type == "FileBegin" for row in rows) == len(handles)


@pytest.mark.covers("pauseJob", "getActiveJobs")
def test_a_paused_job_counts_as_waiting(lab: Client) -> None:
    name = waiting_upload(lab)
    lab.call("pauseJob", f"<jobHandle>j|110|{name}||</jobHandle>")
    query = f"<originalName>{name}</originalName><includeWaitingJobs>{{}}</includeWaitingJobs>"
    assert lab.active(query.format("true")).texts("jobArray/items/state") == ["WaitingCoordinator"]
    assert lab.active(query.format("false")).texts("jobArray/items/state") == []
    lab.call("stopJob", f"<jobHandle>j|110|{name}||</jobHandle>")
    lab.wait(name)


@pytest.mark.covers("stopJob")
def test_a_paused_job_can_be_stopped(lab: Client) -> None:
    name = waiting_upload(lab)
    lab.call("pauseJob", f"<jobHandle>j|110|{name}||</jobHandle>")
    lab.call("stopJob", f"<jobHandle>j|110|{name}||</jobHandle>")
    lab.wait(name)
    assert lab.rows(name, "EndUpload")[0].message.startswith("Cancelled")


@pytest.mark.covers("pauseJob", "resumeJob")
@pytest.mark.parametrize("operation", ["pauseJob", "resumeJob"])
def test_a_job_that_has_ended_cannot_be_paused_or_resumed(lab: Client, operation: str) -> None:
    name = lab.run(reprocess([]))
    fault = lab.call(operation, f"<jobHandle>j|110|{name}||</jobHandle>").fault
    assert fault[1] == 30001
    assert "has ended" in fault[2]


@pytest.mark.covers("pauseJob", "resumeJob", "executeJob")
@pytest.mark.parametrize("operation", ["pauseJob", "resumeJob", "executeJob"])
def test_a_job_that_does_not_exist_is_told(lab: Client, operation: str) -> None:
    fault = lab.call(operation, "<jobHandle>j|110|no such job||</jobHandle>").fault
    assert fault[1] == 30001
    assert "there is no job" in fault[2]


def waiting_upload(lab: Client) -> str:
    """An upload job that waits for its client."""
    name = f"{lab.tag}-open"
    assert lab.post_files({}, jobName=name, endJob="").ok
    return name
