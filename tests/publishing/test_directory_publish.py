"""serverDirectoryPublishJob: the optimised images of the marked assets are the files in a folder of the operator's."""

from pathlib import Path

import pytest

from tests.jobs.flow import Client, blob, job, text
from tests.jobs.listener import listening
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import own_company

BEGIN = "BeginServerDirectoryPublish"


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def publish(**fields: str) -> str:
    return job("serverDirectoryPublishJob", {"emailSetting": "None"} | fields)


def folder(client: Client) -> Path:
    return Path(client.server.settings["publish_root"]) / client.root


def files(client: Client) -> set[str]:
    return {path.name.removeprefix(f"{client.tag}-") for path in folder(client).iterdir()}


def marked(client: Client, *names: str) -> dict[str, str]:
    pictures = {name: small_png(seed) for seed, name in enumerate(names)}
    return client.upload(pictures, {"readyForPublish": "true"})


@pytest.mark.covers("serverDirectoryPublishJob.emailSetting")
def test_the_optimised_images_of_marked_assets_are_put_there(own: Client) -> None:
    handles = marked(own, "a.png", "b.png")
    own.upload({"c.png": small_png(3)})

    name = own.run(publish())

    assert files(own) == {"a.tif", "b.tif"}
    derivatives = own.stored(handles["a.png"]).derivatives
    assert derivatives is not None
    placed = folder(own) / f"{own.tag}-a.tif"
    assert placed.read_bytes() == blob(own.server, derivatives.pyramid).read_bytes()
    log = own.log(name, BEGIN)
    assert [text(log, count) for count in ("fileSuccessCount", "transferSuccessCount", "totalFileCount")] == ["2"] * 3
    assert own.rows(name, "JobType")[0].message == "ServerDirectoryPublish"


def test_what_is_renamed_or_unmarked_leaves_no_file_behind_and_others_stay(own: Client) -> None:
    handles = marked(own, "a.png", "b.png")
    own.run(publish())
    (folder(own) / "foreign.txt").write_text("not ours")
    fields = f"<assetHandle>{handles['a.png']}</assetHandle>"
    own.call("renameAsset", f"{fields}<newName>{own.tag}-z</newName><validateName>false</validateName>")
    fields = f"<assetHandle>{handles['b.png']}</assetHandle><publishState>NotMarkedForPublish</publishState>"
    own.call("setAssetPublishState", fields)

    name = own.run(publish())

    assert files(own) == {"z.tif", "foreign.txt"}
    told = {row.message.removeprefix(f"{own.tag}-") for row in own.rows(name, "ServerDirectoryPublishSuccess")}
    assert told == {"z was published.", "b was withdrawn."}


def test_a_folder_that_cannot_be_made_fails_the_asset_and_says_so(own: Client) -> None:
    marked(own, "a.png")
    folder(own).write_text("in the way")

    name = own.run(publish())

    (row,) = own.rows(name, "ServerDirectoryPublishError")
    assert row.message.startswith("The publish directory cannot be written")


@pytest.mark.covers("serverDirectoryPublishJob.httpCompletionUrl", "getScheduledJobs")
def test_it_calls_back_and_is_echoed(own: Client) -> None:
    with listening() as host:
        own.run(publish(httpCompletionUrl=host.url("/done")))
        assert host.next_call() == "GET /done"

    own.submit(publish(emailSetting="Error"), own.tag, "<execSchedule>0 0 0 1 1 ? 2098</execSchedule>")
    answer = own.call("getScheduledJobs", f"<originalName>{own.tag}</originalName>")
    assert answer.text("jobArray/items/serverDirectoryPublishJob/emailSetting") == "Error"
