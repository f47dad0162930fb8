"""getActiveJobs asked for a hundred times a second while a job of 100,000 tasks runs."""

import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

from benchmarks.process_tree import cpu_seconds, descendants
from jobs.kinds import reprocess
from jobs.specs import FollowOnSpec, ImageOptions, ReprocessSpec
from jobs.submit import Submission, submit
from tests.running_server import RunningServer, add_account
from tests.soap_call import ENDPOINT, auth, call, envelope, param

TASKS = 100_000
USER = "bench@example.com"
POLLERS, POLLS_PER_SECOND, SECONDS = 10, 100, 20
DONE = "jobArray/items/taskProgressArray/items/numProcessed"


def figures() -> Iterator[str]:
    """Yield how long the polls take, and how much of one core the processes that answer them use.

    The assets of the job are gone, so that its tasks end as fast as they can be counted and logged.
    """
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder) / "data")
        company = _submit(server)
        server.start()
        try:
            before = _done(server, company)
            times, share = _poll(server, company)
            done = _done(server, company) - before
        finally:
            server.stop()
    cuts = statistics.quantiles(times, n=100)
    yield (
        f"{len(times) / SECONDS:.0f} polls/s beside {done / SECONDS:.0f} tasks/s of {TASKS}: median {cuts[49]:.1f}, "
        f"p99 {cuts[98]:.1f} ms; the HTTP processes use {share:.2f} of a core"
    )


def _submit(server: RunningServer) -> str:
    order = reprocess.order(
        ReprocessSpec(image=ImageOptions(), follow_on=FollowOnSpec(publishes=())),
        [f"a|{n}" for n in range(1, TASKS + 1)],
    )
    with closing(server.database) as database:
        company = add_account(database, "BenchCo", USER)
        submission = Submission(company_id=company, name="many", submitter=USER, server_name="bench")
        with database.write() as tx:
            submit(tx, submission, order)
    return f"<companyHandle>c|{company}</companyHandle>"


def _done(server: RunningServer, company: str) -> int:
    return int(call(server, "getActiveJobs", company, USER).text(DONE) or 0)


def _poll(server: RunningServer, company: str) -> tuple[list[float], float]:
    """Return the milliseconds of each poll, and the share of a core that all processes but the leader's used."""
    assert server.process is not None
    answering = descendants(server.process.pid)[1:]
    start, used = time.perf_counter(), cpu_seconds(answering)
    with ThreadPoolExecutor(POLLERS) as threads:
        polled = threads.map(lambda n: _ask(server, company, start + n / POLLS_PER_SECOND), range(POLLERS))
        times = [milliseconds for of_one in polled for milliseconds in of_one]
    return times, (cpu_seconds(answering) - used) / (time.perf_counter() - start)


def _ask(server: RunningServer, company: str, due: float) -> list[float]:
    """Poll over one connection at fixed times from ``due`` on; a poll that waits for the one before it counts that."""
    request = envelope(param("getActiveJobs", company), auth(USER))
    times = []
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc)) as connection:
        for n in range(SECONDS * POLLS_PER_SECOND // POLLERS):
            begin = due + n * POLLERS / POLLS_PER_SECOND
            time.sleep(max(0.0, begin - time.perf_counter()))
            connection.request("POST", ENDPOINT, request, {"Content-Type": "text/xml; charset=utf-8"})
            reply = connection.getresponse()
            reply.read()
            assert reply.status == 200
            times.append((time.perf_counter() - begin) * 1e3)
    return times
