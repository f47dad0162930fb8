"""Listing jobs page by page, newest first, by what their readers call their status. What a row means is in ``jobs``."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.model import Job
from domain.states import ExecutionStatus, JobOutcome, JobState
from store import tables as t
from store.engine import Tx
from store.jobs import job_from_row

Condition = sa.ColumnElement[bool]


def _is_open(*, has_begun: bool) -> Condition:
    c = t.job.c
    begun = c.state.in_([JobState.RUNNING.value, JobState.STOPPING.value])
    kept = (c.is_paused | c.hold_reason.is_not(None)) & (c.state != JobState.STOPPING.value)
    return c.ended.is_(None) & ~kept & (begun if has_begun else ~begun)


def _is_paused() -> Condition:
    c = t.job.c
    kept = c.is_paused | c.hold_reason.is_not(None)
    return c.ended.is_(None) & kept & (c.state != JobState.STOPPING.value)


def _ended_as(outcome: JobOutcome) -> Condition:
    return t.job.c.ended.is_not(None) & (t.job.c.outcome == outcome.value)


_CONDITIONS: Mapping[ExecutionStatus, Callable[[], Condition]] = {
    ExecutionStatus.WAITING: lambda: _is_open(has_begun=False),
    ExecutionStatus.IN_PROGRESS: lambda: _is_open(has_begun=True),
    ExecutionStatus.PAUSED: _is_paused,
    ExecutionStatus.COMPLETED: lambda: _ended_as(JobOutcome.COMPLETED),
    ExecutionStatus.COMPLETED_WITH_ERRORS: lambda: _ended_as(JobOutcome.COMPLETED_WITH_ERRORS),
    ExecutionStatus.CANCELLED: lambda: _ended_as(JobOutcome.CANCELLED),
    ExecutionStatus.FAILED: lambda: _ended_as(JobOutcome.FAILED),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ExecutionFilter:
    """Which jobs a reader wants to see; what is empty or None is no condition.

    ``text`` is a part of the name or the description, ``submitter`` of the e-mail address, in any letter case.
    """

    statuses: tuple[ExecutionStatus, ...] = ()
    kinds: tuple[str, ...] = ()
    text: str = ""
    submitter: str = ""
    created_from: datetime | None = None
    created_before: datetime | None = None


def find_jobs_page(
    tx: Tx, company_id: int, wanted: ExecutionFilter, after: int | None = None, limit: int = 50
) -> tuple[Job, ...]:
    """Return at most ``limit`` of the company's jobs, newest first; ``after`` is the number of the last one seen."""
    c = t.job.c
    where = [c.company_id == company_id, *_clauses(wanted)]
    if after is not None:
        where.append(c.id < after)
    rows = tx.execute(sa.select(t.job).where(*where).order_by(c.id.desc()).limit(limit)).mappings()
    return tuple(job_from_row(row) for row in rows)


def _clauses(wanted: ExecutionFilter) -> list[Condition]:
    c = t.job.c
    clauses: list[Condition] = []
    if wanted.statuses:
        clauses.append(sa.or_(*(_CONDITIONS[status]() for status in wanted.statuses)))
    if wanted.kinds:
        clauses.append(c.kind.in_(wanted.kinds))
    if wanted.text:
        is_in = [column.icontains(wanted.text, autoescape=True) for column in (c.name, c.description)]
        clauses.append(sa.or_(*is_in))
    if wanted.submitter:
        clauses.append(c.submitter.icontains(wanted.submitter, autoescape=True))
    if wanted.created_from:
        clauses.append(c.created >= wanted.created_from)
    if wanted.created_before:
        clauses.append(c.created < wanted.created_before)
    return clauses
