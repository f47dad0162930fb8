"""The items of jobs as their readers see them: page by page, failures by reason, and what happened to one asset."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.model import Job, JsonObject, StoredFile
from domain.states import TaskState
from store import tables as t
from store.engine import Tx
from store.figures import UNPROCESSABLE
from store.jobs import job_from_row

MOST_GROUPED = 10_000
"""How many failures of a job are looked at in order to group them."""

UNSUCCESSFUL = t.task.c.state.in_(
    sa.bindparam(
        "unsuccessful", [TaskState.FAILED.value, TaskState.CANCELLED.value], expanding=True, literal_execute=True
    )
)
"""Tasks that failed or were cancelled; the values stand in the statement as in the partial index of those."""
_TOLD = sa.select(sa.func.max(t.job_log.c.asset_id)).where(t.job_log.c.task_id == t.task.c.id).scalar_subquery()
_ASSET = sa.func.coalesce(t.task.c.asset_id, _TOLD).label("subject_id")
"""What the item is about; of an upload only its log knows, for there was no asset before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of a job: how it stands, what was done to it, and which asset of the company it is about."""

    id: int
    seq: int
    label: str
    state: TaskState
    attempt: int
    started: datetime | None
    ended: datetime | None
    plan: JsonObject | None
    steps: tuple[JsonObject, ...]
    error: str
    reason: str
    asset_id: int | None
    asset_name: str
    has_thumbnail: bool
    has_before: bool
    """Whether the thumbnail that the asset had before is kept."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFilter:
    """Which items of a job a reader wants; an empty ``states`` stands for all, an empty ``reason`` for any."""

    states: tuple[TaskState, ...] = ()
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureGroup:
    """Items of a job that failed for one reason: how many, and what the first of them says."""

    reason: str
    number: int
    example: str


def find_items(tx: Tx, job_id: int, wanted: ItemFilter, after: int | None = None, limit: int = 50) -> tuple[Item, ...]:
    """Return at most ``limit`` of the job's items in their order; ``after`` is the ``seq`` of the last one seen."""
    c = t.task.c
    where = [c.job_id == job_id, *_clauses(wanted)]
    if after is not None:
        where.append(c.seq > after)
    page = sa.select(t.task, _ASSET).where(*where).order_by(c.seq).limit(limit).subquery()
    a, job = t.asset.c, t.job.c
    has_thumbnail = a.derivatives["thumbnail"].as_string().is_not(None).label("has_thumbnail")
    joined = page.join(t.job, job.id == page.c.job_id).outerjoin(
        t.asset, (a.id == page.c.subject_id) & (a.company_id == job.company_id)
    )
    query = sa.select(page, a.name.label("asset_name"), has_thumbnail).select_from(joined).order_by(page.c.seq)
    return tuple(_item(row) for row in tx.execute(query).mappings())


def load_before(tx: Tx, job_id: int, seq: int) -> StoredFile | None:
    """Return the thumbnail that the asset of the job's item had before the item ran."""
    kept = tx.scalar(sa.select(t.task.c.before).where(t.task.c.job_id == job_id, t.task.c.seq == seq))
    return StoredFile(**kept) if kept else None


def group_failures(tx: Tx, job_id: int) -> tuple[FailureGroup, ...]:
    """Return why items of the job failed, the most frequent reason first, of its first ``MOST_GROUPED`` failures."""
    c = t.task.c
    failed = (c.job_id == job_id) & (c.state == TaskState.FAILED.value) & UNSUCCESSFUL
    first = sa.select(c.seq, c.reason).where(failed).order_by(c.seq).limit(MOST_GROUPED).subquery()
    groups = sa.select(first.c.reason, sa.func.count().label("number"), sa.func.min(first.c.seq).label("seq"))
    grouped = groups.group_by(first.c.reason).subquery()
    joined = grouped.join(t.task, (c.job_id == job_id) & (c.seq == grouped.c.seq))
    query = sa.select(grouped.c.reason, grouped.c.number, c.error).select_from(joined)
    rows = tx.execute(query.order_by(grouped.c.number.desc(), grouped.c.seq))
    return tuple(
        FailureGroup(reason=row.reason or UNPROCESSABLE, number=row.number, example=row.error or "") for row in rows
    )


def find_items_of_asset(tx: Tx, company_id: int, asset_id: int, limit: int = 50) -> tuple[tuple[Job, TaskState], ...]:
    """Return the company's jobs that had the asset as an item, newest first, and how the item stands in each."""
    c = t.task.c
    mine = sa.select(c.id, c.job_id, c.state).where(c.asset_id == asset_id, c.company_id == company_id)
    newest = mine.order_by(c.id.desc()).limit(limit).subquery()
    query = sa.select(t.job, newest.c.state.label("task_state")).join(newest, newest.c.job_id == t.job.c.id)
    rows = tx.execute(query.order_by(newest.c.id.desc())).mappings()
    return tuple((job_from_row(row), TaskState(row["task_state"])) for row in rows)


def _clauses(wanted: ItemFilter) -> Sequence[sa.ColumnElement[bool]]:
    c = t.task.c
    clauses: list[sa.ColumnElement[bool]] = []
    if wanted.states:
        clauses.append(c.state.in_([state.value for state in wanted.states]))
        if set(wanted.states) <= {TaskState.FAILED, TaskState.CANCELLED}:
            clauses.append(UNSUCCESSFUL)
    if wanted.reason:
        clauses.append(sa.func.coalesce(c.reason, UNPROCESSABLE) == wanted.reason)
    return clauses


def _item(row: Mapping[Any, Any]) -> Item:
    return Item(
        id=row["id"],
        seq=row["seq"],
        label=row["label"],
        state=TaskState(row["state"]),
        attempt=row["attempt"],
        started=row["started"],
        ended=row["ended"],
        plan=row["plan"],
        steps=tuple(row["steps"] or ()),
        error=row["error"] or "",
        reason=(row["reason"] or UNPROCESSABLE) if row["state"] == TaskState.FAILED.value else "",
        asset_id=row["subject_id"] if row["asset_name"] is not None else None,
        asset_name=(row["asset_name"] or "").partition("/")[0],
        has_thumbnail=bool(row["has_thumbnail"]),
        has_before=row["before"] is not None,
    )
