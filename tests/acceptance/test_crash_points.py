"""A power cut at any step that storage takes in an asset's life: what was answered stays, nothing is half done.

The steps are counted, and the server ended, by a library loaded into its processes (`crash_point.c`).
"""

import io
import mmap
import struct
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import requests
from PIL import Image

from domain.handles import parse_company
from domain.model import Asset, Job
from domain.states import JobOutcome, JobState, TaskState
from store.assets import find_by_names
from store.backup import verify
from store.blobs.local import LocalBlobs
from store.engine import Database, Tx, sqlite_url
from store.job_logs import LogQuery, find_rows
from store.jobs import find_active, find_by_original_name
from tests.jobs.flow import Client, crop, publish, reading, reprocess
from tests.jobs.own_server import own_server
from tests.jobs.pictures import noise, png
from tests.running_server import RunningServer, add_account
from tests.store.rows import find_tasks

WATCHDOG_S = 120
NEVER = 0
BEFORE, AFTER = (None, (60, 40)), ((1, 2, 3, 4), (57, 33))
"""The crop and the size of the asset, before its reprocess and after it."""


class CrashPoint:
    """When the server is to end: at the step ``last`` from the arming on."""

    def __init__(self, folder: Path) -> None:
        self.library, self.file = folder / "crash_point.so", folder / "counter"
        source = Path(__file__).with_name("crash_point.c")
        subprocess.run(["gcc", "-shared", "-fPIC", "-O1", "-o", self.library, source], check=True)
        self.file.write_bytes(bytes(32))

    def arm(self, last: int) -> None:
        self._set(0, last)

    def disarm(self) -> None:
        """Let the server live, and the next one count as a new one."""
        self._set(0, NEVER, 0, 0)

    @property
    def seen(self) -> int:
        """How many steps were taken since the arming."""
        with self.file.open("rb") as file:
            (seen,) = struct.unpack("l", file.read(8))
        return int(seen)

    def _set(self, *values: int) -> None:
        with self.file.open("r+b") as file, mmap.mmap(file.fileno(), 0) as shared:
            shared[: 8 * len(values)] = struct.pack(f"{len(values)}l", *values)


@pytest.fixture(scope="module")
def crash_point(tmp_path_factory: pytest.TempPathFactory) -> Iterator[CrashPoint]:
    point = CrashPoint(tmp_path_factory.mktemp("crash"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("LD_PRELOAD", str(point.library))
        patch.setenv("CRASH_COUNTER", str(point.file))
        yield point


@pytest.fixture(scope="module")
def mortal(crash_point: CrashPoint, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that ends at the crash point."""
    with own_server(tmp_path_factory.mktemp("mortal") / "data", slots="1", http_workers="1") as client:
        yield client.server


def live(client: Client, answered: list[str]) -> None:
    """Upload, reprocess and publish an asset; add the name of each job as soon as its submission was answered."""
    upload, again, published = (f"{client.tag}-{step}" for step in ("upload", "reprocess", "publish"))
    options = {"readyForPublish": "true"}
    picture = png(noise(60, 40, seed=int(client.tag, 16)))
    assert client.post_files({"a.png": picture}, options, jobName=upload).ok
    answered.append(upload)
    client.wait(upload)
    (handle,) = {row.handle for row in client.rows(upload) if row.handle}
    assert not client.submit(reprocess([handle], manualCropOptions=crop(1, 2, 3, 4)), again).is_fault
    answered.append(again)
    client.wait(again)
    assert not client.submit(publish(), published).is_fault
    answered.append(published)
    client.wait(published)


def tenant(server: RunningServer, name: str) -> Client:
    """Return a client of a new company: a publish of all its assets takes no more steps than for the one before."""
    with closing(Database(sqlite_url(server.data / "reprise.db"))) as database:
        company = add_account(database, name, f"{name}@example.com")
    return Client(server, f"c|{company}", name, f"{name}@example.com")


def survive(server: RunningServer, crash_point: CrashPoint, step: int) -> bool:
    """End the server at that step of a new asset's life, start it again, and see what became of the asset.

    Returns whether its life had that many steps.
    """
    client, answered = tenant(server, f"Life{step}"), list[str]()
    crash_point.arm(step)
    try:
        live(client, answered)
    except (requests.RequestException, AssertionError):
        assert server.process is not None
        server.process.wait(WATCHDOG_S)
    was_reached = crash_point.seen >= step
    crash_point.disarm()
    if was_reached:
        server.kill()
        server.start()
    wait_until_idle(server)
    assert_truthful(client, answered)
    return was_reached


def wait_until_idle(server: RunningServer) -> None:
    until = time.monotonic() + WATCHDOG_S
    while True:
        with reading(server) as tx:
            if not find_active(tx, None):
                return
        assert time.monotonic() < until, server.log()[-3000:]
        time.sleep(0.05)


def assert_truthful(client: Client, answered: list[str]) -> None:
    """Each job that was answered is done, each that is there did all it says, and every picture is of one moment."""
    with reading(client.server) as tx:
        assert tx.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
        jobs = {name: jobs_named(tx, f"{client.tag}-{name}") for name in ("upload", "reprocess", "publish")}
        assets = find_by_names(tx, parse_company(client.company) or 0, [f"{client.tag}-a"])
    assert {f"{client.tag}-{name}" for name, found in jobs.items() if found} >= set(answered)
    assert len(assets) == len(jobs["upload"])
    for asset in assets:
        assert (look(asset), asset.revision) == ((AFTER, 3) if jobs["reprocess"] else (BEFORE, 2))
    served = client.fetch("a")
    assert served.ok == bool(jobs["publish"])
    if served.ok:
        assert Image.open(io.BytesIO(served.content)).size == AFTER[1]
    root = client.server.data / "blobs"
    with closing(Database(sqlite_url(client.server.data / "reprise.db"))) as database:
        assert verify(database, LocalBlobs(root))[1] == ()
    assert list((root / "staging").iterdir()) == []


def jobs_named(tx: Tx, name: str) -> tuple[Job, ...]:
    """Return the job of that name, if there is one: it is done, and its counters, tasks and log say the same."""
    found = find_by_original_name(tx, None, name)
    assert len(found) <= 1
    for job in found:
        assert (job.state, job.outcome) == (JobState.DONE, JobOutcome.COMPLETED)
        assert [task["state"] for task in find_tasks(tx, job.id)] == [TaskState.DONE] * job.counts.total
        assert job.counts.done == job.counts.total
        rows = [(row.task_id, row.log_type) for row in find_rows(tx, LogQuery(job_id=job.id))[1]]
        assert len(rows) == len(set(rows)), rows
        assert rows[-1][1].startswith("End")
    return found


def look(asset: Asset) -> Any:
    assert asset.derivatives is not None
    return asset.crop, (asset.derivatives.width, asset.derivatives.height)


@pytest.mark.parametrize("step", [24, 56])
def test_an_asset_survives_a_power_cut_at_a_step_of_its_life(
    mortal: RunningServer, crash_point: CrashPoint, step: int
) -> None:
    assert survive(mortal, crash_point, step)


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_an_asset_survives_a_power_cut_at_every_step_of_its_life(
    mortal: RunningServer, crash_point: CrashPoint
) -> None:
    step = 1
    while survive(mortal, crash_point, step):
        step += 1
    assert step > 50
    print(f"An asset's life took {step - 1} steps at most; it survived a power cut at each of them.")
