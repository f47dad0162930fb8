"""The pump over a real ledger: a small job beside a large one begins within two rounds of the slots."""

from collections import deque
from collections.abc import Sequence
from contextlib import closing
from datetime import timedelta

import pytest

from domain.model import Token
from domain.priorities import SizeClasses
from domain.states import TaskState
from jobs.pump import Fairness, pump, refill
from store import ledger
from store.companies import change_company
from store.engine import Database
from store.jobs import lock_job
from store.schema import upgrade_schema
from tests.store.orders import submitted
from tests.store.postgres import own_schema
from tests.store.rows import LEASE, OWNER, add_tenant, claim_one, loaded

SLOTS = 4
CLASSES = SizeClasses(interactive=10, bulk=100)


class Workers:
    """Slots that end one task after the other, in the order in which they came, and are filled by the pump.

    If they refill themselves, what they end is replaced at once, and the pump finds only what is left.
    """

    def __init__(self, database: Database, *, refills: bool) -> None:
        self.database = database
        self.refills = refills
        self.queue: deque[Token] = deque()
        self.fairness = Fairness(CLASSES)

    def end(self, number: int) -> list[int]:
        """End so many tasks, and return whose jobs they were."""
        jobs = []
        for _n in range(number):
            self.queue.extend(pump(self.database, 2 * SLOTS, LEASE, self.fairness))
            with self.database.write() as tx:
                task = claim_one(tx, self.queue.popleft(), OWNER, timedelta(seconds=30))
                assert task is not None
                ledger.settle(tx, task, ledger.Settlement(state=TaskState.DONE))
                if self.refills:
                    self.queue.extend(refill(tx, 1, LEASE, self.fairness))
            jobs.append(task.job_id)
        return jobs


@pytest.fixture(params=[False, True], ids=["pumped", "refilling"])
def refills(request: pytest.FixtureRequest) -> bool:
    """Whether slots replace what they end."""
    return bool(request.param)


def test_at_most_two_rounds_of_a_large_job_end_before_a_small_one_of_another_company(
    database: Database, refills: bool
) -> None:
    large, workers = submitted(database, add_tenant(database, "Big"), 60), Workers(database, refills=refills)
    workers.end(6)

    small = submitted(database, add_tenant(database, "Small"), 3)
    ended = workers.end(20)

    assert ended.index(small) <= 2 * SLOTS
    assert ended.count(small) == 3
    assert loaded(database, large).counts.done == 23


def test_a_small_job_overtakes_a_large_one_of_its_own_company(database: Database, refills: bool) -> None:
    company = add_tenant(database)
    submitted(database, company, 120)
    workers = Workers(database, refills=refills)
    workers.end(6)

    small = submitted(database, company, 3)

    ended = workers.end(20)
    assert ended.index(small) <= 2 * SLOTS
    assert [n for n, job in enumerate(ended) if job == small] == list(range(ended.index(small), ended.index(small) + 3))


def test_companies_get_places_by_their_weights(database: Database, refills: bool) -> None:
    heavy, light = add_tenant(database, "Heavy"), add_tenant(database, "Light")
    with database.write() as tx:
        change_company(tx, heavy, weight=3)
    first, second = submitted(database, light, 40), submitted(database, heavy, 40)

    ended = Workers(database, refills=refills).end(40)

    assert (ended.count(first), ended.count(second)) == (10, 30)


def test_a_refill_leaves_a_job_that_someone_is_changing_to_the_pump(postgres_url: str) -> None:
    with own_schema(postgres_url) as url, closing(Database(url)) as database:
        upgrade_schema(database)
        busy, free = (submitted(database, add_tenant(database, name), 5) for name in ("Busy", "Free"))
        fairness = Fairness(CLASSES)

        with database.write() as changing:
            lock_job(changing, busy)
            with database.write() as tx:
                refilled = refill(tx, 2, LEASE, fairness)

        assert jobs_of(database, refilled) == [free]
        assert jobs_of(database, pump(database, 2, LEASE, fairness)) == [busy]


def jobs_of(database: Database, tokens: Sequence[Token]) -> list[int]:
    with database.write() as tx:
        return [task.job_id for task in ledger.claim_all(tx, tokens, OWNER, LEASE).values()]
