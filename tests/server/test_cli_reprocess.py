"""The commands `reprocess` and `profiles …`: what a run would come to, starting it, and profiles from files."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread
from typing import Any
from uuid import uuid4

import pytest

from domain.states import TaskState
from store.assets import add_asset
from store.engine import Database, sqlite_url
from store.folders import ensure_folder
from store.schema import upgrade_schema
from tests.server.command import Said, complaint, run
from tests.store.orders import settle_next
from tests.store.rows import add_tenant, find_tasks, loaded, new_asset


@dataclass(frozen=True, slots=True)
class Shop:
    """A company of the test's own with pictures in three folders, and no server."""

    data: Path
    database: Database
    company: int
    name: str

    def reprocess(self, *arguments: str) -> Said:
        """Run `reprocess`."""
        return run("reprocess", "--company", self.name, *arguments, data=self.data)

    def preview(self, *arguments: str) -> Any:
        """Return what `reprocess` writes as JSON."""
        answer = self.reprocess(*arguments, "--json")
        assert answer.status == 0, answer
        return json.loads(answer.stdout)

    def profiles(self, *arguments: str) -> Said:
        """Run a command of `profiles`."""
        return run("profiles", *arguments, "--company", self.name, data=self.data)

    def file(self, value: object) -> str:
        """Return the path of a JSON file."""
        path = self.data.parent / f"{uuid4().hex}.json"
        path.write_text(json.dumps(value))
        return str(path)

    def saved(self, left: int = 5, name: str = "wide") -> Said:
        """Keep an image profile."""
        definition = {"trim": {"left": left, "right": 0, "top": 0, "bottom": 0}}
        return self.profiles("save", self.file({"kind": "image", "name": name, "definition": definition}))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Path, Database]]:
    data = tmp_path_factory.mktemp("processing") / "data"
    data.mkdir()
    database = Database(sqlite_url(data / "reprise.db"))
    upgrade_schema(database)
    yield data, database
    database.close()


@pytest.fixture
def shop(folder: tuple[Path, Database]) -> Shop:
    data, database = folder
    name = f"Co{uuid4().hex[:6]}"
    company = add_tenant(database, name)
    with database.write() as tx:
        for path, number in {"shop/": 2, "shop/old/": 3, "other/": 1}.items():
            ensure_folder(tx, company, f"{name}/{path}")
            for n in range(number):
                add_asset(tx, new_asset(company, f"{path}{n}".replace("/", "-"), folder=f"{name}/{path}"))
    return Shop(data, database, company, name)


def test_a_dry_run_shows_what_a_run_would_come_to_and_starts_nothing(shop: Shop) -> None:
    told = shop.preview("--folder", "/shop", "--exclude", "shop/old", "--advanced", "previews", "--dry-run")
    seen = shop.reprocess("--folder", "shop", "--dry-run").stdout

    assert (told["total"], told["execution"], [each["name"] for each in told["stages"]]) == (2, None, ["renditions"])
    assert "5 assets, 0 of them untouched" in seen
    assert "Started" not in seen


def test_a_run_is_started_over_what_was_shown(shop: Shop) -> None:
    answer = shop.reprocess("--folder", "shop", "--folder", "other", "--job-name", "nightly", "--advanced", "previews")

    number = int(answer.stdout.partition("Started execution ")[2].partition(",")[0])
    job = loaded(shop.database, number)
    assert (job.name, job.submitter, job.counts.total) == ("nightly", "operator", 6)


def test_publishes_follow_by_option_and_by_file(shop: Shop) -> None:
    options = shop.file({"publishes": [{"what": "image_serving", "type": "Full"}]})

    number = shop.preview("--folder", "other", "--options", options, "--publish", "video")["execution"]

    follows = loaded(shop.database, number).options["follow_on"]["publishes"]
    assert [each["kind"] for each in follows] == ["publish_image_serving", "publish_video"]


def test_colours_of_pages_that_the_pdf_engine_cannot_draw_are_refused(shop: Shop) -> None:
    options = shop.file({"picture": {"pdf": {"colour_space": "Cmyk"}}})
    asked = ("reprocess", "--company", shop.name, "--folder", "other", "--advanced", "options", "--options", options)

    refused = run(*asked, "--dry-run", data=shop.data, pdf_engine="pypdfium2")

    assert refused.status == 1
    assert "picture.pdf.colour_space: the PDF engine of this server" in complaint(refused)


def test_assets_are_chosen_by_handle_by_name_and_by_type(shop: Shop) -> None:
    with shop.database.read() as tx:
        number = next(iter(find_tasks(tx, shop.preview("--folder", "other")["execution"])))["asset_id"]

    by_hand = shop.preview("--assets", f"a|{number}, a|{number}", "--dry-run")
    by_name = shop.preview("--folder", "shop", "--name", "old-2", "--type", "Image", "--dry-run")
    flat = shop.preview("--folder", "shop", "--flat", "--dry-run")
    by_tag = shop.preview("--folder", "shop", "--tag", "vase", "--dry-run")
    by_colour = shop.preview("--folder", "shop", "--colour", "navy", "--dry-run")

    assert [told["total"] for told in (by_hand, by_name, flat, by_tag, by_colour)] == [1, 1, 2, 0, 0]


