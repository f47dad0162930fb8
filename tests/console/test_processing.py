"""New process in the console: what is previewed is what runs, and what cannot run is refused with its reason."""

import re
from uuid import uuid4

import pytest
from werkzeug.test import TestResponse

from domain.model import Job
from domain.states import TaskState
from jobs.processing.choices import Choice
from server.admin.folder_tree import find_tree
from store.companies import find_company
from store.executions import ExecutionFilter, find_jobs_page
from store.folders import ensure_folder
from tests.console.office import ADDRESS, FROM, OTHER, OWNER, READER, Browser, Office

Fields = dict[str, str | list[str]]
ALL: Fields = {"folder": ["LabCo/"], "mode": "advanced"}


@pytest.fixture
def browser(office: Office) -> Browser:
    """A browser of LabCo's administrator."""
    return office.browser(OWNER)


def send(browser: Browser, path: str, fields: Fields, root: str = "LabCo") -> TestResponse:
    """Send a form of the last page, of which a field may have many values."""
    token = re.search(r'name="form_token" value="(\w+)"', browser.page)
    data: Fields = {"form_token": token[1] if token else ""} | fields
    reply = browser.client.post(f"/console/{root}/{path}", data=data, environ_base=FROM)
    if reply.mimetype == "text/html" and reply.status_code != 303:
        browser.page = reply.text
    return reply


def previewed(browser: Browser, fields: Fields) -> Fields:
    """Return what the page of a preview would send to have it created."""
    browser.get("/console/LabCo/process")
    assert send(browser, "process/preview", fields).status_code == 200
    sent: Fields = {}
    for field in browser.document.xpath("//form[contains(@action, 'process/start')]//input[@type='hidden']"):
        sent.setdefault(field.get("name"), [])
        values = sent[field.get("name")]
        assert isinstance(values, list)
        values.append(field.get("value"))
    return sent


def newest(office: Office, company: str = "LabCo") -> Job:
    with office.database.read() as tx:
        return find_jobs_page(tx, office.companies[company], ExecutionFilter(), limit=1)[0]


def tree(office: Office, *names: str) -> str:
    """Return the path of a new folder with an asset in each of these folders in it, and one in itself."""
    top = uuid4().hex[:8]
    for name in ("", *names):
        office.add_asset(uuid4().hex[:8], folder=f"{top}/{name}")
    return f"LabCo/{top}/"


def test_what_was_previewed_is_what_runs_whatever_comes_after(office: Office, browser: Browser) -> None:
    top = tree(office, "a/", "a/deep/", "b/")
    chosen = previewed(browser, {"folder": [top], "excluded": [f"{top}b/"], "name": "shop"})
    total = browser.document.get_element_by_id("total").text
    office.add_asset(uuid4().hex, folder=f"{top.removeprefix('LabCo/')}a/")

    reply = send(browser, "process/start", chosen)

    job = newest(office)
    assert (total, job.counts.total, job.name) == ("3", 3, "shop")
    assert reply.location == f"/console/LabCo/executions/{job.id}"
    assert (office.audit()[0].act.action, office.audit()[0].act.address) == ("started a process", ADDRESS)


def test_an_execution_says_what_was_chosen_and_how_far_its_stages_are(office: Office, browser: Browser) -> None:
    top = tree(office, "a/")
    fields: Fields = {"folder": [top], "excluded": [f"{top}a/"], "mode": "advanced", "choice": ["previews"]}
    send(browser, "process/start", previewed(browser, fields))
    job = newest(office)

    browser.get(f"/console/LabCo/executions/{job.id}")
    page = browser.words
    browser.get("/console/LabCo/")

    assert f"Folders {top} Left out {top}a/ Done Default renditions" in page
    assert "Renditions 0 done" in page
    assert f"Default renditions by {OWNER} {top} without {top}a/" in browser.words


def test_a_run_over_a_folder_that_another_one_works_on_is_refused_with_a_link_to_it(
    office: Office, browser: Browser
) -> None:
    top = tree(office)
    send(browser, "process/start", previewed(browser, {"folder": [top]}))
    first = newest(office)

    reply = send(browser, "process/start", previewed(browser, {"folder": [top]}))

    assert reply.status_code == 409
    assert f"/console/LabCo/executions/{first.id}" in browser.links
    assert newest(office).id == first.id


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({}, "folders : name a folder, assets, or a run"),
        ({"folder": ["LabCo/nowhere/"]}, "folders : there is no folder LabCo/nowhere/"),
        ({"folder": ["LabCo/"], "created_after": "yesterday"}, "created_after"),
        ({**ALL}, "choices : choose at least one"),
        ({**ALL, "choice": ["fly"]}, "choices.0"),
        ({**ALL, "choice": ["options"], "crop": "colour", "crop_tolerance": "9"}, "colour_crop"),
        ({**ALL, "choice": ["previews"], "profile": ["999"]}, "there is no profile"),
        ({**ALL, "choice": ["colour-tags"], "colour_limit": "99"}, "colour_tags.limit"),
        ({**ALL, "choice": ["smart-tags"]}, "This server has no model for smart tags"),
        ({"asset": ["a|999999"]}, "assets : there is no asset a|999999"),
        ({"failed_of": "999999"}, "failed_of : there is no execution 999999"),
    ],
)  # fmt: skip
def test_what_cannot_be_previewed_is_named_and_the_form_keeps_what_was_given(
    office: Office, browser: Browser, fields: Fields, said: str
) -> None:
    office.add_asset(uuid4().hex)
    browser.get("/console/LabCo/process")

    reply = send(browser, "process/preview", {**fields, "name": "my run"})

    assert reply.status_code == 400
    assert said in browser.words
    assert 'value="my run"' in browser.page


