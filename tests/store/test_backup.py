"""Backups of both databases and of files: complete, brought up to date, brought back, and checked to the byte."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

import pytest
import sqlalchemy as sa

from store import tables as t
from store.backup import BLOBS, ROWS, Copied, NoBackupError, NotEmptyError, back_up, restore, verify
from store.blobs.local import LocalBlobs
from store.blobs.port import BlobStore
from store.engine import Database, sqlite_url
from store.projects import add_project, delete_project
from store.schema import SchemaTooNewError, upgrade_schema
from tests.store.postgres import own_schema
from tests.store.rows import add_tenant, job_with_tasks, stored_asset
from tests.store.shelves import Shelf, file_with


@dataclass(frozen=True, slots=True)
class Stocked:
    """A database and a blob store: two assets, of which ``keys`` are the bytes, a job, and bytes without a row."""

    database: Database
    blobs: BlobStore
    folder: Path
    keys: tuple[str, str]
    company: int

    def back_up(self) -> Copied:
        return back_up(self.database, self.blobs, self.folder / "backup")


def stock(database: Database, blobs: BlobStore, folder: Path) -> Stocked:
    one, two, _stray = (blobs.put(file_with(folder, content)) for content in (b"one", b"two", b"stray"))
    company = add_tenant(database)
    for original in (one, two):
        stored_asset(database, company, original.key, original=original)
    job_with_tasks(database, 3, company_id=company)
    return Stocked(database, blobs, folder, (one.key, two.key), company)


@pytest.fixture
def stocked(tmp_path: Path) -> Iterator[Stocked]:
    """What most of these tests back up: SQLite and a folder."""
    with closing(Database(sqlite_url(tmp_path / "old.db"))) as opened:
        upgrade_schema(opened)
        yield stock(opened, LocalBlobs(tmp_path / "old"), tmp_path)


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Database]:
    """A database of SQLite to restore into."""
    (tmp_path / "new").mkdir()
    with closing(Database(sqlite_url(tmp_path / "new" / ROWS))) as opened:
        upgrade_schema(opened)
        yield opened


@pytest.fixture
def other(tmp_path: Path) -> LocalBlobs:
    """A blob store to restore into."""
    return LocalBlobs(tmp_path / "new" / BLOBS)


def rows_of(database: Database) -> dict[str, list[tuple[object, ...]]]:
    with database.read() as tx:
        return {
            name: [tuple(row) for row in tx.execute(sa.select(table).order_by(*table.primary_key))]
            for name, table in t.metadata.tables.items()
        }


def test_what_is_restored_equals_what_was_backed_up(
    database: Database, shelf: Shelf, empty: Database, other: LocalBlobs, tmp_path: Path
) -> None:
    stocked = stock(database, shelf.blobs, tmp_path)

    saved = stocked.back_up()
    brought = restore(tmp_path / "backup", empty, other, tmp_path)

    assert (saved.copied, saved.lost, brought.copied, brought.lost) == (2, (), 2, ())
    assert rows_of(empty) == rows_of(database)
    assert set(other.keys()) == set(stocked.keys)
    assert verify(empty, other) == (2, ())


def test_a_backup_of_sqlite_can_go_to_postgres(stocked: Stocked, postgres_url: str) -> None:
    stocked.back_up()
    with own_schema(postgres_url) as url, closing(Database(url)) as new:
        upgrade_schema(new)
        restore(stocked.folder / "backup", new, stocked.blobs, stocked.folder)

        assert rows_of(new) == rows_of(stocked.database)


def test_no_number_is_given_out_again_after_a_restore(
    database: Database, empty: Database, other: LocalBlobs, tmp_path: Path
) -> None:
    stocked = stock(database, LocalBlobs(tmp_path / "old"), tmp_path)
    with database.write() as tx:
        last = add_project(tx, stocked.company, "deleted")
        delete_project(tx, last)
    stocked.back_up()
    restore(tmp_path / "backup", empty, other, tmp_path)

    with empty.write() as tx:
        assert add_project(tx, stocked.company, "next") == last + 1


def test_a_second_backup_copies_what_is_new(stocked: Stocked) -> None:
    stocked.back_up()
    late = stocked.blobs.put(file_with(stocked.folder, b"late"))
    stored_asset(stocked.database, stocked.company, "late", original=late)

    again = stocked.back_up()

    assert (again.copied, again.present) == (1, 2)
    assert {path.name for path in (stocked.folder / "backup").iterdir()} == {ROWS, BLOBS, f"{BLOBS}.lock"}


def test_what_is_missing_or_damaged_is_named(stocked: Stocked, empty: Database, other: LocalBlobs) -> None:
    stocked.back_up()
    saved = LocalBlobs(stocked.folder / "backup" / BLOBS)
    missing, damaged = stocked.keys
    with saved.as_file(missing) as gone, saved.as_file(damaged) as rotten:
        gone.unlink()
        rotten.write_bytes(b"rotten")

    brought = restore(stocked.folder / "backup", empty, other, stocked.folder)

    lost = tuple(sorted(stocked.keys))
    assert (brought.copied, brought.lost) == (0, lost)
    assert verify(empty, other) == (2, lost)


def test_a_damaged_file_that_was_there_before_is_found_by_verifying(
    stocked: Stocked, empty: Database, other: LocalBlobs
) -> None:
    stocked.back_up()
    other.put(file_with(stocked.folder, b"one"))
    with other.as_file(stocked.keys[0]) as path:
        path.write_bytes(b"rotten")

    brought = restore(stocked.folder / "backup", empty, other, stocked.folder)

    assert (brought.copied, brought.present, brought.lost) == (1, 1, ())
    assert verify(empty, other) == (2, stocked.keys[:1])


def test_nothing_is_restored_over_rows(stocked: Stocked) -> None:
    stocked.back_up()

    with pytest.raises(NotEmptyError, match="empty data folder"):
        restore(stocked.folder / "backup", stocked.database, stocked.blobs, stocked.folder)


def test_a_folder_without_a_backup_is_refused(empty: Database, other: LocalBlobs, tmp_path: Path) -> None:
    with pytest.raises(NoBackupError, match=ROWS):
        restore(tmp_path / "nowhere", empty, other, tmp_path)


def test_the_backup_of_a_newer_version_is_refused(
    stocked: Stocked, empty: Database, other: LocalBlobs, tmp_path: Path
) -> None:
    stocked.back_up()
    with closing(Database(sqlite_url(tmp_path / "backup" / ROWS))) as saved, saved.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_from_the_future'")

    with pytest.raises(SchemaTooNewError, match="9999_from_the_future"):
        restore(tmp_path / "backup", empty, other, tmp_path)
