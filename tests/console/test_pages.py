"""What the console's pages tell, and what can be done on them."""

import json
from uuid import uuid4

import pytest
import sqlalchemy as sa
from werkzeug.test import Client

from domain.clock import utc_now
from domain.model import Order
from domain.states import ExecutionStatus, JobState, TaskState
from jobs.kinds import process
from jobs.processing.choices import Choice
from jobs.processing.criteria import Criteria
from jobs.processing.spec import ProcessSpec
from server.web import build_flask
from store import tables as t
from store.jobs import find_restarts, load_job
from store.workers import forget_worker, save_worker
from tests.console.office import ADDRESS, OWNER, Browser, Office
from tests.console.test_security import new_schedule

PNG = b"\x89PNG\r\n\x1a\n not really a picture"


@pytest.fixture
def browser(office: Office) -> Browser:
    """A browser of LabCo's administrator."""
    return office.browser(OWNER)


def test_the_list_shows_what_its_url_asks_for(office: Office, browser: Browser) -> None:
    shoes = office.add_job(TaskState.DONE, name="all shoes")
    office.add_job(TaskState.DONE, TaskState.FAILED, name="bad shoes")

    browser.get(f"/console/LabCo/?q=SHOES&status={ExecutionStatus.COMPLETED}&kind=reprocess&by=lab@")

    assert browser.document.xpath("//td[1]//a/@href") == [f"/console/LabCo/executions/{shoes}"]
    assert "1 of 1" in browser.words


@pytest.mark.parametrize(
    "query",
    ["status=Great", "from=yesterday", "to=9999-12-31", "after=x", "after=99999999999999999999", "q=%00", "from=%00"],
)
def test_a_filter_that_cannot_be_is_refused_by_name(browser: Browser, query: str) -> None:
    reply = browser.get(f"/console/LabCo/?{query}")

    assert reply.status_code == 400
    assert query.partition("=")[0] in browser.words


def test_what_no_database_holds_is_refused_or_unknown(office: Office, browser: Browser) -> None:
    browser.get("/console/LabCo/process")
    long = "9" * 5000

    asked = [
        browser.get(f"/console/{path}").status_code for path in (f"LabCo/assets/{2**63}", "LabCo/assets%00", "x%00/")
    ]
    sent = [
        browser.post(f"/console/LabCo/{page}", **form).status_code
        for page, form in (
            ("process/preview", {"folder": "LabCo/", "name_contains": "a\0b"}),
            ("process/preview", {"folder": "LabCo/", "stale": "on", "stale_profile": long}),
            ("process/start", {"selection_id": long}),
            ("folder/assign", {"kind": "image", "profile": long}),
        )
    ]

    assert (asked, sent) == ([404, 400, 400], [400, 400, 400, 400])


def test_an_execution_tells_its_counts_its_failures_by_reason_and_what_ran(office: Office, browser: Browser) -> None:
    job = office.add_job(TaskState.DONE, TaskState.FAILED, TaskState.FAILED)

    browser.get(f"/console/LabCo/executions/{job}")

    assert "2 DamagedImage For example: The file is damaged." in browser.words
    assert "decode JPEG 480x640 5 ms" in browser.words
    assert "crop left 10" in browser.words
    assert "mask" not in browser.words
    assert f"run_server.py jobs show {job}" in browser.words


def test_items_are_shown_by_state_and_by_reason(office: Office, browser: Browser) -> None:
    job = office.add_job(TaskState.DONE, TaskState.FAILED, TaskState.CANCELLED)
    labels = {}
    for query in ("state=failed", "state=cancelled", "reason=DamagedImage", "reason=Other", "after=1"):
        browser.get(f"/console/LabCo/executions/{job}/items?{query}")
        labels[query] = [n for n in range(3) if f"item-{n}.jpg" in browser.page]

    expected = {"state=failed": [1], "state=cancelled": [2], "reason=DamagedImage": [1], "reason=Other": []}
    assert labels == expected | {"after=1": [2]}


def test_a_live_part_asks_again_only_while_there_is_news_to_come(office: Office, browser: Browser) -> None:
    running, ended = office.add_job(TaskState.READY), office.add_job(TaskState.DONE)

    live = {job: browser.get(f"/console/LabCo/executions/{job}/live").text for job in (running, ended)}

    assert f'data-live="/console/LabCo/executions/{running}/live"' in live[running]
    assert "data-live" not in live[ended]


def test_a_live_part_of_a_visit_that_is_over_says_so_instead_of_showing_the_door(office: Office) -> None:
    assert office.browser().get("/console/LabCo/workers/live", X_Requested_With="console").status_code == 401


