"""What the leader asks many times a second, and each list of the console, is answered from an index made for it."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from domain.states import TaskState
from store import ledger
from store import selections as chosen
from store.asset_pages import AssetFilter, find_asset_page
from store.asset_search import AssetQuery
from store.audit import find_entries
from store.engine import Database, Tx, is_postgres
from store.executions import ExecutionFilter, find_jobs_page
from store.in_flight import find_in_flight
from store.items import ItemFilter, find_items, find_items_of_asset, group_failures
from store.job_logs import LogPage, find_log_page
from store.tags import with_colour, with_smart_tag
from store.throughput import find_minutes


@pytest.mark.parametrize(
    ("ask", "index"),
    [
        (ledger.in_flight_by_company, "ix_job_task_lease"),
        (ledger.in_flight_by_state, "ix_job_task_lease"),
        (find_in_flight, "ix_job_task_lease"),
        (ledger.running_of_stopped_jobs, "ix_job_task_lease"),
        (lambda tx: ledger.find_expired(tx, utc_now()), "ix_job_task_lease"),
        (ledger.ready_jobs, "ix_job_task_ready"),
    ],
)
def test_a_frequent_question_about_tasks_is_answered_from_an_index(
    database: Database, ask: Callable[[Tx], object], index: str
) -> None:
    with database.read() as tx:
        asked = _statements(tx, ask)

        assert [index in _plan(tx, statement, parameters) for statement, parameters in asked] == [True]


LISTS: Mapping[str, tuple[Callable[[Tx], object], ...]] = {
    "ix_job_listing": (lambda tx: find_jobs_page(tx, 1, ExecutionFilter(), 9),),
    "ix_job_task_unsuccessful": (
        lambda tx: find_items(tx, 1, ItemFilter(states=(TaskState.FAILED,)), 9),
        lambda tx: group_failures(tx, 1),
        lambda tx: chosen.count_assets(tx, chosen.AssetFilter(query=AssetQuery(company_id=1), failed_of=1)),
    ),
    "ix_colour_tag_name": (lambda tx: tx.execute(with_colour("red")).all(),),
    "ix_smart_tag_label": (lambda tx: tx.execute(with_smart_tag("shoe")).all(),),
    "ix_job_task_asset": (lambda tx: find_items_of_asset(tx, 1, 1),),
    "ix_job_task_ended": (lambda tx: find_minutes(tx, 1, utc_now(), 30),),
    "ix_asset_folder": (lambda tx: find_asset_page(tx, 1, AssetFilter(folder="LabCo/"), "a"),),
    "ix_job_log_job": (lambda tx: find_log_page(tx, 1, LogPage(after=9, limit=100)),),
    "ix_audit_entry_company": (lambda tx: find_entries(tx, 1, 9, 100, of_server=True),),
}


def test_each_list_of_the_console_is_answered_from_an_index(common_database: Database) -> None:
    with common_database.read() as tx:
        asked = [(index, each) for index, asks in LISTS.items() for ask in asks for each in _statements(tx, ask)]

        assert [index for index, (statement, values) in asked if index not in _plan(tx, statement, values)] == []


def _statements(tx: Tx, ask: Callable[[Tx], object]) -> list[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def see(*execution: Any) -> None:
        seen.append((execution[2], execution[3]))

    sa.event.listen(tx, "before_cursor_execute", see)
    ask(tx)
    sa.event.remove(tx, "before_cursor_execute", see)
    return seen


def _plan(tx: Tx, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN"
    if is_postgres(tx):  # it would read an empty table without any index
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN"
    return str(tx.exec_driver_sql(f"{explain} {statement}", parameters).all())
