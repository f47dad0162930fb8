"""Whether an asset is marked for publish after a reprocess or an upload."""

import pytest
import sqlalchemy as sa

from store import tables
from store.engine import Database, sqlite_url
from tests.jobs.flow import Client, reprocess
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer, add_account


@pytest.fixture
def keeper(server: RunningServer) -> Client:
    """A user of a company that retains the publish state unless a job says otherwise."""
    database = Database(sqlite_url(server.data / "reprise.db"))
    number = add_account(database, "KeepCo", "keep@example.com")
    with database.write() as tx:
        tx.execute(sa.update(tables.company).where(tables.company.c.id == number).values(retain_publish_state=True))
    database.close()
    return Client(server, f"c|{number}", "KeepCo", "keep@example.com")


def mark_after(client: Client, before: str, **fields: str) -> bool:
    handle = client.upload({"mark.png": small_png()}, {"readyForPublish": before, "preservePublishState": "false"})
    client.run(reprocess(handle.values(), **fields))
    return client.stored(handle["mark.png"]).ready_for_publish


@pytest.mark.covers("reprocessAssetsJob.readyForPublish", "reprocessAssetsJob.preservePublishState")
@pytest.mark.parametrize(
    ("before", "fields", "after"),
    [
        ("true", {}, True),
        ("false", {}, False),
        ("false", {"readyForPublish": "true"}, True),
        ("true", {"readyForPublish": "false"}, False),
        ("true", {"readyForPublish": "false", "preservePublishState": "false"}, False),
        ("true", {"readyForPublish": "false", "preservePublishState": "true"}, True),
        ("false", {"readyForPublish": "true", "preservePublishState": "true"}, False),
    ],
)
def test_the_mark_after_a_reprocess(lab: Client, before: str, fields: dict[str, str], after: bool) -> None:
    assert mark_after(lab, before, **fields) is after


@pytest.mark.parametrize(("preserve", "after"), [({}, True), ({"preservePublishState": "false"}, False)])
def test_a_company_can_retain_marks_unless_a_job_says_otherwise(
    keeper: Client, preserve: dict[str, str], after: bool
) -> None:
    assert mark_after(keeper, "true", readyForPublish="false", **preserve) is after
