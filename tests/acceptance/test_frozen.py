"""A server whose leader is frozen still answers, and says that nobody works, until the leader goes on."""

import os
import signal
import time
from pathlib import Path

import pytest
import requests

from tests.jobs.flow import Client, reprocess
from tests.jobs.own_server import own_server
from tests.jobs.pictures import small_png

NO_WORKER = "Waiting: no worker is running."
WATCHDOG_S = 240


def readiness(client: Client) -> tuple[int, str]:
    reply = requests.get(f"{client.server.url}/readyz", timeout=60)
    return reply.status_code, reply.json()["checks"]["workers"]["reason"]


def message(client: Client, name: str) -> list[str]:
    return client.active(f"<originalName>{name}</originalName>").texts("jobArray/items/progressMessage")


@pytest.mark.proof
def test_a_frozen_leader_is_told_of_and_its_jobs_run_when_it_goes_on(tmp_path: Path) -> None:
    with own_server(tmp_path / "data", lease_s="3", no_worker_s="3") as client:
        handle = client.upload({"a.png": small_png()})["a.png"]
        assert readiness(client) == (200, "")
        assert client.server.process is not None
        os.kill(client.server.process.pid, signal.SIGSTOP)

        client.submit(reprocess([handle]), "late")
        until = time.monotonic() + WATCHDOG_S
        while message(client, "late") != [NO_WORKER]:
            assert time.monotonic() < until
            time.sleep(1)
        assert readiness(client) == (503, "No worker has been seen for 3 seconds: jobs wait until one is started.")

        os.kill(client.server.process.pid, signal.SIGCONT)
        client.wait("late")
        while readiness(client) != (200, ""):
            assert time.monotonic() < until
            time.sleep(1)
