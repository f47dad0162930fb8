"""The ledger of tasks: the only truth about which item of which job ran, runs, or will run.

A task is claimed and finished under a token (its number and its attempt). Every move is one conditional UPDATE, so a
worker that lost its lease, or a token that came twice, changes nothing.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import JsonObject, NewTask, StepTiming, StoredFile, Task, Token
from domain.priorities import Priority
from domain.states import SETTLED_TASK_STATES, TaskState, task_sources
from store import tables as t
from store.bulk import insert_rows
from store.engine import Tx
from store.in_flight import IN_FLIGHT
from store.jobs import grow_job

_READY = t.task.c.state == sa.literal(TaskState.READY.value, literal_execute=True)
"""Its value stands in the statement as in the partial index, so that no query reads the tasks that have ended."""
_IS_DUE = t.task.c.not_before.is_(None) | (t.task.c.not_before <= sa.bindparam("b_now"))
_READY_JOBS = (
    sa.select(t.job.c.id, t.job.c.company_id, t.job.c.priority, t.job.c.total, t.company.c.weight)
    .join_from(t.job, t.company)
    .where(
        t.job.c.ended.is_(None),
        ~t.job.c.stop_requested,
        ~t.job.c.is_paused,
        t.job.c.hold_until.is_(None) | (t.job.c.hold_until <= sa.bindparam("b_now")),
        sa.exists().where(t.task.c.job_id == t.job.c.id, _READY, _IS_DUE),
    )
    .order_by(t.job.c.id)
)
_HEADS = (
    sa.select(t.task.c.id)
    .where(t.task.c.job_id == sa.bindparam("b_job"), _READY, _IS_DUE)
    .order_by(t.task.c.id)
    .limit(sa.bindparam("b_limit"))
    .with_for_update(skip_locked=True)
)
_COMPANIES_IN_FLIGHT = sa.select(t.task.c.company_id).where(IN_FLIGHT)
_RUNNING_OF_STOPPED = (
    sa.select(t.task.c.id, t.task.c.attempt)
    .join(t.job, t.job.c.id == t.task.c.job_id)
    .where(IN_FLIGHT, t.task.c.state == TaskState.RUNNING.value, t.job.c.stop_requested)
)
"""What every turn of the pump asks is built once: building a statement takes longer than running it."""
_COUNTER_OF = {TaskState.DONE: "done", TaskState.FAILED: "failed", TaskState.CANCELLED: "cancelled"}
_COUNTERS = (*_COUNTER_OF.values(), "warned", "updated", "duplicate")
_HELD_BACK = (
    sa.select(t.job.c.stop_requested | t.job.c.is_paused).where(t.job.c.id == t.task.c.job_id).scalar_subquery()
)
_DISPATCH = (
    sa.update(t.task)
    .where(t.task.c.id.in_(sa.bindparam("b_tasks", expanding=True)), _READY, ~_HELD_BACK)
    .values(state=TaskState.DISPATCHED.value, attempt=t.task.c.attempt + 1, lease_until=sa.bindparam("b_lease"))
    .returning(t.task.c.id, t.task.c.attempt)
)
_OF_TOKENS = (
    t.task.c.id.in_(sa.bindparam("b_tasks", expanding=True))  # which SQLite finds by its key, unlike pairs
    & sa.tuple_(t.task.c.id, t.task.c.attempt).in_(sa.bindparam("b_tokens", expanding=True))
)
_CLAIM = (
    sa.update(t.task)
    .where(_OF_TOKENS, t.task.c.state == TaskState.DISPATCHED.value, ~_HELD_BACK)
    .values(
        state=TaskState.RUNNING.value,
        owner=sa.bindparam("b_owner"),
        lease_until=sa.bindparam("b_lease"),
        started=sa.bindparam("b_now"),
        plan=sa.null(),
        progress=sa.null(),
    )
    .returning(t.task)
)
_RUNNING = (
    sa.select(t.task.c.id, t.task.c.attempt)
    .where(_OF_TOKENS, t.task.c.state == TaskState.RUNNING.value)
    .order_by(t.task.c.id)
    .with_for_update()
)
_OF_TOKEN = (t.task.c.id == sa.bindparam("b_task")) & (t.task.c.attempt == sa.bindparam("b_attempt"))
_SETTLE = (
    sa.update(t.task)
    .where(_OF_TOKEN, t.task.c.state == TaskState.RUNNING.value)
    .values(
        state=sa.bindparam("b_state"),
        ended=sa.bindparam("b_now"),
        lease_until=None,
        error=sa.bindparam("b_error"),
        reason=sa.bindparam("b_reason"),
        steps=sa.bindparam("b_steps"),
        before=sa.bindparam("b_before"),
    )
)
_SETTLE_WITH_PLAN = _SETTLE.values(plan=sa.bindparam("b_plan"))
_COUNT = (
    sa.update(t.job)
    .where(t.job.c.id == sa.bindparam("b_job"))
    .values(
        last_progress=sa.bindparam("b_now"), **{name: t.job.c[name] + sa.bindparam(f"b_{name}") for name in _COUNTERS}
    )
)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyJob:
    """A job that has tasks to dispatch, with what a fair choice needs to know."""

    job_id: int
    company_id: int
    priority: Priority
    items: int
    weight: int
    """Its company's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """How a task ended: its final state, what ran, and what it adds to the job's counters."""

    state: TaskState
    error: str | None = None
    reason: str | None = None
    """Of a failure: the class of the error, for those who count."""
    plan: JsonObject | None = None
    steps: tuple[StepTiming, ...] = ()
    before: StoredFile | None = None
    """The thumbnail that the asset had, kept as long as the job is, to be looked at beside the new one."""
    warned: bool = False
    updated: bool = False
    duplicate: bool = False


def add_tasks(tx: Tx, job_id: int, company_id: int, tasks: Sequence[NewTask]) -> None:
    """Append ``tasks`` to the job, ready to run, in the order given."""
    if not tasks:
        return
    last = tx.scalar(sa.select(sa.func.max(t.task.c.seq)).where(t.task.c.job_id == job_id))
    first = 0 if last is None else last + 1
    columns = ("job_id", "company_id", "seq", "asset_id", "label", "input", "state")
    rows = (
        (job_id, company_id, seq, task.asset_id, task.label, json.dumps(dict(task.input)), TaskState.READY.value)
        for seq, task in enumerate(tasks, first)
    )
    insert_rows(tx, t.task, columns, rows)
    grow_job(tx, job_id, len(tasks))


def in_flight_by_company(tx: Tx) -> Counter[int]:
    """Return how many tasks of each company are dispatched or running."""
    return Counter(tx.scalars(_COMPANIES_IN_FLIGHT))


def in_flight_by_state(tx: Tx) -> Counter[TaskState]:
    """Return how many tasks are dispatched, and how many are running."""
    return Counter(TaskState(state) for state in tx.scalars(sa.select(t.task.c.state).where(IN_FLIGHT)))


def ready_jobs(tx: Tx) -> tuple[ReadyJob, ...]:
    """Return the jobs that have a ready task and are not paused, held or being stopped, the oldest first."""
    return tuple(
        ReadyJob(
            job_id=row.id,
            company_id=row.company_id,
            priority=Priority(row.priority),
            items=row.total,
            weight=row.weight,
        )
        for row in tx.execute(_READY_JOBS, {"b_now": utc_now()})
    )


def dispatch(tx: Tx, job_id: int, limit: int, lease: timedelta) -> tuple[Token, ...]:
    """Hand out the first ``limit`` ready tasks of the job: each gets a new attempt, a lease, and a token to carry.

    There is none when the job is paused or being stopped.
    """
    now = utc_now()
    ids = tx.scalars(_HEADS, {"b_job": job_id, "b_now": now, "b_limit": limit}).all()
    if not ids:
        return ()
    moved = tx.execute(_DISPATCH, {"b_tasks": ids, "b_lease": now + lease})
    return tuple(Token(task_id=row.id, attempt=row.attempt) for row in sorted(moved))


def claim_all(tx: Tx, tokens: Sequence[Token], owner: str, lease: timedelta) -> dict[Token, Task]:
    """Take the dispatched tasks of these tokens for ``owner``.

    Returns what was taken: no task of a stale token, none of a job that is paused or being stopped.
    """
    now = utc_now()
    values = {**_of_tokens(tokens), "b_owner": owner, "b_now": now, "b_lease": now + lease}
    tasks = [_task(row) for row in tx.execute(_CLAIM, values).mappings()]
    return {task.token: task for task in tasks}


def heartbeat(tx: Tx, tokens: Sequence[Token], owner: str, lease: timedelta) -> None:
    """Extend the leases of the tasks that ``owner`` is running."""
    ids = [token.task_id for token in tokens]
    where = t.task.c.id.in_(ids) & (t.task.c.owner == owner) & (t.task.c.state == TaskState.RUNNING.value)
    tx.execute(sa.update(t.task).where(where).values(lease_until=utc_now() + lease))


def save_plan(tx: Tx, token: Token, plan: JsonObject) -> None:
    """Write down what is about to run, so that it is explained even if this attempt never ends."""
    tx.execute(sa.update(t.task).where(*_holds(token, TaskState.RUNNING)).values(plan=dict(plan)))


def settle(tx: Tx, task: Task, settlement: Settlement) -> bool:
    """End the running task and count it on its job; return False, changing nothing, when the token is stale."""
    return bool(settle_all(tx, [(task, settlement)]))


def settle_all(tx: Tx, ends: Sequence[tuple[Task, Settlement]]) -> set[Token]:
    """End running tasks and count them on their jobs; return the tokens of those that ended: a stale one ends nothing.

    Their jobs' rows are held by the caller, or are those of one job.
    """
    rows = tx.execute(_RUNNING, _of_tokens([task.token for task, _settlement in ends]))
    running = {Token(task_id=row.id, attempt=row.attempt) for row in rows}
    settled = [(task, settlement) for task, settlement in ends if task.token in running]
    now, marks = utc_now(), defaultdict[int, Counter[str]](Counter)
    for statement, has_plan in ((_SETTLE, False), (_SETTLE_WITH_PLAN, True)):
        if values := [_settling(end, now) for end in settled if (end[1].plan is not None) is has_plan]:
            tx.execute(statement, values)
    for task, settlement in settled:
        marks[task.job_id].update(_marks(settlement))
    for job_id in sorted(marks):
        _count(tx, job_id, marks[job_id])
    return running


def _of_tokens(tokens: Sequence[Token]) -> dict[str, Any]:
    return {
        "b_tasks": [token.task_id for token in tokens],
        "b_tokens": [(token.task_id, token.attempt) for token in tokens],
    }


def _settling(end: tuple[Task, Settlement], now: datetime) -> dict[str, Any]:
    task, settlement = end
    values: dict[str, Any] = {
        "b_task": task.id,
        "b_attempt": task.attempt,
        "b_state": settlement.state.value,
        "b_now": now,
        "b_error": settlement.error,
        "b_reason": settlement.reason,
        "b_steps": [asdict(step) for step in settlement.steps],
        "b_before": settlement.before and asdict(settlement.before),
    }
    return values if settlement.plan is None else {**values, "b_plan": dict(settlement.plan)}


def _marks(settlement: Settlement) -> dict[str, int]:
    marks = {name: int(getattr(settlement, name)) for name in ("warned", "updated", "duplicate")}
    return {_COUNTER_OF[settlement.state]: 1} | marks


def release(tx: Tx, task: Task, *, delay: timedelta, is_failure: bool) -> bool:
    """Put the running task back to be run again after ``delay``; return False when the token is stale."""
    released = tx.execute(
        sa.update(t.task)
        .where(*_holds(task.token, TaskState.RUNNING))
        .values(
            state=TaskState.READY.value,
            owner=None,
            lease_until=None,
            not_before=utc_now() + delay if delay else None,
            failures=t.task.c.failures + int(is_failure),
        )
    )
    return bool(released.rowcount)


def find_expired(tx: Tx, now: datetime) -> tuple[Task, ...]:
    """Return the tasks in flight whose lease has run out: their worker is gone or frozen."""
    query = sa.select(t.task).where(IN_FLIGHT, t.task.c.lease_until < now).order_by(t.task.c.lease_until)
    return tuple(_task(row) for row in tx.execute(query).mappings())


def running_of_stopped_jobs(tx: Tx) -> tuple[Token, ...]:
    """Return the running tasks of jobs that are being stopped."""
    return tuple(Token(task_id=row.id, attempt=row.attempt) for row in tx.execute(_RUNNING_OF_STOPPED))


def take_back(tx: Tx, task: Task) -> bool:
    """Make an expired task ready again; return False when it has moved since it was read.

    The failure of one that ran is counted; a token that got lost on its way says nothing about its task.
    """
    failures = t.task.c.failures + int(task.state is TaskState.RUNNING)
    taken = tx.execute(
        sa.update(t.task)
        .where(*_holds(task.token, task.state))
        .values(state=TaskState.READY.value, owner=None, lease_until=None, failures=failures)
    )
    return bool(taken.rowcount)


def take_over(tx: Tx, task: Task, owner: str, lease: timedelta) -> Task | None:
    """Claim an expired task for ``owner`` in order to settle it; None when it has moved since it was read."""
    taken = (
        tx.execute(
            sa.update(t.task)
            .where(*_holds(task.token, task.state))
            .values(state=TaskState.RUNNING.value, owner=owner, lease_until=utc_now() + lease)
            .returning(t.task)
        )
        .mappings()
        .one_or_none()
    )
    return _task(taken) if taken else None


def hand_back(tx: Tx, token: Token) -> int | None:
    """Make a task ready again whose run could not be written down; return its job, or None when the token is stale."""
    back = {"state": TaskState.READY.value, "owner": None, "lease_until": None}
    is_in_flight = (t.task.c.id == token.task_id) & (t.task.c.attempt == token.attempt) & IN_FLIGHT
    job_id: int | None = tx.scalar(sa.update(t.task).where(is_in_flight).values(back).returning(t.task.c.job_id))
    return job_id


def take_back_dispatched(tx: Tx, job_id: int) -> None:
    """Make the job's tasks that were handed out but not begun ready again; their tokens are worthless from now on."""
    where = (t.task.c.job_id == job_id) & (t.task.c.state == TaskState.DISPATCHED.value)
    tx.execute(sa.update(t.task).where(where).values(state=TaskState.READY.value, lease_until=None))


