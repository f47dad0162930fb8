"""submitJob of 10,000 handles through SOAP, and polls while it runs."""

import statistics
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.running_server import RunningServer, add_account
from tests.soap_call import call

HANDLES = 10_000
POLLS = 100


def figures() -> Iterator[str]:
    """Yield the time to the reply, and the polls' latencies; the handles name no asset, so that no pixel is touched."""
    with tempfile.TemporaryDirectory() as folder:
        server = RunningServer(Path(folder) / "data")
        database = server.database
        company = add_account(database, "BenchCo", "bench@example.com")
        database.close()
        server.start()
        try:
            yield from _measure(server, company)
        finally:
            server.stop()


def _measure(server: RunningServer, company: int) -> Iterator[str]:
    handles = "".join(f"<items>a|{n + 1}</items>" for n in range(HANDLES))
    job = (
        f"<companyHandle>c|{company}</companyHandle><jobName>bench</jobName><reprocessAssetsJob><assetHandleArray>{handles}"
        "</assetHandleArray><createMask>false</createMask><emailSetting>None</emailSetting></reprocessAssetsJob>"
    )
    call(server, "getActiveJobs", f"<companyHandle>c|{company}</companyHandle>", "bench@example.com")
    start = time.perf_counter()
    call(server, "submitJob", job, "bench@example.com")
    yield f"submit of {HANDLES} handles: {time.perf_counter() - start:.2f} s to the reply (aim 1 s)"
    times = []
    for _poll in range(POLLS):
        start = time.perf_counter()
        call(server, "getActiveJobs", f"<companyHandle>c|{company}</companyHandle>", "bench@example.com")
        times.append((time.perf_counter() - start) * 1e3)
    yield f"{POLLS} polls while it runs: median {statistics.median(times):.1f} ms, p99 {max(times):.1f} ms (aim 20 ms)"
