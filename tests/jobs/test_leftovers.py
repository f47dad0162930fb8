"""What a server removes by itself: bytes that nothing refers to any more, and what a crash left half done."""

import os
import time
from datetime import timedelta
from pathlib import Path

import sqlalchemy as sa

from domain.clock import utc_now
from store import tables
from tests.jobs.flow import WATCHDOG_S, blob
from tests.jobs.own_server import own_server
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer


def let_a_day_pass(server: RunningServer, path: Path) -> None:
    """Make a stored file, and every sweep so far, two days old."""
    then = utc_now() - timedelta(days=2)
    os.utime(path, (then.timestamp(), then.timestamp()))
    database = server.database
    with database.write() as tx:
        tx.execute(sa.update(tables.unreferenced_blob).values(since=then))
    database.close()


def test_the_original_that_an_upload_replaced_is_removed_a_day_later(tmp_path: Path) -> None:
    with own_server(tmp_path / "data", blob_sweep_minutes="0.002") as client:
        handle = client.upload({"a.png": small_png(1)})["a.png"]
        replaced = blob(client.server, client.stored(handle).original)
        client.upload({"a.png": small_png(2)})
        until = time.monotonic() + WATCHDOG_S
        while replaced.exists() and time.monotonic() < until:
            let_a_day_pass(client.server, replaced)
            time.sleep(0.2)

        assert not replaced.exists()
        assert blob(client.server, client.stored(handle).original).exists()


def test_what_a_crash_left_half_done_is_removed_when_the_server_starts(tmp_path: Path) -> None:
    data = tmp_path / "data"
    left = [
        data / "scratch" / "7.1" / "pyramid.tif",
        data / "scratch" / "uploads" / "upload-x",
        data / "blobs/staging/x",
    ]
    for path in left:
        path.parent.mkdir(parents=True)
        path.touch()

    with own_server(data):
        assert [path for path in left if path.exists()] == []
