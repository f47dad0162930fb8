"""What every engine does."""

from collections.abc import Sequence
from typing import Protocol

from domain.model import Token


class Engine(Protocol):
    """Carries tokens to workers. Losing a token costs a lease's time, carrying one twice costs nothing."""

    @property
    def window(self) -> int:
        """How many tokens the engine wants to hold: enough to keep its slots busy, few enough to stay fair."""
        ...

    def send(self, tokens: Sequence[Token]) -> None:
        """Have the task of each token run."""
        ...

    def cancel(self, token: Token) -> None:
        """End the run of this token, if it is running."""
        ...

    def close(self) -> None:
        """Take no more tokens, end what runs, and wait for it to be gone."""
        ...
