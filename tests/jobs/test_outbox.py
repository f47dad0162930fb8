"""Delivering what is owed: one failure holds up no other, tries grow apart, and after a day it is given up."""

import ipaddress
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from jobs.mail import MailServer
from jobs.outbound import OutboundRules
from jobs.outbox import Outbox, replay
from store import tables
from store.companies import add_company
from store.engine import Database, sqlite_url
from store.job_logs import LogQuery, find_rows
from store.jobs import NewJob, add_job
from store.outbox import NewMessage, add_message
from store.schema import upgrade_schema
from tests.jobs.listener import WATCHDOG_S, listening

RULES = OutboundRules(allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),))


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with every table."""
    opened = Database(sqlite_url(tmp_path / "outbox.db"))
    upgrade_schema(opened)
    yield opened
    opened.close()


@pytest.fixture
def job(database: Database) -> int:
    """The number of a job."""
    with database.write() as tx:
        company = add_company(tx, name="LabCo", root="LabCo").id
        wanted = NewJob(company_id=company, kind="reprocess", name="nightly", submitter="lab@example.com", options={})
        return add_job(tx, wanted, "host").id


def owe(database: Database, job: int, kind: str, target: str) -> None:
    """Owe a delivery, whose mail has neither subject nor text."""
    with database.write() as tx:
        add_message(tx, job, NewMessage(kind=kind, target=target, payload={}))


def deliver(outbox: Outbox) -> None:
    """Try what is due and wait for it."""
    wait(outbox.deliver_due())


def states(database: Database) -> list[tuple[str, int]]:
    """The state and the failed tries of each delivery."""
    with database.read() as tx:
        return [tuple(row) for row in tx.execute(sa.select(tables.outbox.c.state, tables.outbox.c.tries))]


def warnings(database: Database, job: int) -> list[str]:
    """The warnings in the job's log."""
    with database.read() as tx:
        _, rows = find_rows(tx, LogQuery(job_id=job, log_types=("UploadWarning",)))
    return [str(row.message) for row in rows]


def test_a_delivery_that_cannot_even_be_made_holds_up_no_other(database: Database, job: int) -> None:
    server = MailServer(url="smtp://127.0.0.1:9", sender="jobs@example.com")
    with listening() as host:
        owe(database, job, "mail", "lab@example.com")
        owe(database, job, "callback", host.url("/done"))

        with closing(Outbox(database, server, RULES)) as outbox:
            deliver(outbox)

    assert host.count == 1
    assert states(database) == [("waiting", 1), ("sent", 0)]


def test_nothing_more_is_delivered_once_the_outbox_is_stopped(database: Database, job: int) -> None:
    with closing(Outbox(database, None, RULES)) as outbox, listening(on_call=outbox.stop) as host:
        owe(database, job, "callback", host.url("/first"))
        owe(database, job, "callback", host.url("/second"))

        deliver(outbox)

    assert host.next_call() == "GET /first"
    assert states(database) == [("sent", 0), ("waiting", 0)]


def test_the_tries_grow_apart(database: Database, job: int) -> None:
    box, waits = tables.outbox, []
    with closing(Outbox(database, None, RULES)) as outbox, listening(statuses=(503,)) as host:
        owe(database, job, "callback", host.url("/done"))
        for _try in range(4):
            begun = utc_now()
            deliver(outbox)
            with database.write() as tx:
                waits.append(tx.scalars(sa.select(box.c.next_try)).one() - begun)
                tx.execute(sa.update(box).values(next_try=begun))

    assert host.count == 4
    least = [timedelta(seconds=5 * 2**n) for n in range(4)]
    assert all(low <= wait < 1.5 * low for low, wait in zip(least, waits, strict=True)), waits


