"""Makes docs/screens: the console as it looks, on a server with sample pictures and a profile.

``python -m tests.docs.screens`` rewrites the folder; the pictures are for looking at, so no test compares them.
"""

import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page

from domain.model import Company
from imaging.samples import draw_samples
from jobs.processing.choices import FULL
from jobs.processing.criteria import Criteria
from jobs.processing.runs import Wanted, prepare, start_run
from jobs.profiles.definitions import CropSize, ImageProfile, ProfileKind, SwatchSize
from jobs.profiles.library import create_profile
from jobs.submit import Submission
from store.companies import find_company
from store.jobs import find_active
from store.profiles import Assignment, assign
from tests.console.chromium import open_chromium, open_window, sign_in
from tests.jobs.flow import Client, blob
from tests.running_server import RunningServer, add_account

FOLDER = Path(__file__).parents[2] / "docs" / "screens"
COMPANY, EMAIL = "Atelier", "ada@example.com"
SIZE = {"width": 1280, "height": 860}
CROPS = (CropSize(name="Wide", width=1200, height=600), CropSize(name="Square", width=500, height=500))


def main() -> None:
    """Fill a server, and photograph four of its pages."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as name:
        server = RunningServer(Path(name) / "data")
        number = add_account(server.database, COMPANY, EMAIL)
        server.start()
        try:
            _photograph(server, _fill(server, number, Path(name)))
        finally:
            server.stop()


def _fill(server: RunningServer, number: int, scratch: Path) -> str:
    """Upload the samples, break one, process the rest with a profile; return the path of the vase's page."""
    client = Client(server, f"c|{number}", COMPANY, EMAIL, "atelier")
    (scratch / "samples").mkdir()
    files = {path.name: path.read_bytes() for path in draw_samples(scratch / "samples")}
    handles = client.upload(files, folder="spring")
    client.upload({f"proof-{name}": body for name, body in files.items()}, folder="spring/archive")
    blob(server, client.stored(handles["weave.jpg"]).original).write_bytes(b"torn")
    with server.database.write() as tx:
        company = find_company(tx, COMPANY)
        assert company is not None
        definition = ImageProfile(smart_crops=CROPS, swatch=SwatchSize(width=100, height=100))
        profile = create_profile(tx, company.id, (ProfileKind.IMAGE, "Shop pictures"), definition, EMAIL)
        assign(tx, company.id, Assignment(folder=f"{COMPANY}/spring/", kind="image", profile_id=profile.id))
    _process(server, company)
    return f"/console/{COMPANY}/assets/{handles['sunflower.png'].removeprefix('a|')}"


def _process(server: RunningServer, company: Company) -> None:
    folders = Criteria(folders=(f"{COMPANY}/spring/",), excluded=(f"{COMPANY}/spring/archive/",))
    named = Submission(company_id=company.id, name="Spring, again", submitter=EMAIL, server_name="atelier")
    with server.database.write() as tx:
        start_run(tx, named, prepare(tx, company.id, Wanted(criteria=folders, choices=FULL)))
    while True:
        with server.database.read() as tx:
            if not find_active(tx, [company.id]):
                return
        time.sleep(0.2)


def _photograph(server: RunningServer, asset: str) -> None:
    with open_chromium() as browser:
        page = open_window(browser, server.url, viewport=SIZE).new_page()
        sign_in(page, EMAIL)
        page.wait_for_url(f"**/{COMPANY}/")
        _save(page, "executions")
        page.get_by_role("link", name="Spring, again").first.click()
        page.wait_for_url("**/executions/*")
        _save(page, "execution")
        page.goto(asset)
        _save(page, "asset", full_page=True)
        dark = open_window(browser, server.url, viewport=SIZE, color_scheme="dark").new_page()
        sign_in(dark, EMAIL)
        dark.goto(f"/console/{COMPANY}/process?folder={COMPANY}/spring/")
        _save(dark, "new-process")


def _save(page: Page, name: str, *, full_page: bool = False) -> None:
    page.wait_for_load_state("networkidle")
    page.screenshot(path=FOLDER / f"{name}.jpg", full_page=full_page, quality=82)


if __name__ == "__main__":
    main()
