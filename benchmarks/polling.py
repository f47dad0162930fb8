"""getActiveJobs in process: this server, stock Spyne and a bare lxml handler, given the same rows in memory."""

import io
import statistics
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any, TypeAlias
from xml.etree import ElementTree as ET

from benchmarks import bare_lxml, stock_spyne
from benchmarks.poll_costs import poll_costs
from domain.model import Job, JobCounts
from domain.priorities import Priority
from domain.states import JobState
from jobs.specs import FollowOnSpec, ImageOptions, ReprocessSpec, to_json
from server.operations.jobs import active_job
from server.soap.endpoint import soap_endpoint
from store.in_flight import InFlight
from tests.soap_call import auth, envelope, param
from wsdl import contract

NUMBERS = (0, 10, 100, 1000)
MIN_ROUNDS, MEASURED_S = 5, 8.0
IN_FLIGHT = ("0001.jpg", "0002.jpg")
"""The items of each job that are waiting for a worker."""
FIRST = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
REQUEST = envelope(
    param("getActiveJobs", "<companyHandle>c|1</companyHandle><includeWaitingJobs>true</includeWaitingJobs>"),
    auth("bench@example.com"),
)
Wsgi: TypeAlias = Callable[[Any, Any], Iterable[bytes]]


def figures() -> Iterator[str]:
    """Yield a line for each number of jobs: medians of interleaved rounds and their ratios; then what SQL adds to that.

    Each way reads the whole request and makes the whole answer; the answers are the same canonical XML, or this raises.
    Times are CPU time, so that other work on the machine changes them little.
    """
    for number in NUMBERS:
        rows = [_job(n) for n in range(number)]
        ways: Mapping[str, Wsgi] = {
            "ours": _ours(rows),
            "lxml": bare_lxml.handler(rows, IN_FLIGHT),
            "spyne": stock_spyne.service(rows, IN_FLIGHT),
        }
        answers = {_canonical(_post(app)) for app in ways.values()}
        assert len(answers) == 1, f"{len(answers)} different answers"
        times = _interleaved({name: partial(_post, app) for name, app in ways.items()})
        yield (
            f"{number:5d} jobs: {times['ours']:8.3f} ms; lxml {times['lxml']:8.3f} ms, ours takes "
            f"{times['ours'] / times['lxml']:.2f} times as long (aim 2); stock Spyne {times['spyne']:8.3f} ms, ours is "
            f"{times['spyne'] / times['ours']:.1f} times as fast (aim 20 at 100)"
        )
    for number in NUMBERS:
        yield poll_costs([_job(n) for n in range(number)])


def _job(number: int) -> Job:
    created = FIRST + timedelta(seconds=number)
    return Job(
        id=number + 1,
        company_id=1,
        kind="reprocess",
        name=f"nightly {number}",
        unique_name=f"nightly {number}_2026-01-02-03:04:05.000",
        state=JobState.RUNNING,
        outcome=None,
        priority=Priority.BY_SIZE,
        submitter="bench@example.com",
        locale="en-US",
        description="",
        options=to_json(ReprocessSpec(image=ImageOptions(), follow_on=FollowOnSpec(publishes=()))),
        counts=JobCounts(total=1000, done=number % 900, failed=7, cancelled=0, warned=0, updated=0, duplicate=0),
        created=created,
        started=created,
        ended=None,
        last_progress=created,
        server_name="server",
        client="192.0.2.1",
        parent_id=None,
        stop_requested=False,
        is_open=False,
    )


def _ours(rows: Sequence[Job]) -> Wsgi:
    def perform(_operation: object, read_param: Callable[[], Any], _exchange: object, _environ: object) -> Any:
        read_param()
        items = [InFlight(label=name, failures=0) for name in IN_FLIGHT]
        return contract.GetActiveJobsReturn(job_array=[active_job(row, items, "") for row in rows])

    return soap_endpoint(perform, max_request_bytes=2**20)


def _post(app: Wsgi) -> bytes:
    environ = {
        "REQUEST_METHOD": "POST",
        "PATH_INFO": "/",
        "SERVER_NAME": "localhost",
        "SERVER_PORT": "80",
        "CONTENT_TYPE": "text/xml; charset=utf-8",
        "CONTENT_LENGTH": str(len(REQUEST)),
        "wsgi.input": io.BytesIO(REQUEST),
        "wsgi.url_scheme": "http",
    }
    return b"".join(app(environ, lambda *_reply: None))


def _canonical(document: bytes) -> str:
    """Return canonical XML, its prefixes numbered and Spyne's form of a moment in UTC written as the vendor's."""
    return ET.canonicalize(document.decode(), rewrite_prefixes=True).replace("+00:00<", ".000Z<")


def _interleaved(ways: Mapping[str, Callable[[], object]]) -> Mapping[str, float]:
    """Return the median milliseconds of each way, all of them measured in every round."""
    times: dict[str, list[float]] = {name: [] for name in ways}
    until = time.perf_counter() + MEASURED_S
    while len(times["ours"]) < MIN_ROUNDS or time.perf_counter() < until:
        for name, work in ways.items():
            start = time.thread_time()
            work()
            times[name].append((time.thread_time() - start) * 1e3)
    return {name: statistics.median(measured) for name, measured in times.items()}
