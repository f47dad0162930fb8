"""The pump: decides what runs next, fairly across companies, and keeps a small window of tokens with the engine."""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta

from domain.model import Token
from domain.priorities import SizeClasses
from store import ledger
from store.engine import Database, Tx
from store.jobs import lock_free_jobs
from store.ledger import ReadyJob


class Fairness:
    """Gives out places among jobs. It remembers whom it served last, so that of equals none waits for ever."""

    def __init__(self, classes: SizeClasses) -> None:
        self._classes = classes
        self._served: dict[int, int] = {}
        self._places = 0

    def shares(self, jobs: Sequence[ReadyJob], in_flight: Mapping[int, int], free: int) -> dict[int, int]:
        """Return how many of the ``free`` places each job gets.

        They go one by one to the company that has the fewest tasks in flight for its weight, of equals to the one that
        was served longest ago; within it to its most urgent job, of equals to the oldest. What a job cannot fill is
        given out at the next call.
        """
        first_of: dict[int, ReadyJob] = {}
        for job in sorted(jobs, key=self._rank):
            first_of.setdefault(job.company_id, job)
        load = {company: in_flight.get(company, 0) for company in first_of}
        shares: dict[int, int] = {}
        for _place in range(max(free, 0) if load else 0):
            company = min(
                load,
                key=lambda c: (load[c] / first_of[c].weight, self._served.get(c, 0), *self._rank(first_of[c])),
            )
            load[company] += 1
            self._places += 1
            self._served[company] = self._places
            job_id = first_of[company].job_id
            shares[job_id] = shares.get(job_id, 0) + 1
        return shares

    def _rank(self, job: ReadyJob) -> tuple[int, int]:
        return self._classes.class_of(job.priority, job.items), job.job_id


def _nothing(_tx: Tx, _tokens: Sequence[Token]) -> None:
    return None


def pump(
    database: Database,
    window: int,
    lease: timedelta,
    fairness: Fairness,
    take: Callable[[Tx, Sequence[Token]], None] = _nothing,
) -> tuple[Token, ...]:
    """Return the tokens to send so that ``window`` tasks are in flight; their rows are dispatched and committed.

    ``take`` is called with them in the transaction that dispatches them.
    """
    with database.read() as tx:
        in_flight = ledger.in_flight_by_company(tx)
        jobs = ledger.ready_jobs(tx) if in_flight.total() < window else ()
    if not jobs:
        return ()
    tokens: list[Token] = []
    with database.write() as tx:
        while more := _dispatch(tx, (jobs, in_flight, window), lease, fairness):
            tokens += more
            jobs = ledger.ready_jobs(tx) if in_flight.total() < window else ()
        take(tx, tokens)
    return tuple(tokens)


def refill(tx: Tx, free: int, lease: timedelta, fairness: Fairness) -> tuple[Token, ...]:
    """Return the tokens of at most ``free`` tasks, dispatched within ``tx``, which settles as many.

    It waits for nobody, whatever rows ``tx`` holds: a job that someone else is changing is left to the pump.
    """
    shares = fairness.shares(ledger.ready_jobs(tx), ledger.in_flight_by_company(tx), free)
    jobs = lock_free_jobs(tx, tuple(shares))
    return tuple(token for job_id in jobs for token in ledger.dispatch(tx, job_id, shares[job_id], lease))


def _dispatch(
    tx: Tx, room: tuple[Sequence[ReadyJob], Counter[int], int], lease: timedelta, fairness: Fairness
) -> list[Token]:
    """Hand out what is free in the window, as far as each job fills its share, and add it to what is in flight."""
    jobs, in_flight, window = room
    company_of = {job.job_id: job.company_id for job in jobs}
    sent: list[Token] = []
    for job_id, number in fairness.shares(jobs, in_flight, window - in_flight.total()).items():
        tokens = ledger.dispatch(tx, job_id, number, lease)
        in_flight[company_of[job_id]] += len(tokens)
        sent += tokens
    return sent
