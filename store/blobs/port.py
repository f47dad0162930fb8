"""What every blob store does."""

import re
from collections.abc import Iterator
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Protocol

from domain.model import StoredFile

KEY = re.compile(r"\b[0-9a-f]{64}\b")
"""The form of a key, alone or in a text."""


class BlobStore(Protocol):
    """A store of immutable bytes. All methods are safe to call from several threads and processes."""

    def put(self, path: Path) -> StoredFile:
        """Take the file at ``path`` (it is moved or copied) and return its key and size once it is durable.

        Bytes that are there already count as put now.
        """
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the bytes as a file open for reading; raises MissingBlobError."""
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
