"""How often passwords are looked at: as often as it takes, and no oftener than the lock-out allows."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor, as_completed
from itertools import islice
from threading import Event

import pytest
from argon2 import PasswordHasher

from domain.errors import ApiError
from server.lockout import Lockout
from server.passwords import LOOKING_THREADS, MOST_WAITING, Attempt, Passwords

RIGHT = "correct-horse"
STORED = Passwords(0).hash(RIGHT)
TOO_MANY = 5
HERE, ELSEWHERE = "192.0.2.1", "192.0.2.2"


@pytest.fixture
def looks(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Every password that argon2 is made to look at."""
    seen: list[str] = []
    verify = PasswordHasher.verify

    def counted(self: PasswordHasher, stored: str, password: str) -> bool:
        seen.append(password)
        return bool(verify(self, stored, password))

    monkeypatch.setattr(PasswordHasher, "verify", counted)
    return seen


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Event]:
    """While this is cleared, argon2 does not come to an end."""
    go = Event()
    go.set()
    verify = PasswordHasher.verify

    def slow(self: PasswordHasher, stored: str, password: str) -> bool:
        assert go.wait(60)
        return bool(verify(self, stored, password))

    monkeypatch.setattr(PasswordHasher, "verify", slow)
    yield go
    go.set()


def guess(passwords: Passwords, number: int, user: str = "user", address: str = HERE) -> bool:
    """Try a wrong password."""
    return passwords.admits(Attempt(user=user, password=f"guess-{number}", address=address), STORED)


def log_in(passwords: Passwords, user: str = "user", address: str = HERE) -> bool:
    """Try the right password."""
    return passwords.admits(Attempt(user=user, password=RIGHT, address=address), STORED)


def test_guesses_at_a_user_are_looked_at_until_the_lock_out(looks: list[str]) -> None:
    passwords = Passwords(60, Lockout(per_user=5))

    with ThreadPoolExecutor(20) as threads:
        answers = list(threads.map(lambda number: guess(passwords, number), range(400)))

    assert not any(answers)
    assert 5 <= len(looks) < 5 + LOOKING_THREADS


def test_guesses_at_many_users_from_an_address_are_looked_at_until_its_lock_out(looks: list[str]) -> None:
    passwords = Passwords(60, Lockout(per_user=5, per_address=50))

    with ThreadPoolExecutor(MOST_WAITING) as threads:
        answers = list(threads.map(lambda number: guess(passwords, number, f"user-{number}"), range(400)))

    assert not any(answers)
    assert 50 <= len(looks) < 50 + LOOKING_THREADS


def test_a_password_that_was_right_before_is_never_locked_out(looks: list[str]) -> None:
    passwords = Passwords(0, Lockout(per_user=5, per_address=50))
    assert log_in(passwords)
    for number in range(100):
        guess(passwords, number, f"user-{number % 20}")
        guess(passwords, number)

    assert log_in(passwords)


def test_a_password_that_has_been_changed_is_not_right_because_it_was(looks: list[str]) -> None:
    passwords = Passwords(60)
    assert log_in(passwords)

    changed = Passwords(0).hash("another long one")

    assert not passwords.admits(Attempt(user="user", password=RIGHT, address=HERE), changed)


def test_a_user_who_is_guessed_at_logs_in_from_another_address(looks: list[str]) -> None:
    passwords = Passwords(60, Lockout(per_user=5))
    for number in range(100):
        guess(passwords, number)

    assert not log_in(passwords, address=HERE)
    assert log_in(passwords, address=ELSEWHERE)


def test_a_verified_password_is_not_looked_at_again_for_a_while(looks: list[str]) -> None:
    passwords = Passwords(60)
    assert all(log_in(passwords) for _ in range(20))
    assert looks == [RIGHT]


def test_while_guesses_flood_in_few_wait_and_a_verified_password_does_not(held: Event) -> None:
    passwords = Passwords(60, Lockout(per_address=3))
    assert log_in(passwords)
    for number in range(3):
        guess(passwords, number, address=f"203.0.113.{number}")
    held.clear()

    with ThreadPoolExecutor(MOST_WAITING + TOO_MANY) as threads:
        flood = [
            threads.submit(guess, passwords, number, f"user-{number}", f"198.51.100.{number}")
            for number in range(MOST_WAITING + TOO_MANY)
        ]
        sent_away = list(islice(as_completed(flood, timeout=60), TOO_MANY))
        assert log_in(passwords)
        held.set()

    assert [type(each.exception()) for each in sent_away] == [ApiError] * TOO_MANY
    assert [each.result() for each in flood if each not in sent_away] == [False] * MOST_WAITING


def test_without_a_flood_nobody_is_sent_away_however_many_wait(held: Event) -> None:
    passwords = Passwords(60)
    held.clear()

    with ThreadPoolExecutor(40) as threads:
        users = [threads.submit(log_in, passwords, f"user-{number}") for number in range(40)]
        held.set()

    assert all(each.result() for each in users)
