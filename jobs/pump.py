"""The pump: decides what runs next, fairly across companies, and keeps a small window of tokens with the engine."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from domain.model import Token
from store import ledger
from store.engine import Database
from store.ledger import ReadyJob


def pump(database: Database, window: int, lease: timedelta) -> tuple[Token, ...]:
    """Return the tokens to send so that ``window`` tasks are in flight; their rows are dispatched and committed."""
    with database.write() as tx:
        in_flight = ledger.in_flight_by_company(tx)
        free = window - sum(in_flight.values())
        tokens: list[Token] = []
        for job_id, number in fair_shares(ledger.ready_jobs(tx), in_flight, free).items():
            tokens += ledger.dispatch(tx, job_id, number, lease)
    return tuple(tokens)


def fair_shares(jobs: Sequence[ReadyJob], in_flight: Mapping[int, int], free: int) -> dict[int, int]:
    """Return how many tasks each job may dispatch: places go one by one to the company that has the fewest in flight.

    ``jobs`` are in the order in which a company's own jobs come. What a job cannot fill is given out at the next call.
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
