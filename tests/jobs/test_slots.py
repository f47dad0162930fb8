"""Slots with real children: limits, deaths, time, cancelling, and what the others see of it."""

import multiprocessing
import os
import random
import signal
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path

import pytest

from jobs.slots import (
    MOST_FAILED_STARTS,
    SlotCancelledError,
    SlotLimits,
    SlotLostError,
    SlotMemoryError,
    SlotPool,
    SlotStartError,
    SlotTimeoutError,
)
from tests.jobs import slot_work

MEMORY = 512 * 2**20
WATCHDOG_S = 30


@pytest.fixture(scope="module")
def pool() -> Iterator[SlotPool]:
    """Two slots of half a gibibyte and two seconds."""
    limits = SlotLimits(memory=MEMORY, file_size=2**20, timeout_s=2.0)
    slots = SlotPool(2, limits, slot_work.prepare)
    yield slots
    slots.close()


@pytest.fixture
def threads() -> Iterator[ThreadPoolExecutor]:
    """Threads that wait for slots, as the engine's do."""
    with ThreadPoolExecutor(8) as executor:
        yield executor


def wait_for(mark: Path) -> None:
    until = time.monotonic() + WATCHDOG_S
    while not mark.exists():
        assert time.monotonic() < until
        time.sleep(0.01)


def test_work_runs_in_another_process(pool: SlotPool) -> None:
    assert pool.run("a", slot_work.process_id) != os.getpid()


def test_what_the_work_raises_is_raised(pool: SlotPool) -> None:
    with pytest.raises(ValueError, match="what went wrong"):
        pool.run("a", slot_work.fail, "what went wrong")


def test_a_slot_has_its_limits(pool: SlotPool) -> None:
    assert pool.run("a", slot_work.limits) == (MEMORY, 0, 10)


def test_work_that_takes_too_much_memory_fails_alone(pool: SlotPool) -> None:
    with pytest.raises(SlotMemoryError, match="more memory than the 512 MiB of a slot"):
        pool.run("a", slot_work.allocate, 2 * MEMORY)
    assert pool.run("b", slot_work.allocate, 1000) == 1000


def test_work_that_writes_too_large_a_file_fails_alone(pool: SlotPool, tmp_path: Path) -> None:
    with pytest.raises((OSError, SlotLostError)):
        pool.run("a", slot_work.write, tmp_path / "large", 2 * 2**20)
    assert (tmp_path / "large").stat().st_size <= 2**20


def test_work_whose_process_dies_is_lost_and_the_pool_goes_on(pool: SlotPool) -> None:
    with pytest.raises(SlotLostError):
        pool.run("a", slot_work.die)
    assert pool.run("b", slot_work.process_id)


def test_work_that_sleeps_too_long_is_ended(pool: SlotPool, tmp_path: Path) -> None:
    with pytest.raises(SlotTimeoutError, match="longer than 2 seconds"):
        pool.run("a", slot_work.mark_and_sleep, tmp_path / "mark", 600.0)


def test_work_that_computes_too_long_is_ended(pool: SlotPool) -> None:
    with pytest.raises((SlotTimeoutError, SlotLostError)):
        pool.run("a", slot_work.spin)


def test_cancelled_work_ends_and_frees_its_slot(pool: SlotPool, threads: ThreadPoolExecutor, tmp_path: Path) -> None:
    runs: list[Future[None]] = [
        threads.submit(pool.run, n, slot_work.mark_and_sleep, tmp_path / str(n), 600.0) for n in range(2)
    ]
    for n in range(2):
        wait_for(tmp_path / str(n))
        pool.cancel(n)
    assert [type(run.exception(WATCHDOG_S)) for run in runs] == [SlotCancelledError] * 2
    assert pool.run("after", slot_work.process_id)


def test_cancelled_work_that_waits_for_a_slot_never_begins(threads: ThreadPoolExecutor, tmp_path: Path) -> None:
    slots = SlotPool(1, SlotLimits(), slot_work.prepare)
    busy = threads.submit(slots.run, "busy", slot_work.mark_and_wait, tmp_path / "busy", tmp_path / "end")
    wait_for(tmp_path / "busy")
    waiting = threads.submit(slots.run, "late", slot_work.mark_and_sleep, tmp_path / "late", 0.0)
    while not waiting.done():
        slots.cancel("late")
        time.sleep(0.01)
    assert isinstance(waiting.exception(), SlotCancelledError)
    (tmp_path / "end").touch()
    assert busy.exception(WATCHDOG_S) is None
    slots.close()
    assert not (tmp_path / "late").exists()


