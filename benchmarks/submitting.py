"""submitJob of 10,000 handles through SOAP, and polls while it runs, with slots that work on real pictures."""

import http.client
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pyvips

from benchmarks.stocked import USER, add_assets, submit_reprocessing
from tests.running_server import RunningServer
from tests.soap_call import ENDPOINT, auth, call, envelope, param

HANDLES = 10_000
POLLS = 1000
PAUSE_S = 0.01
WIDTH, HEIGHT = 1600, 1200


def figures() -> Iterator[str]:
    """Yield the time to the reply and the polls' latencies over one connection, without and with the job.

    The pictures are small, so that tasks settle often. ``GET /livez``, which touches no database, is asked after each
    poll: what it takes is the machine's share.
    """
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder) / "data")
        source = Path(folder) / "source.jpg"
        pyvips.Image.perlin(WIDTH, HEIGHT, seed=3).linear(100, 128).cast("uchar").write_to_file(str(source))
        company = add_assets(server, [source], HANDLES)
        server.start()
        try:
            yield f"{POLLS} polls of the idle server: {_polls(server, company)}"
            yield f"submit of {HANDLES} handles: {_submit(server, company):.2f} s to the reply (aim 1 s)"
            yield f"{POLLS} polls while it runs: {_polls(server, company)} (aim p99 20 ms)"
            done = call(server, "getActiveJobs", company, USER)
            yield f"{done.text('jobArray/items/taskProgressArray/items/numProcessed')} pictures were done by then"
        finally:
            server.stop()


def _submit(server: RunningServer, company: str) -> float:
    start = time.perf_counter()
    submit_reprocessing(server, company, range(1, HANDLES + 1))
    return time.perf_counter() - start


def _polls(server: RunningServer, company: str) -> str:
    request = envelope(param("getActiveJobs", company), auth(USER))
    polls, lives = [], []
    with closing(http.client.HTTPConnection(urlsplit(server.url).netloc)) as connection:
        for _poll in range(POLLS):
            polls.append(_asked(connection, "POST", ENDPOINT, request))
            lives.append(_asked(connection, "GET", "/livez", b""))
            time.sleep(PAUSE_S)
    return f"{_spread(polls)}; /livez {_spread(lives)}"


def _asked(connection: http.client.HTTPConnection, method: str, path: str, body: bytes) -> float:
    """Return the milliseconds from the first byte sent to the last one read."""
    start = time.perf_counter()
    connection.request(method, path, body, {"Content-Type": "text/xml; charset=utf-8"})
    reply = connection.getresponse()
    reply.read()
    assert reply.status == 200
    return (time.perf_counter() - start) * 1e3


def _spread(times: list[float]) -> str:
    cuts = statistics.quantiles(times, n=100)
    return f"median {cuts[49]:.1f}, p99 {cuts[98]:.1f}, longest {max(times):.1f} ms"
