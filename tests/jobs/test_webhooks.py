"""Webhooks: each ended job is told of, signed so that the receiver's own library believes it, under one identifier."""

import ipaddress
import json
from collections.abc import Iterator
from concurrent.futures import wait
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from domain.clock import utc_now
from domain.handles import parse_job
from jobs.closing import close_if_settled
from jobs.outbound import OutboundRules
from jobs.outbox import Outbox
from store import tables
from store.companies import add_company, find_company
from store.engine import Database, sqlite_url
from store.job_logs import LogQuery, find_rows
from store.jobs import NewJob, add_job, find_by_handle
from store.schema import upgrade_schema
from store.webhooks import Webhook, set_webhooks
from tests.jobs.flow import WATCHDOG_S, Client, reading, reprocess
from tests.jobs.listener import Listener, listening
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer, add_account
from tests.soap.batches import UNKNOWN

SECRET, OTHER_SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD"
RULES = OutboundRules(allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),))
PUBLISH = (
    "<imageServingPublishJob><publishType>Incremental</publishType><emailSetting>None</emailSetting>"
    "</imageServingPublishJob>"
)


@pytest.fixture(scope="module")
def tenant(server: RunningServer) -> str:
    """The handle of a company of this module's own on the shared server."""
    database = server.database
    add_account(database, "HookCo", "hook@example.com")
    with database.read() as tx:
        company = find_company(tx, "HookCo")
    database.close()
    assert company is not None
    return f"c|{company.id}"


@pytest.fixture
def hooked(server: RunningServer, tenant: str) -> Iterator[Client]:
    """A user of the company, which has no webhook before the test nor afterwards."""
    client = Client(server, company=tenant, root="HookCo", user="hook@example.com")
    yield client
    set_hooks(client)


def set_hooks(client: Client, **secrets: str) -> None:
    """Let the company have webhooks, by the URL with its secret."""
    database = client.server.database
    with database.write() as tx:
        hooks = [Webhook(url=url, secret=secret) for url, secret in secrets.items()]
        set_webhooks(tx, int(client.company.removeprefix("c|")), hooks)
    database.close()


def told(host: Listener, secret: str = SECRET) -> tuple[dict[str, str], Any]:
    """Wait for a message; return its headers and what the receiver's library makes of its body."""
    headers, body = host.posts.get(timeout=WATCHDOG_S)
    return headers, Verifier(secret).verify(body, headers)


def test_an_ended_job_is_told_with_its_counts_and_what_failed(hooked: Client) -> None:
    good = hooked.upload({"good.png": small_png()})["good.png"]
    with listening() as host:
        set_hooks(hooked, **{host.url("/hook?key=1"): SECRET})

        hooked.submit(reprocess([good, UNKNOWN]))

        headers, message = told(host)

    assert headers["Content-Type"] == "application/json"
    assert host.next_call() == "POST /hook?key=1"
    data = message["data"]
    with reading(hooked.server) as tx:
        ref = parse_job(data["jobHandle"])
        assert ref is not None
        job = find_by_handle(tx, ref)
    assert job is not None
    assert job.ended is not None
    assert message == {
        "type": "job.completed_with_errors",
        "timestamp": job.ended.isoformat(timespec="milliseconds"),
        "data": {
            "companyHandle": hooked.company,
            "jobHandle": data["jobHandle"],
            "originalName": hooked.tag,
            "jobType": "ReprocessAssets",
            "submitUserEmail": "hook@example.com",
            "startDate": job.created.isoformat(timespec="milliseconds"),
            "endDate": job.ended.isoformat(timespec="milliseconds"),
            "total": 2,
            "succeeded": 1,
            "failed": 1,
            "cancelled": 0,
            "warned": 0,
            "failedItems": [
                {
                    "assetName": UNKNOWN,
                    "assetHandle": None,
                    "reason": f"There is no asset with handle {UNKNOWN} in this company.",
                }
            ],
            "failedItemsLeftOut": 0,
        },
    }


def test_of_many_failed_items_the_first_hundred_are_named(hooked: Client) -> None:
    with listening() as host:
        set_hooks(hooked, **{host.url("/hook"): SECRET})

        hooked.submit(reprocess([f"a|9{n:08}" for n in range(102)]))

        _headers, message = told(host)

    data = message["data"]
    assert (data["failed"], len(data["failedItems"]), data["failedItemsLeftOut"]) == (102, 100, 2)