def recover(tx: Tx) -> int:
    """Make every task in flight ready again after a crash of the only process that ran tasks; return how many."""
    back = {"state": TaskState.READY.value, "owner": None, "lease_until": None}
    return tx.execute(sa.update(t.task).where(IN_FLIGHT).values(back)).rowcount


def cancel_waiting(tx: Tx, job_id: int) -> tuple[Task, ...]:
    """Cancel the job's tasks that no worker has claimed, count them, and return them."""
    waiting = [state.value for state in task_sources(TaskState.CANCELLED) if state is not TaskState.RUNNING]
    rows = tx.execute(
        sa.update(t.task)
        .where(t.task.c.job_id == job_id, t.task.c.state.in_(waiting))
        .values(state=TaskState.CANCELLED.value, ended=utc_now(), lease_until=None, error="The job was stopped.")
        .returning(t.task)
    ).mappings()
    cancelled = tuple(_task(row) for row in rows)
    if cancelled:
        _count(tx, job_id, {"cancelled": len(cancelled)})
    return cancelled


def count_by_state(tx: Tx, job_id: int) -> dict[TaskState, int]:
    """Return the number of the job's tasks in each state, counted from the rows."""
    query = sa.select(t.task.c.state, sa.func.count()).where(t.task.c.job_id == job_id).group_by(t.task.c.state)
    return {TaskState(row[0]): row[1] for row in tx.execute(query)}


def reconcile_counters(tx: Tx, job_id: int) -> None:
    """Derive the job's counters of settled tasks from its rows again."""
    counted = count_by_state(tx, job_id)
    values = {_COUNTER_OF[state]: counted.get(state, 0) for state in SETTLED_TASK_STATES}
    tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(values))


def _holds(token: Token, state: TaskState) -> tuple[sa.ColumnElement[bool], ...]:
    return t.task.c.id == token.task_id, t.task.c.attempt == token.attempt, t.task.c.state == state.value


def _count(tx: Tx, job_id: int, counters: Mapping[str, int]) -> None:
    values = {f"b_{name}": counters.get(name, 0) for name in _COUNTERS}
    tx.execute(_COUNT, {"b_job": job_id, "b_now": utc_now(), **values})


def _task(row: Mapping[Any, Any]) -> Task:
    return Task(
        id=row["id"],
        job_id=row["job_id"],
        company_id=row["company_id"],
        seq=row["seq"],
        asset_id=row["asset_id"],
        label=row["label"],
        input=row["input"],
        state=TaskState(row["state"]),
        attempt=row["attempt"],
        failures=row["failures"],
    )
