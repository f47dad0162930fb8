"""Reprocessing 12 MP JPEGs through SOAP, against a warm two-process libvips pool that writes the same files."""

import multiprocessing
import os
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

import pyvips
import requests

from imaging.limits import Limits
from imaging.pipeline import optimise
from imaging.plan import Plan
from imaging.process import prepare_process
from tests.running_server import PASSWORD, RunningServer, add_account
from tests.soap_call import Answer, call

IMAGES, WIDTH, HEIGHT = 40, 4000, 3000
USER = "bench@example.com"
PROCESSES = 2


def figures() -> Iterator[str]:
    """Yield images per second of the server and of the pool, and their ratio."""
    with tempfile.TemporaryDirectory() as folder:
        source = Path(folder) / "source.jpg"
        noise = pyvips.Image.perlin(WIDTH, HEIGHT, cell_size=32, seed=3) * 100 + 128
        (noise + pyvips.Image.gaussnoise(WIDTH, HEIGHT, sigma=8, seed=4)).bandjoin([noise, 255 - noise]).cast(
            "uchar"
        ).copy(interpretation="srgb").write_to_file(str(source), Q=92)
        pool = _pool_rate(source, Path(folder))
        ours = _server_rate(source, Path(folder))
        yield f"pool: {pool:.2f} images/s; server: {ours:.2f} images/s; ratio {ours / pool:.2f} (aim 0.85)"


def _pool_rate(source: Path, folder: Path) -> float:
    os.environ["VIPS_CONCURRENCY"] = "1"
    with multiprocessing.get_context("spawn").Pool(PROCESSES, prepare_process) as pool:
        pool.map(_optimise, [(source, folder / f"warm{n}") for n in range(PROCESSES)])
        start = time.perf_counter()
        pool.map(_optimise, [(source, folder / f"pool{n}") for n in range(IMAGES)], chunksize=1)
        return IMAGES / (time.perf_counter() - start)


def _optimise(job: tuple[Path, Path]) -> None:
    source, into = job
    into.mkdir()
    optimise(source, Plan(), into, Limits())


def _server_rate(source: Path, folder: Path) -> float:
    server = RunningServer(folder / "data", {"slots": str(PROCESSES)})
    database = server.database
    company = f"<companyHandle>c|{add_account(database, 'BenchCo', USER)}</companyHandle>"
    database.close()
    server.start()
    try:
        _upload(server, company, source)
        _wait(server, company)
        page = call(server, "searchAssets", f"{company}<includeSubfolders>true</includeSubfolders>", USER)
        handles = "".join(f"<items>{handle}</items>" for handle in page.texts("assetArray/items/assetHandle"))
        job = (
            f"{company}<jobName>bench</jobName><reprocessAssetsJob><assetHandleArray>{handles}</assetHandleArray>"
            "<createMask>false</createMask><emailSetting>None</emailSetting></reprocessAssetsJob>"
        )
        start = time.perf_counter()
        call(server, "submitJob", job, USER)
        _wait(server, company)
        return IMAGES / (time.perf_counter() - start)
    finally:
        server.stop()


def _upload(server: RunningServer, company: str, source: Path) -> None:
    namespace = "http://www.scene7.com/IpsApi/xsd/2014-04-03"
    auth = f'<authHeader xmlns="{namespace}"><user>{USER}</user><password>{PASSWORD}</password></authHeader>'
    params = (
        f'<uploadPostParam xmlns="{namespace}">{company}<jobName>bench-upload</jobName><endJob>true</endJob>'
        "<uploadParams><overwrite>true</overwrite><readyForPublish>true</readyForPublish><createMask>false</createMask>"
        "<emailSetting>None</emailSetting></uploadParams></uploadPostParam>"
    )
    data = source.read_bytes()
    parts: list[tuple[str, tuple[str | None, str | bytes]]] = [("auth", (None, auth)), ("uploadParams", (None, params))]
    parts += [(f"file{n}", (f"image{n}.jpg", data)) for n in range(IMAGES)]
    requests.post(f"{server.url}/scene7/UploadFile", files=parts, timeout=300).raise_for_status()


def _wait(server: RunningServer, company: str) -> Answer:
    while (answer := call(server, "getActiveJobs", company, USER)).texts("jobArray/items"):
        time.sleep(0.05)
    return answer
