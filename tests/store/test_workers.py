"""Rows of workers: who is alive, since when, with how many slots."""

from datetime import UTC, datetime, timedelta

from store.engine import Database
from store.workers import find_workers, forget_silent_workers, forget_worker, save_worker

NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


def names(database: Database, since: datetime) -> list[str]:
    with database.read() as tx:
        return [worker.name for worker in find_workers(tx, since)]


def test_a_worker_is_known_by_its_last_sign_of_life(database: Database) -> None:
    with database.write() as tx:
        save_worker(tx, "a", 2, NOON)
        save_worker(tx, "b", 3, NOON)
        save_worker(tx, "a", 4, NOON + MINUTE)

    with database.read() as tx:
        (found,) = find_workers(tx, NOON + MINUTE)
    assert (found.name, found.slots, found.last_seen) == ("a", 4, NOON + MINUTE)
    assert names(database, NOON) == ["a", "b"]


def test_a_worker_that_ends_and_one_that_fell_silent_are_forgotten(database: Database) -> None:
    with database.write() as tx:
        for name, seen in (("ended", NOON), ("silent", NOON - MINUTE), ("alive", NOON)):
            save_worker(tx, name, 1, seen)
        forget_worker(tx, "ended")
        forget_silent_workers(tx, NOON)

    assert names(database, NOON - MINUTE) == ["alive"]
