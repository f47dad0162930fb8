"""What a crash, a stop and a lost child leave behind: every asset done once, and counters that equal the rows."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.states import TaskState
from store import tables
from store.jobs import find_by_original_name
from store.ledger import count_by_state, find_tasks
from tests.imaging.pictures import scene
from tests.jobs.flow import Client, crop, reading, reprocess
from tests.jobs.own_server import own_server
from tests.jobs.pictures import jpeg, small_png
from tests.running_server import RunningServer


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that the tests may kill."""
    with own_server(tmp_path_factory.mktemp("mortal") / "data", slots="2") as client:
        yield client.server


@pytest.fixture
def crashing(mortal: RunningServer) -> Client:
    """A client of a server that the test may kill, with a tag of this test's own."""
    return Client(mortal)


@dataclass(frozen=True, slots=True)
class Truth:
    """What the database says of a job: its counter of successes, its task states and attempts, its rows per asset."""

    counted: int
    states: Mapping[TaskState, int]
    attempts: Sequence[int]
    success_rows: Mapping[str, int]


def truth(client: Client, name: str) -> Truth:
    with reading(client.server) as tx:
        (job,) = find_by_original_name(tx, None, name)
        rows = sa.select(tables.job_log.c.asset_id).where(
            tables.job_log.c.job_id == job.id, tables.job_log.c.log_type == "ReoptimizeSuccess"
        )
        return Truth(
            counted=job.counts.done,
            states=count_by_state(tx, job.id),
            attempts=[task["attempt"] for task in find_tasks(tx, job.id)],
            success_rows=Counter(f"a|{number}" for number in tx.scalars(rows)),
        )


def upload_many(client: Client, number: int) -> list[str]:
    return list(client.upload({f"{n}.png": small_png(n) for n in range(number)}).values())


def wait_for_progress(client: Client, done: int) -> None:
    """Return once at least ``done`` tasks of the job under the client's tag have settled."""
    path = "jobArray/items/taskProgressArray/items/numProcessed"
    while int((client.active(f"<originalName>{client.tag}</originalName>").texts(path) or [str(done)])[0]) < done:
        time.sleep(0.02)


def revisions(client: Client, handles: Sequence[str]) -> list[int]:
    return [client.stored(handle).revision for handle in handles]


def assert_each_done_once(client: Client, handles: Sequence[str]) -> None:
    """Every asset was uploaded, which is two revisions, and switched to its new picture exactly once."""
    number = len(handles)
    after = truth(client, client.tag)
    assert after.states == {TaskState.DONE: number}
    assert after.counted == number
    assert after.success_rows == dict.fromkeys(handles, 1)
    assert revisions(client, handles) == [3] * number
    ended = client.rows(client.tag, "EndReoptimize")
    assert [row.message for row in ended] == [f"Completed: {number} of {number} succeeded."]


@pytest.mark.covers("submitJob")
def test_a_job_goes_on_after_the_server_was_killed_in_its_middle(crashing: Client) -> None:
    handles = upload_many(crashing, 200)
    crashing.submit(reprocess(handles, manualCropOptions=crop(1, 2, 3, 4)))
    wait_for_progress(crashing, 40)
    crashing.server.kill()
    assert 40 <= truth(crashing, crashing.tag).counted < 200
    crashing.server.start()
    crashing.wait(crashing.tag)
    assert_each_done_once(crashing, handles)


def test_a_job_goes_on_after_the_server_was_stopped_in_its_middle(crashing: Client) -> None:
    handles = upload_many(crashing, 120)
    crashing.submit(reprocess(handles))
    wait_for_progress(crashing, 10)
    assert crashing.server.stop() == 0
    assert truth(crashing, crashing.tag).counted >= 10
    crashing.server.start()
    crashing.wait(crashing.tag)
    assert_each_done_once(crashing, handles)


@pytest.mark.proof
def test_a_job_of_600_assets_survives_five_kills(crashing: Client) -> None:
    handles = upload_many(crashing, 600)
    crashing.submit(reprocess(handles))
    for settled in (60, 150, 240, 330, 420):
        wait_for_progress(crashing, settled)
        crashing.server.kill()
        crashing.server.start()
    crashing.wait(crashing.tag)
    assert_each_done_once(crashing, handles)


def test_killing_a_slots_child_repeats_its_task_alone(crashing: Client) -> None:
    handles = list(crashing.upload({f"{n}.jpg": jpeg(scene(4000, 3000)) for n in range(6)}).values())
    crashing.submit(reprocess(handles, manualCropOptions=crop(1, 2, 3, 4)))
    kill_one_child(crashing)
    crashing.wait(crashing.tag)
    assert_each_done_once(crashing, handles)
    assert sorted(truth(crashing, crashing.tag).attempts) == [1, 1, 1, 1, 1, 2]


def kill_one_child(client: Client) -> None:
    """Kill a slot that is at work, as the kernel does when memory ends."""
    assert client.server.process is not None
    slots = slots_of(client.server.process.pid)
    used = {pid: processor_ticks(pid) for pid in slots}
    until = time.monotonic() + 30
    while time.monotonic() < until:
        busy = [pid for pid in slots if processor_ticks(pid) > used[pid] + 5]
        if busy:
            os.kill(busy[0], signal.SIGKILL)
            return
        time.sleep(0.01)
    raise AssertionError("no slot was busy")


def slots_of(server_pid: int) -> list[int]:
    """The children of the server that run at the lowered priority of slots."""
    threads = Path(f"/proc/{server_pid}/task").glob("*/children")
    children = [int(pid) for thread in threads for pid in thread.read_text().split()]
    return [pid for pid in children if os.getpriority(os.PRIO_PROCESS, pid) == 10]


def processor_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_two_jobs_over_the_same_assets_are_both_done(lab: Client) -> None:
    handles = upload_many(lab, 20)
    sides = {f"{lab.tag}-one": (1, 2, 3, 4), f"{lab.tag}-two": (5, 6, 7, 8)}
    jobs = {name: reprocess(handles, manualCropOptions=crop(*trimmed)) for name, trimmed in sides.items()}
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda name: lab.submit(jobs[name], name), jobs))
    for name in jobs:
        lab.wait(name)
        assert len(lab.rows(name, "ReoptimizeSuccess")) == 20
    assert revisions(lab, handles) == [4] * 20
    for asset in map(lab.stored, handles):
        assert asset.derivatives is not None
        left, right, top, bottom = asset.crop or (0, 0, 0, 0)
        assert asset.crop in sides.values()
        assert (asset.derivatives.width, asset.derivatives.height) == (60 - left - right, 40 - top - bottom)