def test_what_failed_together_is_not_tried_again_together(database: Database, job: int) -> None:
    with closing(Outbox(database, None, RULES)) as outbox, listening(statuses=(503,)) as host:
        for number in range(10):
            owe(database, job, "callback", host.url(f"/{number}"))

        deliver(outbox)

    with database.read() as tx:
        tries = tx.scalars(sa.select(tables.outbox.c.next_try).order_by(tables.outbox.c.id)).all()
    assert tries != sorted(tries)


def test_what_was_given_up_is_delivered_when_it_is_replayed_and_has_a_day_anew(database: Database, job: int) -> None:
    with closing(Outbox(database, None, RULES)) as outbox, listening(statuses=(404, 503, 200)) as host:
        owe(database, job, "callback", host.url("/done"))
        with database.write() as tx:
            tx.execute(sa.update(tables.outbox).values(created=utc_now() - timedelta(days=30)))
        deliver(outbox)

        with database.write() as tx:
            revived = replay(tx, None)
        deliver(outbox)
        with database.write() as tx:
            tx.execute(sa.update(tables.outbox).values(next_try=utc_now()))
        deliver(outbox)

    assert [message.target for message in revived] == [host.url("/done")]
    assert states(database) == [("sent", 1)]
    assert warnings(database, job) == [
        "The callback was given up (tries: 1): The URL answered with status 404.",
        "The callback that was given up is tried again.",
    ]


def test_what_has_failed_for_a_day_is_given_up_with_a_row(database: Database, job: int) -> None:
    with listening(statuses=(503,)) as host:
        owe(database, job, "callback", host.url("/done"))
        with database.write() as tx:
            tx.execute(sa.update(tables.outbox).values(created=utc_now() - timedelta(days=1), tries=30))

        with closing(Outbox(database, None, RULES)) as outbox:
            deliver(outbox)

    assert states(database) == [("dead", 31)]
    assert warnings(database, job) == ["The callback was given up (tries: 31): The URL answered with status 503."]


def test_a_receiver_that_does_not_answer_holds_up_no_other(database: Database, job: int) -> None:
    answered = Event()
    with (
        closing(Outbox(database, None, RULES)) as outbox,
        listening(on_call=lambda: assert_set(answered)) as slow,
        listening(on_call=answered.set) as quick,
    ):
        for path in ("/first", "/second", "/third", "/fourth", "/fifth"):
            owe(database, job, "callback", slow.url(path))
        owe(database, job, "callback", quick.url("/done"))

        deliver(outbox)

    assert [slow.count, quick.count] == [5, 1]


def test_a_receiver_is_told_one_thing_at_a_time_in_the_order_of_their_ends(database: Database, job: int) -> None:
    with closing(Outbox(database, None, RULES)) as outbox, listening() as host:
        for path in ("/first", "/second", "/third"):
            owe(database, job, "callback", host.url(path))

        deliver(outbox)

    assert [host.next_call() for _call in range(3)] == ["GET /first", "GET /second", "GET /third"]


def test_what_becomes_due_while_a_receiver_is_waited_for_is_delivered_at_once(database: Database, job: int) -> None:
    answered = Event()
    with (
        closing(Outbox(database, None, RULES)) as outbox,
        listening(on_call=lambda: assert_set(answered)) as slow,
        listening(on_call=answered.set) as quick,
    ):
        owe(database, job, "callback", slow.url("/first"))
        waited_for = outbox.deliver_due()
        owe(database, job, "callback", quick.url("/done"))

        deliver(outbox)
        wait(waited_for)

    assert states(database) == [("sent", 0), ("sent", 0)]


def test_what_is_on_its_way_is_not_sent_again(database: Database, job: int) -> None:
    looked = Event()
    with (
        closing(Outbox(database, None, RULES)) as outbox,
        listening(on_call=lambda: assert_set(looked)) as slow,
    ):
        owe(database, job, "callback", slow.url("/done"))
        first = outbox.deliver_due()

        second = outbox.deliver_due()
        looked.set()
        wait(first)

    assert (len(first), len(second), slow.count) == (1, 0, 1)


def assert_set(event: Event) -> None:
    assert event.wait(WATCHDOG_S)
