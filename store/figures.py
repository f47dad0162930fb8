"""Sums over the ledger for those who watch it: how much waits, runs and has ended, and why tasks failed."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.states import ACTIVE_JOB_STATES, JobState, TaskState
from store import tables as t
from store.engine import Tx
from store.ledger import in_flight_by_state, ready_jobs

UNPROCESSABLE = "Unprocessable"
"""The reason of a failure that no error tells: the original, or a page of it, could not be processed."""


MEASURED_JOBS = 20
MEASURED_TASKS = 1_000
"""How far back a measurement looks: over the newest tasks of the newest jobs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """The ledger in numbers. ``jobs`` and ``tasks`` are those that have not ended, ``settled`` all that ever have."""

    jobs: Mapping[JobState, int]
    paused_jobs: int
    tasks: Mapping[TaskState, int]
    settled: Mapping[TaskState, int]
    failures: Mapping[str, int]
    oldest_ready: datetime | None
    """When the oldest job was submitted that has a task which a worker may take now."""


def read_figures(tx: Tx) -> Figures:
    """Return the figures as they stand; what they cost grows with the jobs and the failures, not with the tasks."""
    c = t.job.c
    unsettled = sa.func.sum(c.total - c.done - c.failed - c.cancelled).label("unsettled")
    groups = sa.select(c.state, c.is_paused, sa.func.count().label("number"), unsettled)
    rows = tx.execute(groups.where(c.ended.is_(None)).group_by(c.state, c.is_paused)).all()
    jobs: dict[JobState, int] = {
        state: sum(row.number for row in rows if row.state == state) for state in sorted(ACTIVE_JOB_STATES)
    }
    in_flight = in_flight_by_state(tx)
    waiting = sum(row.unsettled for row in rows) - in_flight.total()
    return Figures(
        jobs=jobs,
        paused_jobs=sum(row.number for row in rows if row.is_paused),
        tasks={TaskState.READY: waiting, **{s: in_flight[s] for s in (TaskState.DISPATCHED, TaskState.RUNNING)}},
        settled=_settled(tx),
        failures=_failures(tx),
        oldest_ready=_oldest_ready(tx),
    )


def find_failed(tx: Tx, job_id: int, limit: int) -> tuple[tuple[str, str], ...]:
    """Return the label and the reason of the first failed tasks of the job, by sequence."""
    c = t.task.c
    query = sa.select(c.label, c.error).where(c.job_id == job_id, c.state == TaskState.FAILED.value)
    return tuple((row.label, row.error or "") for row in tx.execute(query.order_by(c.seq).limit(limit)))


def mean_seconds(tx: Tx, company_id: int, kinds: Collection[str]) -> Mapping[str, float]:
    """Return how long a task of jobs of these kinds took lately in the company, by the type of its asset."""
    c = t.task.c
    jobs = (
        sa.select(t.job.c.id)
        .where(t.job.c.company_id == company_id, t.job.c.kind.in_(kinds))
        .order_by(t.job.c.id.desc())
        .limit(MEASURED_JOBS)
    )
    done = (c.state == TaskState.DONE.value) & c.started.is_not(None) & c.ended.is_not(None)
    lately = (
        sa.select(t.asset.c.type, c.started, c.ended)
        .join_from(t.task, t.asset, c.asset_id == t.asset.c.id)
        .where(c.job_id.in_(jobs), done)
        .order_by(c.id.desc())
        .limit(MEASURED_TASKS)
    )
    seconds: dict[str, list[float]] = {}
    for row in tx.execute(lately):
        seconds.setdefault(row.type, []).append((row.ended - row.started).total_seconds())
    return {asset_type: sum(each) / len(each) for asset_type, each in seconds.items()}


def _settled(tx: Tx) -> dict[TaskState, int]:
    c = t.job.c
    sums = tx.execute(sa.select(sa.func.sum(c.done), sa.func.sum(c.failed), sa.func.sum(c.cancelled))).one()
    return dict(zip((TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED), (n or 0 for n in sums), strict=True))


def _failures(tx: Tx) -> dict[str, int]:
    failed = t.task.c.state == sa.literal(TaskState.FAILED.value, literal_execute=True)  # as in the partial index
    query = sa.select(t.task.c.reason, sa.func.count()).where(failed).group_by(t.task.c.reason)
    return {reason or UNPROCESSABLE: number for reason, number in tx.execute(query)}


def _oldest_ready(tx: Tx) -> datetime | None:
    ready = ready_jobs(tx)
    return tx.scalar(sa.select(t.job.c.created).where(t.job.c.id == ready[0].job_id)) if ready else None
