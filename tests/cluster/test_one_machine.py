"""One server in every role over Postgres, with either engine; and who stands by for it."""

import os
import signal
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.cluster.broker import Broker
from tests.cluster.cluster import assert_each_done_once, begin_job, wait_for_progress
from tests.jobs.own_server import own_server
from tests.process_tree import children
from tests.running_server import RunningServer
from tests.store.postgres import own_schema


def the_token_worker(server: RunningServer) -> int:
    """The child process of the server that has slots below it."""
    assert server.process is not None
    niceness = {
        pid: [os.getpriority(os.PRIO_PROCESS, c) for c in children(pid)] for pid in children(server.process.pid)
    }
    (found,) = [pid for pid, below in niceness.items() if 10 in below and os.getpriority(os.PRIO_PROCESS, pid) == 0]
    return found


@pytest.mark.proof
def test_a_server_in_every_role_replaces_the_worker_that_was_killed(
    postgres_url: str, broker: Broker, tmp_path: Path
) -> None:
    celery = {"engine": "celery", "broker_url": broker.url}
    with own_schema(postgres_url) as url, own_server(tmp_path / "data", **_settings(url), **celery) as client:
        handles = begin_job(client, 30)
        wait_for_progress(client, 5)
        os.kill(the_token_worker(client.server), signal.SIGKILL)
        client.wait(client.tag)

        assert_each_done_once(client, handles)
        assert client.server.stop() == 0


@pytest.mark.proof
def test_an_embedded_server_on_postgres_stands_by_for_another_one(postgres_url: str, tmp_path: Path) -> None:
    (tmp_path / "standby").mkdir()
    (tmp_path / "first").mkdir()
    for name in ("first", "standby"):
        (tmp_path / "blobs").mkdir(exist_ok=True)
        (tmp_path / name / "blobs").symlink_to(tmp_path / "blobs")
    with (
        own_schema(postgres_url) as url,
        own_server(tmp_path / "first", **_settings(url)) as client,
        own_server(tmp_path / "standby", **_settings(url)) as standing_by,
    ):
        handles = begin_job(client, 30)
        wait_for_progress(client, 5)
        client.server.kill()
        standing_by.wait(client.tag)

        assert_each_done_once(client, handles)


def _settings(database_url: str) -> Mapping[str, str]:
    return {"database_url": database_url, "slots": "1", "lease_s": "4", "http_workers": "1"}
