"""getActiveJobs over SOAP while no worker lives: the job says that nobody will take it, until a worker is there."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

import pytest
import sqlalchemy as sa
from lxml import etree
from werkzeug.test import Client

from domain.clock import utc_now
from server.app import build_services
from server.settings import Settings
from server.web import build_application
from store import tables
from store.engine import Database, sqlite_url
from store.schema import upgrade_schema
from store.workers import save_worker
from tests.running_server import add_account
from tests.soap_call import ENDPOINT, auth, envelope, param
from tests.store.orders import submitted

BUSY = "Optimizing files"
WAITING = "Waiting: no worker is running."


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    opened = Database(sqlite_url(tmp_path / "reprise.db"))
    upgrade_schema(opened)
    yield opened
    opened.close()


@pytest.mark.covers("getActiveJobs")
def test_a_job_that_no_worker_can_take_says_so(database: Database, tmp_path: Path) -> None:
    company = add_account(database, "LabCo", "lab@example.com")
    submitted(database, company, 2)
    services = build_services(Settings.model_validate({"data": tmp_path}), database)
    client = Client(build_application(services))

    assert messages(client) == (BUSY, "")
    with database.write() as tx:
        tx.execute(sa.update(tables.job).values(last_progress=utc_now() - timedelta(seconds=31)))
    assert messages(client) == (WAITING, WAITING)
    with database.write() as tx:
        save_worker(tx, "w", 1, utc_now())
    assert messages(client) == (BUSY, "")
    services.slots.close()


def messages(client: Client) -> tuple[str, str]:
    """Return the messages of the one active job and of its one task, as a poller gets them."""
    document = envelope(param("getActiveJobs"), auth("lab@example.com"))
    reply = client.post(ENDPOINT, data=document, content_type="text/xml")
    tree = etree.fromstring(reply.get_data())
    job, task = (element.text or "" for element in tree.xpath("//*[local-name()='progressMessage']"))
    return job, task
