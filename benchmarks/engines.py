"""Tasks that do nothing, end to end: the embedded engine beside Celery, Procrastinate and huey, all durable."""

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from importlib import import_module, reload
from pathlib import Path
from unittest import mock

from benchmarks.noop import LARGE, fan_out_seconds, first_item_seconds, noop_rate, recovery_seconds
from benchmarks.rivals import rows
from benchmarks.services import postgres, redis
from store.engine import sqlite_url

TASKS = 1_000
WARM = 50
MANY = 100_000
SLOTS = 2
THREADS = 4
"""As many tasks at a time as the embedded engine holds with two slots."""
POLL_S = 0.02
WATCHDOG_S = 300.0
WORKERS: Mapping[str, str] = {
    "celery_app": f"celery -A benchmarks.rivals.celery_app worker -P threads -c {THREADS} -l ERROR",
    "procrastinate_app": f"procrastinate --app=benchmarks.rivals.procrastinate_app.app worker --concurrency {THREADS}",
    "huey_app": f"huey.bin.huey_consumer benchmarks.rivals.huey_app.huey -w {THREADS} -k thread",
}


def figures() -> Iterator[str]:
    """Yield tasks per second of each engine and their ratios; then fan-out and recovery with many tasks queued.

    Every rival's task leaves a row in Postgres; every task of ours its state, two log rows and the job's counters. The
    time is from the first task put on the queue to the last one done.
    """
    with tempfile.TemporaryDirectory() as name, postgres(Path(name)) as cluster:
        folder = Path(name)
        ours = {
            "SQLite": noop_rate(sqlite_url(folder / "ours.db"), folder / "sqlite", TASKS, SLOTS),
            "Postgres": noop_rate(cluster, folder / "postgres", TASKS, SLOTS),
        }
        theirs = {module: _rival_rate(module, folder, cluster) for module in WORKERS}
        rate = _cluster_rate(folder, cluster)
        yield f"cluster of one worker: {rate:.0f} tasks/s; {rate / theirs['celery_app']:.2f} x celery (aim 0.5)"
        for store, rate in ours.items():
            against = ", ".join(f"{rate / other:.2f} x {module[:-4]}" for module, other in theirs.items())
            yield f"embedded on {store}: {rate:.0f} tasks/s; {against} (aim 2 x celery)"
        yield "; ".join(f"{module[:-4]}: {rate:.0f} tasks/s" for module, rate in theirs.items())
        for store, url, aim in (("SQLite", sqlite_url(folder / "many.db"), 2), ("Postgres", cluster, 1)):
            yield f"fan-out of {MANY} tasks on {store}: {fan_out_seconds(url, MANY):.2f} s (aim {aim} s)"
        seconds = recovery_seconds(sqlite_url(folder / "many.db"), folder / "many", SLOTS)
        yield f"first task after a restart with {MANY} tasks queued: {seconds:.2f} s"
        seconds = first_item_seconds(sqlite_url(folder / "small.db"), folder / "small", SLOTS)
        yield f"first item of a small job beside one of {LARGE} items of 50 ms: {seconds:.2f} s (aim 1 s)"


def _cluster_rate(folder: Path, database_url: str) -> float:
    """Return how many tasks a second a leader here and one worker process do, with Celery in between."""
    with redis(folder) as broker:
        given = {"engine": "celery", "broker_url": broker, "database_url": database_url}
        settings = {"role": "worker", "slots": SLOTS, "data": str(folder / "worker"), **given}
        with _process(["benchmarks.noop_worker", json.dumps(settings)]):
            return noop_rate(database_url, folder / "leader", TASKS, SLOTS, **given)


def _rival_rate(module: str, folder: Path, database_url: str) -> float:
    with redis(folder) as broker:
        environment = {
            rows.DATABASE: database_url,
            "RIVAL_BROKER": broker,
            "RIVAL_HUEY_FILE": str(folder / "huey.db"),
            "PYTHONPATH": str(Path.cwd()),
        }
        with mock.patch.dict(os.environ, environment):
            rival = reload(import_module(f"benchmarks.rivals.{module}"))
            rows.create_table()
            with _process(WORKERS[module].split()):
                _wait(rival.enqueue, range(-WARM, 0))
                return TASKS / _wait(rival.enqueue, range(TASKS))


@contextmanager
def _process(module: Sequence[str]) -> Iterator[None]:
    command = [sys.executable, "-m", *module]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(30)


def _wait(enqueue: Callable[[int], None], numbers: range) -> float:
    """Put the tasks on the queue; return the seconds until all are done."""
    start = time.perf_counter()
    for number in numbers:
        enqueue(number)
    while rows.count_rows(numbers.start) < len(numbers):
        assert time.perf_counter() - start < WATCHDOG_S
        time.sleep(POLL_S)
    return time.perf_counter() - start
