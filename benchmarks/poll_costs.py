"""What a poll costs besides reading and writing XML: knowing the caller, and finding the jobs in SQLite."""

import statistics
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from pathlib import Path

from domain.model import Job, NewTask
from server.access import authenticate
from server.passwords import Passwords
from server.soap.header import Caller
from store import ledger
from store.engine import Database, sqlite_url
from store.in_flight import find_in_flight
from store.jobs import NewJob, add_job, find_active
from store.schema import upgrade_schema
from tests.running_server import PASSWORD, add_account

USER = "bench@example.com"
ROUNDS = 50


def poll_costs(rows: Sequence[Job]) -> str:
    """Return the median CPU time of authenticating a caller whose password is remembered, and of finding ``rows``."""
    with tempfile.TemporaryDirectory() as folder, closing(Database(sqlite_url(Path(folder) / "bench.db"))) as database:
        upgrade_schema(database)
        company = add_account(database, "BenchCo", USER)
        passwords, caller = Passwords(60), Caller(user=USER, password=PASSWORD)
        knowing = _median(partial(authenticate, database, passwords, caller, "192.0.2.1"))
        _fill(database, company, rows)
        finding = _median(partial(_find, database, company))
    return f"{len(rows):5d} jobs: authentication {knowing:.3f} ms, SQL {finding:.3f} ms"


def _fill(database: Database, company: int, rows: Sequence[Job]) -> None:
    with database.write() as tx:
        for row in rows:
            new = NewJob(company_id=company, kind=row.kind, name=row.name, submitter=USER, options=row.options)
            job = add_job(tx, new, row.server_name)
            ledger.add_tasks(tx, job.id, company, [NewTask(label="picture.jpg", input={"handle": "a|1"})] * 10)
            ledger.dispatch(tx, job.id, 2, timedelta(hours=1))


def _find(database: Database, company: int) -> None:
    with database.read() as tx:
        find_active(tx, [company])
        find_in_flight(tx)


def _median(work: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        start = time.thread_time()
        work()
        times.append((time.thread_time() - start) * 1e3)
    return statistics.median(times)
