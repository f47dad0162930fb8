"""A decoder that hangs, one that eats memory, one that crashes: its asset alone fails, and the log says why.

Nothing of ours crashes on purpose: the memory is eaten by a real file, and the rest is done to the child from outside,
while it has the file open.
"""

import hashlib
import os
import signal
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest
import pyvips

from tests.acceptance.test_crash import slots_of
from tests.imaging.pictures import scene
from tests.jobs.flow import WATCHDOG_S, Client
from tests.jobs.own_server import own_server
from tests.jobs.pictures import jpeg, small_png
from tests.running_server import RunningServer

TIMEOUT_S = 5
ATTEMPTS = 3


@pytest.fixture(scope="module")
def small(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server with one slot, of little memory and time."""
    settings = {"slots": "1", "slot_memory_mb": "640", "slot_timeout_s": str(TIMEOUT_S)}
    with own_server(tmp_path_factory.mktemp("small") / "data", **settings) as client:
        yield client.server


@pytest.fixture
def client(small: RunningServer) -> Client:
    """A client of it, with a tag of this test's own."""
    return Client(small)


def upload_beside_good_ones(client: Client, bad: bytes) -> dict[str, str]:
    """Upload a bad file between good ones, wait, and return what the log says of each, by file name."""
    files = {"first.png": small_png(1), "bad.png": bad, "last.png": small_png(2)}
    assert client.post_files(files, jobName=client.tag).ok
    client.wait(client.tag)
    rows = client.rows(client.tag, "UploadSuccess", "UploadError")
    return {row.name.removeprefix(f"{client.tag}-"): f"{row.type}: {row.message}" for row in rows}


def assert_alone(client: Client, said: Mapping[str, str], reason: str) -> None:
    """The bad file alone failed, for the reason, and the slot works on."""
    assert said["bad.png"] == f"UploadError: {reason}"
    assert [said[name].partition(":")[0] for name in ("first.png", "last.png")] == ["UploadSuccess"] * 2
    assert client.upload({"after.png": small_png(3)}).keys() == {"after.png"}


def upload_and_hit(client: Client, sent: signal.Signals) -> dict[str, str]:
    """Upload a picture that takes its time, and send a signal to each child that decodes it."""
    slow = jpeg(scene(4000, 3000))
    with ThreadPoolExecutor(1) as thread:
        uploading = thread.submit(upload_beside_good_ones, client, slow)
        hit: list[int] = []
        while len(hit) < ATTEMPTS:
            pid = decoder_of(client.server, slow, hit)
            os.kill(pid, sent)
            hit.append(pid)
        return uploading.result(WATCHDOG_S)


def decoder_of(server: RunningServer, content: bytes, but: list[int]) -> int:
    """Wait for a child that has the file of this content open, and that is none of ``but``."""
    name = hashlib.sha256(content).hexdigest()
    until = time.monotonic() + WATCHDOG_S
    assert server.process is not None
    while time.monotonic() < until:
        for pid in slots_of(server.process.pid):
            if pid not in but and any(name in path for path in open_files(pid)):
                return pid
        time.sleep(0.002)
    raise AssertionError("no child had the file open")


def open_files(pid: int) -> list[str]:
    """The files that a process has open or mapped; none when it has ended."""
    try:
        return [str(link.readlink()) for link in Path(f"/proc/{pid}/fd").iterdir()] + [
            Path(f"/proc/{pid}/maps").read_text()
        ]
    except OSError:
        return []


def test_a_file_that_eats_memory_fails_alone_with_that_reason(client: Client) -> None:
    picture = pyvips.Image.new_from_array(np.zeros((1, 1, 3), np.uint8)).embed(0, 0, 16000, 16000)
    said = upload_beside_good_ones(client, picture.pngsave_buffer(interlace=True))

    assert_alone(client, said, "It needs more memory than the 640 MiB of a slot. It was tried 3 times.")


def test_a_decoder_that_crashes_fails_its_asset_alone_after_its_attempts(client: Client) -> None:
    said = upload_and_hit(client, signal.SIGSEGV)

    assert_alone(client, said, "The process working on it died (exit code -11). It was tried 3 times.")


@pytest.mark.proof
def test_a_decoder_that_hangs_fails_its_asset_alone_after_its_attempts(client: Client) -> None:
    said = upload_and_hit(client, signal.SIGSTOP)

    assert_alone(client, said, f"It took longer than {TIMEOUT_S} seconds and was ended. It was tried 3 times.")
