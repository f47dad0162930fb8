"""Transactions: all or nothing, writers that queue, readers that see one state."""

import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing

import pytest
import sqlalchemy as sa

from store import tables as t
from store.companies import load_company
from store.engine import Database
from store.schema import upgrade_schema
from store.users import add_user, count_users
from tests.store.postgres import own_schema
from tests.store.rows import add_tenant, job_with_tasks, loaded

WRITERS = 4
ROUNDS = 300


def updated(tx: sa.Connection, job_id: int) -> int:
    """Read one of the job's counters for changing it."""
    query = sa.select(t.job.c.updated).where(t.job.c.id == job_id).with_for_update()
    return int(tx.execute(query).scalar_one())


def test_read_modify_write_from_four_threads_loses_nothing(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    before = loaded(database, job_id).counts.updated

    def grow(_n: int) -> None:
        for _round in range(ROUNDS):
            with database.write() as tx:
                value = updated(tx, job_id) + 1
                tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(updated=value))

    with ThreadPoolExecutor(WRITERS) as threads:
        list(threads.map(grow, range(WRITERS)))

    assert loaded(database, job_id).counts.updated - before == WRITERS * ROUNDS


def test_a_transaction_that_raises_leaves_nothing(database: Database) -> None:
    def add_and_fail(tx: sa.Connection) -> None:
        add_user(tx, email="lab@example.com", names=("Lab", "User"), password_hash="x")
        _ = 1 // 0

    with pytest.raises(ZeroDivisionError), database.write() as tx:
        add_and_fail(tx)

    with database.read() as tx:
        assert count_users(tx) == 0


def test_a_reader_sees_one_state_though_another_writes(database: Database) -> None:
    with database.read() as tx:
        before = count_users(tx)
        with database.write() as writer:
            add_user(writer, email="lab@example.com", names=("Lab", "User"), password_hash="x")
        assert count_users(tx) == before

    with database.read() as tx:
        assert count_users(tx) == before + 1


def test_a_reader_does_not_wait_for_a_writer(database: Database) -> None:
    company = add_tenant(database)
    is_read = threading.Event()

    def read() -> None:
        with database.read() as tx:
            load_company(tx, company)
        is_read.set()

    with database.write() as tx:
        tx.execute(sa.update(t.company).values(name="Renamed"))
        reader = threading.Thread(target=read)
        reader.start()
        assert is_read.wait(20)
    reader.join()


def test_a_datetime_without_a_zone_is_refused(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    naive = loaded(database, job_id).created.replace(tzinfo=None)

    with pytest.raises(sa.exc.StatementError, match="without a zone"), database.write() as tx:
        tx.execute(sa.update(t.job).values(ended=naive))


def test_a_row_that_names_a_missing_company_is_refused(database: Database) -> None:
    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        tx.execute(sa.insert(t.publish_context).values(company_id=999, type="Video", name="Video"))


def test_a_writer_that_freezes_gives_its_rows_up(postgres_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.engine._NEVER_IDLE", "SET LOCAL idle_in_transaction_session_timeout = '300ms'")
    with own_schema(postgres_url) as url, closing(Database(url)) as database:
        upgrade_schema(database)
        job_id = job_with_tasks(database, 0)

        def freeze(tx: sa.Connection) -> None:
            updated(tx, job_id)
            with database.write() as other:  # waits for the row
                other.execute(sa.update(t.job).where(t.job.c.id == job_id).values(updated=7))
            updated(tx, job_id)

        with pytest.raises(sa.exc.DBAPIError, match="idle-in-transaction"), database.write() as tx:
            freeze(tx)

        assert loaded(database, job_id).counts.updated == 7
