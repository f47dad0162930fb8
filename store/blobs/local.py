"""Blobs in a local folder: two levels of directories named by the key, so that no user's text becomes a path."""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from domain.model import StoredFile
from store.blobs.port import KEY, checked, file_of, missing_blob


class LocalBlobs:
    """A blob store in the folder ``root``, which must be on one file system.

    A file's time of modification is when its bytes were last put. A lock beside the folder keeps a put that finds its
    bytes there from meeting their deletion.
    """

    def __init__(self, root: Path) -> None:
        self._root = root
        self._staging = root / "staging"
        self._staging.mkdir(parents=True, exist_ok=True)

    def clear_staging(self) -> None:
        """Remove what a crash left of files that were being put; only while nobody puts."""
        shutil.rmtree(self._staging)
        self._staging.mkdir(exist_ok=True)

    def put(self, path: Path) -> StoredFile:
        """Move the file into the store, durably, and return its key and size; bytes that are there count as put now."""
        stored = file_of(path)
        target = self._path(stored.key)
        if self._touch(target):
            path.unlink()
            return stored
        self._make_folders(target.parent)
        staged = self._staging / f"{stored.key}.{os.getpid()}.{id(path)}"
        try:
            shutil.move(path, staged)
            os.utime(staged)
            _sync(staged)
            staged.replace(target)
        finally:
            staged.unlink(missing_ok=True)
        _sync(target.parent)
        return stored

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """Yield the path of the bytes; they must not be changed."""
        yield self._existing(key)

    def keys(self) -> Iterator[str]:
        """Yield the key of each blob; of those put or deleted meanwhile, some."""
        return (path.name for path in self._root.glob("??/??/*") if KEY.fullmatch(path.name))

    def delete(self, key: str, put_before: datetime) -> int | None:
        """Remove the bytes if they were last put before then; return how many that were, or None, removing none."""
        path = self._path(key)
        with self._locked(fcntl.LOCK_EX):
            try:
                found = path.stat()
            except FileNotFoundError:
                return None
            if found.st_mtime >= put_before.timestamp():
                return None
            path.unlink()
        return found.st_size

    def _touch(self, path: Path) -> bool:
        with self._locked(fcntl.LOCK_SH):
            try:
                os.utime(path)
            except FileNotFoundError:
                return False
        return True

    @contextmanager
    def _locked(self, how: int) -> Iterator[None]:
        descriptor = os.open(self._root.with_name(f"{self._root.name}.lock"), os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, how)
            yield
        finally:
            os.close(descriptor)

    def _path(self, key: str) -> Path:
        checked(key)
        return self._root / key[:2] / key[2:4] / key

    def _make_folders(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _sync(folder.parent)
            _sync(self._root)

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.exists():
            raise missing_blob(key)
        return path


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
