"""A cluster of separate processes over one Postgres and one Redis: whatever is lost, every asset is done once."""

import secrets
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from urllib.parse import quote

import pytest
import requests

from domain.clock import utc_now
from store.workers import find_workers
from tests.cluster.broker import Broker
from tests.cluster.cluster import (
    WATCHDOG_S,
    Cluster,
    assert_each_done_once,
    begin_job,
    freeze,
    running_cluster,
    thaw,
    wait_for_log,
    wait_for_progress,
)
from tests.cluster.database import MortalPostgres, mortal_postgres
from tests.jobs.flow import Client, reading
from tests.running_server import RunningServer
from tests.store.postgres import own_schema

LEASE_S = "4"


def test_a_job_is_done_once_though_a_worker_and_the_leader_are_killed(
    postgres_url: str, broker: Broker, tmp_path: Path
) -> None:
    with (
        own_schema(postgres_url) as database_url,
        running_cluster(tmp_path, {"database_url": database_url, "lease_s": LEASE_S}, broker, fronts=1) as cluster,
    ):
        client = Client(cluster.fronts[0])
        handles = begin_job(client, 40)
        wait_for_progress(client, 8)
        cluster.workers[0].kill()
        wait_for_progress(client, 16)
        cluster.leader.kill()
        client.wait(client.tag)
        status = cluster.workers[1].stop()

        assert_each_done_once(client, handles)
        assert status == 0
        with reading(client.server) as tx:
            assert find_workers(tx, utc_now() - timedelta(seconds=float(LEASE_S))) == ()


@pytest.fixture(scope="module")
def postgres(runtime_folder: Path) -> Iterator[MortalPostgres]:
    """A Postgres that the tests may kill."""
    with mortal_postgres(Path("/tmp") / f"reprise-pg-{secrets.token_hex(4)}") as running:
        yield running


@pytest.fixture(scope="module")
def mortal(postgres: MortalPostgres, s3_endpoint: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """Two fronts, two candidates and two workers over a bucket, that the tests may kill and start again."""
    folder, bucket = tmp_path_factory.mktemp("cluster"), f"cluster-{secrets.token_hex(4)}"
    assert requests.put(f"{s3_endpoint}/{bucket}", timeout=10).ok
    blob_url = f"s3://key:secret@{bucket}?endpoint={quote(s3_endpoint)}"
    shared = {"database_url": postgres.url, "lease_s": LEASE_S, "blob_url": blob_url}
    redis = Broker(folder / "redis").start()
    with running_cluster(folder, shared, redis, fronts=2) as cluster:
        yield cluster
    redis.kill()


@pytest.mark.proof
def test_a_job_survives_two_kills_of_each_kind_of_process(mortal: Cluster) -> None:
    client = Client(mortal.fronts[0])
    handles = begin_job(client, 50)
    for turn, (worker, front) in enumerate(zip(mortal.workers, mortal.fronts, strict=True)):
        wait_for_progress(client, 20 * turn + 6)
        worker.kill()
        wait_for_progress(client, 20 * turn + 12)
        leader = mortal.leader
        leader.kill()
        wait_for_progress(client, 20 * turn + 18)
        front.kill()
        for node in (front, worker, leader):
            node.launch()
    for front in mortal.fronts:
        front.wait_until_ready()
    client.wait(client.tag)

    assert_each_done_once(client, handles)


@pytest.mark.proof
def test_a_job_survives_a_broker_and_a_database_that_are_lost(mortal: Cluster, postgres: MortalPostgres) -> None:
    client = Client(mortal.fronts[0])
    handles = begin_job(client, 60)
    wait_for_progress(client, 10)
    mortal.broker.forget_everything()
    wait_for_progress(client, 20)
    mortal.broker.kill()
    time.sleep(1)
    mortal.broker.start()
    wait_for_progress(client, 30)
    postgres.kill()
    time.sleep(1)
    postgres.start()
    client.wait(client.tag)

    assert_each_done_once(client, handles)


@pytest.mark.proof
def test_what_a_worker_does_that_was_frozen_beyond_its_lease_is_thrown_away(mortal: Cluster) -> None:
    client = Client(mortal.fronts[0])
    handles = begin_job(client, 60)
    frozen = mortal.workers[0]
    wait_for_progress(client, 10)
    freeze(frozen)
    wait_for_log(mortal.leader, "lease expired")
    wait_for_progress(client, 40)
    thaw(frozen)
    client.wait(client.tag)

    wait_for_log(frozen, "stale result thrown away")
    assert_each_done_once(client, handles)


@pytest.mark.proof
def test_a_frozen_leader_is_displaced_and_learns_that_it_does_not_lead(mortal: Cluster) -> None:
    client = Client(mortal.fronts[0])
    handles = begin_job(client, 60)
    wait_for_progress(client, 10)
    frozen = mortal.leader
    (standby,) = [node for node in mortal.candidates if node is not frozen]
    terms = terms_of(standby)
    freeze(frozen)
    wait_for_progress(client, 40)  # the workers go on without a leader
    until = time.monotonic() + WATCHDOG_S
    while terms_of(standby) == terms:
        assert time.monotonic() < until, standby.log()
        time.sleep(0.05)
    thaw(frozen)
    client.wait(client.tag)

    assert_each_done_once(client, handles)
    wait_for_log(frozen, "not leading any more")


def terms_of(node: RunningServer) -> int:
    """Return how often a candidate has begun to lead."""
    return node.log().count('"event": "leading"')
