"""How far the work on a file of several pages is, told through a small file beside what it writes.

Whoever works writes it, in a process of its own; who started that process may read it at any time.
"""

import json
from pathlib import Path

_FILE = "progress.json"


def write_progress(folder: Path, done: int, total: int) -> None:
    """Say that ``done`` of ``total`` pages are finished."""
    fresh = folder / f"{_FILE}.new"
    fresh.write_text(json.dumps([done, total]))
    fresh.replace(folder / _FILE)


def read_progress(folder: Path) -> tuple[int, int] | None:
    """Return how many pages of how many are finished; None when nothing has been said."""
    try:
        done, total = json.loads((folder / _FILE).read_text())
    except FileNotFoundError:
        return None
    return done, total
