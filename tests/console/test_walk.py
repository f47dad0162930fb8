"""A walk through the console in a real browser, and each page looked at by axe-core."""

from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.console.chromium import findings, open_chromium, open_window, sign_in
from tests.imaging.pictures import scene
from tests.jobs.flow import Client, blob
from tests.jobs.pictures import jpeg, small_png
from tests.running_server import RunningServer, add_account

COMPANY, EMAIL = "WalkCo", "walk@example.com"
PAGES = {
    "executions": "",
    "nothing-found": "?q=nothing-of-this-name",
    "execution": "executions/{job}",
    "log": "executions/{job}/log",
    "question": "executions/{job}/restart",
    "several": "executions/bulk?action=restart-failed&all=on",
    "folder": "assets?folder=WalkCo/in/",
    "asset": "assets/{asset}",
    "schedules": "schedules",
    "workers": "workers",
    "publish": "publish",
    "company": "company",
    "audit": "audit",
    "about": "about",
    "process": "process?folder=WalkCo/in/&mode=advanced&choice=options&crop=manual",
    "profiles": "profiles",
    "profile-form": "profiles/new/image",
    "workflow-form": "profiles/new/workflow",
    "folder-profiles": "folder?path=WalkCo/in/",
    "missing": "executions/999999999",
}


EACH_MAKE = ("executions", "execution", "question", "folder", "asset", "workers", "about", "process", "profile-form")
"""Pages that have each part that pages are made of; ``make proof`` looks at all."""


TWO_LOOKS: tuple[tuple[Literal["light", "dark"], int], ...] = (("dark", 390), ("light", 1280))
MOST_OF_NOTHING = 100
"""So many colours has hardly a page without words."""


@pytest.fixture(scope="module")
def walker(server: RunningServer) -> Client:
    """A client of a company with one upload, of which one file was damaged."""
    database = server.database
    company = add_account(database, COMPANY, EMAIL)
    database.close()
    client = Client(server, f"c|{company}", COMPANY, EMAIL, "walk")
    client.upload({"vase.jpg": jpeg(scene(300, 200)), "torn.jpg": b"\xff\xd8\xff torn"})
    return client


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """A browser for the module."""
    with open_chromium() as browser:
        yield browser


@pytest.fixture
def page(walker: Client, chromium: Browser) -> Iterator[Page]:
    """A page in a window of its own; whatever its script complains of fails the test."""
    window = open_window(chromium, walker.server.url, viewport={"width": 1280, "height": 900})
    opened, complaints = window.new_page(), []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda said: complaints.append(said.text) if "Content Security" in said.text else None)
    yield opened
    window.close()
    assert complaints == []


def paths(page: Page) -> dict[str, str]:
    """Return the path of each page, about the upload and the asset that came of it."""
    page.goto(f"/console/{COMPANY}/?kind=upload_post")
    job = page.locator(".table-name a").last.get_attribute("href")
    page.goto(f"/console/{COMPANY}/assets?q=vase")
    asset = page.locator("a.tile").first.get_attribute("href")
    assert job
    assert asset
    numbers = {"job": job.rpartition("/")[2], "asset": asset.rpartition("/")[2]}
    return {name: f"/console/{COMPANY}/{path.format(**numbers)}" for name, path in PAGES.items()}


