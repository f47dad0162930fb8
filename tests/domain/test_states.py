"""The tables of legal moves: complete, with an end from everywhere, and without a way back from it."""

from typing import TypeVar

import pytest

from domain.states import (
    ACTIVE_JOB_STATES,
    JOB_MOVES,
    SETTLED_TASK_STATES,
    TASK_MOVES,
    JobState,
    TaskState,
    job_sources,
    task_sources,
)

StateT = TypeVar("StateT")


def reachable(start: StateT, moves: dict[StateT, frozenset[StateT]]) -> set[StateT]:
    seen, waiting = set[StateT](), [start]
    while waiting:
        state = waiting.pop()
        if state not in seen:
            seen.add(state)
            waiting += moves[state]
    return seen


def test_job_states_are_the_vendors_words() -> None:
    assert {str(state) for state in JobState} == {
        "New",
        "WaitingClient",
        "WaitingCoordinator",
        "Running",
        "Stopping",
        "Done",
    }


def test_the_tables_know_every_state() -> None:
    assert set(JOB_MOVES) == set(JobState)
    assert set(TASK_MOVES) == set(TaskState)


@pytest.mark.parametrize("state", JobState)
def test_every_job_can_end(state: JobState) -> None:
    assert JobState.DONE in reachable(state, dict(JOB_MOVES))


@pytest.mark.parametrize("state", TaskState)
def test_every_task_can_settle(state: TaskState) -> None:
    assert reachable(state, dict(TASK_MOVES)) & SETTLED_TASK_STATES


def test_nothing_leaves_an_end() -> None:
    assert JOB_MOVES[JobState.DONE] == frozenset()
    assert {state for state in TaskState if not TASK_MOVES[state]} == SETTLED_TASK_STATES
    assert {TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED} == SETTLED_TASK_STATES


def test_a_stopping_job_can_only_end() -> None:
    assert JOB_MOVES[JobState.STOPPING] == {JobState.DONE}


def test_a_task_runs_only_from_a_dispatch_and_is_done_only_from_a_run() -> None:
    assert task_sources(TaskState.RUNNING) == {TaskState.DISPATCHED}
    assert task_sources(TaskState.DONE) == {TaskState.RUNNING}


def test_the_sources_are_the_moves_read_backwards() -> None:
    assert {(a, b) for a, moves in JOB_MOVES.items() for b in moves} == {
        (a, b) for b in JobState for a in job_sources(b)
    }
    assert {(a, b) for a, m in TASK_MOVES.items() for b in m} == {(a, b) for b in TaskState for a in task_sources(b)}


def test_every_state_but_done_is_active() -> None:
    assert set(JobState) - {JobState.DONE} == ACTIVE_JOB_STATES
