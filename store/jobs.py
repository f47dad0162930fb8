"""Rows of jobs: adding, finding by any documented handle, and moving them along the legal states.

The tasks of a job, and the counters that follow from them, are in ``store.ledger``.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.handles import JobRef, unique_job_name
from domain.model import Job, JobCounts, JsonObject
from domain.priorities import Priority
from domain.states import JobOutcome, JobState, job_sources
from store import tables as t
from store.engine import Tx

MILLISECOND = timedelta(milliseconds=1)
_SETTLED = sa.select(t.job.c.id).where(
    t.job.c.ended.is_(None),
    t.job.c.open_until.is_(None),
    t.job.c.done + t.job.c.failed + t.job.c.cancelled >= t.job.c.total,
)
_BY_ID = sa.select(t.job).where(t.job.c.id == sa.bindparam("job"))
_OF_TASKS = (
    sa.select(t.job)
    .where(t.job.c.id.in_(sa.select(t.task.c.job_id).where(t.task.c.id.in_(sa.bindparam("tasks", expanding=True)))))
    .order_by(t.job.c.id)
    .with_for_update()
)
_LOCK = (
    sa.select(t.job.c.done + t.job.c.failed + t.job.c.cancelled >= t.job.c.total)
    .where(t.job.c.id == sa.bindparam("job"))
    .with_for_update()
)
_FREE = (
    sa.select(t.job.c.id)
    .where(t.job.c.id.in_(sa.bindparam("jobs", expanding=True)))
    .order_by(t.job.c.id)
    .with_for_update(skip_locked=True)
)
"""What runs for every task is built once: building a statement takes longer than running it."""
COUNTERS = ("total", "done", "failed", "cancelled", "warned", "updated", "duplicate")


@dataclass(frozen=True, slots=True, kw_only=True)
class NewJob:
    """What submitting knows of a job that has no row yet. ``options`` is the kind's own description of the work."""

    company_id: int
    kind: str
    name: str
    submitter: str
    options: JsonObject
    locale: str = ""
    description: str = ""
    client: str = ""
    parent_id: int | None = None
    open_until: datetime | None = None
    """Set for POST uploads: until when the client may add files."""
    schedule_id: int | None = None
    fire_at: datetime | None = None
    """Set for runs of a schedule, which has one run at most for each time that it was due."""
    restart_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobQuery:
    """Which jobs a log listing wants; None stands for no condition."""

    company_ids: Sequence[int] | None
    submitter: str | None = None
    started_from: datetime | None = None
    started_to: datetime | None = None
    sort_by: str = "created"
    descending: bool = True
    limit: int | None = None


def add_job(tx: Tx, new: NewJob, server_name: str) -> Job:
    """Return the new job, waiting for its first task (or, while it is open, for its client)."""
    now = _new_start(tx, new)
    values = {
        "company_id": new.company_id,
        "kind": new.kind,
        "name": new.name,
        "unique_name": unique_job_name(new.name, now) if new.open_until is None else new.name,
        "state": (JobState.WAITING_COORDINATOR if new.open_until is None else JobState.WAITING_CLIENT).value,
        "priority": Priority.BY_SIZE.value,
        "submitter": new.submitter,
        "locale": new.locale,
        "description": new.description,
        "options": new.options,
        "created": now,
        "last_progress": now,
        "server_name": server_name,
        "client": new.client,
        "parent_id": new.parent_id,
        "open_until": new.open_until,
        "schedule_id": new.schedule_id,
        "fire_at": new.fire_at,
        "restart_of": new.restart_of,
    }
    key = tx.execute(sa.insert(t.job).values(values)).inserted_primary_key
    assert key is not None
    job = load_job(tx, key[0])
    assert job is not None
    return job


def load_job(tx: Tx, job_id: int) -> Job | None:
    """Return the job with this number, or None."""
    row = tx.execute(_BY_ID, {"job": job_id}).mappings().one_or_none()
    return job_from_row(row) if row else None


def lock_jobs_of(tx: Tx, task_ids: Sequence[int]) -> dict[int, Job]:
    """Return the jobs of these tasks by their numbers, their rows held until the transaction ends.

    They are taken in the order of their numbers, so that two transactions that take several do not wait for each other.
    """
    rows = tx.execute(_OF_TASKS, {"tasks": list(task_ids)}).mappings()
    return {row["id"]: job_from_row(row) for row in rows}


def lock_free_jobs(tx: Tx, job_ids: Sequence[int]) -> tuple[int, ...]:
    """Return those of the jobs that no other transaction holds, their rows held until this one ends; never waits."""
    return tuple(tx.scalars(_FREE, {"jobs": list(job_ids)})) if job_ids else ()


