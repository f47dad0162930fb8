"""Backups: every row as one SQLite file, every blob that a row refers to as a file beside it, and the way back.

The rows are read before the blobs are copied, and get their place after them, so that a backup that was interrupted is
the one before. A blob is copied only where its content is what its key says.
"""

import shutil
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import sqlalchemy as sa

from domain.errors import RepriseError, Retryable
from store import tables as t
from store.blobs.local import LocalBlobs
from store.blobs.port import BlobStore, MissingBlobError, file_of
from store.engine import Database, Tx, is_postgres, sqlite_url
from store.references import referenced_keys
from store.schema import copy_sqlite, upgrade_schema

ROWS = "reprise.db"
BLOBS = "blobs"
CHUNK = 1000


class NoBackupError(RepriseError):
    """The folder to restore from holds no backup."""


class NotEmptyError(RepriseError):
    """The database to restore into has rows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """What became of the blobs: how many were copied, how many were there, and the keys of those that are lost."""

    copied: int
    present: int
    lost: tuple[str, ...]


def back_up(database: Database, blobs: BlobStore, into: Path) -> Copied:
    """Write a backup into the folder ``into``, or bring the one that is there up to date; the server may run."""
    into.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=into) as folder:
        rows = Path(folder) / ROWS
        _save_rows(database, rows)
        with closing(Database(sqlite_url(rows))) as saved:
            keys = _keys(saved)
        copied = _copy_blobs(keys, blobs, LocalBlobs(into / BLOBS), into)
        rows.replace(into / ROWS)
    return copied


def restore(source: Path, database: Database, blobs: BlobStore, scratch: Path) -> Copied:
    """Fill an empty database and the blob store from the backup in ``source``, of this version or an older one.

    Raises NoBackupError, NotEmptyError, and SchemaTooNewError for the backup of a newer version.
    """
    if not (source / ROWS).is_file():
        raise NoBackupError(f"There is no backup here: a folder with {ROWS} and {BLOBS}/ is wanted.")
    _refuse_rows(database)
    with TemporaryDirectory(dir=scratch) as folder:
        rows = Path(folder) / ROWS
        shutil.copyfile(source / ROWS, rows)
        with closing(Database(sqlite_url(rows))) as saved:
            upgrade_schema(saved)
            copied = _copy_blobs(_keys(saved), LocalBlobs(source / BLOBS), blobs, scratch)
            with saved.read() as tx, database.write() as target:
                copy_rows(tx, target)
    return copied


def verify(database: Database, blobs: BlobStore) -> tuple[int, tuple[str, ...]]:
    """Read every blob that a row refers to; return how many those are, and the keys of the missing and the damaged."""
    keys = _keys(database)
    return len(keys), tuple(key for key in sorted(keys) if not _is_sound(blobs, key))


def copy_rows(source: Tx, target: Tx) -> None:
    """Copy every row into a database without companies, and where its numbers go on: none is given out twice.

    The rows that every new database begins with give way to the source's.
    """
    for table in reversed(t.metadata.sorted_tables):
        target.execute(sa.delete(table))
    for table in t.metadata.sorted_tables:
        rows = source.execute(sa.select(table).order_by(*table.primary_key).execution_options(yield_per=CHUNK))
        for some in rows.mappings().partitions():
            target.execute(sa.insert(table), [dict(row) for row in some])
        last = _last_number(source, table)
        if last is not None:
            _go_on_after(target, table, last)


def _save_rows(database: Database, into: Path) -> None:
    if database.is_sqlite:
        copy_sqlite(database.path, into)
        return
    with closing(Database(sqlite_url(into))) as copy:
        upgrade_schema(copy)
        with database.read() as tx, copy.write() as target:
            copy_rows(tx, target)


def _keys(database: Database) -> frozenset[str]:
    with database.read() as tx:
        return frozenset(referenced_keys(tx))


def _copy_blobs(keys: Iterable[str], source: BlobStore, target: BlobStore, scratch: Path) -> Copied:
    there, copied, present, lost = frozenset(target.keys()), 0, 0, []
    with TemporaryDirectory(dir=scratch) as folder:
        for key in sorted(keys):
            if key in there:
                present += 1
            elif _copy_blob(key, source, target, Path(folder) / key):
                copied += 1
            else:
                lost.append(key)
    return Copied(copied=copied, present=present, lost=tuple(lost))


def _copy_blob(key: str, source: BlobStore, target: BlobStore, staged: Path) -> bool:
    try:
        with source.as_file(key) as path:
            shutil.copyfile(path, staged)
    except MissingBlobError:
        return False
    if file_of(staged).key != key:
        staged.unlink()
        return False
    target.put(staged)
    return True


def _is_sound(blobs: BlobStore, key: str) -> bool:
    try:
        with blobs.as_file(key) as path:
            return file_of(path).key == key
    except (MissingBlobError, Retryable):
        return False


def _refuse_rows(database: Database) -> None:
    with database.read() as tx:
        if tx.scalar(sa.select(sa.exists().select_from(t.company))):
            raise NotEmptyError("The database has rows: restore into an empty data folder or an empty database.")


def _last_number(tx: Tx, table: sa.Table) -> int | None:
    """Return the highest number that the table has ever given out; None for a table that numbers nothing."""
    if "id" not in table.columns:
        return None
    if is_postgres(tx):
        last = "SELECT pg_sequence_last_value(pg_get_serial_sequence(:name, 'id')\\:\\:regclass)"
    else:
        last = "SELECT seq FROM sqlite_sequence WHERE name = :name"
    found: int | None = tx.scalar(sa.text(last), {"name": table.name})
    return found


def _go_on_after(tx: Tx, table: sa.Table, last: int) -> None:
    if is_postgres(tx):
        steps = ["SELECT setval(pg_get_serial_sequence(:name, 'id')\\:\\:regclass, :last)"]
    else:
        steps = ["DELETE FROM sqlite_sequence WHERE name = :name", "INSERT INTO sqlite_sequence VALUES (:name, :last)"]
    for step in steps:
        tx.execute(sa.text(step), {"name": table.name, "last": last})
