"""Scheduled jobs: once at a time or again and again, paused, run now, deleted, and never lost over a restart."""

import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from tests.jobs.flow import Client, publish, reprocess, text, upload_urls
from tests.jobs.own_server import own_server
from tests.jobs.pictures import small_png

NEVER = "<execSchedule>0 0 0 1 1 ? 2098</execSchedule>"
EACH_SECOND = "<execSchedule>* * * * * ?</execSchedule>"
WATCHDOG_S = 120


def at(moment: datetime) -> str:
    return f"<execTime>{moment.isoformat(timespec='milliseconds')}</execTime>"


def scheduled(lab: Client, name: str) -> dict[str, str]:
    """The scheduled job of this name as getScheduledJobs shows it; empty when there is none."""
    answer = lab.call("getScheduledJobs", f"<originalName>{name}</originalName>")
    fields = "jobHandle", "name", "type", "execSchedule", "nextFireTime", "timeZone", "triggerState", "description"
    return {field: value for field in fields for value in answer.texts(f"jobArray/items/{field}")}


def runs(lab: Client, name: str) -> int:
    return len(lab.logs(name))


def wait_for_runs(lab: Client, name: str, number: int) -> None:
    until = time.monotonic() + WATCHDOG_S
    while runs(lab, name) < number:
        assert time.monotonic() < until
        time.sleep(0.1)


def control(lab: Client, operation: str, handle: str) -> None:
    answer = lab.call(operation, f"<jobHandle>{handle}</jobHandle>")
    assert not answer.is_fault, answer.fault


