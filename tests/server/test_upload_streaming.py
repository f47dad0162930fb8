"""A large upload passes through the HTTP worker without ever being in its memory as a whole."""

from collections.abc import Iterator
from pathlib import Path
from uuid import uuid4

import pytest
import requests

from tests.process_tree import processes, status_bytes
from tests.running_server import RunningServer, add_account
from tests.server import upload_call as up

MEGABYTE = 2**20
SIZE = 50 * MEGABYTE
MAY_GROW = 20 * MEGABYTE


@pytest.fixture
def lone(tmp_path: Path) -> Iterator[RunningServer]:
    """A server with one HTTP worker, so that there is one process to look at."""
    running = RunningServer(tmp_path / "data", {"http_workers": "1", "slots": "1"})
    database = running.database
    add_account(database, "LabCo", up.USER, company_id=110)
    database.close()
    yield running.start()
    running.stop()


def memory_of(server: RunningServer) -> dict[int, int]:
    """The highest resident memory so far, in bytes, of each process of the server that answers HTTP or serves it."""
    return {pid: status_bytes(pid, "VmHWM") for pid in processes(server)}


def pieces(name: str) -> Iterator[bytes]:
    """Yield a multipart body with one large file, a megabyte at a time."""
    empty = up.body([up.auth_part(), up.params(*up.named(name)), up.file(f"{name}.zip", b"")])
    head, end, tail = empty.rpartition(b"\r\n--" + up.BOUNDARY.encode() + b"--")
    yield head
    for _ in range(SIZE // MEGABYTE):
        yield bytes(MEGABYTE)
    yield end + tail


def post_large(server: RunningServer) -> up.Posted:
    headers = {"Content-Type": f"multipart/form-data; boundary={up.BOUNDARY}"}
    url = f"{server.url}/scene7/UploadFile"
    return up.Posted(requests.post(url, data=pieces(uuid4().hex[:8]), headers=headers, timeout=120))


def test_a_large_upload_does_not_grow_the_server(lone: RunningServer) -> None:
    small = up.post(lone, up.auth_part(), up.params(*up.named("warm-up")), up.file("warm-up.zip", b"x"))
    assert small.handle
    before = memory_of(lone)

    posted = post_large(lone)

    assert posted.handle
    after = memory_of(lone)
    grown = {pid: after[pid] - before[pid] for pid in before if pid in after}
    assert len(grown) >= 2
    assert max(grown.values()) < MAY_GROW
