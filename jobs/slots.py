"""Slots: child processes, limited in memory, CPU, file size and time, in which everything that touches pixels runs.

A child that dies or hangs costs its own task alone. Children die with the process that owns the pool.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
import time
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Condition
from typing import Any, ParamSpec, TypeVar

from pebble import ProcessExpired, ProcessPool

from domain.errors import Retryable

P = ParamSpec("P")
R = TypeVar("R")
LONGEST_WAIT = 4
"""How many times its own limit a run waits for its slot and its answer, should the pool itself have stopped."""
LOOK_S = 1.0
MOST_FAILED_STARTS = 10
"""How many children may die one after the other before they began; after that their tasks fail, and say why."""
_PR_SET_PDEATHSIG = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class SlotLimits:
    """The bounds of one child. Sizes in bytes, times in seconds."""

    memory: int = 3 * 2**30
    file_size: int = 16 * 2**30
    timeout_s: float = 300.0
    tasks_per_child: int = 200
    niceness: int = 10


class SlotLostError(Retryable):
    """The child process that ran the task died; the task runs again in another one."""


class SlotStartError(Retryable):
    """The child process died before it began with the task, which says nothing about the task."""

    counts_as_failure = False


class SlotTimeoutError(Retryable):
    """The task ran longer than a slot allows and its child process was ended."""


class SlotMemoryError(Retryable):
    """The task wanted more memory than its slot has; a fresh child may have more of it to give."""


class SlotCancelledError(Retryable):
    """The task was taken from its slot, because its job or the server is being stopped."""

    counts_as_failure = False


@dataclass(slots=True)
class _Run:
    """One call from its wait for a slot to its end."""

    slot: ProcessPool | None = None
    future: Future[Any] | None = None
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True
        if self.future is not None:
            self.future.cancel()


class SlotPool:
    """A fixed number of limited child processes, each of which calls ``prepare`` once. Threads ``run`` work in them.

    Each slot is a pool of its own with one child: children of one pebble pool share its pipes and locks, and one that
    is killed while it holds a lock stops them all. Whatever ends a child by force ends its pool, too.
    """

    def __init__(self, slots: int, limits: SlotLimits, prepare: Callable[[], None]) -> None:
        self.slots = slots
        self._limits = limits
        self._runs: dict[Hashable, _Run] = {}
        self._is_closed = False
        self._changed = Condition()
        self._failed_starts = 0
        self._prepare = prepare
        self._idle = [self._new_slot() for _n in range(slots)]

    def run(self, key: Hashable, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return ``function(*args, **kwargs)`` as computed in a child, or raise what it raised.

        ``key`` names the run for ``cancel``. Raises SlotLostError, SlotStartError, SlotTimeoutError, SlotMemoryError
        or SlotCancelledError when the child did not get to an answer.
        """
        run = self._begin(key)
        try:
            result: R = self._answer(run, self._schedule(run, [self._limits.timeout_s, function, args, kwargs]))
        except (ProcessExpired, FutureTimeoutError, CancelledError, BrokenProcessPool) as error:
            self._renew(run)
            raise self._lost(error) from error
        except MemoryError as error:
            size = self._limits.memory >> 20
            raise SlotMemoryError("It needs more memory than the {size} MiB of a slot.", size=size) from error
        else:
            self._failed_starts = 0
            return result
        finally:
            self._end(key, run)

    def cancel(self, key: Hashable) -> None:
        """End the run named ``key``, if there is one, and free its slot; one that waits for a slot never begins."""
        with self._changed:
            if key in self._runs:
                self._runs[key].cancel()
                self._changed.notify_all()

    def close(self) -> None:
        """End every child at once; whoever waits in ``run`` gets SlotCancelledError."""
        with self._changed:
            self._is_closed = True
            for run in self._runs.values():
                run.cancel()
            self._changed.notify_all()
            self._changed.wait_for(lambda: not self._runs)
        for slot in self._idle:
            slot.stop()
        for slot in self._idle:
            slot.join()

    def _begin(self, key: Hashable) -> _Run:
        """Wait for a free slot and take it: pebble would begin what was cancelled while it waited."""
        run = _Run()
        with self._changed:
            self._runs[key] = run
            self._changed.wait_for(lambda: run.is_cancelled or self._is_closed or self._may_begin(run))
            if run.is_cancelled or self._is_closed:
                self._runs.pop(key, None)
                self._changed.notify_all()
                raise SlotCancelledError("The job or the server was stopped.")
            run.slot = self._idle.pop()
            self._changed.notify_all()  # the next in line may have a slot, too
            return run

    def _may_begin(self, run: _Run) -> bool:
        """Return whether a slot is free and nobody has waited for it longer: who comes late may not slip in."""
        first = next(each for each in self._runs.values() if each.slot is None and not each.is_cancelled)
        return bool(self._idle) and first is run

    def _schedule(self, run: _Run, call: list[Any]) -> Future[Any]:
        assert run.slot is not None
        if not run.slot.active:  # its child died while it had nothing to do
            self._renew(run)
        with self._changed:
            if run.is_cancelled or self._is_closed:
                raise CancelledError
            try:
                run.future = run.slot.schedule(_limited, args=call, timeout=self._limits.timeout_s)
            except RuntimeError as error:  # its child has just died
                raise BrokenProcessPool from error
            return run.future

    def _answer(self, run: _Run, future: Future[Any]) -> Any:
        """Return what the future brings; pebble can forget one whose child dies as it is sent."""
        assert run.slot is not None
        until = time.monotonic() + LONGEST_WAIT * self._limits.timeout_s
        while True:
            try:
                return future.result(LOOK_S)
            except FutureTimeoutError:
                if future.done():
                    return future.result()
                if not run.slot.active:
                    raise BrokenProcessPool from None
                if time.monotonic() >= until:
                    raise

    def _renew(self, run: _Run) -> None:
        """Put a new slot in the place of one whose child was ended, or ended by itself."""
        assert run.slot is not None
        run.slot.stop()
        run.slot.join()
        run.slot = self._new_slot()

    def _end(self, key: Hashable, run: _Run) -> None:
        assert run.slot is not None
        with self._changed:
            self._runs.pop(key, None)
            self._idle.append(run.slot)
            self._changed.notify_all()

    def _lost(self, error: Exception) -> Retryable:
        if isinstance(error, BrokenProcessPool):
            self._failed_starts += 1
            if self._failed_starts <= MOST_FAILED_STARTS:
                return SlotStartError("The process that was to work on it died before it began.")
            return SlotLostError("The processes that were to work on it died before they began.")
        if isinstance(error, ProcessExpired):
            code = str(error.exitcode)
            return SlotLostError("The process working on it died (exit code {code}).", code=code)
        if isinstance(error, FutureTimeoutError):
            seconds = f"{self._limits.timeout_s:g}"
            return SlotTimeoutError("It took longer than {seconds} seconds and was ended.", seconds=seconds)
        return SlotCancelledError("The job or the server was stopped.")

    def _new_slot(self) -> ProcessPool:
        """Return a slot without a child, which it gets when it is first used."""
        return ProcessPool(
            max_workers=1,
            max_tasks=self._limits.tasks_per_child,
            initializer=_enter_slot,
            initargs=[self._limits, os.getpid(), self._prepare],
            context=multiprocessing.get_context("spawn"),
        )


def _enter_slot(limits: SlotLimits, owner: int, prepare: Callable[[], None]) -> None:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != owner:
        os._exit(1)
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # the owner decides when its children end
    os.environ.update({"VIPS_CONCURRENCY": "1", "VIPS_BLOCK_UNTRUSTED": "1", "OPENBLAS_NUM_THREADS": "1"})
    os.nice(limits.niceness)
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    resource.setrlimit(resource.RLIMIT_FSIZE, (limits.file_size, limits.file_size))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    prepare()


def _limited(cpu_s: float, function: Callable[..., Any], args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
    used = resource.getrusage(resource.RUSAGE_SELF)
    soft = int(used.ru_utime + used.ru_stime + cpu_s) + 1
    resource.setrlimit(resource.RLIMIT_CPU, (soft, resource.RLIM_INFINITY))
    return function(*args, **kwargs)
