"""getActiveJobs: writing the answer, against an lxml tree of the same rows."""

import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import partial

from lxml import etree

from server.soap.serialize import write_message, write_time
from wsdl import contract
from wsdl.versions import V2014_04_03

NOW = datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
ROUNDS = 5


def figures() -> Iterator[str]:
    """Yield a line for each number of jobs."""
    for number in (0, 10, 100, 1000):
        answer = contract.GetActiveJobsReturn(job_array=[_job(n) for n in range(number)])
        ours = _best(partial(_as_text, answer))
        tree = _best(partial(_as_tree, answer))
        yield f"{number:5d} jobs: {ours * 1e3:8.3f} ms, lxml tree {tree * 1e3:8.3f} ms, ratio {ours / tree:.2f}"


def _best(work: Callable[[], object]) -> float:
    times = []
    for _round in range(ROUNDS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times)


def _job(number: int) -> contract.ActiveJob:
    return contract.ActiveJob(
        company_handle="c|1",
        job_handle=f"j|1||job_2026-01-02-03:04:05.000|{number}",
        name="job_2026-01-02-03:04:05.000",
        original_name="job",
        type="ReprocessAssets",
        state="Running",
        submit_user_email="user@example.com",
        server_name="server",
        start_date=NOW,
        trigger_time=NOW,
        total_size=100,
        progress=50,
        progress_message="Optimizing files",
        last_progress_update=NOW,
        task_progress_array=(),
    )


def _as_text(answer: contract.GetActiveJobsReturn) -> bytes:
    return write_message(answer, V2014_04_03, V2014_04_03.namespace).encode()


def _as_tree(answer: contract.GetActiveJobsReturn) -> bytes:
    root = etree.Element("getActiveJobsReturn", xmlns=V2014_04_03.namespace)
    array = etree.SubElement(root, "jobArray")
    for job in answer.job_array:
        item = etree.SubElement(array, "items")
        for name in contract.ActiveJob.__dataclass_fields__:
            value = getattr(job, name)
            if value is not None:
                text = write_time(value) if isinstance(value, datetime) else str(value)
                etree.SubElement(item, name).text = text
    return etree.tostring(root)
