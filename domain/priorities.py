"""How urgent a job is among the jobs of its company: as an operator chose, else by its size."""

from dataclasses import dataclass
from enum import IntEnum


class Priority(IntEnum):
    """The classes of jobs; the smaller come first. BY_SIZE stands in a row until an operator chooses another."""

    BY_SIZE = 0
    INTERACTIVE = 1
    NORMAL = 5
    BULK = 9


@dataclass(frozen=True, slots=True, kw_only=True)
class SizeClasses:
    """From which number of items on a job is what: at most ``interactive`` of them, at least ``bulk``."""

    interactive: int
    bulk: int

    def class_of(self, chosen: Priority, items: int) -> Priority:
        """Return the class of a job that has so many items, for which an operator may have chosen one."""
        if chosen is not Priority.BY_SIZE:
            return chosen
        if items <= self.interactive:
            return Priority.INTERACTIVE
        return Priority.BULK if items >= self.bulk else Priority.NORMAL
