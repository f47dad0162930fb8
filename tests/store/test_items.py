"""What readers of a job's items, of an asset's history and of the last minutes find, page by page."""

from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import LogRow, NewTask
from domain.states import TaskState
from domain.words import verbatim
from store import ledger, throughput
from store import tables as t
from store.engine import Database
from store.items import FailureGroup, ItemFilter, find_items, find_items_of_asset, group_failures
from store.job_logs import LogPage, add_rows, find_log_page
from store.ledger import Settlement
from store.throughput import count_waiting, find_in_hand, find_minutes
from tests.store.rows import OWNER, claimed, job_with_tasks, new_job, own_tenant, stored_asset

FAILED = ItemFilter(states=(TaskState.FAILED,))


def ended_task(database: Database, job_id: int, **ended: object) -> None:
    task = claimed(database, job_id)
    with database.write() as tx:
        ledger.settle(tx, task, Settlement(**ended))  # type: ignore[arg-type]


def test_items_come_in_their_order_page_by_page(common_database: Database) -> None:
    job_id = job_with_tasks(common_database, 5, company_id=own_tenant(common_database))

    with common_database.read() as tx:
        first = find_items(tx, job_id, ItemFilter(), limit=3)
        rest = find_items(tx, job_id, ItemFilter(), first[-1].seq, limit=3)

    assert [item.seq for item in (*first, *rest)] == [0, 1, 2, 3, 4]


def test_failures_are_found_alone_and_grouped_by_reason(common_database: Database) -> None:
    job_id = job_with_tasks(common_database, 4, company_id=own_tenant(common_database))
    for reason in ("DamagedImage", "SlotTimeoutError", "DamagedImage"):
        ended_task(common_database, job_id, state=TaskState.FAILED, error=f"It is {reason}.", reason=reason)
    ended_task(common_database, job_id, state=TaskState.DONE)

    with common_database.read() as tx:
        groups = group_failures(tx, job_id)
        failed = find_items(tx, job_id, FAILED)
        slow = find_items(tx, job_id, ItemFilter(states=(TaskState.FAILED,), reason="SlotTimeoutError"))

    assert groups == (
        FailureGroup(reason="DamagedImage", number=2, example="It is DamagedImage."),
        FailureGroup(reason="SlotTimeoutError", number=1, example="It is SlotTimeoutError."),
    )
    assert ([item.seq for item in failed], [item.seq for item in slow]) == ([0, 1, 2], [1])


def test_an_item_of_an_upload_is_about_the_asset_that_its_log_names(common_database: Database) -> None:
    company = own_tenant(common_database)
    asset_id = stored_asset(common_database, company)
    job_id = job_with_tasks(common_database, 1, company_id=company)
    task = claimed(common_database, job_id)
    row = LogRow(log_type="FileSuccess", message=verbatim("Taken."), at=utc_now(), task_id=task.id, asset_id=asset_id)
    with common_database.write() as tx:
        add_rows(tx, job_id, [row])

    with common_database.read() as tx:
        (item,) = find_items(tx, job_id, ItemFilter())

    assert (item.asset_id, item.asset_name) == (asset_id, "shoe")


def test_the_history_of_an_asset_is_its_companys(common_database: Database) -> None:
    company, stranger = own_tenant(common_database), own_tenant(common_database)
    asset_id = stored_asset(common_database, company)
    with common_database.write() as tx:
        job_id = new_job(tx, company).id
        ledger.add_tasks(tx, job_id, company, [NewTask(label="shoe.jpg", asset_id=asset_id)])

    with common_database.read() as tx:
        ours = find_items_of_asset(tx, company, asset_id)
        theirs = find_items_of_asset(tx, stranger, asset_id)

    assert ([(job.id, state) for job, state in ours], theirs) == ([(job_id, TaskState.READY)], ())


def test_a_log_is_read_by_number_in_both_directions(common_database: Database) -> None:
    job_id = job_with_tasks(common_database, 0, company_id=own_tenant(common_database))
    rows = [LogRow(log_type="FileProgress", message=verbatim(str(n)), at=utc_now()) for n in range(4)]
    with common_database.write() as tx:
        add_rows(tx, job_id, rows)

    with common_database.read() as tx:
        first = find_log_page(tx, job_id, LogPage(limit=3))
        rest = find_log_page(tx, job_id, LogPage(after=first[-1][0], limit=3))
        newest = find_log_page(tx, job_id, LogPage(limit=1, descending=True))

    assert [str(row.message) for _number, row in (*first, *rest)] == ["0", "1", "2", "3"]
    assert [str(row.message) for _number, row in newest] == ["3"]


def test_minutes_count_what_ended_in_them(common_database: Database) -> None:
    company, now = own_tenant(common_database), utc_now()
    job_id = job_with_tasks(common_database, 4, company_id=company)
    ended_task(common_database, job_id, state=TaskState.DONE)
    ended_task(common_database, job_id, state=TaskState.FAILED, error="Damaged.", reason="DamagedImage")
    task = claimed(common_database, job_id)
    with common_database.write() as tx:
        tx.execute(sa.update(t.task).where(t.task.c.ended.is_not(None)).values(ended=now - timedelta(minutes=2)))

    with common_database.read() as tx:
        minutes = find_minutes(tx, company, now, 5)
        in_hand = find_in_hand(tx, company)
        waiting, oldest = count_waiting(tx, company)

    assert [(minute.done, minute.unsuccessful) for minute in minutes] == [(0, 0), (0, 0), (1, 1), (0, 0), (0, 0)]
    assert [(item.label, item.owner) for item in in_hand] == [(task.label, OWNER)]
    assert (waiting, oldest is not None) == (2, True)


def test_minutes_that_are_not_counted_to_the_end_are_left_out(
    common_database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(throughput, "MOST_COUNTED", 3)
    company, now = own_tenant(common_database), utc_now()
    job_id = job_with_tasks(common_database, 4, company_id=company)
    with common_database.write() as tx:
        for seq, minutes in enumerate((0, 1, 2, 2)):
            mine = (t.task.c.job_id == job_id) & (t.task.c.seq == seq)
            ended = now - timedelta(minutes=minutes)
            tx.execute(sa.update(t.task).where(mine).values(state=TaskState.DONE.value, ended=ended))

        counted = find_minutes(tx, company, now, 5)

    assert [minute.done for minute in counted] == [1, 1]
