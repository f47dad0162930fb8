"""Sets that jobs make: the job that makes nothing else, and those that name set scripts besides."""

from pathlib import Path

import pytest

from tests.jobs.flow import (
    UPLOAD_DEFAULTS,
    Client,
    Row,
    auto_sets,
    generate_sets,
    reprocess,
    rows_of,
    text,
    upload_directory,
    upload_urls,
)
from tests.jobs.listener import listening
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, asset_field, own_company
from tests.soap.test_property_sets import ask, script_type
from tests.soap.test_property_sets import create as create_property_set
from tests.soap.test_sets import shown

BY_STYLE = {"match": r"(?:\w{8}-)?(\w+)-\w+", "suffix": "-SET"}
"""Style and view, with a test's tag in front or without."""


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


@pytest.fixture
def script(own: Client) -> str:
    """The handle of a set script of the company's."""
    return create_property_set(own, script_type(own), BY_STYLE).text("setHandle")


def set_rows(client: Client, name: str) -> list[Row]:
    """The rows that say what became of each asset, of the newest job under the name, which made sets."""
    (log, *_older) = client.logs(name)
    assert "AutomatedSetGeneration" in [text(row, "logMessage") for row in log.xpath("*/*")]
    return rows_of(log, ("UploadSuccess", "UploadError"))


def members(client: Client, name: str) -> list[str]:
    """The handles of the members of a set."""
    answer = client.call("getAssetsByName", f"<nameArray><items>{name}</items></nameArray>")
    return [handle for handle, _reset in shown(client, answer.text("assetArray/items/assetHandle"))]


@pytest.mark.covers(
    "automatedSetGenerationJob.assetHandleArray",
    "automatedSetGenerationJob.destFolder",
    "automatedSetGenerationJob.readyForPublish",
    "automatedSetGenerationJob.autoSetCreationOptions",
)
def test_a_job_puts_assets_into_sets_and_says_of_each_what_became_of_it(own: Client, script: str) -> None:
    made = own.upload({"shoe-2.png": small_png(2), "shoe-1.png": small_png(1), "note.svg": SVG})
    asked = [*made.values(), UNKNOWN]

    name = own.run(generate_sets(asked, [script], destFolder=f"{own.root}/sets", readyForPublish="true"))

    tag = f"{own.tag}-"
    assert {row.name.removeprefix(tag): row.message.replace(tag, "") for row in set_rows(own, name)} in (
        {
            "shoe-2.png": f"{first} shoe-2.",
            "shoe-1.png": f"{second} shoe-1.",
            "note.svg": "note belongs in no set by these set scripts.",
            UNKNOWN: f"There is no asset with handle {UNKNOWN} in this company.",
        }
        for first, second in (
            (f"New set shoe-SET in {own.root}/sets/:", "Added to the set shoe-SET:"),
            ("Added to the set shoe-SET:", f"New set shoe-SET in {own.root}/sets/:"),
        )
    )
    assert members(own, "shoe-SET") == [made["shoe-1.png"], made["shoe-2.png"]]
    found = own.call("getAssetsByName", "<nameArray><items>shoe-SET</items></nameArray>")
    assert found.text("assetArray/items/folder") == f"{own.root}/sets/"
    assert found.text("assetArray/items/readyForPublish") == "true"


def test_sets_go_to_the_root_folder_when_nothing_says_where(own: Client, script: str) -> None:
    made = own.upload({"shoe-1.png": small_png(1)})

    own.run(generate_sets(made.values(), [script]))

    found = own.call("getAssetsByName", "<nameArray><items>shoe-SET</items></nameArray>")
    assert found.text("assetArray/items/folder") == f"{own.root}/"


@pytest.mark.covers("reprocessAssetsJob.autoSetCreationOptions")
def test_reprocessed_assets_go_into_sets_by_a_job_that_follows(own: Client, script: str) -> None:
    made = own.upload({"shoe-1.png": small_png(1), "shoe-2.png": small_png(2)})

    name = own.run(reprocess([*made.values(), UNKNOWN], autoSetCreationOptions=auto_sets(script)))

    assert len(set_rows(own, name)) == 2
    assert members(own, "shoe-SET") == [made["shoe-1.png"], made["shoe-2.png"]]


