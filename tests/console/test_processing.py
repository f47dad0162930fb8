"""New process in the console: what is previewed is what runs, and what cannot run is refused with its reason."""

import re
from datetime import UTC, datetime
from html import unescape
from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict
from werkzeug.test import TestResponse

from domain.model import Job
from domain.states import TaskState
from jobs.processing.choices import Choice
from jobs.specs import to_json
from server.admin.folder_tree import find_tree
from server.admin.run_form import picture_data
from server.bodies.picture import PictureBody
from server.bodies.reading import read_body
from store.companies import find_company
from store.executions import ExecutionFilter, find_jobs_page
from store.folders import ensure_folder
from store.schedules import find_schedules
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


def test_assets_ticked_on_several_pages_are_chosen_together(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.admin.assets.GRID", 2)
    top = tree(office)
    handles = [f"a|{office.add_asset(f'{uuid4().hex[:8]}', folder=top.removeprefix('LabCo/'))}" for _ in range(3)]
    browser.get(f"/console/LabCo/assets?folder={top}")
    first, after = boxes(browser), re.search(r'assets([^"]+)" data-rel="next"', browser.page)
    assert after
    send(browser, f"assets{unescape(after[1])}", {"asset": [first[0], "nonsense"]})
    kept, second = hidden(browser), boxes(browser)
    said = browser.words
    send(browser, "assets", {"asset": [*kept, second[1]], "search": "on", "q": top})
    send(browser, "process", {"asset": hidden(browser), "q": top, "tag": "beach", "colour": "red"})
    chosen, narrowed = hidden(browser), browser.document.xpath("//details[@open]//input[@name='smart_tag']")

    none = send(browser, f"assets?folder={top}", {})

    assert len({*first, *second}) == len(handles) + 1
    assert kept == [first[0]]
    assert "1 chosen, 1 on other pages" in said
    assert (chosen, narrowed) == ([first[0], second[1]], [])
    assert (none.status_code, none.location) == (303, f"/console/LabCo/assets?folder={top}")


def boxes(browser: Browser) -> list[str]:
    return [str(value) for value in browser.document.xpath("//input[@name='asset' and @type='checkbox']/@value")]


def hidden(browser: Browser) -> list[str]:
    return [str(value) for value in browser.document.xpath("//input[@name='asset' and @type='hidden']/@value")]


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


def test_the_options_of_the_form_are_those_of_the_pipeline() -> None:
    form = MultiDict(
        {
            "crop": "manual",
            "crop_left": "5",
            "unsharp": "on",
            "unsharp_amount": "1.75",
            "unsharp_radius": "0.2",
            "unsharp_threshold": "2",
            "pdf_process": "Thumbnail",
            "pdf_resolution": "150",
            "pdf_colour_space": "Gray",
            "pdf_no_links": "on",
            "knockout": "on",
            "knockout_corner": "BottomLeft",
            "knockout_fill_method": "MatchPixel",
            "knockout_tolerance": "0.25",
            "colour_mode": "Convert",
            "colour_output_profile": "a|7",
            "ready": "false",
        }
    )

    body = read_body(PictureBody, picture_data(form))
    options = to_json(body.meant(None))

    assert options["manual_crop"] == {"left": 5, "right": 0, "top": 0, "bottom": 0}
    assert options["unsharp"] == {"amount": 1.75, "radius": 0.2, "threshold": 2, "monochrome": False}
    assert options["pdf"] == {
        "process": "Thumbnail",
        "resolution": 150.0,
        "colour_space": "Gray",
        "extract_words": False,
        "extract_links": False,
    }
    assert options["knockout"] == {"corner": "BottomLeft", "fill_method": "MatchPixel", "tolerance": 0.25}
    assert (body.colour.mode, body.colour.output_profile, options["ready_for_publish"]) == ("Convert", "a|7", False)


def test_a_crop_by_the_picture_replaces_one_that_is_there_if_that_is_ticked() -> None:
    found = [picture_data(MultiDict({"crop": "colour"} | more)) for more in ({}, {"crop_anew": "on"})]

    assert [read_body(PictureBody, each).preserve_crop for each in found] == [None, False]


def test_options_of_stages_reach_the_run(office: Office, browser: Browser) -> None:
    choices = [Choice.SMART_CROP.value, Choice.COLOUR_TAGS.value]
    fields: Fields = {
        "folder": [tree(office)],
        "mode": "advanced",
        "choice": choices,
        "reset": "on",
        "colour_limit": "7",
    }

    send(browser, "process/start", previewed(browser, fields))

    assert newest(office).options["options"] == {"smart_crop": {"reset": True}, "colour_tags": {"limit": 7}}


def test_a_publish_follows_the_run_if_it_is_ticked(office: Office, browser: Browser) -> None:
    fields: Fields = {
        "folder": [tree(office)],
        "publish": ["image_serving"],
        "publish_type": "Full",
        "publish_if": "on",
    }
    chosen = previewed(browser, fields)
    said = browser.words

    send(browser, "process/start", chosen)

    follows = newest(office).options["follow_on"]
    assert "Afterwards Image serving publish, full, if something was processed" in said
    assert [each["kind"] for each in follows["publishes"]] == ["publish_image_serving"]


def test_a_run_is_kept_as_a_schedule_that_chooses_its_assets_each_time(office: Office, browser: Browser) -> None:
    top = tree(office)
    fields = previewed(browser, {"folder": [top], "mode": "advanced", "choice": ["previews"], "name": "nightly"})
    send(browser, "process/schedule", fields)
    when: Fields = {"repeat": "again", "expression": "0 30 2 ? * MON", "time_zone": "Asia/Tokyo", "name": "each Monday"}
    send(browser, "process/schedule", fields | when)
    fires = [each.text for each in browser.document.xpath("//ol/li/strong")]

    kept = send(browser, "process/schedule/save", fields | when)

    with office.database.read() as tx:
        (found,) = [each for each in find_schedules(tx, [office.companies["LabCo"]]) if each.name == "each Monday"]
    assert (kept.status_code, kept.location) == (303, "/console/LabCo/schedules")
    assert len(fires) == 3
    assert all(each.startswith("Monday") and each.endswith("02:30") for each in fires)
    assert (found.expression, found.zone, found.order.options["selection_id"]) == ("0 30 2 ? * MON", "Asia/Tokyo", None)
    assert (found.order.options["criteria"]["folders"], found.order.options["assigned"]) == ([top], None)
    assert office.audit()[0].act.action == "made a schedule"


def test_a_run_is_kept_for_one_time_in_the_zone_that_was_given(office: Office, browser: Browser) -> None:
    fields = previewed(browser, {"folder": [tree(office)], "name": "once"})

    send(browser, "process/schedule/save", fields | {"at": "2099-07-01T03:00", "time_zone": "Europe/Berlin"})

    with office.database.read() as tx:
        (found,) = [each for each in find_schedules(tx, [office.companies["LabCo"]]) if each.name == "once"]
    assert (found.expression, found.next_fire) == (None, datetime(2099, 7, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"at": "2001-01-01T03:00"}, "at : this time has passed"),
        ({"at": "tomorrow"}, "at : write a day and a time like"),
        ({"at": "0001-01-01T00:00", "time_zone": "Asia/Tokyo"}, "at : write a day and a time like"),
        ({"at": "2099-01-01T03:00", "time_zone": "Berlin"}, "time_zone : Berlin is not a time zone"),
        ({"repeat": "again", "expression": "0 3 * * *"}, "expression : it has five fields"),
        ({"repeat": "again", "expression": "0 0 3 1 1 ? 2001"}, "expression : 0 0 3 1 1 ? 2001 never fires again"),
    ],
)
def test_times_that_cannot_be_are_named_and_nothing_is_kept(
    office: Office, browser: Browser, when: Fields, said: str
) -> None:
    fields = previewed(browser, {"folder": ["LabCo/"]}) | {"name": "never kept"}

    reply = send(browser, "process/schedule/save", fields | when)

    with office.database.read() as tx:
        kept = find_schedules(tx, [office.companies["LabCo"]], "never kept")
    assert (reply.status_code, kept) == (400, ())
    assert said in browser.words


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