def test_what_failed_is_restarted_and_written_down(office: Office, browser: Browser) -> None:
    job = office.add_job(TaskState.DONE, TaskState.FAILED, name="shoes")
    url = f"/console/LabCo/executions/{job}/restart-failed"
    browser.get(url)

    done = browser.post(url)

    with office.database.read() as tx:
        (again,) = find_restarts(tx, job)
    assert (done.status_code, done.location) == (303, f"/console/LabCo/executions/{again.id}")
    assert again.counts.total == 1
    act = office.audit()[0].act
    assert (act.actor, act.action, act.address) == (OWNER, "restarted what failed of execution", ADDRESS)
    assert act.subject.startswith(f"{job} shoes")


@pytest.mark.parametrize(
    ("action", "state", "is_paused"),
    [
        ("pause", JobState.WAITING_COORDINATOR, True),
        ("resume", JobState.WAITING_COORDINATOR, False),
        ("stop", JobState.DONE, False),
    ],
)
def test_an_execution_is_controlled(
    office: Office, browser: Browser, action: str, state: JobState, is_paused: bool
) -> None:
    job = office.add_job(TaskState.READY, is_paused=action == "resume")
    url = f"/console/LabCo/executions/{job}/{action}"
    browser.get(url)
    browser.post(url)

    with office.database.read() as tx:
        now = load_job(tx, job)
    assert now is not None
    assert (now.state, now.is_paused) == (state, is_paused)


def test_above_a_hundred_items_their_number_must_be_typed(office: Office, browser: Browser) -> None:
    job = office.add_job(*[TaskState.READY] * 101)
    url = f"/console/LabCo/executions/{job}/stop"
    browser.get(url)
    asks = browser.document.xpath("//input[@name='typed']")

    refused = [browser.post(url), browser.post(url, typed="100")]
    stopped = browser.post(url, typed=" 101 ")

    assert (len(asks), [reply.status_code for reply in refused], stopped.status_code) == (1, [409, 409], 303)


def test_what_no_longer_can_be_done_is_not_done(office: Office, browser: Browser) -> None:
    job = office.add_job(TaskState.DONE)
    browser.get("/console/LabCo/")

    reply = browser.post(f"/console/LabCo/executions/{job}/stop")

    assert (reply.status_code, "Nothing was done" in reply.text) == (409, True)


def test_the_log_comes_as_a_file_in_which_nothing_is_a_formula(office: Office, browser: Browser) -> None:
    job = office.add_job(TaskState.DONE)

    table = browser.get(f"/console/LabCo/executions/{job}/log.csv")
    rows = json.loads(browser.get(f"/console/LabCo/executions/{job}/log.json").data)

    assert table.headers["Content-Disposition"] == f'attachment; filename="execution-{job}.csv"'
    assert table.text.splitlines()[0] == "at,type,asset,message,remarks"
    assert ",FileProgress,,'=1+1," in table.text
    assert [(row["type"], row["message"]) for row in rows] == [("FileProgress", "=1+1")]


def test_assets_are_browsed_by_folder_and_found_by_name(office: Office, browser: Browser) -> None:
    vase = office.add_asset("blue-vase", folder="shop/vases/")

    browser.get("/console/LabCo/assets?folder=LabCo/shop/")
    folders = [link for link in browser.links if "vases" in link]
    browser.get("/console/LabCo/assets?q=E-VAS")

    assert folders == ["/console/LabCo/assets?folder=LabCo/shop/vases/"]
    assert f"/console/LabCo/assets/{vase}" in browser.links


def test_an_asset_tells_its_crop_and_its_jobs(office: Office, browser: Browser) -> None:
    asset, job = office.add_asset("cropped", picture=PNG), office.add_job(TaskState.FAILED, name="cropping")
    with office.database.write() as tx:
        tx.execute(sa.update(t.task).where(t.task.c.job_id == job).values(asset_id=asset))

    browser.get(f"/console/LabCo/assets/{asset}")

    assert "Left 1 px Right 2 px Top 3 px Bottom 4 px" in browser.words
    assert f"cropping #{job} Failed" in browser.words


def test_a_thumbnail_is_sent_to_members_with_its_type_and_only_once(office: Office, browser: Browser) -> None:
    asset = office.add_asset("pictured", picture=PNG)
    url = f"/console/LabCo/assets/{asset}/thumbnail"

    sent = browser.get(url)
    again = browser.get(url, If_None_Match=sent.headers["ETag"])

    assert (sent.data, sent.mimetype, sent.headers["Cache-Control"]) == (PNG, "image/png", "private, max-age=300")
    assert (again.status_code, office.browser().get(url).status_code) == (304, 303)


