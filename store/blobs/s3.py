"""Blobs in an S3 bucket, for servers on several machines or disks that are not to hold them; read through a cache.

A blob that is removed while another process puts the same bytes is never lost: see `_outlives_removal`.
"""

import hashlib
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

import obstore
import structlog
from obstore.exceptions import BaseError
from obstore.store import S3Store

from domain.clock import utc_now
from domain.errors import RepriseError, Retryable, Unavailable
from domain.model import StoredFile
from store.blobs.cache import FileCache
from store.blobs.port import KEY, checked, file_of, missing_blob

FRESH = timedelta(minutes=15)
"""Bytes put within this time are not sent again; far less than the least grace period of `jobs.collection`."""
RESOLUTION = timedelta(seconds=1)
"""S3 tells the time of a put in whole seconds."""
ABANDONED = timedelta(minutes=10)
"""A removal that has lasted this long is one whose process died."""
REMOVAL_WAIT_S = 0.2
REMOVAL_WAITS = 50
CHUNK = 2**20
OPTIONS = ("endpoint", "region")

log = structlog.get_logger(__name__)


class UnusableBlobUrlError(RepriseError):
    """The setting that names the bucket cannot be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """A bucket, and a prefix in it without slashes at its ends. Without a key, the usual AWS environment has it."""

    name: str
    prefix: str = ""
    endpoint: str | None = None
    region: str = "us-east-1"
    access_key: str | None = field(default=None, repr=False)
    secret_key: str | None = field(default=None, repr=False)


def read_bucket_url(url: str) -> Bucket:
    """Return the bucket of ``s3://[key:secret@]bucket[/prefix][?endpoint=...&region=...]``.

    Key and secret are percent-encoded where they hold a slash or a plus. Raises UnusableBlobUrlError, which never
    repeats the URL.
    """
    form = "blob_url must be like s3://key:secret@bucket/prefix?endpoint=https://host&region=eu-central-1"
    try:
        parts = urlsplit(url)
        has_port = parts.port is not None
    except ValueError as error:
        raise UnusableBlobUrlError(f"{form}.") from error
    options = dict(parse_qsl(parts.query, keep_blank_values=True))
    unknown = sorted(options.keys() - set(OPTIONS))
    if unknown:
        raise UnusableBlobUrlError(f"{form}: {', '.join(unknown)} is no option; there are {', '.join(OPTIONS)}.")
    if parts.scheme != "s3" or not parts.hostname or has_port or (parts.username is None) != (parts.password is None):
        raise UnusableBlobUrlError(f"{form}.")
    endpoint = options.get("endpoint")
    if endpoint is not None and urlsplit(endpoint).scheme not in ("http", "https"):
        raise UnusableBlobUrlError(f"{form}: endpoint must be an http or https URL.")
    return Bucket(
        name=parts.netloc.rpartition("@")[2],
        prefix=parts.path.strip("/"),
        endpoint=endpoint,
        region=options.get("region", "us-east-1"),
        access_key=unquote(parts.username) if parts.username else None,
        secret_key=unquote(parts.password) if parts.password else None,
    )


class S3Blobs:
    """A blob store in a bucket: each blob is the object ``blobs/<key>``, each file at hand one of ``cache``."""

    def __init__(self, bucket: Bucket, cache: FileCache) -> None:
        self._store = _open(bucket)
        self._cache = cache

    def clear_staging(self) -> None:
        """Remove copies that processes of this machine had borrowed when they died."""
        self._cache.clear_lent()

    def put(self, path: Path) -> StoredFile:
        """Send the file unless its bytes were put just now, keep it at hand, and return its key and size."""
        stored = file_of(path)
        last_put = self._last_put(_blob(stored.key))
        if last_put is None or last_put < utc_now() - FRESH:
            self._send(stored.key, path, is_renewal=last_put is not None)
        self._cache.take(stored.key, path)
        return stored

    @contextmanager
    def as_file(self, key: str) -> Iterator[Path]:
        """Yield the path of a copy of the bytes; they must not be changed.

        Raises MissingBlobError, and Retryable when what came is not what was put.
        """
        with self._cache.lend(checked(key), lambda path: self._fetch(key, path)) as path:
            yield path

    def keys(self) -> Iterator[str]:
        """Yield the key of each blob; of those put or deleted meanwhile, some."""
        with _answering():
            for objects in obstore.list(self._store, prefix="blobs"):
                names = (str(found["path"]).rpartition("/")[2] for found in objects)
                yield from (name for name in names if KEY.fullmatch(name))

    def delete(self, key: str, put_before: datetime) -> int | None:
        """Remove the bytes if they were last put before then; return how many that were, or None, removing none."""
        blob, notice = _blob(checked(key)), _notice(key)
        if not self._is_older(blob, put_before):
            return None
        with _answering():
            obstore.put(self._store, notice, b"")
            try:
                found = self._head(blob)
                if found is None or found["last_modified"] + RESOLUTION > put_before:
                    return None  # it was put, or deleted, since the first look
                obstore.delete(self._store, blob)
            finally:
                obstore.delete(self._store, notice)
        self._cache.forget(key)
        return int(found["size"])

    def _send(self, key: str, path: Path, *, is_renewal: bool) -> None:
        for _wait in range(REMOVAL_WAITS):
            with _answering():
                obstore.put(self._store, _blob(key), path)
            if not is_renewal or self._outlives_removal(key):
                return
            time.sleep(REMOVAL_WAIT_S)
        raise Unavailable("The same bytes are being removed from the blob store.")

    def _outlives_removal(self, key: str) -> bool:
        """Return whether no removal can take what was just put.

        A removal puts its notice, looks at the time of the last put, deletes, and takes its notice back. Without a
        notice now, it either is over, and the blob is seen to be there or not, or will find the new time.
        """
        noticed = self._last_put(_notice(key))
        if noticed is not None and noticed > utc_now() - ABANDONED:
            return False
        return self._last_put(_blob(key)) is not None

    def _fetch(self, key: str, into: Path) -> None:
        digest = hashlib.sha256()
        with _answering(), into.open("wb") as file:
            try:
                found = obstore.get(self._store, _blob(key))
            except FileNotFoundError as error:
                raise missing_blob(key) from error
            for chunk in found.stream(min_chunk_size=CHUNK):
                digest.update(chunk)
                file.write(chunk)
        if digest.hexdigest() != key:
            raise Retryable("The blob store gave other bytes than those of the stored file {key}.", key=key[:12])

    def _is_older(self, name: str, moment: datetime) -> bool:
        last_put = self._last_put(name)
        return last_put is not None and last_put + RESOLUTION <= moment

    def _last_put(self, name: str) -> datetime | None:
        with _answering():
            found = self._head(name)
        return found["last_modified"] if found else None

    def _head(self, name: str) -> Any:
        try:
            return obstore.head(self._store, name)
        except FileNotFoundError:
            return None


def _open(bucket: Bucket) -> S3Store:
    given = {
        "endpoint": bucket.endpoint,
        "access_key_id": bucket.access_key,
        "secret_access_key": bucket.secret_key,
    }
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        region=bucket.region,
        client_options={"allow_http": (bucket.endpoint or "").startswith("http://"), "timeout": "10m"},
        retry_config={"max_retries": 4, "retry_timeout": timedelta(seconds=30)},
        **{name: value for name, value in given.items() if value is not None},  # type: ignore[arg-type]
    )


def _blob(key: str) -> str:
    return f"blobs/{key}"


def _notice(key: str) -> str:
    return f"removing/{key}"


@contextmanager
def _answering() -> Iterator[None]:
    """Turn what the service did not do into Unavailable; what is not found here is the bucket."""
    try:
        yield
    except (BaseError, PermissionError, FileNotFoundError) as error:
        log.warning("the blob store failed", reason=str(error).partition("\n")[0])
        raise Unavailable("The blob store does not do what is asked of it; the server's log has its answer.") from error
