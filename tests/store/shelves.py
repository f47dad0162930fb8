"""Blob stores of each kind for the tests, with a way to make what lies in them old."""

import hashlib
import os
from abc import ABC, abstractmethod
from datetime import timedelta
from pathlib import Path

from moto.s3.models import FakeKey, s3_backends

from domain.clock import utc_now
from store.blobs.cache import FileCache
from store.blobs.local import LocalBlobs
from store.blobs.port import BlobStore
from store.blobs.s3 import S3Blobs, read_bucket_url

CONTENT = b"pixels" * 1000
KEY = hashlib.sha256(CONTENT).hexdigest()
AGE = timedelta(hours=2)


class Shelf(ABC):
    """A blob store, and its bytes' age."""

    blobs: BlobStore

    @abstractmethod
    def make_old(self, key: str) -> None:
        """Make it two hours since the bytes were put."""


class LocalShelf(Shelf):
    def __init__(self, folder: Path) -> None:
        self.blobs = LocalBlobs(folder / "blobs")

    def make_old(self, key: str) -> None:
        with self.blobs.as_file(key) as path:
            make_old(path)


class BucketShelf(Shelf):
    def __init__(self, folder: Path, url: str, cache_bytes: int = 2**20) -> None:
        self.bucket = read_bucket_url(url)
        self.folder = folder
        self.blobs = S3Blobs(self.bucket, FileCache(folder / "cache", cache_bytes))

    def make_old(self, key: str) -> None:
        self.age(f"blobs/{key}")

    def age(self, name: str) -> None:
        """Make it two hours since the object was put."""
        self.object(name).last_modified -= AGE

    def overwrite(self, name: str, content: bytes) -> None:
        """Give the object other bytes."""
        self.object(name).value = content  # type: ignore[misc]

    def object(self, name: str) -> FakeKey:
        """The object as it is in the S3 server's own memory."""
        (backend,) = (account["aws"] for account in s3_backends.values())
        found: FakeKey = backend.buckets[self.bucket.name].keys[f"{self.bucket.prefix}/{name}"]
        return found


def file_with(folder: Path, content: bytes = CONTENT, name: str = "new.tif") -> Path:
    """Return the path of a new file."""
    path = folder / name
    path.write_bytes(content)
    return path


def make_old(path: Path) -> None:
    """Make a file two hours old."""
    then = (utc_now() - AGE).timestamp()
    os.utime(path, (then, then))
