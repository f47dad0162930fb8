"""Blobs in a local folder: two levels of directories named by the key, so that no user's text becomes a path."""

import hashlib
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from domain.errors import Permanent
from domain.model import StoredFile

_KEY = re.compile(r"[0-9a-f]{64}")


class MissingBlobError(Permanent):
    """The bytes that a row names are not in the store; restore them from a backup or upload the asset again."""


class LocalBlobs:
    """A blob store in the folder ``root``, which must be on one file system."""

    def __init__(self, root: Path) -> None:
        self._root = root
        root.mkdir(parents=True, exist_ok=True)

    def put(self, path: Path) -> StoredFile:
        """Move the file into the store, durably, and return its key and size."""
        size = path.stat().st_size
        with path.open("rb") as file:
            key = hashlib.file_digest(file, "sha256").hexdigest()
        target = self._path(key)
        if target.exists():
            path.unlink()
            return StoredFile(key=key, size=size)
        self._make_folders(target.parent)
        staged = target.with_name(f".{key}.{os.getpid()}.{id(path)}")
        try:
            path.rename(staged)
        except OSError:
            shutil.copyfile(path, staged)
            path.unlink()
        _sync(staged)
        staged.replace(target)
        _sync(target.parent)
        return StoredFile(key=key, size=size)

    def open(self, key: str) -> BinaryIO:
        """Return the bytes as an open file."""
        return self._existing(key).open("rb")

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """Yield the path of the bytes; they must not be changed."""
        yield self._existing(key)

    def delete(self, key: str) -> None:
        """Remove the bytes."""
        with suppress(FileNotFoundError):
            self._path(key).unlink()

    def _path(self, key: str) -> Path:
        if not _KEY.fullmatch(key):
            raise MissingBlobError("A stored file has a key of the wrong form.")
        return self._root / key[:2] / key[2:4] / key

    def _make_folders(self, folder: Path) -> None:
        if not folder.exists():
            folder.mkdir(parents=True, exist_ok=True)
            _sync(folder.parent)
            _sync(self._root)

    def _existing(self, key: str) -> Path:
        path = self._path(key)
        if not path.exists():
            raise MissingBlobError(f"The stored file {key[:12]} is missing from the blob store.")
        return path


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
