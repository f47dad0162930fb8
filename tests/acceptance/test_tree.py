"""A tree of 200 assets of eight types in three levels, two folders excluded, five files broken: one truth for all."""

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import requests
from lxml import html

from domain.model import StoredFile
from store.assets import NewAsset, add_asset
from store.blobs.local import LocalBlobs
from store.folders import ensure_folder
from tests.jobs.flow import Client, text
from tests.jobs.pictures import small_png
from tests.running_server import PASSWORD, RunningServer, add_account
from tests.server.command import run
from tests.soap_call import call

USER = "tree@example.com"
TYPES = {"Image": "png", "Word": "doc", "Zip": "zip", "Font": "ttf", "IccProfile": "icc"}
TYPES |= {"Xml": "xml", "Css": "css", "Javascript": "js"}
FOLDERS = ("", "a/", "a/one/", "a/two/", "b/", "b/raw/")
EXCLUDED = ("/tree/a/two", "tree/b/raw/")
GROUPS = 25
BROKEN = (0, 1, 2, 4, 6)
"""The groups of assets, none of them in an excluded folder, whose picture is no picture."""
CRITERIA = {"folders": "/tree", "excluded": EXCLUDED}
CHOSEN, OF_EACH_TYPE, PICTURES = 136, 17, 17


@dataclass(frozen=True, slots=True)
class Tree:
    """The company's client, and the number and name of the run over its tree."""

    client: Client
    before: Any
    """What the API said of the run before it was started."""
    number: int
    name: str

    def api(self, path: str, **query: str) -> Any:
        """Ask the API."""
        url = f"{self.client.server.url}/api/v1/companies/TreeCo/{path}"
        return requests.get(url, params=query, auth=(USER, PASSWORD), timeout=60).json()


@pytest.fixture(scope="module")
def tree(server: RunningServer) -> Tree:
    company = plant(server)
    client = Client(server, f"c|{company}", "TreeCo", USER)
    url, work = f"{server.url}/api/v1/companies/TreeCo", {"choices": ["previews"]}
    with requests.Session() as api:
        api.auth = (USER, PASSWORD)
        before = api.post(f"{url}/selections", json={"criteria": CRITERIA, **work}).json()
        started = api.post(f"{url}/executions", json={"selection_id": before["id"], "name": "tree", **work}).json()
    client.wait("tree")
    return Tree(client, before, started["id"], started["unique_name"])


def plant(server: RunningServer) -> int:
    """Return the number of a new company with the tree."""
    database, originals = server.database, stored(server)
    company = add_account(database, "TreeCo", USER)
    with database.write() as tx:
        for group in range(GROUPS):
            folder = f"TreeCo/tree/{FOLDERS[group % len(FOLDERS)]}"
            ensure_folder(tx, company, folder)
            for kind, suffix in TYPES.items():
                is_broken = kind == "Image" and group in BROKEN
                new = NewAsset(
                    company_id=company,
                    folder=folder,
                    name=f"{kind}-{group}",
                    file_name=f"{kind}-{group}.{suffix}",
                    type=kind,
                    original=originals["broken" if is_broken else kind],
                    ready_for_publish=False,
                    created_by=USER,
                )
                add_asset(tx, new)
    database.close()
    return company


def stored(server: RunningServer) -> dict[str, StoredFile]:
    """Return the original of each type, in the blob store."""
    blobs, bodies = LocalBlobs(server.data / "blobs"), {kind: kind.encode() for kind in TYPES}
    bodies |= {"Image": small_png(), "broken": b"no picture"}
    files: dict[str, StoredFile] = {}
    with tempfile.TemporaryDirectory(dir=server.data) as folder:
        for kind, body in bodies.items():
            path = Path(folder) / kind
            path.write_bytes(body)
            files[kind] = blobs.put(path)
    return files


