"""What every blob store does, and how bytes get their key."""

import hashlib
import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Protocol

from domain.errors import Permanent
from domain.model import StoredFile

KEY = re.compile(r"\b[0-9a-f]{64}\b")
"""The form of a key, alone or in a text."""


class MissingBlobError(Permanent):
    """The bytes that a row names are not in the store; restore them from a backup or upload the asset again."""


class BlobStore(Protocol):
    """A store of immutable bytes. All methods are safe to call from several threads and processes.

    Any of them may raise Unavailable, or OSError, when the disk or the service behind it cannot be used.
    """

    def put(self, path: Path) -> StoredFile:
        """Take the file at ``path`` (it is moved or copied) and return its key and size once it is durable.

        Bytes that are there already count as put now, or at least as put within the last quarter of an hour.
        """
        ...

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """Give a path to read the bytes from for the length of a ``with`` block; raises MissingBlobError."""
        ...

    def keys(self) -> Iterator[str]:
        """Yield the key of each blob; of those put or deleted meanwhile, some."""
        ...

    def delete(self, key: str, put_before: datetime) -> int | None:
        """Forget the bytes if they were last put before then; return how many that were, or None, forgetting none."""
        ...

    def clear_staging(self) -> None:
        """Remove what a crash left of files that were on their way; only while nobody on this machine puts."""
        ...


def file_of(path: Path) -> StoredFile:
    """Return the key and the size of the bytes at ``path``."""
    with path.open("rb") as file:
        key = hashlib.file_digest(file, "sha256").hexdigest()
    return StoredFile(key=key, size=path.stat().st_size)


def checked(key: str) -> str:
    """Return the key; raises MissingBlobError for a text of another form, which names no bytes."""
    if not KEY.fullmatch(key):
        raise MissingBlobError("A stored file has a key of the wrong form.")
    return key


def missing_blob(key: str) -> MissingBlobError:
    """Return the error for bytes that are not in the store."""
    return MissingBlobError("The stored file {key} is missing from the blob store.", key=key[:12])
