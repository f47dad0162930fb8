"""Errors that mean that nothing can be stored now, told from all others."""

import errno
import os
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa

from domain.errors import Unavailable
from store.engine import Database, sqlite_url
from store.schema import upgrade_schema
from store.unavailable import unavailability


def run_all(database: Database, statements: Sequence[str]) -> None:
    with database.write() as tx:
        for statement in statements:
            tx.exec_driver_sql(statement)


def raised_by_sqlite(path: Path, *statements: str) -> BaseException:
    """Return the error with which the last statement ends."""
    with closing(Database(sqlite_url(path))) as database:
        upgrade_schema(database)
        with pytest.raises(sa.exc.DBAPIError) as raised:
            run_all(database, statements)
    return raised.value


@pytest.mark.parametrize(
    ("number", "said"),
    [(errno.ENOSPC, "The disk is full."), (errno.EDQUOT, "quota"), (errno.EROFS, "The disk is read-only.")],
)
def test_a_disk_that_takes_nothing_is_known(number: int, said: str) -> None:
    found = unavailability(OSError(number, os.strerror(number)))

    assert found is not None
    assert said in str(found)
    assert not found.counts_as_failure


@pytest.mark.parametrize("error", [OSError(errno.ENOENT, "no such file"), ConnectionResetError(), ValueError("full")])
def test_another_error_is_none_of_them(error: Exception) -> None:
    assert unavailability(error) is None


def test_a_full_sqlite_is_known(tmp_path: Path) -> None:
    error = raised_by_sqlite(
        tmp_path / "a.db", "PRAGMA max_page_count = 1", "CREATE TABLE big AS SELECT zeroblob(10000000) AS b"
    )

    assert "full" in str(unavailability(error))


def test_a_read_only_sqlite_is_known(tmp_path: Path) -> None:
    error = raised_by_sqlite(tmp_path / "a.db", "PRAGMA query_only = ON", "DELETE FROM company")

    assert str(unavailability(error)) == "The database is read-only."


def test_a_broken_constraint_of_sqlite_is_none_of_them(tmp_path: Path) -> None:
    statement = "INSERT INTO publish_mark VALUES (1, 1, 1)"

    assert unavailability(raised_by_sqlite(tmp_path / "a.db", statement)) is None


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        (["SET TRANSACTION READ ONLY", "CREATE TABLE never (id int)"], "The database is read-only."),
        (["DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '53100'; END $$"], "disk is full"),
        (["DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40P01'; END $$"], "waited for each other"),
        (["SELECT pg_terminate_backend(pg_backend_pid())"], "does not answer"),
    ],
)
def test_a_postgres_that_takes_nothing_is_known(postgres_url: str, statements: Sequence[str], said: str) -> None:
    with closing(Database(postgres_url)) as database, pytest.raises(sa.exc.DBAPIError) as raised:
        run_all(database, statements)

    assert said in str(unavailability(raised.value))


def test_a_postgres_that_is_not_there_is_known() -> None:
    database = Database("postgresql://127.0.0.1:1/reprise")

    with pytest.raises(sa.exc.OperationalError) as raised, database.read():
        pass

    assert "does not answer" in str(unavailability(raised.value))


def test_a_mistaken_statement_on_postgres_is_none_of_them(postgres_url: str) -> None:
    with (
        closing(Database(postgres_url)) as database,
        pytest.raises(sa.exc.DBAPIError) as raised,
        database.write() as tx,
    ):
        tx.exec_driver_sql("SELECT * FROM nowhere")

    assert unavailability(raised.value) is None


def test_a_reader_leaves_it_to_the_server_whether_its_connection_may_write(postgres_url: str) -> None:
    with closing(Database(postgres_url)) as database:
        with database.write() as tx:
            tx.exec_driver_sql("SET default_transaction_read_only = on")
        with database.read() as tx:
            tx.exec_driver_sql("SELECT 1")

        with pytest.raises(sa.exc.InternalError, match="read-only"), database.write() as tx:
            tx.exec_driver_sql("CREATE TABLE never (id int)")


def test_an_unavailable_store_is_known() -> None:
    error = Unavailable("The blob store does not do what is asked of it.")

    assert unavailability(error) is error
