"""Slows guessing: after too many wrong passwords a user is refused from an address, and an address altogether.

A refusal costs no hashing and says what a wrong password says, so it tells nothing about which users exist. Each HTTP
worker counts for itself.
"""

import time
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field
from threading import Lock

MOST_KEYS = 50_000
_EVERYBODY = None
"""The key under which the failures of all addresses are counted."""


@dataclass(slots=True, kw_only=True)
class Lockout:
    """Counts failures within ``window_s`` seconds; ``per_user`` and ``per_address`` of them lock. Thread-safe."""

    per_user: int = 10
    per_address: int = 100
    window_s: float = 900.0
    _failures: dict[Hashable, deque[float]] = field(default_factory=dict, init=False)
    _lock: Lock = field(default_factory=Lock, init=False)

    def is_locked(self, user: str, address: str) -> bool:
        """Return whether this user may not try again yet from this address."""
        with self._lock:
            of_user = self._recent((user.lower(), address))
            return of_user >= self.per_user or self._recent(address) >= self.per_address

    def is_flooded(self) -> bool:
        """Return whether all addresses together have failed as often as a single one may."""
        with self._lock:
            return self._recent(_EVERYBODY) >= self.per_address

    def note_failure(self, user: str, address: str) -> None:
        """Count a wrong password."""
        now = time.monotonic()
        with self._lock:
            if len(self._failures) > MOST_KEYS:
                self._failures.clear()
            of_user = ((user.lower(), address), self.per_user)
            for key, most in (of_user, (address, self.per_address), (_EVERYBODY, self.per_address)):
                self._failures.setdefault(key, deque(maxlen=most)).append(now)

    def note_success(self, user: str, address: str) -> None:
        """Forget the user's failures from this address."""
        with self._lock:
            self._failures.pop((user.lower(), address), None)

    def _recent(self, key: Hashable) -> int:
        times = self._failures.get(key)
        if times is None:
            return 0
        oldest = time.monotonic() - self.window_s
        while times and times[0] < oldest:
            times.popleft()
        return len(times)
