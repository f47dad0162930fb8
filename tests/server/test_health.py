"""What /livez, /readyz and /metrics say: each check with its reason, and sums over the ledger."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from prometheus_client.parser import text_string_to_metric_families
from pydantic import SecretStr
from werkzeug.test import Client, TestResponse

from domain.clock import utc_now
from domain.states import TaskState
from server.app import build_services
from server.dispatch import Services
from server.settings import Settings
from server.web import build_flask
from store.engine import Database, sqlite_url
from store.schema import upgrade_schema
from store.workers import save_worker
from tests.store.orders import ended, submitted
from tests.store.rows import add_tenant, claimed

DONE, FAILED = TaskState.DONE, TaskState.FAILED


@pytest.fixture
def services(tmp_path: Path) -> Iterator[Services]:
    """What an HTTP worker has, on a data folder that no leader and no worker uses."""
    (tmp_path / "scratch").mkdir()
    database = Database(sqlite_url(tmp_path / "reprise.db"))
    upgrade_schema(database)
    made = build_services(Settings.model_validate({"data": tmp_path}), database)
    yield made
    made.slots.close()
    database.close()


def get(services: Services, path: str, **headers: str) -> TestResponse:
    return Client(build_flask(services)).get(path, headers=headers)


def a_worker_lives(services: Services, slots: int = 4) -> None:
    with services.database.write() as tx:
        save_worker(tx, "w", slots, utc_now())


def checks(answer: TestResponse) -> Mapping[str, Any]:
    document = answer.get_json()
    assert document["ready"] == (answer.status_code == 200)
    return {name: check["reason"] if not check["ok"] else "" for name, check in document["checks"].items()}


def test_a_server_whose_workers_live_is_ready(services: Services) -> None:
    a_worker_lives(services)

    answer = get(services, "/readyz")

    assert answer.status_code == 200
    assert checks(answer) == {"database": "", "blobs": "", "workers": ""}


def test_a_server_without_a_worker_is_alive_but_not_ready(services: Services) -> None:
    answer = get(services, "/readyz")

    assert get(services, "/livez").status_code == 200
    assert answer.status_code == 503
    assert checks(answer) == {
        "database": "",
        "blobs": "",
        "workers": "No worker has been seen for 30 seconds: jobs wait until one is started.",
    }


def test_a_server_that_cannot_write_a_row_is_not_ready(services: Services) -> None:
    services.database.close()
    sa.event.listen(services.database.engine, "connect", lambda c, _r: c.execute("PRAGMA query_only=ON"))

    answer = get(services, "/readyz")

    assert answer.status_code == 503
    assert checks(answer)["database"] == "No row can be written: The database is read-only."


def test_a_server_that_cannot_store_bytes_is_not_ready(services: Services) -> None:
    a_worker_lives(services)
    (services.scratch.parent / "blobs" / "staging").rmdir()

    answer = get(services, "/readyz")

    assert answer.status_code == 503
    assert checks(answer) == {
        "database": "",
        "blobs": "No bytes can be stored: No such file or directory.",
        "workers": "",
    }


def test_looking_leaves_no_row_and_no_file(services: Services) -> None:
    get(services, "/readyz")

    assert list(services.blobs.keys()) == []
    assert [path.name for path in services.scratch.iterdir()] == ["uploads"]
    with services.database.read() as tx:
        assert tx.execute(sa.text("SELECT count(*) FROM worker")).scalar_one() == 0


def test_the_metrics_are_the_sums_of_the_ledger(services: Services) -> None:
    company = add_tenant(services.database)
    a_worker_lives(services, slots=1)
    ended(services.database, company, DONE, DONE, FAILED)
    job_id = submitted(services.database, company, 5)
    for _n in range(2):
        claimed(services.database, job_id)

    text = get(services, "/metrics").get_data(as_text=True)

    assert figures(text) == {
        "reprise_jobs{New}": 0,
        "reprise_jobs{WaitingClient}": 0,
        "reprise_jobs{WaitingCoordinator}": 1,
        "reprise_jobs{Running}": 0,
        "reprise_jobs{Stopping}": 0,
        "reprise_jobs_paused": 0,
        "reprise_tasks{ready}": 3,
        "reprise_tasks{dispatched}": 0,
        "reprise_tasks{running}": 2,
        "reprise_tasks_settled_total{done}": 2,
        "reprise_tasks_settled_total{failed}": 1,
        "reprise_tasks_settled_total{cancelled}": 0,
        "reprise_failures_total{Unprocessable}": 1,
        "reprise_workers": 1,
        "reprise_slots": 1,
        "reprise_slots_in_use": 1,
        "reprise_deliveries{waiting}": 0,
        "reprise_deliveries{sent}": 0,
        "reprise_deliveries{dead}": 0,
    }
    assert 0 < value(text, "reprise_oldest_ready_task_age_seconds") < 3600


def test_the_metrics_are_for_those_who_know_the_token(services: Services) -> None:
    guarded = replaced(services, metrics_token=SecretStr("s3cret"))

    assert get(guarded, "/metrics").status_code == 401
    assert get(guarded, "/metrics", Authorization="Bearer other").status_code == 401
    assert get(guarded, "/metrics", Authorization="Bearer s3cret").status_code == 200


def figures(text: str) -> dict[str, float]:
    """Return every sample but the ages, named by its labels' values."""
    found = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            labels = ",".join(sample.labels.values())
            found[f"{sample.name}{{{labels}}}" if labels else sample.name] = sample.value
    return {name: number for name, number in found.items() if "age" not in name}


def value(text: str, name: str) -> float:
    """Return the one sample of this name."""
    (found,) = [s.value for family in text_string_to_metric_families(text) for s in family.samples if s.name == name]
    return found


def replaced(services: Services, **settings: Any) -> Services:
    """Return the services with other settings."""
    return replace(services, settings=services.settings.model_copy(update=settings))
