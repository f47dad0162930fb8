"""Whatever is posted to the service, it answers in SOAP, writes no traceback, keeps its size, and goes on serving."""

from collections.abc import Iterator
from dataclasses import dataclass
from random import Random

import pytest
import requests

from tests.conftest import LAB_COMPANY
from tests.process_tree import processes, resident_bytes
from tests.running_server import RunningServer, add_account
from tests.soap.garbled import CATEGORIES, GRAMMAR, MUTATED, PASSWORD, USER, Garbled
from tests.soap_call import ENDPOINT, call, read

SHORT = dict.fromkeys(GRAMMAR, 50) | dict.fromkeys(MUTATED, 125)
"""Requests of each category in `make test`."""
LONG = dict.fromkeys(GRAMMAR, 1_000) | dict.fromkeys(MUTATED, 2_500)
"""Requests of each category in `make proof`."""
WARM_UP = dict.fromkeys(CATEGORIES, 200) | {"well_typed": 1_500}
"""Requests of each category before memory is measured.

They fill what each HTTP worker keeps per version and operation, which is finite: three long runs after one another
grew a server of 545 MB by 19, 8 and 3 MB.
"""
PER_CONNECTION = 20
"""So that every HTTP worker gets its share."""
MAY_GROW = 20 * 2**20
WRONG_PASSWORDS = 1_000_000
"""Garbled passwords must not lock the user out."""


@dataclass(frozen=True, slots=True)
class Warm:
    """A server that has seen every category, and the memory that it had then."""

    server: RunningServer
    resident: int


@pytest.fixture(scope="module")
def fuzzed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with the company and user that the recorded requests name."""
    running = RunningServer(tmp_path_factory.mktemp("fuzzed") / "data", {"lockout_failures": str(WRONG_PASSWORDS)})
    database = running.database
    add_account(database, "LabCo", USER, company_id=LAB_COMPANY, password=PASSWORD)
    database.close()
    yield running.start()
    running.stop()


@pytest.fixture(scope="module")
def warm(fuzzed: RunningServer) -> Warm:
    for category in CATEGORIES:
        post_many(fuzzed, category, "warm-up", WARM_UP[category])
    return Warm(fuzzed, resident_bytes(fuzzed))


@pytest.mark.parametrize("category", CATEGORIES)
def test_garbled_requests_are_answered_in_soap(fuzzed: RunningServer, category: str) -> None:
    before = processes(fuzzed)
    post_many(fuzzed, category, "short", SHORT[category])
    assert_it_is_well(fuzzed, before)


@pytest.mark.proof
@pytest.mark.parametrize("category", CATEGORIES)
def test_very_many_garbled_requests_are_answered_in_the_same_memory(warm: Warm, category: str) -> None:
    before = processes(warm.server)
    post_many(warm.server, category, "long", LONG[category])
    assert_it_is_well(warm.server, before)
    assert resident_bytes(warm.server) - warm.resident < MAY_GROW


@pytest.mark.parametrize(("counts", "each", "total"), [(SHORT, 50, 500), (LONG, 100, 10_000)], ids=["short", "long"])
def test_the_categories_add_up_to_the_promised_numbers(counts: dict[str, int], each: int, total: int) -> None:
    assert len(counts) >= 10
    assert min(counts.values()) >= each
    assert sum(counts[category] for category in GRAMMAR) >= total
    assert sum(counts[category] for category in MUTATED) >= total


def post_many(server: RunningServer, category: str, form: str, number: int) -> None:
    """Post requests of a category, many over each connection, and check each answer."""
    for first in range(0, number, PER_CONNECTION):
        with requests.Session() as session:
            for seed in range(first, min(first + PER_CONNECTION, number)):
                which = f"{category} {form} {seed}"
                check(server, session, CATEGORIES[category](Random(which)), which)


def check(server: RunningServer, session: requests.Session, request: Garbled, which: str) -> None:
    """Post a request; the answer must be a valid envelope with status 200, or a fault with status 500.

    Only a request that chooses the status of its faults may get another one.
    """
    reply = session.post(server.url + ENDPOINT, request.body, headers=dict(request.headers), timeout=60)
    try:
        answer = read(reply)
    except Exception as error:
        raise AssertionError(f"{which}: {request}\n{reply.status_code} {reply.content[:2000]!r}") from error
    is_right = reply.status_code == (500 if answer.is_fault else 200)
    assert is_right or b"faultHttpStatusCode" in request.body, f"{which}: {request}\n{reply.status_code}"


def assert_it_is_well(server: RunningServer, before: list[int]) -> None:
    """Nothing unforeseen was logged, no process ended, and an honest question is answered."""
    assert "Traceback" not in server.log()
    assert set(before) <= set(processes(server))
    answer = call(server, "getCompanyInfo", "<companyName>LabCo</companyName>", USER, password=PASSWORD)
    assert answer.text("companyInfo/companyHandle") == f"c|{LAB_COMPANY}"
