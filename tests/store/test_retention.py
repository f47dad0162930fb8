"""What is forgotten, and what is not: jobs past the history that is kept, with all that was told of them."""

from datetime import timedelta

import sqlalchemy as sa

from domain.clock import utc_now
from domain.states import TaskState
from jobs.retention import forget_old
from store import tables
from store.engine import Database
from store.outbox import NewMessage, add_message
from store.tables import metadata
from tests.store.orders import ended, restarted, submitted
from tests.store.rows import add_tenant

LATER = timedelta(days=31)
MONTH = timedelta(days=30)


def jobs(database: Database) -> list[int]:
    with database.read() as tx:
        return list(tx.scalars(sa.select(tables.job.c.id).order_by(tables.job.c.id)))


def test_an_old_job_goes_with_its_items_and_its_log_and_one_that_runs_stays(database: Database) -> None:
    company = add_tenant(database)
    old = ended(database, company, TaskState.DONE, TaskState.FAILED)
    running = submitted(database, company, 1)

    forget_old(database, utc_now() + LATER, MONTH)

    with database.read() as tx:
        left = {
            table.name: tx.scalar(sa.select(sa.func.count()).select_from(table).where(table.c.job_id == old))
            for table in metadata.tables.values()
            if "job_id" in table.c
        }
    assert jobs(database) == [running]
    assert not any(left.values())


def test_every_job_is_kept_without_a_limit(database: Database) -> None:
    kept = ended(database, add_tenant(database), TaskState.DONE)

    forget_old(database, utc_now() + LATER, None)

    assert jobs(database) == [kept]


def test_a_job_that_owes_a_delivery_is_kept(database: Database) -> None:
    owing = ended(database, add_tenant(database), TaskState.DONE)
    with database.write() as tx:
        add_message(tx, owing, NewMessage(kind="callback", target="http://receiver.example/", payload={}))

    forget_old(database, utc_now() + LATER, MONTH)

    assert jobs(database) == [owing]


def test_a_run_stays_when_the_one_before_it_is_forgotten(database: Database) -> None:
    first = ended(database, add_tenant(database), TaskState.FAILED)
    again = restarted(database, first)

    forget_old(database, utc_now() + LATER, MONTH)

    assert jobs(database) == [again.id]
