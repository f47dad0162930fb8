"""Rows of the outbox: what is owed, when it is due, and how it is settled."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import AuxRow, LogRow
from domain.words import verbatim
from store import tables
from store.engine import Database
from store.job_logs import add_rows, find_problems
from store.outbox import (
    DeliveryState,
    Message,
    NewMessage,
    add_message,
    count_by_state,
    find_by_state,
    find_due,
    mark_failed,
    mark_sent,
    revive,
)
from tests.store.rows import job_with_tasks

LATER = timedelta(hours=1)


@pytest.fixture
def job(database: Database) -> int:
    """The number of a job."""
    return job_with_tasks(database, 0)


def owe(database: Database, job: int, *targets: str) -> None:
    """Owe a callback to each target, one transaction each."""
    for target in targets:
        with database.write() as tx:
            add_message(tx, job, NewMessage(kind="callback", target=target, payload={"n": 1}))


def due(database: Database, after: timedelta = timedelta(0), limit: int = 20) -> tuple[Message, ...]:
    """What is due some time from now."""
    with database.read() as tx:
        return find_due(tx, utc_now() + after, limit)


def state(database: Database) -> sa.RowMapping:
    """The one row as it stands."""
    with database.read() as tx:
        return tx.execute(sa.select(tables.outbox)).mappings().one()


def test_what_is_owed_is_due_at_once_and_oldest_first(database: Database, job: int) -> None:
    owe(database, job, "b", "a", "c")

    found = due(database)

    assert [message.target for message in found] == ["b", "a", "c"]
    assert [(message.job_id, message.kind, message.payload, message.tries) for message in found] == [
        (job, "callback", {"n": 1}, 0)
    ] * 3


def test_a_job_owes_the_same_delivery_once(database: Database, job: int) -> None:
    owe(database, job, "a", "a")

    assert len(due(database)) == 1


def test_two_jobs_owe_the_same_target_each_their_own(database: Database, job: int) -> None:
    owe(database, job, "a")
    owe(database, job_with_tasks(database, 0, "second"), "a")

    assert len(due(database)) == 2


def test_a_delivery_that_is_rolled_back_is_not_owed(database: Database, job: int) -> None:
    def fail_after_owing() -> None:
        with database.write() as tx:
            add_message(tx, job, NewMessage(kind="mail", target="lab@example.com", payload={}))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_owing()

    assert due(database) == ()


def test_only_so_many_are_found_at_a_time(database: Database, job: int) -> None:
    owe(database, job, "a", "b", "c")

    assert [message.target for message in due(database, limit=2)] == ["a", "b"]


def test_what_was_sent_is_not_due_again(database: Database, job: int) -> None:
    owe(database, job, "a")
    (message,) = due(database)

    with database.write() as tx:
        mark_sent(tx, message)

    assert due(database, LATER) == ()
    assert state(database)["state"] == "sent"


def test_a_failed_try_is_due_again_at_its_time(database: Database, job: int) -> None:
    owe(database, job, "a")
    (message,) = due(database)

    with database.write() as tx:
        mark_failed(tx, message, "no answer", utc_now() + LATER)

    assert due(database) == ()
    assert [again.tries for again in due(database, 2 * LATER)] == [1]
    assert state(database)["last_error"] == "no answer"


def test_what_was_given_up_is_never_due_again(database: Database, job: int) -> None:
    owe(database, job, "a")
    (message,) = due(database)

    with database.write() as tx:
        mark_failed(tx, message, "refused", None)

    assert due(database, LATER) == ()
    assert (state(database)["state"], state(database)["last_error"]) == ("dead", "refused")


def test_what_is_settled_stays_as_it_was(database: Database, job: int) -> None:
    owe(database, job, "a")
    (message,) = due(database)
    with database.write() as tx:
        mark_sent(tx, message)

    with database.write() as tx:
        mark_failed(tx, message, "late news", None)

    assert (state(database)["state"], state(database)["last_error"]) == ("sent", None)


def test_a_target_may_be_of_any_length(database: Database, job: int) -> None:
    target = "https://receiver.example/?" + "".join(f"{n:x}" for n in range(30_000))
    owe(database, job, target, target)

    assert [message.target for message in due(database)] == [target]


def test_each_delivery_has_an_identifier_of_its_own_over_all_tries(database: Database, job: int) -> None:
    owe(database, job, "a", "b")
    first = due(database)
    with database.write() as tx:
        for message in first:
            mark_failed(tx, message, "no answer", utc_now())

    again = {message.target: message.uid for message in due(database)}

    assert again == {message.target: message.uid for message in first}
    assert len(set(again.values())) == 2
    assert all(len(uid) == 32 for uid in again.values())


def test_deliveries_are_counted_by_state(database: Database, job: int) -> None:
    with database.read() as tx:
        assert count_by_state(tx) == {"waiting": 0, "sent": 0, "dead": 0}
    owe(database, job, "a", "b", "c", "d")
    first, second, third, _fourth = due(database)

    with database.write() as tx:
        mark_sent(tx, first)
        mark_failed(tx, second, "refused", None)
        mark_failed(tx, third, "no answer", utc_now() + LATER)

    with database.read() as tx:
        assert count_by_state(tx) == {"waiting": 2, "sent": 1, "dead": 1}


def test_what_was_given_up_can_be_looked_at_the_newest_first(database: Database, job: int) -> None:
    owe(database, job, "a", "b", "c", "d")
    with database.write() as tx:
        for message in due(database)[:3]:
            mark_failed(tx, message, f"{message.target} refused", None)

    with database.read() as tx:
        found = find_by_state(tx, DeliveryState.DEAD, limit=2)

    assert [(message.target, message.last_error, message.tries) for message in found] == [
        ("c", "c refused", 1),
        ("b", "b refused", 1),
    ]


@pytest.mark.parametrize(("which", "revived"), [([0, 1], ["a", "b"]), ([1], ["b"]), ([3], []), (None, ["a", "b", "c"])])
def test_what_was_given_up_is_owed_again_from_now_on(
    database: Database, job: int, which: list[int] | None, revived: list[str]
) -> None:
    owe(database, job, "a", "b", "c", "d")
    messages = due(database)
    with database.write() as tx:
        for message in messages[:3]:
            mark_failed(tx, message, "refused", None)
        mark_sent(tx, messages[3])
    asked = utc_now()

    with database.write() as tx:
        found = revive(tx, None if which is None else [messages[n].id for n in which])

    assert sorted(message.target for message in found) == revived
    again = due(database)
    assert sorted(message.target for message in again) == revived
    assert all(message.created >= asked and message.tries == 0 for message in again)
    assert {message.uid for message in again} <= {message.uid for message in messages}


def test_the_problems_of_a_job_are_rows_of_some_types_and_rows_with_remarks(database: Database, job: int) -> None:
    remark = AuxRow(log_type="UploadWarning", message=verbatim("no profile"))
    rows = [
        LogRow(log_type="Success", message=verbatim("fine"), at=utc_now()),
        LogRow(log_type="Success", message=verbatim("remarked"), at=utc_now(), aux=(remark,)),
        LogRow(log_type="Failure", message=verbatim("broken"), at=utc_now()),
        LogRow(log_type="Failure", message=verbatim("one too many"), at=utc_now()),
    ]
    with database.write() as tx:
        add_rows(tx, job, rows)

    with database.read() as tx:
        total, found = find_problems(tx, job, ["Failure"], limit=2)

    assert total == 3
    assert [str(row.message) for row in found] == ["remarked", "broken"]
