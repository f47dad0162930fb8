"""What every blob store does."""

from contextlib import AbstractContextManager
from pathlib import Path
from typing import BinaryIO, Protocol

from domain.model import StoredFile


class BlobStore(Protocol):
    """A store of immutable bytes. All methods are safe to call from several threads and processes."""

    def put(self, path: Path) -> StoredFile:
        """Take the file at ``path`` (it is moved or copied) and return its key and size once it is durable."""
        ...

    def open(self, key: str) -> BinaryIO:
        """Return the bytes as a file open for reading; raises MissingBlobError."""
        ...

    def as_file(self, key: str) -> AbstractContextManager[Path]:
        """Give a path to read the bytes from for the length of a ``with`` block; raises MissingBlobError."""
        ...

    def delete(self, key: str) -> None:
        """Forget the bytes; no error when there are none."""
        ...
