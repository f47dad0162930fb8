"""The console lets in whom it should, keeps companies apart, and shows what others wrote as text."""

import re
from collections.abc import Mapping, Sequence
from html import unescape
from io import BytesIO
from pathlib import Path
from typing import Any
from uuid import uuid4

import pytest
import sqlalchemy as sa
from lxml import html

from domain.clock import utc_now
from domain.model import LogRow, Order
from domain.states import TaskState
from domain.words import verbatim
from jobs.profiles.definitions import ImageProfile, ProfileKind
from jobs.profiles.library import create_profile
from server.admin.application import MOST_FORM_BYTES, PAGES
from server.passwords import Passwords
from store import tables as t
from store.audit import Act, record
from store.engine import Tx
from store.job_logs import add_rows
from store.schedules import NewSchedule, add_schedule
from store.users import change_user, find_user
from tests.console.office import ADMIN, OTHER, OWNER, READER, Office, open_office
from tests.running_server import PASSWORD, add_account

XSS = [
    text.format(n=n)
    for n in range(25)
    for text in (
        "<script>alert({n})</script>",
        '"><img src=x onerror=alert({n})>',
        "'><svg onload=alert({n})>",
        "{{{{{n}*{n}}}}}",
        "</title><script>alert({n})</script>",
        "javascript:alert({n})//",
        "<a href='javascript:alert({n})'>x</a>",
        "--><script>alert({n})</script><!--",
        "<iframe srcdoc='<script>alert({n})</script>'>",
        '" autofocus onfocus=alert({n}) x="',
        "<math><mi xlink:href='data:x,<script>{n}</script>'>",
        "</textarea><script>alert({n})</script>",
        "<style>@import '//x/{n}'</style>",
        "<base href='//x/{n}/'>",
        "<form action='//x/{n}'><input name=form_token>",
        "]]><script>alert({n})</script>",
        "<meta http-equiv=refresh content='0;url=//x/{n}'>",
        "<link rel=stylesheet href=//x/{n}>",
        "<video><source onerror=alert({n})>",
        "${{alert({n})}}",
    )
]
NEXT = re.compile(r'(?:href|formaction)="([^"]+)" (?:data-)?rel="next"')
OURS = re.compile(r"/console/-/[0-9a-f]{12}/[a-z]+\.(css|js|svg)")


def urls(office: Office, root: str, **numbers: int) -> list[str]:
    """Return the URL of each page that GET loads, with these numbers filled in."""
    rules = [page.rule for page in PAGES if "GET" in page.methods]
    filled = {
        "job_id": numbers.get("job", 1),
        "asset_id": numbers.get("asset", 1),
        "schedule_id": numbers.get("schedule", 1),
        "profile_id": numbers.get("profile", 1),
    }
    known = {name: str(number) for name, number in filled.items()} | {
        "action": "pause",
        "form": "csv",
        "kind": "image",
        "seq": "0",
    }
    return [f"/console/{root}/{fill(rule, known)}" for rule in rules]


def fill(rule: str, values: Mapping[str, str]) -> str:
    """Return the rule with values in place of its arguments."""
    return re.sub(r"<(?:int(?:\(max=\d+\))?:)?(\w+)>", lambda found: values[found[1]], rule)


NIGHTLY = Order(kind="optimize_images", options={})


def new_schedule(office: Office, company: str = "LabCo", name: str = "nightly", order: Order = NIGHTLY) -> int:
    new = NewSchedule(
        company_id=office.companies[company],
        name=name,
        order=order,
        submitter=OWNER,
        locale="",
        description="",
        client="",
        server_name="host",
        expression="0 0 3 * * ?",
        zone="UTC",
        next_fire=utc_now(),
    )
    with office.database.write() as tx:
        return add_schedule(tx, new).id