def find_by_handle(tx: Tx, ref: JobRef) -> Job | None:
    """Return the job that a handle names: that run, else that unique name, else the newest run of that name.

    A run that is active comes before those that have ended.
    """
    if ref.job_id is not None:
        job = load_job(tx, ref.job_id)
        return job if job and job.company_id == ref.company_id else None
    if ref.unique_name:
        found = _newest(tx, ref.company_id, t.job.c.unique_name == ref.unique_name)
        return found or _newest(tx, ref.company_id, t.job.c.name == ref.unique_name)
    return _newest(tx, ref.company_id, t.job.c.name == ref.submitted_name) if ref.submitted_name else None


def find_by_original_name(tx: Tx, company_ids: Sequence[int] | None, name: str) -> tuple[Job, ...]:
    """Return every run of the jobs submitted under this name, newest first."""
    return _many(tx, _of_companies(company_ids), t.job.c.name == name)


def find_restarts(tx: Tx, job_id: int) -> tuple[Job, ...]:
    """Return the jobs that ran items of this job again, newest first."""
    return _many(tx, t.job.c.restart_of == job_id)


def find_active(tx: Tx, company_ids: Sequence[int] | None) -> tuple[Job, ...]:
    """Return the jobs that are not done, newest first; ``None`` stands for all companies."""
    return _many(tx, _of_companies(company_ids), t.job.c.ended.is_(None))


def find_jobs(tx: Tx, query: JobQuery) -> tuple[Job, ...]:
    """Return the jobs that a listing wants, in its order."""
    where = [_of_companies(query.company_ids)]
    if query.submitter is not None:
        where.append(sa.func.lower(t.job.c.submitter) == query.submitter.lower())
    if query.started_from is not None:
        where.append(t.job.c.created >= query.started_from)
    if query.started_to is not None:
        where.append(t.job.c.created <= query.started_to)
    order = _sort_key(query.sort_by)
    rows = sa.select(t.job).join(t.company, t.company.c.id == t.job.c.company_id).where(*where)
    rows = rows.order_by(order.desc() if query.descending else order, t.job.c.id.desc()).limit(query.limit)
    return tuple(job_from_row(row) for row in tx.execute(rows).mappings())


def move_job(tx: Tx, job_id: int, target: JobState, **values: Any) -> bool:
    """Move the job to ``target`` if that is legal from where it stands; return whether it moved."""
    where = (t.job.c.id == job_id) & t.job.c.state.in_([s.value for s in job_sources(target)])
    return bool(tx.execute(sa.update(t.job).where(where).values(state=target.value, **values)).rowcount)


def begin_job(tx: Tx, job_id: int) -> None:
    """Move the job to Running if it is not; it keeps the time of its first start."""
    move_job(tx, job_id, JobState.RUNNING, started=sa.func.coalesce(t.job.c.started, utc_now()))


def end_job(tx: Tx, job_id: int, outcome: JobOutcome) -> bool:
    """Move the job to Done with this outcome; return False when it was done before."""
    now = utc_now()
    return move_job(tx, job_id, JobState.DONE, outcome=outcome.value, ended=now, last_progress=now, open_until=None)


def request_stop(tx: Tx, job_id: int) -> None:
    """Mark the job, unless it is done, as being stopped: none of its tasks is claimed after this commit."""
    where = (t.job.c.id == job_id) & t.job.c.ended.is_(None)
    tx.execute(sa.update(t.job).where(where).values(stop_requested=True, open_until=None))


def set_paused(tx: Tx, job_id: int, *, is_paused: bool) -> None:
    """Mark the job, unless it is done, as paused or not: while it is, none of its tasks is claimed."""
    where = (t.job.c.id == job_id) & t.job.c.ended.is_(None)
    tx.execute(sa.update(t.job).where(where).values(is_paused=is_paused))


def hold_job(tx: Tx, job_id: int, reason: str, until: datetime) -> bool:
    """Start none of the job's tasks before ``until``; return whether that is news: it had not ended, nor been held."""
    is_open = (t.job.c.id == job_id) & t.job.c.ended.is_(None)
    tx.execute(sa.update(t.job).where(is_open).values(hold_until=until))
    held = sa.update(t.job).where(is_open, t.job.c.hold_reason.is_(None)).values(hold_reason=reason)
    return bool(tx.execute(held).rowcount)


def let_job_go(tx: Tx, job_id: int) -> bool:
    """Hold the job no longer; return whether it was held."""
    let_go = sa.update(t.job).where(t.job.c.id == job_id, t.job.c.hold_reason.is_not(None))
    return bool(tx.execute(let_go.values(hold_reason=None, hold_until=None)).rowcount)


def find_hold_reasons(tx: Tx) -> tuple[str, ...]:
    """Return why jobs that have not ended are being held, each reason once."""
    held = sa.select(t.job.c.hold_reason).where(t.job.c.ended.is_(None), t.job.c.hold_reason.is_not(None))
    return tuple(reason for reason in tx.scalars(held.distinct()) if reason)


