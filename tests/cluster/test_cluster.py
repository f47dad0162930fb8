"""A cluster of separate processes over one Postgres and one Redis: whatever is killed, every asset is done once."""

import time
from collections import Counter
from pathlib import Path

from domain.states import TaskState
from tests.cluster.broker import Broker
from tests.cluster.cluster import running_cluster, sums_of
from tests.jobs.flow import Client, crop, reprocess
from tests.jobs.pictures import small_png
from tests.store.postgres import own_schema

WATCHDOG_S = 120


def wait_for_progress(client: Client, done: int) -> None:
    """Return once at least ``done`` tasks of the job under the client's tag have settled."""
    until = time.monotonic() + WATCHDOG_S
    while sums_of(client, client.tag).counted < done:
        assert time.monotonic() < until, client.server.log()
        time.sleep(0.05)


def test_a_job_is_done_once_though_a_worker_and_the_leader_are_killed(
    postgres_url: str, broker: Broker, tmp_path: Path
) -> None:
    with (
        own_schema(postgres_url) as database_url,
        running_cluster(tmp_path, database_url, broker, fronts=1, lease_s=4) as cluster,
    ):
        client = cluster.client
        handles = list(client.upload({f"{n}.png": small_png(n) for n in range(40)}).values())
        job = reprocess(handles, manualCropOptions=crop(1, 2, 3, 4), emailSetting="All")
        client.submit(job)
        wait_for_progress(client, 8)
        cluster.workers[0].kill()
        wait_for_progress(client, 16)
        cluster.leader.kill()
        client.wait(client.tag)

        sums = sums_of(client, client.tag)
        assert sums.states == {TaskState.DONE: 40}
        assert sums.counted == 40
        assert sums.success_rows == Counter(client.stored(handle).id for handle in handles)
        assert sums.messages == 1
        assert [client.stored(handle).revision for handle in handles] == [3] * 40
