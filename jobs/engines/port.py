"""What every engine does."""

from collections.abc import Callable, Sequence
from typing import Protocol

from domain.model import Token
from store.engine import Tx


class Engine(Protocol):
    """Carries tokens to workers. Losing a token costs a lease's time, carrying one twice costs nothing."""

    def recover(self, tx: Tx) -> int:
        """Put back the tasks of which this process, as it begins or ends to lead, knows that they do not run; how many.

        For the time before ``start`` and after ``close``.
        """
        ...

    def start(self, on_idle: Callable[[], None]) -> None:
        """Begin to take tokens; ``on_idle`` is called when a thread has nothing to run, if the engine knows of it."""
        ...

    def take(self, tx: Tx, tokens: Sequence[Token]) -> None:
        """Do what is to be done in the transaction that hands the tokens out; after its commit they are sent."""
        ...

    def send(self, tokens: Sequence[Token]) -> None:
        """Have the task of each token run."""
        ...

    def close(self) -> None:
        """Take no more tokens, and wait until what runs in this process has been ended."""
        ...
