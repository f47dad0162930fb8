"""The pump over a real ledger: a small job beside a large one begins within two rounds of the slots."""

from collections import deque
from datetime import timedelta

from domain.model import Token
from domain.priorities import SizeClasses
from domain.states import TaskState
from jobs.pump import Fairness, pump
from store import ledger
from store.companies import change_company
from store.engine import Database
from tests.store.orders import submitted
from tests.store.rows import LEASE, OWNER, add_tenant, claim_one, loaded

SLOTS = 4
CLASSES = SizeClasses(interactive=10, bulk=100)


class Workers:
    """Slots that end one task after the other, in the order in which they came, and are filled by the pump."""

    def __init__(self, database: Database) -> None:
        self.database = database
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
            jobs.append(task.job_id)
        return jobs


def test_at_most_two_rounds_of_a_large_job_end_before_a_small_one_of_another_company(database: Database) -> None:
    large, workers = submitted(database, add_tenant(database, "Big"), 60), Workers(database)
    workers.end(6)

    small = submitted(database, add_tenant(database, "Small"), 3)
    ended = workers.end(20)

    assert ended.index(small) <= 2 * SLOTS
    assert ended.count(small) == 3
    assert loaded(database, large).counts.done == 23


def test_a_small_job_overtakes_a_large_one_of_its_own_company(database: Database) -> None:
    company = add_tenant(database)
    submitted(database, company, 120)
    workers = Workers(database)
    workers.end(6)

    small = submitted(database, company, 3)

    ended = workers.end(20)
    assert ended.index(small) <= 2 * SLOTS
    assert [n for n, job in enumerate(ended) if job == small] == list(range(ended.index(small), ended.index(small) + 3))


def test_companies_get_places_by_their_weights(database: Database) -> None:
    heavy, light = add_tenant(database, "Heavy"), add_tenant(database, "Light")
    with database.write() as tx:
        change_company(tx, heavy, weight=3)
    first, second = submitted(database, light, 40), submitted(database, heavy, 40)

    ended = Workers(database).end(40)

    assert (ended.count(first), ended.count(second)) == (10, 30)
