"""No sequence of what clients, operators, workers and the leader do, and no crash, makes an illegal job.

The calls of the store alone are in test_states_machine.py; here jobs are submitted, paused, stopped, ended and
restarted as the server does it, several at a time, of two companies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.clock import utc_now
from domain.model import Job, JobCounts, NewTask, Task, Token
from domain.priorities import Priority, SizeClasses
from domain.states import JOB_MOVES, SETTLED_TASK_STATES, TASK_MOVES, JobState, TaskState
from domain.words import verbatim
from jobs import control
from jobs.closing import close_if_settled
from jobs.executor import cancel_running, expand_in, settle_in
from jobs.kinds import reprocess
from jobs.kinds.port import Expansion, Subject, Work
from jobs.pump import Fairness, pump
from jobs.restart import UNSUCCESSFUL, NotRestartableError, restart_job
from store import ledger, tables
from store.companies import add_company, find_company
from store.engine import Database, Tx
from store.jobs import begin_job, find_active, find_settled, load_job, lock_job, set_priority
from tests.store.machine_runs import run_steps
from tests.store.orders import log_of, submit_items
from tests.store.rows import OWNER, claim_one, find_tasks

LEASES = st.sampled_from([timedelta(seconds=30), timedelta(seconds=-1)])
PICK = st.integers(min_value=0, max_value=10_000)
MOST_JOBS = 6


@dataclass(frozen=True, slots=True)
class Seen:
    """A job as it stood after a step; ``is_held`` says that none of its tasks may begin."""

    state: JobState
    is_held: bool
    progress: float
    counts: JobCounts
    tasks: dict[int, tuple[TaskState, int]]


class Server(RuleBasedStateMachine):
    """Everything that writes jobs, in any order, with tokens and claims that never die."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[Token] = []
        self.claims: list[Task] = []
        self.jobs: list[int] = []
        self.seen: dict[int, Seen] = {}
        self.fairness = Fairness(SizeClasses(interactive=1, bulk=4))
        with self.database.write() as tx:
            for table in (tables.outbox, tables.job_log, tables.task, tables.job):
                tx.execute(sa.delete(table))
            named = [(name, find_company(tx, name)) for name in ("LabCo", "OtherCo")]
            self.companies = [(found or add_company(tx, name=name, root=name)).id for name, found in named]
            self.jobs.append(submit_items(tx, self.companies[0], 3).id)
        self.seen = self.read()

    def read(self) -> dict[int, Seen]:
        """Return every job as it stands."""
        seen = {}
        with self.database.read() as tx:
            for job_id in self.jobs:
                job = self.load(tx, job_id)
                rows = find_tasks(tx, job_id)
                tasks = {row["id"]: (row["state"], row["attempt"]) for row in rows}
                seen[job_id] = Seen(job.state, job.is_paused or job.stop_requested, job.progress, job.counts, tasks)
        return seen

    def load(self, tx: Tx, job_id: int) -> Job:
        job = load_job(tx, job_id)
        assert job is not None
        return job

    def pick(self, pick: int) -> int:
        return self.jobs[pick % len(self.jobs)]

    def write(self, act: Callable[[Tx], object], *, breaks: bool = False) -> None:
        """Do ``act`` in a transaction, which a crash breaks off at its end when ``breaks`` is set."""
        try:
            with self.database.write() as tx:
                act(tx)
                _ = breaks and 1 // 0
        except ZeroDivisionError:
            assert self.read() == self.seen

    @precondition(lambda self: len(self.jobs) < MOST_JOBS)
    @rule(company=st.integers(0, 1), items=st.integers(0, 5))
    def submit(self, company: int, items: int) -> None:
        with self.database.write() as tx:
            self.jobs.append(submit_items(tx, self.companies[company], items).id)

    @rule(window=st.integers(1, 5), lease=LEASES)
    def dispatch(self, window: int, lease: timedelta) -> None:
        before = sum(state in (TaskState.DISPATCHED, TaskState.RUNNING) for state in self.task_states())
        tokens = pump(self.database, window, lease, self.fairness)
        assert len(tokens) <= max(window - before, 0)
        self.tokens += tokens

    @precondition(lambda self: self.tokens)
    @rule(pick=PICK, lease=LEASES)
    def claim(self, pick: int, lease: timedelta) -> None:
        token = self.tokens[pick % len(self.tokens)]
        with self.database.write() as tx:
            task = claim_one(tx, token, OWNER, lease)
            if task is not None:
                begin_job(tx, task.job_id)
                self.claims.append(task)

    @precondition(lambda self: self.claims)
    @rule(pick=PICK, end=st.sampled_from([TaskState.DONE, TaskState.FAILED]), breaks=st.booleans())
    def settle(self, pick: int, end: TaskState, breaks: bool) -> None:
        task = self.claims[pick % len(self.claims)]
        log_type = "ReoptimizeSuccess" if end is TaskState.DONE else "ReoptimizeFailure"
        made = ledger.Settlement(state=end)
        work = Work(settlement=made, log_type=log_type, message=verbatim(task.label), subject=Subject(name=task.label))
        self.write(lambda tx: settle_in(tx, task, work, utc_now()), breaks=breaks)

    @precondition(lambda self: self.claims)
    @rule(pick=PICK, items=st.integers(0, 3), breaks=st.booleans())
    def expand(self, pick: int, items: int, breaks: bool) -> None:
        task = self.claims[pick % len(self.claims)]
        found = Expansion(items=[NewTask(label=f"{task.label}-{n}") for n in range(items)])
        self.write(lambda tx: expand_in(tx, task, found), breaks=breaks)

    @precondition(lambda self: self.claims)
    @rule(pick=PICK, is_failure=st.booleans())
    def give_back(self, pick: int, is_failure: bool) -> None:
        task = self.claims[pick % len(self.claims)]

        def act(tx: Tx) -> None:
            lock_job(tx, task.job_id)
            job = self.load(tx, task.job_id)
            if job.stop_requested:
                cancel_running(tx, job, task)
            else:
                ledger.release(tx, task, delay=timedelta(0), is_failure=is_failure)

        self.write(act)

    @rule()
    def take_back_expired(self) -> None:
        with self.database.write() as tx:
            for task in ledger.find_expired(tx, utc_now()):
                job = self.load(tx, task.job_id)
                if not job.stop_requested:
                    ledger.take_back(tx, task)
                elif taken := ledger.take_over(tx, task, "leader", timedelta(seconds=30)):
                    cancel_running(tx, job, taken)

    @rule()
    def recover(self) -> None:
        with self.database.write() as tx:
            ledger.recover(tx)
            for job in find_active(tx, None):
                ledger.reconcile_counters(tx, job.id)
                if job.stop_requested:
                    control.cancel_waiting_tasks(tx, job.id)
                close_if_settled(tx, job.id)

    @rule()
    def close(self) -> None:
        with self.database.write() as tx:
            for job_id in find_settled(tx):
                close_if_settled(tx, job_id)

    @rule(pick=PICK, breaks=st.booleans())
    def pause(self, pick: int, breaks: bool) -> None:
        self.write(lambda tx: control.pause_job(tx, self.load(tx, self.pick(pick))), breaks=breaks)

    @rule(pick=PICK)
    def resume(self, pick: int) -> None:
        self.write(lambda tx: control.resume_job(tx, self.load(tx, self.pick(pick))))

    @rule(pick=PICK, breaks=st.booleans())
    def stop_or_delete(self, pick: int, breaks: bool) -> None:
        self.write(lambda tx: control.stop_job(tx, self.load(tx, self.pick(pick))), breaks=breaks)

    @precondition(lambda self: len(self.jobs) < MOST_JOBS)
    @rule(pick=PICK, only_unsuccessful=st.booleans())
    def restart(self, pick: int, only_unsuccessful: bool) -> None:
        old = self.seen[self.pick(pick)]
        again = [state for state, _attempt in old.tasks.values() if not only_unsuccessful or state in UNSUCCESSFUL]
        try:
            with self.database.write() as tx:
                new = restart_job(tx, self.load(tx, self.pick(pick)), only_unsuccessful=only_unsuccessful)
        except NotRestartableError:
            assert old.state is not JobState.DONE or not again
        else:
            assert old.state is JobState.DONE
            assert new.counts == JobCounts(total=len(again))
            self.jobs.append(new.id)

    @rule(pick=PICK, priority=st.sampled_from(Priority))
    def prioritize(self, pick: int, priority: Priority) -> None:
        self.write(lambda tx: set_priority(tx, self.pick(pick), priority))

    def task_states(self) -> list[TaskState]:
        return [state for seen in self.seen.values() for state, _attempt in seen.tasks.values()]

    @invariant()
    def every_move_was_legal_and_no_progress_was_lost(self) -> None:
        after = self.read()
        for job_id, before in self.seen.items():
            self.check_move(before, after[job_id])
            if after[job_id].state is JobState.DONE and before.state is not JobState.DONE:
                ends = [row for row in log_of(self.database, job_id) if row[0] == reprocess.KIND.end]
                assert len(ends) == 1
        self.seen = after

    def check_move(self, before: Seen, now: Seen) -> None:
        """Check what one step did to a job that was there before."""
        assert now.state is before.state or now.state in JOB_MOVES[before.state]
        assert now == before or before.state is not JobState.DONE
        assert now.counts.settled >= before.counts.settled
        assert now.progress >= before.progress
        assert all(before.tasks[task_id][0] is TaskState.RUNNING for task_id in before.tasks.keys() - now.tasks.keys())
        for task_id in before.tasks.keys() & now.tasks.keys():
            (was, attempt), (state, new_attempt) = before.tasks[task_id], now.tasks[task_id]
            assert state is was or state in TASK_MOVES[was]
            assert new_attempt - attempt in (0, 1)
            has_begun = state is TaskState.RUNNING and was is not TaskState.RUNNING
            assert not (has_begun and before.is_held and now.is_held)

    @invariant()
    def the_counters_are_the_rows_and_nothing_of_an_ended_job_is_left(self) -> None:
        for seen in self.seen.values():
            states = [state for state, _attempt in seen.tasks.values()]
            counts = seen.counts
            assert (counts.total, counts.settled) == (
                len(states),
                sum(state in SETTLED_TASK_STATES for state in states),
            )
            assert counts.done == states.count(TaskState.DONE)
            assert counts.failed == states.count(TaskState.FAILED)
            assert counts.cancelled == states.count(TaskState.CANCELLED)
            assert seen.state is not JobState.DONE or counts.settled == counts.total


def test_no_short_sequence_of_acts_makes_an_illegal_job(database: Database) -> None:
    run_steps(Server, database, examples=10, steps=25)


@pytest.mark.proof
@pytest.mark.timeout(3600)
def test_fifty_thousand_acts_make_no_illegal_job(database: Database) -> None:
    run_steps(Server, database, examples=1000, steps=50)