def test_who_is_not_signed_in_is_sent_to_the_door_and_back(office: Office) -> None:
    browser = office.browser()

    door = browser.get("/console/LabCo/assets?q=vase")
    browser.get(door.location)
    entered = browser.post("/console/sign-in", email=OWNER, password=PASSWORD, next="/console/LabCo/assets?q=vase")

    assert door.location == "/console/sign-in?next=/console/LabCo/assets?q%3Dvase"
    assert (entered.status_code, entered.location) == (303, "/console/LabCo/assets?q=vase")


@pytest.mark.parametrize("target", ["//evil.example/", "https://evil.example/", "/console//evil.example", "/is/image"])
def test_no_sign_in_leads_elsewhere(office: Office, target: str) -> None:
    assert office.browser().sign_in(OWNER, next=target).location == "/console/"


def test_the_session_is_out_of_reach_of_scripts_and_other_sites(office: Office) -> None:
    cookie = office.browser().sign_in(OWNER).headers["Set-Cookie"]

    assert cookie.startswith("reprise_session=")
    assert {"HttpOnly", "SameSite=Lax", "Path=/console", "Max-Age=43200"} <= set(cookie.split("; "))
    assert "Secure" not in cookie


def test_cookies_are_for_tls_alone_where_clients_see_tls(tmp_path: Path) -> None:
    with open_office(tmp_path, public_url="https://media.example.com") as office:
        browser = office.browser()
        guest = browser.get("/console/sign-in").headers["Set-Cookie"]
        session = browser.client.post(
            "/console/sign-in",
            data={"form_token": browser.document.xpath("//input[@name='form_token']/@value")[0], "email": OWNER}
            | {"password": PASSWORD},
            base_url="https://media.example.com",
            headers={"Cookie": guest.partition(";")[0]},
        ).headers["Set-Cookie"]

    assert all("Secure" in cookie.split("; ") for cookie in (guest, session))


def test_a_wrong_password_is_told_as_by_soap_and_locks_out(tmp_path: Path) -> None:
    with open_office(tmp_path, lockout_failures=3) as office:
        refused = [office.browser().sign_in(OWNER, "guess") for _ in range(3)]
        right = office.browser().sign_in(OWNER)

    assert all("Invalid username/password" in reply.text for reply in refused)
    assert (right.status_code, "Invalid username/password" in right.text) == (401, True)


def test_signing_out_ends_the_session_and_not_just_the_cookie(office: Office) -> None:
    browser = office.browser(OWNER)
    held = browser.client.get_cookie("reprise_session", path="/console")
    assert held is not None
    browser.get("/console/LabCo/")
    browser.post("/console/sign-out")

    browser.client.set_cookie("reprise_session", held.value, path="/console")

    assert browser.get("/console/LabCo/").status_code == 303


@pytest.mark.parametrize("change", ["password", "validity"])
def test_a_session_ends_with_the_users(office: Office, change: str) -> None:
    email = f"{change}@example.com"
    add_account(office.database, "LabCo", email)
    browser = office.browser(email)
    with office.database.write() as tx:
        user = find_user(tx, email)
        assert user is not None
        values: dict[str, dict[str, Any]] = {
            "password": {"password_hash": Passwords(0).hash("another")},
            "validity": {"is_valid": False},
        }
        change_user(tx, user.id, **values[change])

    assert browser.get("/console/LabCo/").status_code == 303


def test_every_form_needs_its_token(office: Office) -> None:
    rules = [rule for rule in office.app.url_map.iter_rules() if rule.rule.startswith("/console")]
    posts = [rule for rule in rules if "POST" in (rule.methods or ()) and rule.endpoint != "console.unknown"]
    known = {"root": "LabCo", "action": "pause", "kind": "image", "profile_id": "1", "asset_id": "1", "seq": "1"}
    known |= {"job_id": str(office.add_job(TaskState.READY)), "schedule_id": str(new_schedule(office))}
    paths = [fill(rule.rule, known) for rule in posts]
    browser = office.browser(OWNER)

    without = [browser.client.post(path).status_code for path in paths]
    wrong = [browser.client.post(path, data={"form_token": "0" * 64}).status_code for path in paths]

    assert len(paths) == 20
    assert (without, wrong) == ([400] * 20, [400] * 20)