@pytest.mark.covers("uploadPostJob.autoSetCreationOptions")
def test_posted_files_go_into_sets_beside_themselves_and_skipped_ones_do_not(own: Client, script: str) -> None:
    own.upload({"shoe-1.png": small_png(1)})
    options = {"overwrite": "false", "autoSetCreationOptions": auto_sets(script)}

    own.post_files({"shoe-1.png": small_png(1), "shoe-2.png": small_png(2)}, UPLOAD_DEFAULTS | options, jobName="sets")
    own.wait("sets")

    found = own.call("getAssetsByName", "<nameArray><items>shoe-SET</items></nameArray>")
    assert found.text("assetArray/items/folder") == f"{own.root}/in/"
    assert [asset_field(own, handle, "name") for handle in members(own, "shoe-SET")] == [f"{own.tag}-shoe-2"]


@pytest.mark.covers("uploadUrlsJob.autoSetCreationOptions", "uploadDirectoryJob.autoSetCreationOptions")
def test_fetched_files_and_those_of_a_directory_go_into_sets(own: Client, script: str) -> None:
    incoming = Path(own.server.settings["upload_root"]) / own.root / "new"
    incoming.mkdir(parents=True)
    (incoming / "shoe-2.png").write_bytes(small_png(2))

    with listening(body=small_png(1)) as host:
        own.run(upload_urls([(host.url("/shoe-1.png"), "in/shoe-1.png")], autoSetCreationOptions=auto_sets(script)))
    own.run(upload_directory("new", autoSetCreationOptions=auto_sets(script)))

    assert [asset_field(own, handle, "name") for handle in members(own, "shoe-SET")] == ["shoe-1", "shoe-2"]


def test_an_asset_whose_set_cannot_take_it_fails_with_the_reason(own: Client, script: str) -> None:
    made = own.upload({"shoe-1.png": small_png(1), "SET.svg": SVG})
    named = f"<assetHandle>{made['SET.svg']}</assetHandle><newName>shoe-SET</newName><validateName>true</validateName>"
    own.call("renameAsset", named)

    name = own.run(generate_sets([made["shoe-1.png"]], [script]))

    (row,) = set_rows(own, name)
    assert (row.type, row.message) == ("UploadError", "The name shoe-SET is taken by an asset of type Svg.")


def test_a_job_whose_script_is_deleted_before_it_begins_fails_and_says_so(own: Client, script: str) -> None:
    made = own.upload({"shoe-1.png": small_png(1)})
    name = f"{own.tag}-later"
    own.submit(generate_sets(made.values(), [script]), name, "<execTime>2100-01-01T00:00:00Z</execTime>")
    ask(own, "deletePropertySet", f"<setHandle>{script}</setHandle>")

    handle = own.call("getScheduledJobs").text("jobArray/items/jobHandle")
    own.call("executeJob", f"<jobHandle>{handle}</jobHandle>")
    own.wait(name)

    assert [row.message for row in set_rows(own, name)] == [f"The set script {script} is gone."]


def test_what_a_job_is_told_of_sets_is_checked_when_it_is_submitted(own: Client, script: str) -> None:
    other = own_company(own.server)
    foreign = create_property_set(other, script_type(other), BY_STYLE).text("setHandle")
    asset = UNKNOWN
    array = "autoSetCreationOptions.autoSetsArray"
    wrong = {
        generate_sets(
            [asset], [foreign]
        ): f"automatedSetGenerationJob.{array}.items[0]: there is no set script {foreign}",
        generate_sets([asset], []): f"automatedSetGenerationJob.{array} is required",
        generate_sets([], [script]): "automatedSetGenerationJob.assetHandleArray is required",
        generate_sets([asset] * 1001, [script]): "automatedSetGenerationJob.assetHandleArray: has at most 1000 handles",
        generate_sets([asset], [script], destFolder="../x"): "automatedSetGenerationJob.destFolder: ",
        generate_sets([asset], [script], emailSetting="Often"): "automatedSetGenerationJob.emailSetting: Often",
        reprocess([asset], autoSetCreationOptions=auto_sets(script, foreign)): f"reprocessAssetsJob.{array}.items[1]: ",
    }

    answers = [own.submit(job) for job in wrong]

    assert all(a.fault[2].startswith(reason) for a, reason in zip(answers, wrong.values(), strict=True)), answers


def test_a_scheduled_job_is_echoed_with_its_scripts(own: Client, script: str) -> None:
    own.submit(generate_sets([UNKNOWN], [script]), "echo", "<execTime>2100-01-01T00:00:00Z</execTime>")

    answer = own.call("getScheduledJobs")

    echo = "jobArray/items/automatedSetGenerationJob"
    assert answer.text(f"{echo}/autoSetCreationOptions/autoSetsArray/items") == script
    assert answer.text(f"{echo}/destFolder") == f"{own.root}/"