def test_a_failure_is_found_restarted_and_read_about(page: Page) -> None:
    sign_in(page, EMAIL)
    page.get_by_role("link", name="walk-").first.click()
    page.get_by_role("link", name="Unprocessable").click()
    expect(page.locator(".item", has_text="torn.jpg")).to_be_visible()
    expect(page.locator(".item", has_text="vase.jpg")).to_have_count(0)

    page.get_by_role("link", name="Restart what failed").click()
    expect(page.get_by_text("1 item is affected.")).to_be_visible()
    page.get_by_role("button", name="Restart what failed").click()
    expect(page.locator(".head .pill", has_text="Completed with errors")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Log", exact=True).click()

    expect(page.get_by_role("heading", name="Log of walk-")).to_be_visible()
    assert "UTC)" in (page.locator("time").first.get_attribute("title") or "")
    page.get_by_role("link", name="Audit log").click()
    expect(page.get_by_text("restarted what failed of execution")).to_be_visible()


def test_a_folder_is_processed_without_another_and_what_failed_is_run_again(walker: Client, page: Page) -> None:
    handles = walker.upload({"a.png": small_png(seed=31), "b.png": small_png(seed=32)}, folder="tree/deep")
    walker.upload({"c.png": small_png(seed=33)}, folder="tree/out")
    blob(walker.server, walker.stored(handles["b.png"]).original).write_bytes(b"no picture")
    sign_in(page, EMAIL)
    page.get_by_role("link", name="New process").click()
    page.get_by_role("checkbox", name="tree", exact=True).check()
    page.get_by_role("checkbox", name="leave out out").check()
    page.get_by_role("radio", name="Advanced").check()
    page.get_by_role("checkbox", name="Default renditions").check()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#total")).to_have_text("2")
    assert findings(page) == []

    page.get_by_role("button", name="Create").click()
    expect(page.locator(".head .pill", has_text="Completed with errors")).to_be_visible(timeout=60_000)
    expect(page.locator(".item-line", has_text="Renditions")).to_contain_text("1 done · 1 failed")
    page.locator(".group a").click()
    expect(page.locator(".item", has_text="walk-b")).to_be_visible()
    page.get_by_role("link", name="Restart what failed").click()
    page.get_by_role("button", name="Restart what failed").click()
    expect(page.locator(".head .pill", has_text="Completed with errors")).to_be_visible(timeout=60_000)
    page.get_by_role("link", name="Log", exact=True).click()

    expect(page.get_by_role("heading", name="Log of process")).to_be_visible()


def test_a_new_profile_makes_assets_stale_is_run_over_them_and_its_crop_is_dragged(walker: Client, page: Page) -> None:
    walker.upload({"shoe.png": jpeg(scene(400, 300))}, folder="shop")
    sign_in(page, EMAIL)
    page.goto(f"/console/{COMPANY}/profiles/new/image")
    page.locator("[name=name]").fill("Shop")
    page.get_by_label("How").select_option("smart")
    for name, value in {"name": "hero", "width": "100", "height": "100"}.items():
        page.locator(f"[name='smart_crops.{name}']").fill(value)
    page.get_by_role("button", name="Keep it").last.click()
    page.goto(f"/console/{COMPANY}/folder?path={COMPANY}/shop/")
    page.get_by_role("button", name="Assign Image profile").click()
    page.get_by_role("link", name="Shop", exact=True).click()
    expect(page.locator("#stale")).to_have_text("1")

    page.get_by_role("link", name="Reprocess them").click()
    page.get_by_role("button", name="Preview").click()
    expect(page.locator("#total")).to_have_text("1")
    page.get_by_role("button", name="Create").click()
    expect(page.locator(".head .pill", has_text="Completed")).to_be_visible(timeout=60_000)
    page.locator(".item a").first.click()
    area = page.locator(".crop-area")
    before = float(page.locator("[name=width]").input_value())
    page.locator(".crop-handle").scroll_into_view_if_needed()
    box = page.locator(".crop-handle").bounding_box()
    assert box
    page.mouse.move(box["x"] + 3, box["y"] + 3)
    page.mouse.down()
    page.mouse.move(box["x"] - 40, box["y"] + 3)
    page.mouse.up()
    dragged = float(page.locator("[name=width]").input_value())
    area.press("Shift+ArrowLeft")
    pressed = float(page.locator("[name=width]").input_value())
    page.get_by_role("button", name="Keep this crop").click()

    expect(page.get_by_text("Drawn by hand")).to_be_visible()
    assert findings(page) == []
    assert dragged < before
    assert pressed == pytest.approx(dragged - 1)
    assert float(page.locator("[name=width]").input_value()) == pytest.approx(pressed, abs=0.01)


def test_every_page_is_photographed_twice_and_fits_and_axe_finds_nothing_on_one_of_each_make(
    page: Page, tmp_path: Path
) -> None:
    page.goto("/console/sign-in")
    found, wide = {"sign-in": findings(page)}, {}
    sign_in(page, EMAIL)
    page.wait_for_url(f"**/{COMPANY}/")
    for name in visited(page):
        for scheme, width in TWO_LOOKS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size({"width": width, "height": 900})
            page.screenshot(path=tmp_path / f"{name}-{scheme}-{width}.jpg", type="jpeg")
            wide[f"{name}-{width}"] = page.evaluate("document.documentElement.scrollWidth") - width
        if name in EACH_MAKE:
            found[name] = findings(page)

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert {name: pixels for name, pixels in wide.items() if pixels > 0} == {}
    assert len(list(tmp_path.iterdir())) == len(wide) == 2 * (len(PAGES) + 2)
    assert [path.name for path in tmp_path.iterdir() if is_empty(path)] == []


def visited(page: Page) -> Iterator[str]:
    """Go to one page after the other, and yield the name of each."""
    for name, path in paths(page).items():
        page.goto(path)
        yield name
    page.goto(f"/console/{COMPANY}/process?folder={COMPANY}/in/")
    page.get_by_role("button", name="Preview").click()
    page.wait_for_url("**/preview")
    yield "preview"
    page.get_by_role("button", name="Schedule it").click()
    page.wait_for_url("**/schedule")
    yield "schedule"


def is_empty(path: Path) -> bool:
    """Return whether a picture has hardly any colours: nothing was drawn."""
    with Image.open(path) as picture:
        picture.draft("RGB", (picture.width // 8, picture.height // 8))
        colours = picture.getcolors(1 << 20)
    return colours is not None and len(colours) < MOST_OF_NOTHING


@pytest.mark.proof
@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
def test_every_page_is_photographed_fits_and_has_no_finding(
    walker: Client, chromium: Browser, tmp_path: Path, scheme: str, width: int
) -> None:
    size = {"width": width, "height": 900}
    window = open_window(chromium, walker.server.url, viewport=size, color_scheme=scheme)
    page, found, wide = window.new_page(), {}, {}
    sign_in(page, EMAIL)
    page.wait_for_url(f"**/{COMPANY}/")
    for name in visited(page):
        page.screenshot(path=tmp_path / f"{name}-{scheme}-{width}.png", full_page=True)
        found[name] = findings(page)
        wide[name] = page.evaluate("document.documentElement.scrollWidth")
    window.close()

    assert {name: problems for name, problems in found.items() if problems} == {}
    assert {name: pixels for name, pixels in wide.items() if pixels > width} == {}
    assert len(list(tmp_path.glob("*.png"))) == len(PAGES) + 2
