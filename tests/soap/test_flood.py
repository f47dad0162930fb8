"""A flood of wrong passwords: whoever has the right one goes on working, and the flood is mostly not even looked at."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from threading import Event

import pytest
import requests

from server.passwords import LOOKING_THREADS
from tests.running_server import PASSWORD, RunningServer, add_account
from tests.soap_call import ENDPOINT, Answer, auth, envelope, param, post

QUESTION = param("getCompanyInfo", "<companyName>LabCo</companyName>")
GOOD, VICTIM = "good@example.com", "victim@example.com"
HOME = "192.0.2.1"
ATTACKERS = [f"198.51.100.{number}" for number in range(8)]
MOST_FAILURES, WORKERS = 3, 2
THREADS, EACH = 12, 40
GOOD_REQUESTS = 20
REFUSED = {"10001", "30000"}
Guess = Callable[[requests.Session, int], str]


def flooded(folder: Path, **settings: str) -> Iterator[RunningServer]:
    """A server that locks soon and verifies every password anew, where the good user has worked before."""
    fixed = {"lockout_failures": str(MOST_FAILURES), "credential_cache_s": "0", "slots": "1"}
    running = RunningServer(folder / "data", fixed | settings)
    database = running.database
    for user in (GOOD, VICTIM):
        add_account(database, "LabCo", user)
    database.close()
    running.start()
    for _ in range(GOOD_REQUESTS):  # so many connections that every HTTP worker gets one
        assert not ask(running, GOOD).is_fault
    yield running
    running.stop()


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[RunningServer]:
    """A server that hears from a proxy where its callers are."""
    yield from flooded(tmp_path, trust_forwarded="true", http_workers=str(WORKERS))


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[RunningServer]:
    """A server to which all callers have one address."""
    yield from flooded(tmp_path, http_workers="1")


def ask(server: RunningServer, user: str, password: str = PASSWORD, address: str = HOME) -> Answer:
    """Ask for the company, from an address behind the proxy."""
    return post(server, envelope(QUESTION, auth(user, password)), X_Forwarded_For=address)


def guess_at(server: RunningServer, session: requests.Session, user: str, number: int, address: str = HOME) -> str:
    """Try a wrong password, and return the code of the fault."""
    document = envelope(QUESTION, auth(user, f"guess-{number}"))
    reply = session.post(server.url + ENDPOINT, document, headers={"X-Forwarded-For": address}, timeout=60)
    return reply.text.partition("<tns:code>")[2].partition("<")[0]


def work_during(guess: Guess, work: Callable[[], Answer]) -> tuple[list[str], list[Answer]]:
    """Return the codes of a flood of guesses, and the answers to work that begins after it and ends before it."""
    begun, done = Event(), Event()

    def pour(thread: int) -> list[str]:
        codes = []
        with requests.Session() as session:
            for number in count():
                if number >= EACH and done.is_set():
                    break
                codes.append(guess(session, THREADS * number + thread))
                if number == EACH // 4:
                    begun.set()
        return codes

    with ThreadPoolExecutor(THREADS) as threads:
        pouring = [threads.submit(pour, thread) for thread in range(THREADS)]
        try:
            assert begun.wait(120)
            worked = [work() for _ in range(GOOD_REQUESTS)]
        finally:
            done.set()
        return [code for each in pouring for code in each.result()], worked


def looks(server: RunningServer) -> int:
    """How many wrong passwords the server has looked at."""
    return server.log().count('"wrong password"')


def test_guesses_from_many_addresses_at_a_working_user_do_not_disturb_their_work(proxied: RunningServer) -> None:
    def guess(session: requests.Session, number: int) -> str:
        user = (GOOD, VICTIM)[number % 2]
        return guess_at(proxied, session, user, number, ATTACKERS[number // 2 % len(ATTACKERS)])

    guessed, worked = work_during(guess, lambda: ask(proxied, GOOD))

    assert {answer.text("companyInfo/name") for answer in worked} == {"LabCo"}
    assert len(guessed) >= THREADS * EACH
    assert set(guessed) <= REFUSED
    assert looks(proxied) <= WORKERS * len(ATTACKERS) * 2 * (MOST_FAILURES + LOOKING_THREADS - 1)
    assert ask(proxied, VICTIM).text("companyInfo/name") == "LabCo"


def test_guesses_at_made_up_users_do_not_lock_out_who_works_at_the_same_address(lone: RunningServer) -> None:
    def guess(session: requests.Session, number: int) -> str:
        return guess_at(lone, session, f"nobody-{number}@example.com", number)

    guessed, worked = work_during(guess, lambda: ask(lone, GOOD))

    assert {answer.text("companyInfo/name") for answer in worked} == {"LabCo"}
    assert len(guessed) >= THREADS * EACH
    assert set(guessed) <= REFUSED
    assert looks(lone) <= 10 * MOST_FAILURES + LOOKING_THREADS - 1


def test_guesses_at_a_user_from_their_own_address_do_not_lock_them_out_of_their_work(lone: RunningServer) -> None:
    def guess(session: requests.Session, number: int) -> str:
        return guess_at(lone, session, GOOD, number)

    guessed, worked = work_during(guess, lambda: ask(lone, GOOD))

    assert {answer.text("companyInfo/name") for answer in worked} == {"LabCo"}
    assert set(guessed) <= REFUSED
    assert looks(lone) <= MOST_FAILURES + LOOKING_THREADS - 1
