"""A full disk and a read-only database in the middle of a job: it waits, says why, and goes on by itself."""

import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import psycopg
import pytest
import requests
import sqlalchemy as sa

from domain.states import TaskState
from store import tables as t
from store.blobs.local import LocalBlobs
from store.blobs.port import file_of
from store.jobs import find_by_original_name
from store.ledger import count_by_state
from store.references import referenced_keys
from tests.jobs.flow import Client, crop, reading, reprocess
from tests.jobs.own_server import own_server
from tests.jobs.pictures import jpeg, noise
from tests.store.postgres import own_schema

WATCHDOG_S = 120
ASSETS = 8
SLOW = jpeg(noise(900, 700))


@contextmanager
def small_disk(folder: Path, megabytes: int) -> Iterator[Path]:
    """Mount a file system of that size on ``folder``, which needs the rights of root."""
    folder.mkdir()
    subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", folder], check=True)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)


@pytest.fixture(scope="module")
def on_postgres(postgres_url: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server with its files on a small disk and its rows in Postgres."""
    with (
        own_schema(postgres_url) as url,
        small_disk(tmp_path_factory.mktemp("small") / "data", 40) as data,
        own_server(data, database_url=url, slots="1", http_workers="1") as client,
    ):
        yield client


@pytest.fixture(scope="module")
def on_sqlite(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Client]:
    """A client of a server with all it has on one small disk."""
    with (
        small_disk(tmp_path_factory.mktemp("small") / "data", 40) as data,
        own_server(data, slots="1", http_workers="1") as client,
    ):
        yield client


def begin_job(client: Client) -> list[str]:
    """Submit a reprocess of some assets, and return their handles when it is in its middle."""
    handles = list(client.upload({f"{n}.jpg": SLOW for n in range(ASSETS)}).values())
    client.submit(reprocess(handles, manualCropOptions=crop(1, 2, 3, 4)))
    wait_until(lambda: progress(client) > 0)
    return handles


def progress(client: Client) -> int:
    path = "jobArray/items/taskProgressArray/items/numProcessed"
    return int(client.active(f"<originalName>{client.tag}</originalName>").text(path))


def wait_until(is_true: Callable[[], bool]) -> None:
    until = time.monotonic() + WATCHDOG_S
    while not is_true():
        assert time.monotonic() < until
        time.sleep(0.05)


def problems(client: Client) -> str:
    """Return what /readyz says is wrong."""
    reply = requests.get(f"{client.server.url}/readyz", timeout=60)
    said = " ".join(check["reason"] for check in reply.json()["checks"].values()).strip()
    assert reply.ok == (not said)
    return said


@contextmanager
def filled(disk: Path) -> Iterator[Callable[[], None]]:
    """Leave no byte of the disk free at the block's begin, and give what does so again."""
    filler = disk / "filler"

    def fill() -> None:
        with filler.open("ab", buffering=0) as file:
            for size in (2**20, 2**12):
                with suppress(OSError):
                    while True:
                        file.write(b"\0" * size)

    try:
        fill()
        yield fill
    finally:
        filler.unlink()


@contextmanager
def read_only(postgres_url: str) -> Iterator[None]:
    """Have the whole cluster refuse to write while the block runs."""
    with psycopg.connect(postgres_url, autocommit=True) as connection:
        connection.execute("ALTER SYSTEM SET default_transaction_read_only = on")
        connection.execute("SELECT pg_reload_conf()")
        try:
            yield
        finally:
            connection.execute("ALTER SYSTEM RESET default_transaction_read_only")
            connection.execute("SELECT pg_reload_conf()")


def assert_all_done(client: Client, handles: list[str]) -> None:
    """Every asset was processed and switched once, nothing counts as failed, and every file is what its key says."""
    with reading(client.server) as tx:
        (job,) = find_by_original_name(tx, None, client.tag)
        assert count_by_state(tx, job.id) == {TaskState.DONE: ASSETS}
        assert (job.counts.done, job.counts.failed) == (ASSETS, 0)
        assert tx.scalar(sa.select(sa.func.sum(t.task.c.failures)).where(t.task.c.job_id == job.id)) == 0
        keys = set(referenced_keys(tx))
    assert [client.stored(handle).revision for handle in handles] == [3] * ASSETS
    blobs = LocalBlobs(client.server.data / "blobs")
    for key in keys:
        with blobs.as_file(key) as path:
            assert file_of(path).key == key


def said(client: Client) -> list[str]:
    return [row.message for row in client.rows(client.tag, "UploadWarning")]


@pytest.mark.covers("getActiveJobs")
def test_a_job_waits_while_the_disk_is_full(on_postgres: Client) -> None:
    handles = begin_job(on_postgres)
    with filled(on_postgres.server.data) as fill_again:
        shown = f"<originalName>{on_postgres.tag}</originalName>"
        wait_until(
            lambda: on_postgres.active(shown).text("jobArray/items/progressMessage") == "Paused: The disk is full."
        )
        assert on_postgres.active(shown).text("jobArray/items/state") == "WaitingCoordinator"
        fill_again()
        wait_until(lambda: problems(on_postgres) == "No bytes can be stored: No space left on device.")
        refused = on_postgres.post_files({"late.jpg": SLOW})
        assert (refused.status_code, "cannot store anything now: The disk is full." in refused.text) == (500, True)
        assert said(on_postgres) == ["The job waits: The disk is full. It goes on by itself as soon as it can."]
    on_postgres.wait(on_postgres.tag)

    assert_all_done(on_postgres, handles)
    assert said(on_postgres)[1:] == ["The job goes on."]
    wait_until(lambda: not problems(on_postgres))


@pytest.mark.proof
def test_a_job_waits_while_the_database_is_read_only(on_postgres: Client, postgres_url: str) -> None:
    client = Client(on_postgres.server)
    handles = begin_job(client)
    with read_only(postgres_url):
        wait_until(lambda: "No row can be written: The database is read-only." in problems(client))
        wait_until(lambda: "task could not be run" in client.server.log())
        refused = client.submit(reprocess(handles), f"{client.tag}-late")
        assert refused.fault[2] == "The server cannot store anything now: The database is read-only. Try again later."
        before = progress(client)
        time.sleep(1)
        assert progress(client) == before
    client.wait(client.tag)

    assert_all_done(client, handles)
    assert said(client) == [
        "The job waits: The database is read-only. It goes on by itself as soon as it can.",
        "The job goes on.",
    ]


@pytest.mark.proof
def test_a_job_waits_while_database_and_files_have_no_room(on_sqlite: Client) -> None:
    handles = begin_job(on_sqlite)
    with filled(on_sqlite.server.data) as fill_again:
        wait_until(lambda: "runs again" in on_sqlite.server.log() or "could not be run" in on_sqlite.server.log())
        fill_again()
        wait_until(lambda: "No space left on device" in problems(on_sqlite))
    on_sqlite.wait(on_sqlite.tag)

    assert_all_done(on_sqlite, handles)
    with reading(on_sqlite.server) as tx:
        assert tx.exec_driver_sql("PRAGMA integrity_check").scalar() == "ok"
