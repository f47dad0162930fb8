"""How many items of a company ended in each of the last minutes, and what it has in hand and waiting now."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import sqlalchemy as sa

from domain.states import TaskState
from store import tables as t
from store.engine import Tx, is_postgres
from store.in_flight import IN_FLIGHT

MINUTE = timedelta(minutes=1)
MOST_COUNTED = 50_000
"""How many items are counted: so much can be read while someone waits for a page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Minute:
    """The items that ended in the minute that begins ``at``: how many were done, how many failed or were cancelled."""

    at: datetime
    done: int
    unsuccessful: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InHand:
    """A task that a worker has: of which job, since when, and until when it is the worker's without a sign of life."""

    job_id: int
    job_name: str
    label: str
    owner: str
    started: datetime | None
    lease_until: datetime | None


def find_minutes(tx: Tx, company_id: int, until: datetime, number: int) -> tuple[Minute, ...]:
    """Return the last ``number`` minutes of the company, oldest first, the one of ``until`` last.

    They are fewer where more than ``MOST_COUNTED`` items ended in them.
    """
    last = until.replace(second=0, microsecond=0)
    first = last - (number - 1) * MINUTE
    counted = _count(tx, company_id, first)
    if sum(counted.values()) >= MOST_COUNTED:
        first = min(last, min(at for at, _state in counted) + MINUTE)
    minutes = (first + n * MINUTE for n in range((last - first) // MINUTE + 1))
    return tuple(
        Minute(
            at=at,
            done=counted.get((at, TaskState.DONE), 0),
            unsuccessful=counted.get((at, TaskState.FAILED), 0) + counted.get((at, TaskState.CANCELLED), 0),
        )
        for at in minutes
    )


def find_in_hand(tx: Tx, company_id: int) -> tuple[InHand, ...]:
    """Return what workers have in hand of the company's, the one that has run longest first."""
    c, j = t.task.c, t.job.c
    query = sa.select(c.job_id, j.name.label("job_name"), c.label, c.owner, c.started, c.lease_until)
    query = query.join(t.job, j.id == c.job_id).where(IN_FLIGHT, c.company_id == company_id)
    rows = tx.execute(query.order_by(c.started, c.id).limit(200)).mappings()
    return tuple(InHand(**{**row, "owner": row["owner"] or ""}) for row in rows)


def count_waiting(tx: Tx, company_id: int) -> tuple[int, datetime | None]:
    """Return how many items of the company's jobs have not ended, and when the oldest job of them was submitted."""
    c = t.job.c
    left = c.total - c.done - c.failed - c.cancelled
    query = sa.select(sa.func.sum(left), sa.func.min(c.created))
    row = tx.execute(query.where(c.ended.is_(None), c.company_id == company_id, left > 0)).one()
    return int(row[0] or 0), row[1]


def _count(tx: Tx, company_id: int, since: datetime) -> Mapping[tuple[datetime, TaskState], int]:
    c = t.task.c
    newest = sa.select(c.ended, c.state).where(c.company_id == company_id, c.ended >= since)
    counted = newest.order_by(c.ended.desc()).limit(MOST_COUNTED).subquery()
    if is_postgres(tx):
        minute = sa.func.to_char(sa.func.timezone("UTC", counted.c.ended), "YYYY-MM-DD HH24:MI")
    else:
        minute = sa.func.substr(sa.type_coerce(counted.c.ended, sa.Text), 1, 16)
    query = sa.select(minute, counted.c.state, sa.func.count()).group_by(minute, counted.c.state)
    rows = tx.execute(query)
    return {
        (datetime.strptime(at, "%Y-%m-%d %H:%M").replace(tzinfo=UTC), TaskState(state)): number
        for at, state, number in rows
    }