def test_above_a_hundred_the_number_must_be_typed_and_the_setting_warns(office: Office, browser: Browser) -> None:
    top = uuid4().hex[:8]
    for n in range(101):
        office.add_asset(f"{top}-{n}", folder=f"{top}/")
    chosen = previewed(browser, {"folder": [f"LabCo/{top}/"]})
    asks = "type the number of assets: 101" in browser.words

    replies = [send(browser, "process/start", {**chosen, "typed": typed}).status_code for typed in ("", "101")]

    assert asks
    assert replies == [409, 303]


def test_an_expired_preview_and_one_of_another_company_start_nothing(office: Office, browser: Browser) -> None:
    mine = previewed(browser, {"folder": [tree(office)]})
    unknown = send(browser, "process/start", mine | {"selection_id": "999999"})
    said = browser.words
    other = office.browser(OTHER)
    other.get("/console/OtherCo/process")
    token = re.search(r'name="form_token" value="(\w+)"', other.page)
    assert token
    stolen = other.client.post(
        "/console/OtherCo/process/start", data={**mine, "form_token": token[1]}, environ_base=FROM
    )

    assert (unknown.status_code, stolen.status_code) == (409, 409)
    assert "selection 999999 is unknown or has expired: preview the run again." in said
    assert "has expired" in stolen.text


def test_the_failed_items_of_an_execution_can_be_chosen(office: Office, browser: Browser) -> None:
    job = office.add_job(TaskState.FAILED)

    browser.get(f"/console/LabCo/process?failed_of={job}&mode=advanced&choice=previews")

    (field,) = browser.document.xpath("//input[@name='failed_of']")
    ticked = browser.document.xpath("//input[@name='choice' and @checked]/@value")
    assert (field.get("value"), ticked) == (str(job), ["previews"])


def test_a_large_tree_opens_folder_by_folder(office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch) -> None:
    top = uuid4().hex[:8]
    with office.database.write() as tx:
        ensure_folder(tx, office.companies["LabCo"], f"LabCo/{top}/in/deep/")
        company = find_company(tx, "LabCo")
    assert company
    monkeypatch.setattr("server.admin.folder_tree.MOST", 1)

    with office.database.read() as tx:
        closed = find_tree(tx, company, [], [f"LabCo/{top}/"])
        opened = find_tree(tx, company, [f"LabCo/{top}/"], [])

    (branch,) = [each for each in closed.folders if each.name == top]
    (unfolded,) = [each for each in opened.folders if each.name == top]
    assert (branch.has_more, branch.folders) == (True, ())
    assert ([each.name for each in unfolded.folders], unfolded.folders[0].has_more) == (["in"], True)


def test_whoever_may_only_read_is_offered_nothing_and_can_start_nothing(office: Office) -> None:
    reader = office.browser(READER)
    reader.get("/console/LabCo/")
    offered = [link for link in reader.links if "/process" in link or "/new" in link]
    paths = (
        "process",
        "process/start",
        "process/schedule/save",
        "profiles/new/image",
        "folder/assign",
        "folder/unassign",
    )

    refused = [send(reader, path, {"folder": "LabCo/"}).status_code for path in paths]

    assert (offered, set(refused)) == ([], {403})


def test_a_run_is_compared_with_the_one_before(office: Office, browser: Browser) -> None:
    top = tree(office)
    fields: Fields = {"folder": [top], "mode": "advanced", "choice": [Choice.PREVIEWS.value]}
    send(browser, "process/start", previewed(browser, fields))
    first = newest(office)
    browser.get(f"/console/LabCo/executions/{first.id}/stop")
    send(browser, f"executions/{first.id}/stop", {})
    send(browser, "process/start", previewed(browser, fields))
    second = newest(office)

    url = f"/console/LabCo/executions/{second.id}/compare"
    browser.get(f"/console/LabCo/executions/{second.id}")
    is_offered = url in browser.links
    reply = browser.get(url)

    assert (is_offered, reply.status_code) == (True, 200)
    assert "1 Cancelled → Waiting" in browser.words
