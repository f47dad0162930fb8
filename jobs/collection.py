"""Removes bytes that no row has referred to for a while; which rows refer to which bytes is the store's to say.

A blob goes when two sweeps, a grace period apart, saw no reference to it, and nobody put its bytes in that period.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Event

import structlog

from store.blobs.port import BlobStore
from store.engine import Database
from store.exports import forget_expired_files
from store.references import load_unreferenced, referenced_keys, save_unreferenced

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class CollectionRules:
    """How often to sweep, and how long bytes must have been without a reference before they go."""

    every: timedelta
    grace: timedelta


class Collector:
    """Sweeps the blob store; one sweep at a time."""

    def __init__(self, database: Database, blobs: BlobStore, grace: timedelta) -> None:
        self._database = database
        self._blobs = blobs
        self._grace = grace
        self._stopped = Event()

    def sweep(self, now: datetime) -> None:
        """Note what is without a reference ``now``, and remove what has been so for the grace period."""
        with self._database.write() as tx:
            forget_expired_files(tx, now)
        unreferenced = set(self._blobs.keys())
        stored, cutoff = len(unreferenced), now - self._grace
        with self._database.read() as tx:
            for key in referenced_keys(tx):
                unreferenced.discard(key)
            since = load_unreferenced(tx)
        freed = self._remove([key for key in unreferenced if since.get(key, now) <= cutoff], cutoff)
        waiting = unreferenced - freed.keys()
        with self._database.write() as tx:
            save_unreferenced(tx, waiting, now)
        log.info("blobs swept", stored=stored, waiting=len(waiting), removed=len(freed), freed=sum(freed.values()))

    def stop(self) -> None:
        """Remove nothing further; what is left is the next sweep's."""
        self._stopped.set()

    def _remove(self, keys: list[str], cutoff: datetime) -> dict[str, int]:
        freed: dict[str, int] = {}
        for key in keys:
            if self._stopped.is_set():
                break
            size = self._blobs.delete(key, cutoff)
            if size is not None:
                freed[key] = size
        return freed
