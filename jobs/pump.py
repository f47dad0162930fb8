"""The pump: decides what runs next, fairly across companies, and keeps a small window of tokens with the engine."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from domain.model import Token
from store import ledger
from store.engine import Database, Tx
from store.ledger import ReadyJob


def pump(database: Database, window: int, lease: timedelta) -> tuple[Token, ...]:
    """Return the tokens to send so that ``window`` tasks are in flight; their rows are dispatched and committed."""
    with database.read() as tx:
        if not _shares(tx, window):
            return ()
    tokens: list[Token] = []
    with database.write() as tx:
        while more := _dispatch(tx, _shares(tx, window), lease):
            tokens += more
    return tuple(tokens)


def _shares(tx: Tx, window: int) -> dict[int, int]:
    in_flight = ledger.in_flight_by_company(tx)
    free = window - in_flight.total()
    return fair_shares(ledger.ready_jobs(tx), in_flight, free) if free > 0 else {}


def _dispatch(tx: Tx, shares: Mapping[int, int], lease: timedelta) -> list[Token]:
    return [token for job_id, number in shares.items() for token in ledger.dispatch(tx, job_id, number, lease)]


def fair_shares(jobs: Sequence[ReadyJob], in_flight: Mapping[int, int], free: int) -> dict[int, int]:
    """Return how many tasks each job may dispatch: places go one by one to the company that has the fewest in flight.

    ``jobs`` are in the order in which a company's own jobs come. What a job cannot fill is given out by the next call.
    """
    first_of: dict[int, ReadyJob] = {}
    for job in jobs:
        first_of.setdefault(job.company_id, job)
    load = {company: in_flight.get(company, 0) for company in first_of}
    shares: dict[int, int] = {}
    for _place in range(max(free, 0) if load else 0):
        company = min(load, key=lambda c: (load[c], first_of[c].priority, first_of[c].job_id))
        load[company] += 1
        job_id = first_of[company].job_id
        shares[job_id] = shares.get(job_id, 0) + 1
    return shares
