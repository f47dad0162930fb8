"""The states of jobs and tasks, and the one table of legal moves between them.

The store moves rows only along these tables; nobody writes a state past them.
"""

from collections.abc import Mapping
from enum import IntEnum, StrEnum


class JobState(StrEnum):
    """The vendor's job states (string constants "Active job states"); Unknown is never written."""

    NEW = "New"
    WAITING_CLIENT = "WaitingClient"
    WAITING_COORDINATOR = "WaitingCoordinator"
    RUNNING = "Running"
    STOPPING = "Stopping"
    DONE = "Done"


class JobOutcome(StrEnum):
    """How a job that is Done ended; the vendor's states cannot say it."""

    COMPLETED = "completed"
    COMPLETED_WITH_ERRORS = "completed with errors"
    CANCELLED = "cancelled"
    FAILED = "failed"
    """What should have followed the job could not be done; the vendor's ``fatalError``."""


class ExecutionStatus(StrEnum):
    """Where a job stands in one word for its readers; the first three are those of the vendor's own page."""

    IN_PROGRESS = "In progress"
    COMPLETED = "Completed"
    CANCELLED = "Cancelled"
    COMPLETED_WITH_ERRORS = "Completed with errors"
    WAITING = "Waiting"
    PAUSED = "Paused"
    FAILED = "Failed"


class TaskState(IntEnum):
    """The life of one item of a job."""

    READY = 0
    DISPATCHED = 1
    RUNNING = 2
    DONE = 3
    FAILED = 4
    CANCELLED = 5


JOB_MOVES: Mapping[JobState, frozenset[JobState]] = {
    JobState.NEW: frozenset({JobState.WAITING_CLIENT, JobState.WAITING_COORDINATOR, JobState.DONE}),
    JobState.WAITING_CLIENT: frozenset(
        {JobState.WAITING_COORDINATOR, JobState.RUNNING, JobState.STOPPING, JobState.DONE}
    ),
    JobState.WAITING_COORDINATOR: frozenset({JobState.RUNNING, JobState.STOPPING, JobState.DONE}),
    JobState.RUNNING: frozenset({JobState.WAITING_CLIENT, JobState.STOPPING, JobState.DONE}),
    JobState.STOPPING: frozenset({JobState.DONE}),
    JobState.DONE: frozenset(),
}

TASK_MOVES: Mapping[TaskState, frozenset[TaskState]] = {
    TaskState.READY: frozenset({TaskState.DISPATCHED, TaskState.CANCELLED}),
    TaskState.DISPATCHED: frozenset({TaskState.RUNNING, TaskState.READY, TaskState.CANCELLED, TaskState.FAILED}),
    TaskState.RUNNING: frozenset({TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED, TaskState.READY}),
    TaskState.DONE: frozenset(),
    TaskState.FAILED: frozenset(),
    TaskState.CANCELLED: frozenset(),
}

ACTIVE_JOB_STATES = frozenset(state for state in JobState if state is not JobState.DONE)
SETTLED_TASK_STATES = frozenset(state for state, moves in TASK_MOVES.items() if not moves)


def job_sources(target: JobState) -> frozenset[JobState]:
    """Return the states from which a job may move to ``target``."""
    return frozenset(state for state, moves in JOB_MOVES.items() if target in moves)


def task_sources(target: TaskState) -> frozenset[TaskState]:
    """Return the states from which a task may move to ``target``."""
    return frozenset(state for state, moves in TASK_MOVES.items() if target in moves)
