"""A cluster on one machine: fronts, leader candidates and workers as processes of their own, and what they did."""

import os
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from domain.states import TaskState
from store import tables
from store.engine import Database
from store.jobs import find_by_original_name
from tests.cluster.broker import Broker
from tests.jobs.flow import Client, crop, reading, reprocess
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer, add_account
from tests.store.rows import find_tasks

WATCHDOG_S = 120


@dataclass(frozen=True, slots=True)
class Cluster:
    """Its nodes; each has a data folder of its own, but for the blobs, which they share."""

    fronts: Sequence[RunningServer]
    candidates: Sequence[RunningServer]
    workers: Sequence[RunningServer]
    broker: Broker

    @property
    def leader(self) -> RunningServer:
        """The living candidate that leads by its own word."""
        (found,) = [node for node in self.candidates if node.process and _leads(node.log())]
        return found


@contextmanager
def running_cluster(folder: Path, shared: Mapping[str, str], broker: Broker, fronts: int) -> Iterator[Cluster]:
    """Run ``fronts`` fronts, two candidates and two workers while the block runs; without a bucket, on one folder."""
    settings = {"engine": "celery", "broker_url": broker.url, "slots": "1", "http_workers": "1", **shared}
    numbers = {"front": fronts, "leader": 2, "worker": 2}
    nodes = {role: [_node(folder, role, n, settings) for n in range(number)] for role, number in numbers.items()}
    database = Database(settings["database_url"])
    nodes["front"][0].database.close()
    add_account(database, "LabCo", "lab@example.com", company_id=110)
    database.close()
    cluster = Cluster(nodes["front"], nodes["leader"], nodes["worker"], broker)
    everyone = [node for group in nodes.values() for node in group]
    with ExitStack() as stack:
        for node in everyone:
            node.launch()
            stack.callback(_end, node)
        for node in everyone:
            node.wait_until_ready()
        yield cluster


def freeze(node: RunningServer) -> None:
    """Stop the node's main process as a paused virtual machine stands still."""
    assert node.process is not None
    os.kill(node.process.pid, signal.SIGSTOP)


def thaw(node: RunningServer) -> None:
    """Let a frozen node go on."""
    assert node.process is not None
    os.kill(node.process.pid, signal.SIGCONT)


def begin_job(client: Client, number: int) -> list[str]:
    """Have ``number`` new pictures reprocessed by a job under the client's tag, and return their handles."""
    handles = list(client.upload({f"{n}.png": small_png(n) for n in range(number)}).values())
    answer = client.submit(reprocess(handles, manualCropOptions=crop(1, 2, 3, 4), emailSetting="All"))
    assert not answer.is_fault, answer.fault
    return handles


def wait_for_progress(client: Client, done: int) -> None:
    """Return once at least ``done`` tasks of the job under the client's tag have succeeded."""
    until = time.monotonic() + WATCHDOG_S
    while sums_of(client, client.tag).counted < done:
        assert time.monotonic() < until, client.server.log()
        time.sleep(0.05)


def wait_for_log(node: RunningServer, words: str) -> None:
    """Return once the node's log has these words."""
    until = time.monotonic() + WATCHDOG_S
    while words not in node.log():
        assert time.monotonic() < until, node.log()
        time.sleep(0.05)


def assert_each_done_once(client: Client, handles: Sequence[str]) -> None:
    """Every asset of the job under the client's tag was done, logged and switched once, and its end told once."""
    sums, number = sums_of(client, client.tag), len(handles)
    assert sums.states == {TaskState.DONE: number}
    assert sums.counted == number
    assert sums.success_rows == Counter(client.stored(handle).id for handle in handles)
    assert sums.messages == 1
    assert [client.stored(handle).revision for handle in handles] == [3] * number  # an upload is two


@dataclass(frozen=True, slots=True)
class Sums:
    """What the ledger says of a job: its task states and counter, and how many rows of each sort it has."""

    states: Counter[TaskState]
    counted: int
    success_rows: Counter[int]
    messages: int


def sums_of(client: Client, name: str) -> Sums:
    """Return the sums of the one job submitted under ``name``."""
    with reading(client.server) as tx:
        (job,) = find_by_original_name(tx, None, name)
        rows = tx.scalars(
            sa.select(tables.job_log.c.asset_id).where(
                tables.job_log.c.job_id == job.id, tables.job_log.c.log_type == "ReoptimizeSuccess"
            )
        )
        outbox = sa.select(sa.func.count()).where(tables.outbox.c.job_id == job.id)
        return Sums(
            states=Counter(task["state"] for task in find_tasks(tx, job.id)),
            counted=job.counts.done,
            success_rows=Counter(rows),
            messages=tx.scalar(outbox) or 0,
        )


def _node(folder: Path, role: str, number: int, settings: dict[str, str]) -> RunningServer:
    data, blobs = folder / f"{role}-{number}", folder / "blobs"
    data.mkdir(parents=True)
    if "blob_url" not in settings:
        blobs.mkdir(exist_ok=True)
        (data / "blobs").symlink_to(blobs)
    return RunningServer(data, settings, role=role)


def _leads(log: str) -> bool:
    since_start = log.rpartition('"event": "starting"')[2]
    return since_start.count('"event": "leading"') > since_start.count('"event": "not leading any more"')


def _end(node: RunningServer) -> None:
    if node.process is not None:
        node.kill()
