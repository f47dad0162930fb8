"""Stopping a job: what waits never runs, what runs is ended, and the log says so for each asset."""

import time
from collections.abc import Iterator

import pytest

from tests.imaging.pictures import scene
from tests.jobs.flow import Client, crop, reprocess, text
from tests.jobs.own_server import own_server
from tests.jobs.pictures import jpeg

FILES = 8


@pytest.fixture(scope="module")
def slow(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server with one slot."""
    with own_server(tmp_path_factory.mktemp("slow") / "data", slots="1") as client:
        yield client


@pytest.fixture(scope="module")
def handles(slow: Client) -> list[str]:
    """Assets whose reprocessing takes a while."""
    body = jpeg(scene(3200, 2400))
    return list(slow.upload({f"{n}.jpg": body for n in range(FILES)}).values())


@pytest.fixture(scope="module")
def stopped(slow: Client, handles: list[str]) -> str:
    """The name of a job that was stopped once its first asset was done."""
    handle = slow.submit(reprocess(handles, manualCropOptions=crop(1, 2, 3, 4)), "stopped").text("jobHandle")
    while not slow.rows("stopped", "ReoptimizeSuccess"):
        time.sleep(0.02)
    answer = slow.call("stopJob", f"<jobHandle>{handle}</jobHandle>")
    assert not answer.is_fault
    slow.wait("stopped")
    return "stopped"


@pytest.mark.covers("stopJob")
def test_every_asset_of_a_stopped_job_is_done_or_cancelled(slow: Client, stopped: str) -> None:
    done, cancelled = (len(slow.rows(stopped, kind)) for kind in ("ReoptimizeSuccess", "FileCancel"))
    assert done + cancelled == FILES
    assert min(done, cancelled) > 0


def test_a_stopped_job_ends_as_cancelled_with_its_counts(slow: Client, stopped: str) -> None:
    done, cancelled = (len(slow.rows(stopped, kind)) for kind in ("ReoptimizeSuccess", "FileCancel"))
    (end,) = slow.rows(stopped, "EndReoptimize")
    assert end.message == f"Cancelled: {done} of {FILES} succeeded, {cancelled} cancelled."


def test_the_running_asset_of_a_stopped_job_is_cancelled_too(slow: Client, stopped: str) -> None:
    """With one slot all that had not begun was cancelled at once; what ran then is among the cancelled."""
    assert len(slow.rows(stopped, "ReoptimizeFailure")) == 0
    assert len({row.handle for row in slow.rows(stopped, "ReoptimizeSuccess", "FileCancel")}) == FILES


def test_a_cancelled_asset_keeps_its_picture(slow: Client, stopped: str) -> None:
    changed = {row.handle for row in slow.rows(stopped, "ReoptimizeSuccess")}
    kept = {row.handle for row in slow.rows(stopped, "FileCancel")}
    assert {handle for handle in changed | kept if slow.stored(handle).crop == (1, 2, 3, 4)} == changed


def test_a_stopped_job_is_followed_by_no_publish(slow: Client, handles: list[str]) -> None:
    fields = {"postImageServingPublishJob": "<publishType>Full</publishType><emailSetting>None</emailSetting>"}
    handle = slow.submit(reprocess(handles, **fields), "unfollowed").text("jobHandle")
    slow.call("stopJob", f"<jobHandle>{handle}</jobHandle>")
    slow.wait("unfollowed")
    assert [text(log, "logType") for log in slow.logs("unfollowed")] == ["BeginReoptimize"]


def test_stopping_a_job_that_is_done_is_no_error_and_changes_nothing(slow: Client) -> None:
    name = slow.run(reprocess([]))
    answer = slow.call("stopJob", f"<jobHandle>j|110|{name}||</jobHandle>")
    assert not answer.is_fault
    assert slow.rows(name, "EndReoptimize")[0].message.startswith("Completed")


def test_the_server_takes_new_work_after_a_stop(slow: Client, handles: list[str], stopped: str) -> None:
    name = slow.run(reprocess(handles[-1:], manualCropOptions=crop(9, 9, 9, 9)))
    assert len(slow.rows(name, "ReoptimizeSuccess")) == 1
