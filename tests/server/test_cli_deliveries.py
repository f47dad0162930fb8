"""The commands about what leaves the house: deliveries that were given up, and webhooks."""

import json
import re
import shutil
from contextlib import closing
from pathlib import Path

import pytest

from domain.clock import utc_now
from store.companies import find_company
from store.engine import Database, sqlite_url
from store.jobs import NewJob, add_job
from store.outbox import NewMessage, add_message, count_by_state, find_due, mark_failed
from store.renditions import find_worker_secret
from store.webhooks import find_webhooks
from tests.server.command import complaint, run

URLS = ("https://a.example/hook", "http://b.example:8000/")
SECRET = r"whsec_[A-Za-z0-9+/]{43}="


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one company, one delivery that waits and two that were given up."""
    folder = tmp_path_factory.mktemp("prepared") / "data"
    run("add-company", "Lab Company", data=folder)
    database = Database(sqlite_url(folder / "reprise.db"))
    with database.write() as tx:
        wanted = NewJob(company_id=1, kind="reprocess", name="nightly", submitter="lab@example.com", options={})
        job = add_job(tx, wanted, "host").id
        for target in ("http://one.example/", "http://two.example/[red]\x1b[0m", "http://three.example/"):
            add_message(tx, job, NewMessage(kind="callback", target=target, payload={}))
        for message in find_due(tx, utc_now())[:2]:
            mark_failed(tx, message, "The URL answered with status 404.", None)
    database.close()
    return folder


@pytest.fixture
def data(prepared: Path, tmp_path: Path) -> Path:
    """A copy of the prepared folder, for one test."""
    return Path(shutil.copytree(prepared, tmp_path / "data"))


def counts(data: Path) -> list[int]:
    """How many deliveries wait, were sent and were given up."""
    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        found = list(count_by_state(tx).values())
    database.close()
    return found


def webhooks(data: Path) -> dict[str, str]:
    """The company's webhooks: secrets by URL."""
    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        company = find_company(tx, "Lab Company")
        assert company is not None
        found = {hook.url: hook.secret for hook in find_webhooks(tx, company.id)}
    database.close()
    return found


def test_what_was_given_up_is_listed_with_its_reason(data: Path) -> None:
    answer = run("deliveries", "list", data=data)

    assert re.findall(r"^ *(\d+) ", answer.stdout, re.MULTILINE) == ["2", "1", "1"]
    assert answer.stdout.count("404.") == 2
    assert "\x1b" not in answer.stdout
    assert answer.stdout.endswith("1 waiting, 0 sent, 2 dead\n")


def test_the_list_can_be_had_as_json(data: Path) -> None:
    (row,) = json.loads(run("deliveries", "list", "--state", "waiting", "--json", data=data).stdout)

    assert row.pop("next_try") is not None
    assert row == {
        "number": 3,
        "job": 1,
        "kind": "callback",
        "target": "http://three.example/",
        "tries": 0,
        "error": None,
    }


def test_the_list_has_an_end(data: Path) -> None:
    rows = json.loads(run("deliveries", "list", "--limit", "1", "--json", data=data).stdout)

    assert [row["number"] for row in rows] == [2]


@pytest.mark.parametrize(("which", "left"), [(("1",), [2, 0, 1]), (("1", "2"), [3, 0, 0]), (("--all",), [3, 0, 0])])
def test_what_was_given_up_is_replayed(data: Path, which: tuple[str, ...], left: list[int]) -> None:
    answer = run("deliveries", "replay", *which, data=data)

    assert answer.stdout == f"Deliveries that are tried again: {2 - left[2]}\n"
    assert counts(data) == left


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ((), "give --all"),
        (("1", "--all"), "give --all"),
        (("1", "3"), "3: no delivery of this number was given up. Nothing is replayed."),
        (("1", "7", "5"), "5, 7: no delivery"),
    ],
)
def test_a_replay_of_something_else_is_refused_and_replays_nothing(
    data: Path, arguments: tuple[str, ...], words: str
) -> None:
    assert words in complaint(run("deliveries", "replay", *arguments, data=data))
    assert counts(data) == [1, 0, 2]


def test_a_webhooks_secret_is_made_and_shown_once(data: Path) -> None:
    first = run("set-webhook", "Lab Company", *URLS, data=data)
    again = run("set-webhook", "Lab Company", *URLS, data=data)

    secrets = webhooks(data)
    assert sorted(secrets) == sorted(URLS)
    assert len(set(secrets.values())) == 2
    assert all(re.fullmatch(SECRET, secret) for secret in secrets.values())
    assert all(f"{url} has the secret {secret}\n" in first.stdout for url, secret in secrets.items())
    assert "whsec_" not in again.stdout
    assert again.stdout.endswith("Webhooks of company Lab Company: 2\n")


def test_new_secrets_replace_the_old_ones(data: Path) -> None:
    run("set-webhook", "Lab Company", *URLS, data=data)
    before = webhooks(data)

    run("set-webhook", "Lab Company", *URLS, "--new-secrets", data=data)

    assert not {*before.values()} & {*webhooks(data).values()}


def test_only_the_urls_that_are_named_are_told_from_then_on(data: Path) -> None:
    run("set-webhook", "Lab Company", *URLS, data=data)
    before = webhooks(data)

    run("set-webhook", "Lab Company", URLS[0], data=data)
    assert webhooks(data) == {URLS[0]: before[URLS[0]]}

    run("set-webhook", "Lab Company", "none", data=data)
    assert webhooks(data) == {}


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("ftp://a.example/", "http or https"),
        ("https://user@a.example/", "without credentials"),
        ("https://a.example:0/", "not well-formed"),
        ("none", "http or https"),
        (f"https://a.example/{'x' * 2000}", "at most 2000 characters"),
    ],
)
def test_a_bad_url_is_refused_and_the_webhooks_stay(data: Path, url: str, words: str) -> None:
    run("set-webhook", "Lab Company", URLS[0], data=data)

    assert words in complaint(run("set-webhook", "Lab Company", URLS[1], url, data=data))
    assert list(webhooks(data)) == [URLS[0]]


def test_a_webhook_of_an_unknown_company_is_refused(data: Path) -> None:
    assert "There is no company Other" in complaint(run("set-webhook", "Other", URLS[0], data=data))


def test_a_service_for_renditions_gets_a_new_secret_that_is_shown(data: Path) -> None:
    answer = run("set-rendition-worker", "Lab Company", URLS[0], data=data)

    database = Database(sqlite_url(data / "reprise.db"))
    with closing(database), database.read() as tx:
        company = find_company(tx, "Lab Company")
        assert company is not None
        assert answer.stdout == f"{URLS[0]} has the secret {find_worker_secret(tx, company.id, URLS[0])}\n"


@pytest.mark.parametrize(("company", "url"), [("Other", "https://a.example/"), ("Lab Company", "ftp://a.example/")])
def test_a_service_of_an_unknown_company_or_a_bad_url_is_refused(data: Path, company: str, url: str) -> None:
    assert complaint(run("set-rendition-worker", company, url, data=data))
