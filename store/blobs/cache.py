"""Files near at hand of blobs that lie far away: filled as they are read or put, the longest unused dropped first.

A file is lent as a hard link of the borrower's own, so that dropping it takes nothing away from anybody. The processes
of one machine share the folder.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

CHECK_SHARE = 20
"""The folder is measured whenever a process has added this fraction of its limit."""
KEPT_SHARE = 0.9


class FileCache:
    """Files by key in the folder ``root``, of ``limit`` bytes in all, overshot by a few hundredths at times."""

    def __init__(self, root: Path, limit: int) -> None:
        self._files = root / "files"
        self._lent = root / "lent"
        self._limit = limit
        self._added = limit
        for folder in (self._files, self._lent):
            folder.mkdir(parents=True, exist_ok=True)

    @contextmanager
    def lend(self, key: str, fetch: Callable[[Path], None]) -> Iterator[Path]:
        """Yield a path to read the bytes from; ``fetch`` writes them to a path when they are not at hand."""
        lent = self._lent / uuid4().hex
        try:
            if not self._link(key, lent):
                fetch(lent)
                self._keep(key, lent)
            yield lent
        finally:
            lent.unlink(missing_ok=True)

    def take(self, key: str, path: Path) -> None:
        """Move the file at ``path`` into the cache."""
        lent = self._lent / uuid4().hex
        shutil.move(path, lent)
        self._keep(key, lent)
        lent.unlink()

    def forget(self, key: str) -> None:
        """Drop the file, if it is there."""
        (self._files / key).unlink(missing_ok=True)

    def clear_lent(self) -> None:
        """Remove what borrowers left behind that are gone."""
        shutil.rmtree(self._lent)
        self._lent.mkdir()

    def _link(self, key: str, lent: Path) -> bool:
        try:
            lent.hardlink_to(self._files / key)
            os.utime(lent)
        except FileNotFoundError:
            return False
        return True

    def _keep(self, key: str, lent: Path) -> None:
        with suppress(FileExistsError):
            (self._files / key).hardlink_to(lent)
        self._added += lent.stat().st_size
        if self._added * CHECK_SHARE >= self._limit:
            self._added = 0
            self._drop_oldest()

    def _drop_oldest(self) -> None:
        found = []
        with os.scandir(self._files) as entries:
            for entry in entries:
                with suppress(FileNotFoundError):  # another process dropped it
                    status = entry.stat()
                    found.append((status.st_mtime, status.st_size, entry.name))
        excess = sum(size for _, size, _ in found) - self._limit
        if excess <= 0:
            return
        excess += round(self._limit * (1 - KEPT_SHARE))
        for _, size, name in sorted(found):
            if excess <= 0:
                return
            self.forget(name)
            excess -= size
