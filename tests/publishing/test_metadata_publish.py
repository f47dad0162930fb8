"""metadataPublishJob: what is known of each asset is a file of its own; only what has changed is written again."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.jobs.flow import Client
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, own_company


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def told(client: Client, force: str = "") -> set[str]:
    """Publish the metadata and return the messages of its log, without the tag."""
    field = f"<forcePublish>{force}</forcePublish>" if force else ""
    name = client.run(f"<metadataPublishJob>{field}</metadataPublishJob>")
    return {row.message.replace(f"{client.tag}-", "") for row in client.rows(name, "MetadataSuccess")}


def files(client: Client) -> dict[str, Any]:
    folder = Path(client.server.settings["publish_root"]) / client.root / "metadata"
    return {path.name.removeprefix(f"{client.tag}-"): json.loads(path.read_text()) for path in folder.iterdir()}


def change(client: Client, operation: str, handle: str, more: str = "") -> None:
    answer = client.call(operation, f"<assetHandle>{handle}</assetHandle>{more}")
    assert not answer.is_fault, answer.fault


@pytest.mark.covers("metadataPublishJob.forcePublish")
def test_every_asset_is_told_of_and_then_only_those_that_changed(own: Client) -> None:
    handles = own.upload({"a.png": small_png(), "b.svg": SVG, "c.svg": SVG})
    everything = {f"The metadata of {name} was published." for name in "abc"}

    assert told(own) == everything
    assert told(own) == set()
    change(own, "renameAsset", handles["b.svg"], f"<newName>{own.tag}-z</newName><validateName>false</validateName>")
    change(own, "deleteAsset", handles["c.svg"])
    assert told(own, "false") == {"The metadata of z was published.", "The metadata of c was withdrawn."}
    assert told(own, "true") == {f"The metadata of {name} was published." for name in "az"}
    assert set(files(own)) == {"a.json", "z.json"}


@pytest.mark.covers("metadataPublishJob.forcePublish")
def test_a_file_says_what_the_api_says_of_its_asset(own: Client) -> None:
    handle = own.upload({"a.png": small_png()})["a.png"]
    told(own)

    found = own.call("getAssets", f"<assetHandleArray><items>{handle}</items></assetHandleArray>")

    written = files(own)["a.json"]
    names = ("assetHandle", "name", "type", "fileName", "folder", "createUser")
    assert [written[name] for name in names] == [found.text(f"assetArray/items/{name}") for name in names]
    assert (written["width"], written["height"]) == (60, 40)


@pytest.mark.covers("metadataPublishJob.forcePublish")
def test_a_changed_value_is_told_under_the_name_of_its_field(own: Client) -> None:
    handle = own.upload({"a.svg": SVG})["a.svg"]
    new = "<assetType>Asset</assetType><name>Season</name><fieldType>MultiTag</fieldType>"
    field = own.call("createMetadataField", new).text("fieldHandle")
    told(own)

    update = f"<items><fieldHandle>{field}</fieldHandle><value>Fall</value></items>"
    change(own, "setAssetMetadata", handle, f"<updateArray>{update}</updateArray>")

    assert told(own) == {"The metadata of a was published."}
    assert files(own)["a.json"]["fields"] == {"Season": ["Fall"]}


@pytest.mark.covers("metadataPublishJob.forcePublish", "getScheduledJobs")
def test_a_scheduled_one_is_echoed(own: Client) -> None:
    job = "<metadataPublishJob><forcePublish>true</forcePublish></metadataPublishJob>"
    own.submit(job, own.tag, "<execSchedule>0 0 0 1 1 ? 2098</execSchedule>")

    answer = own.call("getScheduledJobs", f"<originalName>{own.tag}</originalName>")

    assert answer.text("jobArray/items/metadataPublishJob/forcePublish") == "true"
