"""Rows of exported files: what an export job packed for its client to fetch, until it expires."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import StoredFile
from store import tables as t
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportedFile:
    """A file of an export: the name it has there, and its bytes."""

    name: str
    stored: StoredFile


def add_exported_file(tx: Tx, job_id: int, file: ExportedFile, expires: datetime) -> None:
    """Add a file to a job's export; its name must be free there."""
    values = {"job_id": job_id, "name": file.name, "key": file.stored.key, "size": file.stored.size}
    tx.execute(sa.insert(t.exported_file).values(expires=expires, **values))


def find_exported_files(tx: Tx, job_id: int) -> tuple[ExportedFile, ...]:
    """Return the files of a job's export that have not expired, by name."""
    c = t.exported_file.c
    query = sa.select(c.name, c.key, c.size).where(c.job_id == job_id, c.expires > utc_now()).order_by(c.name)
    return tuple(
        ExportedFile(name=row.name, stored=StoredFile(key=row.key, size=row.size)) for row in tx.execute(query)
    )


def forget_expired_files(tx: Tx, now: datetime) -> None:
    """Let go of the files of exports that have expired by ``now``."""
    tx.execute(sa.delete(t.exported_file).where(t.exported_file.c.expires <= now))