def set_priority(tx: Tx, job_id: int, priority: Priority) -> None:
    """Say how urgent the job is among those of its company."""
    tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(priority=priority.value))


def mark_lacking_worker(tx: Tx, job_id: int) -> bool:
    """Note that the job's log says that it has no worker; return False when that was noted before."""
    where = (t.job.c.id == job_id) & ~t.job.c.lacked_worker
    return bool(tx.execute(sa.update(t.job).where(where).values(lacked_worker=True)).rowcount)


def keep_open(tx: Tx, job_id: int, until: datetime | None) -> None:
    """Move the end of the time in which an open job's client may add files; None closes the job."""
    tx.execute(sa.update(t.job).where(t.job.c.id == job_id, t.job.c.ended.is_(None)).values(open_until=until))


def grow_job(tx: Tx, job_id: int, number: int) -> None:
    """Count so many items more; the job's progress goes on from where it is."""
    job = load_job(tx, job_id)
    assert job is not None
    values = {"progress_base": job.progress, "settled_base": job.counts.settled, "total": t.job.c.total + number}
    tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(values))


def find_overdue(tx: Tx, now: datetime) -> tuple[int, ...]:
    """Return the open jobs whose client has been silent for too long."""
    return tuple(tx.scalars(sa.select(t.job.c.id).where(t.job.c.ended.is_(None), t.job.c.open_until < now)))


def find_settled(tx: Tx) -> tuple[int, ...]:
    """Return the jobs that have not ended although no task of theirs can run any more and none can be added."""
    return tuple(tx.scalars(_SETTLED))


def lock_job(tx: Tx, job_id: int) -> bool:
    """Hold the job's row until the transaction ends, so that two settling tasks see each other.

    Returns whether every task that it has has settled.
    """
    return bool(tx.scalar(_LOCK, {"job": job_id}))


def _new_start(tx: Tx, new: NewJob) -> datetime:
    """Return now, or the next millisecond in which no run of this name has started: a run is named by it."""
    now, c = utc_now(), t.job.c
    is_recent = c.created.between(now - MILLISECOND, now + 1000 * MILLISECOND)
    runs = sa.select(sa.func.max(c.created)).where(c.company_id == new.company_id, is_recent, c.name == new.name)
    last = tx.scalar(runs)
    return now if last is None else last + MILLISECOND


def _sort_key(name: str) -> sa.ColumnElement[Any]:
    if name == "company":
        return t.company.c.name
    if name == "succeeded":  # as the log shows it: an upload counts replaced files apart
        replaced = sa.case((t.job.c.kind.startswith("upload"), t.job.c.updated), else_=0)
        return t.job.c.done - t.job.c.duplicate - replaced
    return t.job.c[name]


def _of_companies(company_ids: Sequence[int] | None) -> sa.ColumnElement[bool]:
    return sa.true() if company_ids is None else t.job.c.company_id.in_(company_ids)


def _newest(tx: Tx, company_id: int, condition: sa.ColumnElement[bool]) -> Job | None:
    query = sa.select(t.job).where(t.job.c.company_id == company_id, condition)
    query = query.order_by(t.job.c.ended.is_not(None), t.job.c.id.desc()).limit(1)
    row = tx.execute(query).mappings().one_or_none()
    return job_from_row(row) if row else None


def _many(tx: Tx, *where: sa.ColumnElement[bool]) -> tuple[Job, ...]:
    rows = tx.execute(sa.select(t.job).where(*where).order_by(t.job.c.id.desc())).mappings()
    return tuple(job_from_row(row) for row in rows)


def job_from_row(row: Mapping[Any, Any]) -> Job:
    """Return the job that a row of its table holds."""
    return Job(
        id=row["id"],
        company_id=row["company_id"],
        kind=row["kind"],
        name=row["name"],
        unique_name=row["unique_name"],
        state=JobState(row["state"]),
        outcome=JobOutcome(row["outcome"]) if row["outcome"] else None,
        priority=Priority(row["priority"]),
        submitter=row["submitter"],
        locale=row["locale"],
        description=row["description"],
        options=row["options"],
        counts=JobCounts(**{name: row[name] for name in COUNTERS}),
        created=row["created"],
        started=row["started"],
        ended=row["ended"],
        last_progress=row["last_progress"],
        server_name=row["server_name"],
        client=row["client"],
        parent_id=row["parent_id"],
        stop_requested=row["stop_requested"],
        is_open=row["open_until"] is not None,
        is_paused=row["is_paused"],
        schedule_id=row["schedule_id"],
        fire_at=row["fire_at"],
        hold_reason=row["hold_reason"],
        restart_of=row["restart_of"],
        lacked_worker=row["lacked_worker"],
        progress_base=row["progress_base"],
        settled_base=row["settled_base"],
    )