def test_a_form_larger_than_any_of_ours_is_not_read(office: Office) -> None:
    part = b'--x\r\nContent-Disposition: form-data; name="a"; filename="a"\r\n\r\n'
    body = BytesIO(part + bytes(MOST_FORM_BYTES))

    reply = office.browser().client.post(
        "/console/sign-in", input_stream=body, content_type="multipart/form-data; boundary=x"
    )

    assert (reply.status_code, "larger than any of ours" in reply.text, body.tell()) == (413, True, 0)


def test_another_company_is_as_unknown_as_one_that_does_not_exist(office: Office) -> None:
    browser = office.browser(OWNER)

    foreign = [browser.get(url) for url in urls(office, "OtherCo")]
    unknown = [browser.get(url) for url in urls(office, "NoSuchCo")]

    assert {reply.status_code for reply in foreign} == {404}
    assert [reply.text for reply in foreign] == [reply.text for reply in unknown]


def test_another_companys_things_are_unknown_under_ones_own(office: Office) -> None:
    theirs = {"job": office.add_job(TaskState.READY, company="OtherCo"), "asset": office.add_asset("theirs", "OtherCo")}
    with office.database.write() as tx:
        profile = create_profile(
            tx, office.companies["OtherCo"], (ProfileKind.IMAGE, uuid4().hex), ImageProfile(), OTHER
        )
    numbers = theirs | {"schedule": new_schedule(office, "OtherCo"), "profile": profile.id}
    browser = office.browser(OWNER)
    about_one = [url for url in urls(office, "LabCo", **numbers) if re.search(r"/\d+", url)]

    assert len(about_one) > 8
    assert {url: browser.get(url).status_code for url in about_one} == dict.fromkeys(about_one, 404)
    assert browser.get("/console/LabCo/assets?folder=OtherCo/up/").status_code == 404


def test_who_may_only_read_sees_executions_and_cannot_control_them(office: Office) -> None:
    job = office.add_job(TaskState.FAILED, TaskState.DONE)
    browser = office.browser(READER)

    seen = browser.get(f"/console/LabCo/executions/{job}")
    actions = [link for link in browser.links if "restart" in link or "stop" in link]
    asked = browser.get(f"/console/LabCo/executions/{job}/restart")
    done = browser.post(f"/console/LabCo/executions/{job}/restart")

    assert (seen.status_code, actions) == (200, [])
    assert (asked.status_code, done.status_code) == (403, 403)
    assert [
        browser.get(f"/console/LabCo/{page}").status_code for page in ("workers", "schedules", "company", "audit")
    ] == [403] * 4


def test_a_system_administrator_may_enter_every_company(office: Office) -> None:
    browser = office.browser(ADMIN)
    browser.get("/console/")

    assert {"/console/LabCo/", "/console/OtherCo/"} <= set(browser.links)
    assert browser.get("/console/LabCo/audit").status_code == 200


def test_what_was_done_in_no_company_is_shown_to_system_administrators_alone(office: Office) -> None:
    act = Act(company_id=None, actor=ADMIN, action="addCompanyOfNobody", subject="", address="192.0.2.1")
    with office.database.write() as tx:
        record(tx, act)

    seen = {each: office.browser(each).get("/console/LabCo/audit").text.count(act.action) for each in (ADMIN, OWNER)}

    assert seen == {ADMIN: 1, OWNER: 0}


def test_whoever_has_one_company_is_sent_to_it(office: Office) -> None:
    assert office.browser(OTHER).get("/console/").location == "/console/OtherCo/"


