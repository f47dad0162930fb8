"""Work for slots, importable by their children."""

import os
import resource
import signal
import time
from pathlib import Path


def prepare() -> None:
    """Nothing needs preparing."""


def process_id() -> int:
    return os.getpid()


def mark_and_sleep(mark: Path, seconds: float) -> None:
    mark.touch()
    time.sleep(seconds)


def mark_and_wait(mark: Path, end: Path) -> None:
    mark.touch()
    while not end.exists():
        time.sleep(0.01)


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def spin() -> None:
    while True:
        pass


def allocate(size: int) -> int:
    return len(bytearray(size))


def write(path: Path, size: int) -> None:
    path.write_bytes(bytes(size))


def fail(message: str) -> None:
    raise ValueError(message)


def limits() -> tuple[int, int, int]:
    """The soft limits of memory and core size, and the priority."""
    memory, core = (resource.getrlimit(kind)[0] for kind in (resource.RLIMIT_AS, resource.RLIMIT_CORE))
    return memory, core, os.getpriority(os.PRIO_PROCESS, 0)


def big_result(size: int) -> bytes:
    return bytes(size)
