"""No sequence of calls of the store makes an illegal state of a job or a task, nor a counter that is not its rows'."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from domain.clock import utc_now
from domain.model import JobCounts, NewTask, Task, Token
from domain.states import JOB_MOVES, SETTLED_TASK_STATES, TASK_MOVES, JobOutcome, JobState, TaskState
from store import ledger
from store.companies import add_company, find_company
from store.engine import Database, Tx
from store.expansion import expand
from store.jobs import end_job, load_job, move_job, request_stop
from tests.store.machine_runs import run_steps
from tests.store.rows import OWNER, claim_one, find_tasks, new_job

LEASES = st.sampled_from([timedelta(seconds=30), timedelta(seconds=-1)])
ENDS = st.sampled_from(sorted(SETTLED_TASK_STATES))
PICK = st.integers(min_value=0, max_value=10_000)


class Store(RuleBasedStateMachine):
    """One job under any mixture of dispatchers, workers, sweepers, stops and crashes, with tokens that never die."""

    database: Database

    def __init__(self) -> None:
        super().__init__()
        self.tokens: list[Token] = []
        self.claims: list[Task] = []
        self.settled_by_us: set[int] = set()
        with self.database.write() as tx:
            company = find_company(tx, "LabCo") or add_company(tx, name="LabCo", root="LabCo")
            self.company_id = company.id
            self.job_id = new_job(tx, company.id).id
            ledger.add_tasks(tx, self.job_id, company.id, [NewTask(label=str(n)) for n in range(4)])
            self.tokens += ledger.dispatch(tx, self.job_id, 3, timedelta(seconds=30))
            running = [claim_one(tx, token, OWNER, timedelta(seconds=-1)) for token in self.tokens[:2]]
            self.claims += [task for task in running if task]
        self.state, self.counts, self.tasks = self.read()

    def read(self) -> tuple[JobState, JobCounts, dict[int, tuple[TaskState, int, int]]]:
        """Return the job's state, its counters, and each task's state, attempt and failures."""
        with self.database.read() as tx:
            job = load_job(tx, self.job_id)
            rows = find_tasks(tx, self.job_id)
        assert job is not None
        return job.state, job.counts, {row["id"]: (row["state"], row["attempt"], row["failures"]) for row in rows}

    def write(self, act: Callable[[Tx], object], *, breaks: bool = False) -> None:
        """Do ``act`` in a transaction of its own, which is broken off at its end when ``breaks`` is set."""
        try:
            with self.database.write() as tx:
                act(tx)
                _ = breaks and 1 // 0
        except ZeroDivisionError:
            assert self.read() == (self.state, self.counts, self.tasks)

    @precondition(lambda self: self.state is not JobState.DONE and len(self.tasks) < 12)
    @rule(number=st.integers(min_value=0, max_value=3), breaks=st.booleans())
    def add(self, number: int, breaks: bool) -> None:
        new = [NewTask(label="late") for _n in range(number)]
        self.write(lambda tx: ledger.add_tasks(tx, self.job_id, self.company_id, new), breaks=breaks)

    @rule(number=st.integers(min_value=1, max_value=3), lease=LEASES)
    def dispatch(self, number: int, lease: timedelta) -> None:
        self.write(lambda tx: self.tokens.extend(ledger.dispatch(tx, self.job_id, number, lease)))

    @precondition(lambda self: self.tokens)
    @rule(pick=PICK, lease=LEASES)
    def claim(self, pick: int, lease: timedelta) -> None:
        token = self.tokens[pick % len(self.tokens)]
        with self.database.write() as tx:
            task = claim_one(tx, token, OWNER, lease)
        assert task is None or self.tasks[task.id][1] == token.attempt
        self.claims += [task] if task else []

    @precondition(lambda self: self.claims)
    @rule(pick=PICK, end=ENDS)
    def settle(self, pick: int, end: TaskState) -> None:
        task = self.claims[pick % len(self.claims)]
        with self.database.write() as tx:
            settled = ledger.settle(tx, task, ledger.Settlement(state=end))
        assert not settled or self.tasks[task.id][1] == task.attempt
        assert not (settled and task.id in self.settled_by_us)
        self.settled_by_us |= {task.id} if settled else set()

    @precondition(lambda self: self.claims)
    @rule(pick=PICK, end=ENDS)
    def settle_and_break_off(self, pick: int, end: TaskState) -> None:
        task = self.claims[pick % len(self.claims)]
        self.write(lambda tx: ledger.settle(tx, task, ledger.Settlement(state=end)), breaks=True)

    @precondition(lambda self: self.claims and self.state is not JobState.DONE and len(self.tasks) < 12)
    @rule(pick=PICK, number=st.integers(min_value=0, max_value=2), breaks=st.booleans())
    def expand(self, pick: int, number: int, breaks: bool) -> None:
        task = self.claims[pick % len(self.claims)]
        self.write(lambda tx: expand(tx, task, [NewTask(label="found")] * number), breaks=breaks)

    @precondition(lambda self: self.claims)
    @rule(pick=PICK, is_failure=st.booleans())
    def release(self, pick: int, is_failure: bool) -> None:
        task = self.claims[pick % len(self.claims)]
        self.write(lambda tx: ledger.release(tx, task, delay=timedelta(0), is_failure=is_failure))

    @rule(takes_over=st.booleans())
    def sweep(self, takes_over: bool) -> None:
        with self.database.write() as tx:
            for task in [each for each in ledger.find_expired(tx, utc_now()) if each.job_id == self.job_id]:
                taken = ledger.take_over(tx, task, "leader", timedelta(seconds=-1)) if takes_over else None
                self.claims += [taken] if taken else []
                if not takes_over:
                    ledger.take_back(tx, task)

    @rule()
    def crash(self) -> None:
        with self.database.write() as tx:
            ledger.recover(tx)
            ledger.reconcile_counters(tx, self.job_id)

    @rule()
    def stop(self) -> None:
        with self.database.write() as tx:
            request_stop(tx, self.job_id)
            move_job(tx, self.job_id, JobState.STOPPING)

    @rule()
    def cancel(self) -> None:
        self.write(lambda tx: ledger.cancel_waiting(tx, self.job_id))

    @rule(to=st.sampled_from([state for state in JobState if state is not JobState.DONE]))
    def move(self, to: JobState) -> None:
        self.write(lambda tx: move_job(tx, self.job_id, to))

    @precondition(lambda self: self.tasks and self.counts.settled == self.counts.total)
    @rule(outcome=st.sampled_from(sorted(JobOutcome)))
    def end(self, outcome: JobOutcome) -> None:
        self.write(lambda tx: end_job(tx, self.job_id, outcome))

    @invariant()
    def every_move_was_legal(self) -> None:
        state, counts, tasks = self.read()
        assert state is self.state or state in JOB_MOVES[self.state]
        for task_id, (before, attempt, failures) in self.tasks.items():
            if task_id not in tasks:  # it found nothing, and no token brings it back
                assert before is TaskState.RUNNING
                continue
            now, new_attempt, new_failures = tasks[task_id]
            assert now is before or now in TASK_MOVES[before]
            assert new_attempt - attempt in (0, 1)
            assert new_failures - failures in (0, 1)
        assert counts.settled >= self.counts.settled
        if counts.total == self.counts.total:
            assert counts.done >= self.counts.done
        self.state, self.counts, self.tasks = state, counts, tasks

    @invariant()
    def the_counters_are_the_rows(self) -> None:
        states = [state for state, _attempt, _failures in self.tasks.values()]
        assert self.counts.total == len(states)
        assert self.counts.done == states.count(TaskState.DONE)
        assert self.counts.failed == states.count(TaskState.FAILED)
        assert self.counts.cancelled == states.count(TaskState.CANCELLED)


def test_no_short_sequence_of_calls_makes_an_illegal_state(database: Database) -> None:
    run_steps(Store, database, examples=30, steps=25)


@pytest.mark.proof
@pytest.mark.timeout(1800)
def test_fifty_thousand_calls_make_no_illegal_state(database: Database) -> None:
    run_steps(Store, database, examples=1000, steps=50)