def test_an_item_shows_what_the_asset_looked_like_before(office: Office, browser: Browser) -> None:
    older, newer = PNG + b" of before", PNG + b" of now"
    asset, other = office.add_asset(uuid4().hex, picture=newer), office.add_asset(uuid4().hex, picture=older)
    job = office.add_job(TaskState.DONE)
    with office.database.write() as tx:
        kept = tx.execute(sa.select(t.asset.c.derivatives).where(t.asset.c.id == other)).scalar_one()["thumbnail"]
        tx.execute(sa.update(t.task).where(t.task.c.job_id == job).values(asset_id=asset, before=kept))

    browser.get(f"/console/LabCo/executions/{job}")
    before, now = browser.document.xpath("//div[@class='item']//img/@src")

    assert (browser.get(before).data, browser.get(now).data) == (older, newer)
    assert browser.get(f"/console/LabCo/executions/{job}/items/9/before").status_code == 404


def test_a_schedule_is_run_paused_resumed_and_deleted(office: Office, browser: Browser) -> None:
    number = new_schedule(office, name="each night")
    seen = []
    for action in ("run", "pause", "resume", "delete"):
        url = f"/console/LabCo/schedules/{number}/{action}"
        browser.get(url)
        done = browser.post(url)
        browser.get("/console/LabCo/schedules")
        actions = [link.rpartition("/")[2] for link in browser.links if f"/schedules/{number}/" in link]
        seen.append((done.status_code, actions))

    normal, paused = ["run", "pause", "delete"], ["run", "resume", "delete"]
    assert seen == [(303, normal), (303, paused), (303, normal), (303, [])]
    assert [entry.act.action for entry in office.audit()[:4]] == [
        "deleted schedule",
        "resumed schedule",
        "paused schedule",
        "ran schedule",
    ]


def test_workers_tell_that_none_lives_and_what_ended_each_minute(office: Office, browser: Browser) -> None:
    office.add_job(TaskState.DONE, TaskState.FAILED)

    browser.get("/console/LabCo/workers")

    assert "No worker has been seen for 30 seconds" in browser.words
    assert len(browser.document.xpath("//svg[contains(@class, 'chart')]/g")) == 30


def test_publishes_are_listed_with_their_contexts(office: Office, browser: Browser) -> None:
    job = office.add_job(TaskState.DONE, kind="publish_image_serving", name="to the shop")

    browser.get("/console/LabCo/publish")

    assert browser.links.count(f"/console/LabCo/executions/{job}") == 2


def test_users_are_told_with_what_their_role_may(browser: Browser) -> None:
    browser.get("/console/LabCo/company")

    assert "reader@example.com Test User ImagePortalUser no, reads only active" in browser.words


def test_above_a_hundred_assets_a_scheduled_run_wants_their_number_typed(office: Office, browser: Browser) -> None:
    folder = f"{uuid4().hex[:8]}/"
    for n in range(101):
        office.add_asset(f"{folder[:-1]}-{n}", folder=folder)
    spec = ProcessSpec(criteria=Criteria(folders=(f"LabCo/{folder}",)), choices=(Choice.PREVIEWS,))
    number = new_schedule(office, name="all of them", order=process.order(spec))
    browser.get(f"/console/LabCo/schedules/{number}/run")
    asks = "type the number of items: 101" in browser.words

    replies = [browser.post(f"/console/LabCo/schedules/{number}/run", typed=typed) for typed in ("", "101")]

    paused = browser.get(f"/console/LabCo/schedules/{number}/pause")
    assert asks
    assert [reply.status_code for reply in replies] == [409, 303]
    assert "type the number" not in paused.text


def test_a_schedule_with_options_that_nobody_understands_says_so(office: Office, browser: Browser) -> None:
    options = {"written": "by another version"}
    number = new_schedule(office, name="of old", order=Order(kind=process.NAME, options=options))

    reply = browser.get(f"/console/LabCo/schedules/{number}/run")

    assert reply.status_code == 409
    assert "options" in browser.words


def test_about_writes_no_more_than_readyz(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("server.health.FRESH_S", 3600)
    browser = Browser(Client(build_flask(office.services)))
    before = browser.client.get("/readyz").get_json()["checks"]["workers"]["reason"]
    with office.database.write() as tx:
        save_worker(tx, "just started", 1, utc_now())

    browser.sign_in(OWNER)
    browser.get("/console/LabCo/about")

    with office.database.write() as tx:
        forget_worker(tx, "just started")
    assert before.startswith("No worker has been seen")
    assert before in browser.words


def test_about_tells_the_health_and_how_much_of_the_api_is_done(browser: Browser) -> None:
    browser.get("/console/LabCo/about")

    assert "Database Well Blobs Well Workers Not well" in browser.words
    assert "of 166 operations are carried out" in browser.words


def test_the_colours_that_a_visitor_chose_stay(browser: Browser) -> None:
    browser.get("/console/LabCo/about")
    back = browser.post("/console/theme", theme="dark", next="/console/LabCo/about")
    browser.get("/console/LabCo/about")

    assert back.location == "/console/LabCo/about"
    assert browser.document.get("data-theme") == "dark"