def test_the_preview_counts_every_asset_once(tree: Tree) -> None:
    (stage,) = tree.before["stages"]

    assert (tree.before["total"], tree.before["untouched"]) == (CHOSEN, CHOSEN - PICTURES)
    assert {each["type"]: each["number"] for each in tree.before["types"]} == dict.fromkeys(TYPES, OF_EACH_TYPE)
    assert (stage["runs"], sum(stage["skipped"].values())) == (PICTURES, CHOSEN - PICTURES)


def test_the_api_tells_how_each_asset_ended(tree: Tree) -> None:
    told = tree.api(f"executions/{tree.number}")
    failed = tree.api(f"executions/{tree.number}/items", state="failed")["items"]

    counts, broken = told["counts"], len(BROKEN)
    assert told["status"] == "completed_with_errors"
    assert (counts["total"], counts["done"], counts["failed"]) == (CHOSEN, CHOSEN - broken, broken)
    assert told["stages"] == [
        {
            "name": "renditions",
            "title": "Renditions",
            "outcomes": {"done": PICTURES - broken, "failed": broken, "skipped": CHOSEN - PICTURES},
        }
    ]
    assert {item["name"] for item in failed} == {f"Image-{group}" for group in BROKEN}
    assert told["rate"] > 0


def test_soap_tells_the_same(tree: Tree) -> None:
    logs = call(tree.client.server, "getJobLogs", f"<companyHandle>{tree.client.company}</companyHandle>", user=USER)
    (header,) = [log for log in logs.body.xpath("*/*") if text(log, "jobName") == tree.name]

    counts = [text(header, name) for name in ("totalFileCount", "fileSuccessCount", "fileErrorCount")]
    failures = tree.client.rows("tree", "ReoptimizeFailure")
    assert counts == [str(CHOSEN), str(CHOSEN - len(BROKEN)), str(len(BROKEN))]
    assert {row.name for row in failures} == {f"Image-{group}.png" for group in BROKEN}
    assert len(tree.client.rows("tree", "ReoptimizeSuccess")) == CHOSEN - len(BROKEN)


def test_the_commands_tell_the_same(tree: Tree) -> None:
    data = tree.client.server.data

    told = json.loads(run("executions", "show", str(tree.number), "--json", data=data).stdout)
    options = ("--failed-of", str(tree.number), "--advanced", "previews", "--dry-run", "--json")
    again = json.loads(run("reprocess", "--company", "TreeCo", *options, data=data).stdout)

    assert (told["total"], told["done"], told["failed"]) == (CHOSEN, CHOSEN - len(BROKEN), len(BROKEN))
    assert told["stages"]["renditions"]["failed"] == len(BROKEN)
    assert again["total"] == len(BROKEN)


def test_the_downloaded_log_has_a_row_for_each_asset(tree: Tree) -> None:
    rows = tree.api(f"executions/{tree.number}/log.json")

    ended = [row["type"] for row in rows if row["type"].startswith("Reoptimize")]
    assert (len(ended), ended.count("ReoptimizeFailure")) == (CHOSEN, len(BROKEN))


def test_the_console_tells_the_same(tree: Tree) -> None:
    url = f"{tree.client.server.url}/console"
    with requests.Session() as browser:
        form = html.fromstring(browser.get(f"{url}/sign-in", timeout=60).text)
        token = form.xpath("//main//input[@name='form_token']/@value")[0]
        signed = {"form_token": token, "email": USER, "password": PASSWORD}
        browser.post(f"{url}/sign-in", data=signed, timeout=60)
        page = html.fromstring(browser.get(f"{url}/TreeCo/executions/{tree.number}", timeout=60).text)

    words, broken = " ".join(each.strip() for each in page.itertext() if each.strip()), len(BROKEN)
    assert f"Done {CHOSEN - broken} Failed {broken} Cancelled 0 Items {CHOSEN}" in words
    assert f"{PICTURES - broken} done · {CHOSEN - PICTURES} left out · {broken} failed" in words
