"""What the kernel knows of a server's processes: which there are, their memory, the processor time they may use."""

import os
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.running_server import RunningServer

TICKS_PER_S = os.sysconf("SC_CLK_TCK")


def processes(server: RunningServer) -> list[int]:
    """The server's main process and everything below it."""
    assert server.process is not None
    return _tree(server.process.pid)


def resident_bytes(server: RunningServer) -> int:
    """The memory that all of the server's processes hold now."""
    return sum(status_bytes(pid, "VmRSS") for pid in processes(server))


def peak_bytes(server: RunningServer) -> int:
    """The most memory that each of the server's processes has held, together."""
    return sum(status_bytes(pid, "VmHWM") for pid in processes(server))


@contextmanager
def cpu_limited(server: RunningServer, more_s: int) -> Iterator[None]:
    """Have the kernel kill each of the server's processes that uses ``more_s`` seconds of processor time or more."""
    before = {pid: resource.prlimit(pid, resource.RLIMIT_CPU) for pid in processes(server)}
    for pid, (_, hard) in before.items():
        resource.prlimit(pid, resource.RLIMIT_CPU, (_cpu_s(pid) + more_s, hard))
    yield
    assert set(before) <= set(processes(server)), "a process used more processor time than it may"
    for pid, limits in before.items():
        resource.prlimit(pid, resource.RLIMIT_CPU, limits)


def children(pid: int) -> list[int]:
    """The processes that a process has started; none when it has ended."""
    tasks = Path(f"/proc/{pid}/task").glob("*/children")
    return [int(child) for task in tasks for child in task.read_text().split()]


def status_bytes(pid: int, name: str) -> int:
    """A figure from a process's status, such as VmRSS (resident memory) or VmHWM (the most there has been)."""
    lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    return next(int(line.split()[1]) * 1024 for line in lines if line.startswith(f"{name}:"))


def _tree(pid: int) -> list[int]:
    return [pid, *(below for child in children(pid) for below in _tree(child))]


def _cpu_s(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) // TICKS_PER_S
