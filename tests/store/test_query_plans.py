"""What the leader asks many times a second is answered from the small indexes, however many tasks have ended."""

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from store import ledger
from store.engine import Database, Tx, is_postgres
from store.in_flight import find_in_flight


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
        asked = _statements(tx, lambda: ask(tx))

        assert [index in _plan(tx, statement, parameters) for statement, parameters in asked] == [True]


def _statements(tx: Tx, work: Callable[[], object]) -> list[tuple[str, Any]]:
    seen: list[tuple[str, Any]] = []

    def see(*execution: Any) -> None:
        seen.append((execution[2], execution[3]))

    sa.event.listen(tx, "before_cursor_execute", see)
    work()
    sa.event.remove(tx, "before_cursor_execute", see)
    return seen


def _plan(tx: Tx, statement: str, parameters: Any) -> str:
    explain = "EXPLAIN QUERY PLAN"
    if is_postgres(tx):  # it would read an empty table without any index
        tx.exec_driver_sql("SET LOCAL enable_seqscan = off")
        explain = "EXPLAIN"
    return str(tx.exec_driver_sql(f"{explain} {statement}", parameters).all())
