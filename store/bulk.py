"""Many rows in one statement: of values that are handed over as one JSON text, or of rows that there are."""

import json
from collections.abc import Collection, Sequence
from typing import Any

import sqlalchemy as sa

from domain.states import TaskState
from store import tables as t
from store.engine import Tx, is_postgres

Column = sa.ColumnElement[Any]


class JsonRows:
    """Rows to select from; ``number`` counts them from 0, and a field is taken by its place in its row."""

    def __init__(self, tx: Tx, rows: Sequence[Sequence[object]]) -> None:
        text = json.dumps(rows)
        self._is_postgres = is_postgres(tx)
        if self._is_postgres:
            each = sa.func.json_array_elements(sa.cast(sa.literal(text, sa.Text), sa.JSON))
            found = each.table_valued(sa.column("value", sa.JSON), with_ordinality="n").render_derived()
            self.number: Column = found.c.n - 1
        else:
            found = sa.func.json_each(text).table_valued("key", "value")
            self.number = found.c.key
        self._row: Column = found.c.value

    def text(self, place: int) -> Column:
        """Return the field as text."""
        return self._row.op("->>")(place) if self._is_postgres else self.json(place)

    def integer(self, place: int) -> Column:
        """Return the field as an integer, or null."""
        return sa.cast(self.text(place), sa.BigInteger)

    def json(self, place: int) -> Column:
        """Return the field, an object, as JSON."""
        return self._row.op("->")(place) if self._is_postgres else sa.func.json_extract(self._row, f"$[{place}]")


def copy_tasks(tx: Tx, source_id: int, job_id: int, states: Collection[TaskState]) -> int:
    """Give the new job the tasks that another has in these states, ready to run, in their order; return how many."""
    c = t.task.c
    values = {
        "job_id": sa.literal(job_id),
        "company_id": c.company_id,
        "seq": sa.func.row_number().over(order_by=c.seq) - 1,
        "asset_id": c.asset_id,
        "label": c.label,
        "input": c.input,
        "state": sa.literal(TaskState.READY.value),
    }
    where = (c.job_id == source_id) & c.state.in_([state.value for state in states])
    rows = sa.select(*values.values()).where(where).order_by(c.seq)
    tx.execute(sa.insert(t.task).from_select(list(values), rows))
    number = tx.scalar(sa.select(sa.func.count()).where(c.job_id == job_id)) or 0
    tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(total=number))
    return number