def test_a_child_that_dies_with_nothing_to_do_is_replaced() -> None:
    slots = SlotPool(1, SlotLimits(), slot_work.prepare)
    first = slots.run("a", slot_work.process_id)
    os.kill(first, signal.SIGKILL)
    until = time.monotonic() + WATCHDOG_S
    while Path(f"/proc/{first}").exists():
        assert time.monotonic() < until
        time.sleep(0.01)
    time.sleep(0.5)  # pebble looks after its children ten times a second
    assert slots.run("b", slot_work.process_id) != first
    assert slots.run("c", slot_work.process_id)
    slots.close()


def test_children_that_are_killed_at_any_moment_never_hold_up_the_slots(threads: ThreadPoolExecutor) -> None:
    slots = SlotPool(2, SlotLimits(), slot_work.prepare)

    def work(thread: int) -> None:
        for n in range(25):
            with suppress(SlotLostError, SlotStartError):
                slots.run((thread, n), slot_work.process_id)

    working = [threads.submit(work, thread) for thread in range(4)]
    for _kill in range(12):
        time.sleep(random.uniform(0, 0.3))
        for child in multiprocessing.active_children()[:1]:
            child.kill()
    for each in working:
        each.result(WATCHDOG_S)
    slots.close()


def test_work_is_lost_when_no_child_ever_begins() -> None:
    slots, seen = SlotPool(1, SlotLimits(), slot_work.die), list[type[Exception]]()
    while SlotLostError not in seen:
        with pytest.raises((SlotStartError, SlotLostError)) as error:
            slots.run("a", slot_work.process_id)
        seen.append(error.type)
    slots.close()
    assert seen == [SlotStartError] * MOST_FAILED_STARTS + [SlotLostError]


def test_cancelling_what_does_not_run_changes_nothing(pool: SlotPool) -> None:
    pool.cancel("nothing")
    assert pool.run("a", slot_work.process_id)


def test_closing_ends_the_work_and_takes_no_more(threads: ThreadPoolExecutor, tmp_path: Path) -> None:
    slots = SlotPool(1, SlotLimits(), slot_work.prepare)
    running = threads.submit(slots.run, "a", slot_work.mark_and_sleep, tmp_path / "mark", 600.0)
    wait_for(tmp_path / "mark")
    slots.close()
    assert isinstance(running.exception(WATCHDOG_S), SlotCancelledError)
    with pytest.raises(SlotCancelledError):
        slots.run("b", slot_work.process_id)


def test_a_slot_is_replaced_after_its_number_of_tasks() -> None:
    slots = SlotPool(1, SlotLimits(tasks_per_child=2), slot_work.prepare)
    processes = [slots.run(n, slot_work.process_id) for n in range(4)]
    slots.close()
    assert [len(set(processes[:2])), len(set(processes))] == [1, 2]


def test_who_waits_longest_gets_the_next_slot(pool: SlotPool, threads: ThreadPoolExecutor, tmp_path: Path) -> None:
    end, marks = tmp_path / "end", [tmp_path / f"{n}" for n in range(6)]
    busy = [threads.submit(pool.run, f"busy {n}", slot_work.mark_and_wait, marks[n], end) for n in range(2)]
    for mark in marks[:2]:
        wait_for(mark)

    waiting = []
    for n in range(2, 6):
        waiting.append(threads.submit(pool.run, f"waiting {n}", slot_work.mark_and_sleep, marks[n], 0.05))
        until = time.monotonic() + WATCHDOG_S
        while f"waiting {n}" not in pool._runs:
            assert time.monotonic() < until
            time.sleep(0.001)
    pool.cancel("busy 0")
    for future in waiting:
        future.result()
    end.touch()
    busy[1].result()

    began = [mark.stat().st_mtime_ns for mark in marks[2:]]
    assert began == sorted(began)