def test_other_companies_jobs_are_not_told(hooked: Client, server: RunningServer) -> None:
    with listening() as host:
        set_hooks(hooked, **{host.url("/hook"): SECRET})
        Client(server).publish()
        hooked.submit(PUBLISH)

        _headers, message = told(host)

    assert message["data"]["companyHandle"] == hooked.company
    assert host.posts.empty()


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Database]:
    """A database with one company."""
    opened = Database(sqlite_url(tmp_path / "webhooks.db"))
    upgrade_schema(opened)
    with opened.write() as tx:
        add_company(tx, name="LabCo", root="LabCo", company_id=1)
    yield opened
    opened.close()


def end_job(database: Database, *hooks: Webhook) -> int:
    """End a job of the company that has these webhooks, and return its number."""
    with database.write() as tx:
        set_webhooks(tx, 1, hooks)
        wanted = NewJob(company_id=1, kind="reprocess", name="nightly", submitter="lab@example.com", options={})
        job = add_job(tx, wanted, "host").id
    with database.write() as tx:
        assert close_if_settled(tx, job)
    return job


def deliver(database: Database) -> None:
    """Try everything that is owed, due or not."""
    with database.write() as tx:
        tx.execute(sa.update(tables.outbox).values(next_try=utc_now()))
    with closing(Outbox(database, None, RULES)) as outbox:
        wait(outbox.deliver_due())


def reasons(database: Database, job: int) -> list[str]:
    """The warnings in the job's log."""
    with database.read() as tx:
        _total, rows = find_rows(tx, LogQuery(job_id=job, log_types=("UploadWarning",)))
    return [str(row.message) for row in rows]


@pytest.mark.parametrize("status", [503, 404, 302])
def test_a_message_keeps_its_identifier_until_it_is_taken(database: Database, status: int) -> None:
    with listening(statuses=(status, 200)) as host:
        end_job(database, Webhook(url=host.url("/hook"), secret=SECRET))
        for _try in range(3):
            deliver(database)

        (first, before), (second, after) = told(host), told(host)

    assert first["webhook-id"] == second["webhook-id"]
    assert before == after
    assert host.posts.empty()


def test_each_receiver_is_told_under_its_own_secret_and_identifier(database: Database) -> None:
    with listening() as one, listening() as other:
        hooks = (Webhook(url=one.url("/a"), secret=SECRET), Webhook(url=other.url("/b"), secret=OTHER_SECRET))
        end_job(database, *hooks)
        deliver(database)

        (first, _message), (second, _same) = told(one), told(other, OTHER_SECRET)

    assert first["webhook-id"] != second["webhook-id"]


def test_a_message_that_was_changed_is_not_believed(database: Database) -> None:
    with listening() as host:
        end_job(database, Webhook(url=host.url("/hook"), secret=SECRET))
        deliver(database)
        headers, body = host.posts.get(timeout=WATCHDOG_S)

    changed = json.dumps(json.loads(body) | {"type": "job.forged"}).encode()
    with pytest.raises(WebhookVerificationError):
        Verifier(SECRET).verify(changed, headers)


def test_a_receiver_that_says_gone_is_told_once(database: Database) -> None:
    with listening(statuses=(410,)) as host:
        job = end_job(database, Webhook(url=host.url("/hook"), secret=SECRET))
        deliver(database)
        deliver(database)

    assert host.count == 1
    receiver, reason = host.url("").removeprefix("http://"), "The URL answered with status 410: it wants no more."
    assert reasons(database, job) == [f"The webhook to {receiver} was given up (tries: 1): {reason}"]


def test_a_new_secret_signs_what_is_still_owed(database: Database) -> None:
    with listening(statuses=(503, 200)) as host:
        end_job(database, Webhook(url=host.url("/hook"), secret=SECRET))
        deliver(database)
        with database.write() as tx:
            set_webhooks(tx, 1, [Webhook(url=host.url("/hook"), secret=OTHER_SECRET)])
        deliver(database)

        told(host)
        told(host, OTHER_SECRET)


def test_a_receiver_that_was_taken_away_is_told_nothing_more(database: Database) -> None:
    with listening() as host:
        job = end_job(database, Webhook(url=host.url("/hook"), secret=SECRET))
        with database.write() as tx:
            set_webhooks(tx, 1, [])
        deliver(database)

    assert host.count == 0
    assert reasons(database, job)[0].endswith("(tries: 1): The company has this webhook no more.")


def test_a_receiver_at_an_address_that_is_not_public_is_not_told(database: Database) -> None:
    job = end_job(database, Webhook(url="http://10.0.0.1/hook", secret=SECRET))

    deliver(database)

    assert reasons(database, job)[0].endswith("it is not a public address.")