def hostile_rows(office: Office) -> tuple[int, int]:
    """Give each name to a job, an item, a folder and an asset; return numbers of a job and an asset."""
    company = office.companies["LabCo"]
    job, asset = office.add_job(TaskState.FAILED), office.add_asset("asset", folder="")
    with office.database.write() as tx:
        add_copies(tx, t.folder, [{"path": f"LabCo/{text.replace('/', '|')}/"} for text in XSS])
        named = [(text, {"name": text, "description": text, "submitter": text}) for text in XSS]
        add_copies(tx, t.job, [{**values, "unique_name": text, "options": {text: text}} for text, values in named])
        names = [(text, text.replace("/", "|")) for text in XSS]
        add_copies(tx, t.asset, [{"name": name, "file_name": text, "created_by": text} for text, name in names])
        failed = {"job_id": job, "asset_id": asset}
        add_copies(
            tx,
            t.task,
            [failed | {"seq": n + 1, "label": x, "error": x, "reason": XSS[n % 20]} for n, x in enumerate(XSS)],
        )
        tx.execute(sa.update(t.job).values(failed=501, hold_reason=XSS[0]))
        record(tx, Act(company_id=company, actor="", action="", subject="", address=""))
        add_copies(tx, t.audit_entry, [{"actor": x, "action": x, "subject": x, "address": x} for x in XSS])
        rows = [LogRow(log_type=x, message=verbatim(x), at=utc_now(), asset_name=x) for x in XSS]
        add_rows(tx, job, rows)
    return job, asset


def add_copies(tx: Tx, table: sa.Table, changes: Sequence[Mapping[str, object]]) -> None:
    """Add a row like the first one of the table for each of the changes."""
    first = dict(tx.execute(sa.select(table).order_by(table.c.id).limit(1)).mappings().one())
    del first["id"]
    tx.execute(sa.insert(table), [first | dict(change) for change in changes])


def test_five_hundred_hostile_names_are_shown_as_text_on_every_page(tmp_path: Path) -> None:
    with open_office(tmp_path) as office:
        job, asset = hostile_rows(office)
        new_schedule(office, name=XSS[0])
        browser, replies = office.browser(OWNER), []
        parts = ("/live", "/items")
        first = [url for url in urls(office, "LabCo", job=job, asset=asset) if not url.endswith(parts)]
        first += ["/console/LabCo/assets?q=<script>", f"/console/{XSS[0]}/"]
        first += [f"/console/LabCo/?q={XSS[1]}&by={XSS[2]}&kind={XSS[3]}", f"/console/LabCo/executions/{job}?state=<x>"]
        for page in first:
            replies.append(browser.get(page))
            while replies[-1].mimetype == "text/html" and (more := NEXT.search(replies[-1].text)):
                replies.append(browser.get(unescape(more[1])))

    pages = [html.fromstring(reply.text) for reply in replies if reply.mimetype == "text/html"]
    assert len(XSS) == len(set(XSS)) == 500
    assert len(pages) > 50
    assert sum(len(page.xpath("//td[contains(@class, 'table-name')]")) for page in pages) > 1500
    assert [found for page in pages for found in hostile(page)] == []


def hostile(document: html.HtmlElement) -> list[str]:
    """Return what stands in a page that could run or load something that is not ours."""
    loaded = [*document.xpath("//script/@src | //link/@href")]
    led = [str(link) for link in document.xpath("//a[not(@class='skip')]/@href | //img/@src | //form/@action")]
    handlers = document.xpath("//@*[starts-with(name(), 'on') or name() = 'style' or name() = 'srcdoc']")
    strange = document.xpath("//iframe | //base | //math | //style | //meta[@http-equiv] | //script[not(@src)]")
    return [
        *(url for url in loaded if not OURS.fullmatch(url)),
        *(url for url in led if not url.startswith(("/console/", "/is/image/"))),
        *map(str, handlers),
        *(str(element.tag) for element in strange),
    ]


def test_every_answer_forbids_what_the_console_does_not_need(office: Office) -> None:
    browser = office.browser(OWNER)
    replies = [
        browser.get(page) for page in ("/console/sign-in", "/console/LabCo/", "/console/x/y/z", "/console/-/0/x.js")
    ]

    policies = {reply.headers["Content-Security-Policy"] for reply in replies}
    assert len(policies) == 1
    assert "default-src 'none'" in policies.pop()
    assert {reply.headers["X-Frame-Options"] for reply in replies} == {"DENY"}
