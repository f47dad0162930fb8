"""Writes of several threads in one transaction: a group is whatever waits when the transaction begins, never a timer.

A commit that reaches the disk costs the same for one task as for many. What is written is left to the caller.
"""

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Generic, TypeVar

import structlog

from store.engine import Database, Tx

Item = TypeVar("Item")
Result = TypeVar("Result")

log = structlog.get_logger(__name__)


class _Brought(Generic[Item, Result]):
    """What one thread wants written, and what came of it: nothing, when the group was rolled back."""

    def __init__(self, item: Item) -> None:
        self.item = item
        self.had_its_turn = False
        self.results: tuple[Result, ...] = ()


class Together(Generic[Item, Result]):
    """Writes items for threads that come at any time: the first one writes for all those that came meanwhile.

    ``write_all`` gives a result for each item, in their order. What it raises for a group is nobody's: the group is
    rolled back, and each thread has ``write_one`` write its own item.
    """

    def __init__(
        self,
        database: Database,
        write_all: Callable[[Tx, Sequence[Item]], Sequence[Result]],
        write_one: Callable[[Tx, Item], Result],
    ) -> None:
        self._database = database
        self._write_all = write_all
        self._write_one = write_one
        self._waiting: list[_Brought[Item, Result]] = []
        self._lock = Lock()
        self._turn = Lock()

    def write(self, item: Item) -> Result:
        """Return the item's result once it is committed; raises what writing it by itself raises."""
        mine = _Brought[Item, Result](item)
        with self._lock:
            self._waiting.append(mine)
        with self._turn:
            if not mine.had_its_turn:
                self._write_waiting()
        for result in mine.results:
            return result
        with self._database.write() as tx:
            return self._write_one(tx, item)

    def _write_waiting(self) -> None:
        group: list[_Brought[Item, Result]] = []
        try:
            with self._database.write() as tx:
                group = self._take()
                results = self._write_all(tx, [brought.item for brought in group])
        except Exception:
            group = group or self._take()
            log.debug("a group is written one by one", size=len(group), exc_info=True)
        else:
            for brought, result in zip(group, results, strict=True):
                brought.results = (result,)
        for brought in group:
            brought.had_its_turn = True

    def _take(self) -> list[_Brought[Item, Result]]:
        with self._lock:
            taken, self._waiting = self._waiting, []
        return taken
