"""Verifies passwords with argon2id, and remembers a verified one for a short while: every SOAP call sends one.

Guesses cost others little: two threads of low priority do all the looking, which keep its memory to themselves.
"""

import hashlib
import hmac
import os
import secrets
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Lock

import structlog
from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from domain.errors import ApiError, FaultCode
from server.lockout import Lockout

LOOKING_THREADS = 2
NICENESS = 5
MOST_WAITING = 8
"""Passwords new to this process that may wait for a look while wrong ones flood in; they hold a thread each."""
CACHE_SIZE = 10_000

log = structlog.get_logger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """Someone tries to be ``user``, from ``address``."""

    user: str
    password: str = field(repr=False)
    address: str


class Passwords:
    """Hashes and checks passwords. The cache knows keyed digests of (stored hash, password), never a password."""

    def __init__(self, cache_s: float, lockout: Lockout | None = None) -> None:
        self._lockout = lockout or Lockout()
        self._hasher = PasswordHasher(time_cost=2, memory_cost=19 * 1024, parallelism=1)
        self._cache_s = cache_s
        self._key = secrets.token_bytes(32)
        self._verified: dict[bytes, float] = {}
        self._waiting = 0
        self._lock = Lock()
        self._threads = ThreadPoolExecutor(LOOKING_THREADS, "passwords", os.nice, (NICENESS,))
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """Return the argon2id hash to store for ``password``."""
        return self._hasher.hash(password)

    def admits(self, attempt: Attempt, stored: str | None) -> bool:
        """Return whether the password is the one that ``stored`` was made of; None (no such user) takes as long.

        A password that was right before is never locked out. Another one is refused without a look after too many
        failures, and with ApiError 30000 while wrong ones flood in and enough wait already.
        """
        digest = hmac.digest(self._key, f"{stored}\0{attempt.password}".encode(errors="surrogatepass"), hashlib.sha256)
        with self._lock:
            verified_until = self._verified.get(digest)
        if verified_until is None:
            is_right = self._weigh(attempt, stored)
        elif verified_until > time.monotonic():
            return True
        else:
            is_right = self._threads.submit(self._look, attempt, stored).result()
        if is_right:
            self._remember(digest)
        return is_right

    def _weigh(self, attempt: Attempt, stored: str | None) -> bool:
        if self._lockout.is_locked(attempt.user, attempt.address):
            return False
        with self._lock:
            if self._waiting >= MOST_WAITING and self._lockout.is_flooded():
                raise ApiError(FaultCode.EXCEPTION, "Too many wrong passwords are coming in: try again in a moment.")
            self._waiting += 1
        try:
            return self._threads.submit(self._look_unless_locked, attempt, stored).result()
        finally:
            with self._lock:
                self._waiting -= 1

    def _look_unless_locked(self, attempt: Attempt, stored: str | None) -> bool:
        """Look, unless those who waited before this attempt have failed too often."""
        if self._lockout.is_locked(attempt.user, attempt.address):
            return False
        is_right = self._look(attempt, stored)
        if is_right:
            self._lockout.note_success(attempt.user, attempt.address)
        return is_right

    def _look(self, attempt: Attempt, stored: str | None) -> bool:
        try:
            if self._hasher.verify(stored or self._decoy, attempt.password) and stored is not None:
                return True
        except (VerificationError, InvalidHashError):
            pass
        self._lockout.note_failure(attempt.user, attempt.address)
        log.warning("wrong password", address=attempt.address)
        return False

    def _remember(self, digest: bytes) -> None:
        with self._lock:
            self._verified.pop(digest, None)
            if len(self._verified) >= CACHE_SIZE:
                del self._verified[next(iter(self._verified))]
            self._verified[digest] = time.monotonic() + self._cache_s
