"""Reprocessing 12 MP JPEGs through SOAP, against a warm two-process libvips pool that writes the same files."""

import multiprocessing
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from multiprocessing.pool import Pool
from pathlib import Path

import pyvips

from benchmarks.process_tree import cpu_seconds, descendants, niceness, peak_megabytes
from benchmarks.stocked import USER, add_assets, submit_reprocessing
from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
from imaging.process import prepare_process
from jobs.slots import SlotLimits
from store.engine import Database
from store.jobs import find_by_original_name
from tests.running_server import RunningServer
from tests.soap_call import call

IMAGES, WIDTH, HEIGHT = 100, 4000, 3000
ROUNDS, WARM = 4, 4
PROCESSES = 2
POLL_S = 0.5
Spent = tuple[float, float]
"""Seconds by the clock and of CPU, for one image."""


def figures() -> Iterator[str]:
    """Yield what an image takes in interleaved rounds of server and pool, and the server's peak memory.

    Every picture is another one, so that each file is new to the blob store, which makes it durable; the pool only
    writes. Both work at the niceness of slots, so that other work on the machine holds up both.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        originals = [_draw(folder / f"{n}.jpg", n) for n in range(WARM + IMAGES)]
        pictures = [_linked(path) for path in originals]
        server = RunningServer(folder / "data", {"slots": str(PROCESSES)})
        company = add_assets(server, originals, len(originals))
        server.start()
        os.environ["VIPS_CONCURRENCY"] = "1"
        try:
            with (
                multiprocessing.get_context("spawn").Pool(PROCESSES, _prepare) as pool,
                closing(server.database) as rows,
            ):
                _serve(server, rows, company, range(WARM))
                _pool(pool, server, pictures[:WARM])
                yield from _compare(partial(_serve, server, rows, company), partial(_pool, pool, server), pictures)
            yield from _memory(server)
        finally:
            server.stop()


def _draw(target: Path, number: int) -> Path:
    noise = pyvips.Image.perlin(WIDTH, HEIGHT, cell_size=32, seed=3) * 100 + 128
    grain = noise + pyvips.Image.gaussnoise(WIDTH, HEIGHT, sigma=8, seed=number)
    colours = grain.bandjoin([noise, 255 - noise]).cast("uchar").copy(interpretation="srgb")
    colours.write_to_file(str(target), Q=92)
    return target


def _linked(path: Path) -> Path:
    link = path.with_suffix(".pool.jpg")
    link.hardlink_to(path)
    return link


def _prepare() -> None:
    os.nice(SlotLimits().niceness)
    prepare_process()


def _compare(
    serve: Callable[[range], Spent], work: Callable[[list[Path]], Spent], pictures: list[Path]
) -> Iterator[str]:
    size = IMAGES // ROUNDS
    ours, theirs = [], []
    for first in range(WARM, WARM + IMAGES, size):
        ours.append(serve(range(first, first + size)))
        theirs.append(work(pictures[first : first + size]))
    for what, index in (("by the clock", 0), ("of CPU", 1)):
        mine, other = (statistics.median(spent[index] for spent in way) for way in (ours, theirs))
        ratios = sorted(b[index] / a[index] for a, b in zip(ours, theirs, strict=True))
        yield (
            f"seconds {what} for an image: pool {other:.3f}, server {mine:.3f}; ratio {other / mine:.2f}, "
            f"rounds {', '.join(f'{ratio:.2f}' for ratio in ratios)} (aim 0.85)"
        )


def _serve(server: RunningServer, rows: Database, company: str, numbers: range) -> Spent:
    """Have the server reprocess the assets of these numbers, from the request to the end of the job."""
    assert server.process is not None
    before, start = cpu_seconds(descendants(server.process.pid)), time.time()
    name = submit_reprocessing(server, company, [n + 1 for n in numbers])
    while call(server, "getActiveJobs", company, USER).texts("jobArray/items"):
        time.sleep(POLL_S)
    with rows.read() as tx:
        (job,) = find_by_original_name(tx, None, name)
    assert job.ended is not None
    assert job.counts.done == len(numbers)
    spent = cpu_seconds(descendants(server.process.pid)) - before
    return (job.ended.timestamp() - start) / len(numbers), spent / len(numbers)


def _pool(pool: Pool, server: RunningServer, pictures: list[Path]) -> Spent:
    assert server.process is not None
    workers = partial(descendants, os.getpid(), without=server.process.pid)
    before, start = cpu_seconds(workers()), time.perf_counter()
    pool.map(_optimise, pictures, chunksize=1)
    return (time.perf_counter() - start) / len(pictures), (cpu_seconds(workers()) - before) / len(pictures)


def _optimise(picture: Path) -> None:
    into = picture.with_suffix(".made")
    into.mkdir()
    optimise(picture, Plan(), into, Limits())


def _memory(server: RunningServer) -> Iterator[str]:
    assert server.process is not None
    sizes = {pid: peak_megabytes(pid) for pid in descendants(server.process.pid)}
    slots = [size for pid, size in sizes.items() if niceness(pid) == SlotLimits().niceness]
    yield f"peak memory: the whole server {sum(sizes.values()):.0f} MB, of that one slot {max(slots):.0f} MB"