@pytest.mark.covers("submitJob", "getScheduledJobs")
def test_a_job_for_a_time_is_scheduled_until_then_and_runs_once(lab: Client) -> None:
    handle = lab.upload({"a.png": small_png()})["a.png"]
    when = datetime.now(UTC) + timedelta(seconds=3)
    lab.submit(reprocess([handle]), lab.tag, at(when))
    shown = scheduled(lab, lab.tag)
    assert (shown["type"], "execSchedule" in shown, shown["triggerState"]) == ("ReprocessAssets", False, "Normal")
    assert datetime.fromisoformat(shown["nextFireTime"]) == when.replace(microsecond=when.microsecond // 1000 * 1000)
    assert runs(lab, lab.tag) == 0

    wait_for_runs(lab, lab.tag, 1)
    lab.wait(lab.tag)
    assert scheduled(lab, lab.tag) == {}
    assert text(lab.logs(lab.tag)[0], "fileSuccessCount") == "1"
    assert runs(lab, lab.tag) == 1


@pytest.mark.covers("submitJob", "getScheduledJobs")
def test_a_recurring_job_is_shown_with_its_schedule(lab: Client) -> None:
    extra = f"{NEVER}<description>spring cleaning</description>"
    assert lab.submit(publish(), lab.tag, extra).text("jobHandle") == f"j|110|{lab.tag}||"
    shown = scheduled(lab, lab.tag)
    assert (shown["execSchedule"], shown["timeZone"]) == ("0 0 0 1 1 ? 2098", "UTC")
    assert shown["nextFireTime"].startswith("2098-01-01T00:00:00")
    assert (shown["type"], shown["description"]) == ("ImageServingPublish", "spring cleaning")
    assert shown["name"].startswith(f"{lab.tag}_")
    answer = lab.call("getScheduledJobs", f"<jobHandle>{shown['jobHandle']}</jobHandle>")
    assert answer.texts("jobArray/items/imageServingPublishJob/publishType") == ["Full"]


@pytest.mark.covers("submitJob")
def test_a_recurring_job_runs_again_and_again(lab: Client) -> None:
    lab.submit(reprocess([]), lab.tag, EACH_SECOND)
    wait_for_runs(lab, lab.tag, 3)
    control(lab, "deleteJob", scheduled(lab, lab.tag)["jobHandle"])
    lab.wait(lab.tag)
    names = [text(log, "jobName") for log in lab.logs(lab.tag)]
    assert len(set(names)) == len(names)


@pytest.mark.covers("executeJob")
def test_a_scheduled_job_can_be_run_now_and_stays_scheduled(lab: Client) -> None:
    lab.submit(reprocess([]), lab.tag, NEVER)
    before = scheduled(lab, lab.tag)
    control(lab, "executeJob", before["jobHandle"])
    lab.wait(lab.tag)
    assert runs(lab, lab.tag) == 1
    assert scheduled(lab, lab.tag) == before


@pytest.mark.covers("executeJob")
def test_a_job_that_is_not_scheduled_cannot_be_run_again(lab: Client) -> None:
    name = lab.run(reprocess([]))
    assert "is not a scheduled job" in lab.call("executeJob", f"<jobHandle>j|110|{name}||</jobHandle>").fault[2]


@pytest.mark.covers("pauseJob", "resumeJob")
def test_a_paused_schedule_does_not_fire_until_it_is_resumed(lab: Client) -> None:
    lab.submit(reprocess([]), lab.tag, at(datetime.now(UTC) + timedelta(seconds=2)))
    handle = scheduled(lab, lab.tag)["jobHandle"]
    control(lab, "pauseJob", handle)
    assert scheduled(lab, lab.tag)["triggerState"] == "Paused"
    time.sleep(4)
    assert runs(lab, lab.tag) == 0

    control(lab, "resumeJob", handle)
    wait_for_runs(lab, lab.tag, 1)
    lab.wait(lab.tag)


@pytest.mark.covers("deleteJob")
def test_a_deleted_schedule_never_fires_and_keeps_its_logs(lab: Client) -> None:
    lab.submit(reprocess([]), lab.tag, NEVER)
    handle = scheduled(lab, lab.tag)["jobHandle"]
    control(lab, "executeJob", handle)
    lab.wait(lab.tag)
    control(lab, "deleteJob", handle)
    assert scheduled(lab, lab.tag) == {}
    assert runs(lab, lab.tag) == 1


@pytest.mark.covers("getScheduledJobs")
def test_schedules_of_one_name_are_told_apart(lab: Client) -> None:
    for _time in range(2):
        lab.submit(reprocess([]), lab.tag, NEVER)
    answer = lab.call("getScheduledJobs", f"<originalName>{lab.tag}</originalName>")
    newest, oldest = answer.texts("jobArray/items/jobHandle")
    control(lab, "pauseJob", oldest)
    states = lab.call("getScheduledJobs", f"<originalName>{lab.tag}</originalName>").texts(
        "jobArray/items/triggerState"
    )
    assert states == ["Normal", "Paused"]
    assert newest != oldest


@pytest.mark.covers("getScheduledJobs")
def test_schedules_of_another_company_are_not_seen(lab: Client, other: Client) -> None:
    lab.submit(reprocess([]), lab.tag, NEVER)
    handle = scheduled(lab, lab.tag)["jobHandle"]
    assert other.call("getScheduledJobs").texts("jobArray/items/jobHandle") == []
    assert "there is no job" in other.call("executeJob", f"<jobHandle>{handle}</jobHandle>").fault[2]


@pytest.mark.covers("submitJob")
def test_the_items_of_a_scheduled_upload_wait_with_it(lab: Client) -> None:
    lab.submit(upload_urls([("http://127.0.0.1:9/a.png", f"{lab.root}/in/a.png")]), lab.tag, NEVER)
    control(lab, "executeJob", scheduled(lab, lab.tag)["jobHandle"])
    lab.wait(lab.tag)
    assert text(lab.logs(lab.tag)[0], "fileErrorCount") == "1"


@pytest.mark.covers("submitJob")
@pytest.mark.parametrize(
    ("extra", "told"),
    [
        ("<execSchedule>0 3 * * 1</execSchedule>", "execSchedule: it has five fields, as Unix cron has"),
        ("<execSchedule>0 0 25 * * ?</execSchedule>", "execSchedule: the hours 25 is not 0-23"),
        ("<execSchedule>0 0 0 1 1 ? 2001</execSchedule>", "never fires again"),
        (f"{at(datetime(2098, 1, 1, tzinfo=UTC))}{NEVER}", "execTime, execSchedule: give one of the two"),
    ],
)
def test_a_time_that_cannot_be_kept_is_refused(lab: Client, extra: str, told: str) -> None:
    assert told in lab.submit(reprocess([]), lab.tag, extra).fault[2]
    assert scheduled(lab, lab.tag) == {}


@pytest.fixture
def own(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A server of its own, in New York's time."""
    data = tmp_path_factory.mktemp("timed") / "data"
    with own_server(data, slots="1", http_workers="1", time_zone="America/New_York") as client:
        yield client


@pytest.mark.covers("getScheduledJobs")
def test_what_was_due_while_the_server_was_down_runs_once_when_it_is_back(own: Client) -> None:
    own.submit(reprocess([]), "missed", at(datetime.now(UTC) + timedelta(seconds=2)))
    own.submit(reprocess([]), "each-second", EACH_SECOND)
    own.submit(reprocess([]), "far", NEVER)
    assert scheduled(own, "far")["nextFireTime"].startswith("2098-01-01T05:00:00")
    assert scheduled(own, "far")["timeZone"] == "America/New_York"
    own.server.kill()
    before_start = time.monotonic()
    time.sleep(4)
    own.server.start()
    wait_for_runs(own, "missed", 1)
    control(own, "deleteJob", scheduled(own, "each-second")["jobHandle"])
    own.wait("missed")
    assert runs(own, "missed") == 1
    assert runs(own, "each-second") <= time.monotonic() - before_start
