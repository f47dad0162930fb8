"""What a process and its descendants have used, as Linux counts it: CPU seconds and peak memory."""

import os
from pathlib import Path

_TICKS = os.sysconf("SC_CLK_TCK")


def descendants(root: int, without: int = 0) -> list[int]:
    """Return ``root`` and the processes below it, but none from process ``without`` down."""
    found = [root]
    for pid in found:
        for task in Path(f"/proc/{pid}/task").iterdir():
            children = (task / "children").read_text().split()
            found += [int(child) for child in children if int(child) != without]
    return found


def cpu_seconds(pids: list[int]) -> float:
    """Return the CPU seconds, user and system, that living processes have used."""
    return sum(_ticks(pid) for pid in pids) / _TICKS


def peak_megabytes(pid: int) -> float:
    """Return the largest resident size that a living process has had."""
    status = Path(f"/proc/{pid}/status").read_text()
    return next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmHWM")) / 1024


def niceness(pid: int) -> int:
    """Return the niceness of a living process."""
    return os.getpriority(os.PRIO_PROCESS, pid)


def _ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])
