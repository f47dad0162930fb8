"""Many rows of tasks at once: new ones in the database's own way for them, and copies of rows that there are."""

from collections.abc import Collection, Iterable, Sequence

import psycopg
import sqlalchemy as sa

from domain.states import TaskState
from store import tables as t
from store.engine import Tx, is_postgres


def insert_rows(tx: Tx, table: sa.Table, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Append rows to the table, in their order; each gives its values for the columns as the driver takes them.

    SQLAlchemy is left out of it: it would handle every value of every row.
    """
    names = ", ".join(columns)
    if not is_postgres(tx):
        marks = ", ".join("?" for _column in columns)
        statement = f"INSERT INTO {table.name} ({names}) VALUES ({marks})"  # noqa: S608 - names of our own tables
        tx.exec_driver_sql(statement, [tuple(row) for row in rows])
        return
    connection: psycopg.Connection = tx.connection.driver_connection  # type: ignore[assignment]
    statement = f"COPY {table.name} ({names}) FROM STDIN"
    try:
        with connection.cursor() as cursor, cursor.copy(statement.encode()) as copy:
            for row in rows:
                copy.write_row(row)
    except psycopg.Error as error:  # as SQLAlchemy raises it, for those who ask what it means
        raise sa.exc.OperationalError(statement, None, error) from error


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
