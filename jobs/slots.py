"""Slots: child processes, limited in memory, CPU, file size and time, in which everything that touches pixels runs.

A child that dies or hangs costs its own task alone. Children die with the process that owns the pool.
"""

import ctypes
import multiprocessing
import os
import resource
import signal
from collections.abc import Callable, Hashable
from concurrent.futures import CancelledError, Future
from concurrent.futures import TimeoutError as FutureTimeoutError
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from threading import Condition
from typing import Any, ParamSpec, TypeVar

import structlog
from pebble import ProcessExpired, ProcessPool

from domain.errors import Retryable

P = ParamSpec("P")
R = TypeVar("R")
LONGEST_WAIT = 4
"""How many times its own limit a run waits for its slot and its answer, should the pool itself have stopped."""
_PR_SET_PDEATHSIG = 1

log = structlog.get_logger(__name__)


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

    future: Future[Any] | None = None
    is_cancelled: bool = False

    def cancel(self) -> None:
        self.is_cancelled = True
        if self.future is not None:
            self.future.cancel()


class SlotPool:
    """A fixed number of limited child processes, each of which calls ``prepare`` once. Threads ``run`` work in them."""

    def __init__(self, slots: int, limits: SlotLimits, prepare: Callable[[], None]) -> None:
        self.slots = slots
        self._limits = limits
        self._runs: dict[Hashable, _Run] = {}
        self._busy = 0
        self._is_closed = False
        self._changed = Condition()
        self._prepare = prepare
        self._pool = self._new_pool()

    def run(self, key: Hashable, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        """Return ``function(*args, **kwargs)`` as computed in a child, or raise what it raised.

        ``key`` names the run for ``cancel``. Raises SlotLostError, SlotTimeoutError, SlotMemoryError or
        SlotCancelledError when the child did not get to an answer.
        """
        limits = self._limits
        future = self._begin(key, [limits.timeout_s, function, args, kwargs])
        try:
            result: R = future.result(LONGEST_WAIT * limits.timeout_s)
        except ProcessExpired as error:
            code = str(error.exitcode)
            raise SlotLostError("The process working on it died (exit code {code}).", code=code) from error
        except FutureTimeoutError as error:
            seconds = f"{limits.timeout_s:g}"
            raise SlotTimeoutError("It took longer than {seconds} seconds and was ended.", seconds=seconds) from error
        except MemoryError as error:
            size = limits.memory >> 20
            raise SlotMemoryError("It needs more memory than the {size} MiB of a slot.", size=size) from error
        except (CancelledError, BrokenProcessPool) as error:
            raise SlotCancelledError("The job or the server was stopped.") from error
        else:
            return result
        finally:
            with self._changed:
                self._runs.pop(key, None)
                self._busy -= 1
                self._changed.notify_all()

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
        self._pool.stop()
        self._pool.join()

    def _begin(self, key: Hashable, call: list[Any]) -> Future[Any]:
        """Wait for a free slot and have the call run in it: pebble would begin what was cancelled while it waited."""
        run = _Run()
        with self._changed:
            self._runs[key] = run
            self._changed.wait_for(lambda: run.is_cancelled or self._is_closed or self._may_begin(run))
            if run.is_cancelled or self._is_closed:
                self._runs.pop(key, None)
                raise SlotCancelledError("The job or the server was stopped.")
            try:
                self._mend()
                run.future = self._pool.schedule(_limited, args=call, timeout=self._limits.timeout_s)
            except BaseException:
                self._runs.pop(key, None)  # it would stand in the way of those behind it
                self._changed.notify_all()
                raise
            self._busy += 1
            self._changed.notify_all()  # the next in line may have a slot, too
            return run.future

    def _may_begin(self, run: _Run) -> bool:
        """Return whether a slot is free and nobody has waited for it longer: who comes late may not slip in."""
        first = next(each for each in self._runs.values() if each.future is None and not each.is_cancelled)
        return self._busy < self.slots and first is run

    def _new_pool(self) -> ProcessPool:
        return ProcessPool(
            max_workers=self.slots,
            max_tasks=self._limits.tasks_per_child,
            initializer=_enter_slot,
            initargs=[self._limits, os.getpid(), self._prepare],
            context=multiprocessing.get_context("spawn"),
        )

    def _mend(self) -> None:
        """Put a new pool in the place of one that gave up: pebble does when a child dies that has nothing to do."""
        if not self._pool.active:
            log.warning("the slots were lost and are made anew")
            self._pool.stop()
            self._pool.join()
            self._pool = self._new_pool()


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