def test_what_failed_in_a_run_is_run_again(shop: Shop) -> None:
    number = shop.preview("--folder", "shop", "--advanced", "previews")["execution"]
    for _ in range(4):
        settle_next(shop.database, number, TaskState.DONE)
    settle_next(shop.database, number, TaskState.FAILED)

    assert shop.preview("--failed-of", str(number), "--dry-run")["total"] == 1


def test_a_profile_is_kept_assigned_and_makes_assets_stale(shop: Shop) -> None:
    first = shop.saved(left=5).stdout
    shop.profiles("assign", "wide", "--folder", "shop")
    second = shop.saved(left=6).stdout

    told = json.loads(shop.profiles("show", "wide", "--json").stdout)
    (listed,) = json.loads(shop.profiles("list", "--json").stdout)
    assert "version 1; 0 assets are stale" in first
    assert "version 2; 5 assets are stale" in second
    assert (told["version"], told["stale"], listed["folders"]) == (2, 5, [f"{shop.name}/shop/"])
    assert shop.preview("--folder", shop.name, "--stale", "--dry-run")["total"] == 5


def test_a_chosen_profile_goes_before_the_folders(shop: Shop) -> None:
    shop.saved(name="wide")
    shop.saved(left=9, name="near")
    shop.profiles("assign", "wide", "--folder", "shop")

    told = shop.preview("--folder", "shop", "--advanced", "profiles", "--profile", "near", "--dry-run")

    stages = {stage["name"]: stage["profiles"] for stage in told["stages"]}
    assert stages["renditions"] == {"near (version 1)": 5}


def test_a_profile_is_taken_from_a_folder_and_removed(shop: Shop) -> None:
    shop.saved()
    shop.profiles("assign", "wide", "--folder", "shop")

    taken = shop.profiles("unassign", "wide", "--folder", "shop")
    again = shop.profiles("unassign", "wide", "--folder", "shop")
    shop.profiles("remove", "wide")

    assert taken.status == 0
    assert "is not assigned" in complaint(again)
    assert "There is no profile wide" in complaint(shop.profiles("show", "wide"))
    assert shop.profiles("list").status == 0


def test_options_of_stages_are_read_from_a_file(shop: Shop) -> None:
    file = shop.file({"picture": {"manual_crop": {"left": 3}}})

    number = shop.preview("--folder", "other", "--advanced", "options", "--options", file)["execution"]

    assert loaded(shop.database, number).options["options"]["renditions"]["manual_crop"]["left"] == 3


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("--folder", "nowhere"), "there is no folder"),
        ((), "name a folder"),
        (("--folder", "shop", "--advanced", "everything"), "choices.0"),
        (("--folder", "shop", "--advanced", "options"), "picture"),
        (("--folder", "shop", "--advanced", "smart-tags"), "choices: This server has no model for smart tags"),
        (("--folder", "shop", "--options", "nowhere.json"), "nowhere.json"),
        (("--folder", "shop", "--profile", "none"), "There is no profile none"),
        (("--folder", "shop", "--name", "no such name"), "nothing to process"),
        (("--folder", "shop", "--failed-of", "99999"), "no execution 99999"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(shop: Shop, arguments: tuple[str, ...], said: str) -> None:
    assert said in complaint(shop.reprocess(*arguments))


def test_a_run_that_overlaps_another_is_refused_by_its_number(shop: Shop) -> None:
    number = shop.preview("--folder", "shop", "--advanced", "previews")["execution"]

    assert f"Execution {number} is doing this" in complaint(shop.reprocess("--folder", "shop/old"))


def test_a_file_that_holds_no_profile_is_refused(shop: Shop) -> None:
    odd = shop.profiles("save", shop.file({"kind": "image", "name": "a", "definition": {"crop": 1}}))

    assert "definition.crop: there is no such field" in complaint(odd)
    assert "nowhere.json" in complaint(shop.profiles("save", "nowhere.json"))


def test_executions_are_jobs_by_another_name_with_rate_and_stages(shop: Shop) -> None:
    number = shop.preview("--folder", "other", "--advanced", "previews")["execution"]

    told = json.loads(run("executions", "show", str(number), "--json", data=shop.data).stdout)

    assert (told["id"], told["stages"], told["rate"], told["seconds_left"]) == (number, {}, None, None)
    assert shop.name in run("executions", "list", data=shop.data).stdout


def test_a_log_is_followed_until_its_execution_has_ended(shop: Shop) -> None:
    number = shop.preview("--folder", "other", "--advanced", "previews")["execution"]
    ending = Thread(target=lambda: settle_next(shop.database, number, TaskState.DONE))

    ending.start()
    followed = run("executions", "logs", str(number), "--follow", "--json", data=shop.data)
    ending.join()

    rows = [json.loads(line) for line in followed.stdout.splitlines()]
    assert [rows[0]["type"], rows[-1]["type"]] == ["BeginReoptimize", "EndReoptimize"]
    types = run("executions", "logs", str(number), "--follow", "--type", "JobType", data=shop.data).stdout
    assert len(types.splitlines()) == 1
