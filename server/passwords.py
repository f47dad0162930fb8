"""Verifies passwords with argon2id, and remembers a verified one for a short while: every SOAP call sends one."""

import hashlib
import hmac
import secrets
import time
from dataclasses import dataclass, field
from threading import BoundedSemaphore, Lock

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from server.lockout import Lockout

CONCURRENT_HASHES = 4
CACHE_SIZE = 10_000


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
        self._lock = Lock()
        self._hashing = BoundedSemaphore(CONCURRENT_HASHES)
        self._decoy = self._hasher.hash(secrets.token_hex(16))

    def hash(self, password: str) -> str:
        """Return the argon2id hash to store for ``password``."""
        return self._hasher.hash(password)

    def admits(self, attempt: Attempt, stored: str | None) -> bool:
        """Return whether the password is the one that ``stored`` was made of; None (no such user) takes as long.

        After too many failures the answer is False without a look, except for a password that was verified lately.
        """
        digest = hmac.digest(self._key, f"{stored}\0{attempt.password}".encode(errors="surrogatepass"), hashlib.sha256)
        with self._lock:
            if self._verified.get(digest, 0.0) > time.monotonic():
                return True
        if self._lockout.is_locked(attempt.user, attempt.address):
            return False
        with self._hashing:
            is_right = self._verify(stored or self._decoy, attempt.password) and stored is not None
        if is_right:
            self._remember(digest)
            self._lockout.note_success(attempt.user, attempt.address)
        else:
            self._lockout.note_failure(attempt.user, attempt.address)
        return is_right

    def _verify(self, stored: str, password: str) -> bool:
        try:
            return self._hasher.verify(stored, password)
        except (VerificationError, InvalidHashError):
            return False

    def _remember(self, digest: bytes) -> None:
        with self._lock:
            if len(self._verified) >= CACHE_SIZE:
                self._verified.clear()
            self._verified[digest] = time.monotonic() + self._cache_s
