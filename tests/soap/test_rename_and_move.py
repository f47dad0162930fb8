"""Renaming and moving assets, asking for their names and paths, and doing so while a job works on them."""

import io
import time
from collections.abc import Callable

import pytest
from PIL import Image

from tests.jobs.flow import WATCHDOG_S, Client, reprocess
from tests.jobs.pictures import noise, small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, asset_field, counts, handles, names_found, own_company, problems


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def rename(asset: str, name: str) -> str:
    """What renameAsset is given."""
    return f"<assetHandle>{asset}</assetHandle><newName>{name}</newName><validateName>true</validateName>"


def move(asset: str, folder: str) -> str:
    """An asset and where it goes."""
    return f"<assetHandle>{asset}</assetHandle><folderHandle>{folder}</folderHandle>"


@pytest.mark.covers("renameAsset")
def test_a_renamed_asset_has_the_name_and_keeps_its_extension_and_its_original(own: Client) -> None:
    asset = own.upload({"old.svg": SVG})["old.svg"]

    answer = own.call("renameAsset", rename(asset, "new"))

    assert answer.texts("*") == []
    found = own.call("getAssets", handles(asset))
    assert found.text("assetArray/items/name") == "new"
    assert found.text("assetArray/items/fileName") == "new.svg"
    assert found.text("assetArray/items/svgInfo/originalFile") == f"{own.tag}-old.svg"
    assert found.text("assetArray/items/lastModifyUser") == own.user


def test_a_name_that_another_asset_has_is_refused_in_the_words_that_clients_look_for(own: Client) -> None:
    made = own.upload({"a.svg": SVG, "b.svg": SVG})

    answer = own.call("renameAsset", rename(made["a.svg"], f"{own.tag}-b"))

    assert answer.fault == ("ipsApiFault", 30000, f"Asset ID '{own.tag}-b' is already in use.")
    assert asset_field(own, made["a.svg"], "name") == f"{own.tag}-a"


def test_an_asset_may_be_renamed_to_the_name_it_has(own: Client) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]

    answer = own.call("renameAsset", rename(asset, f"{own.tag}-a"))

    assert not answer.is_fault


def test_another_company_may_have_an_asset_of_the_same_name(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    lab.upload({"a.svg": SVG})
    theirs = other.upload({"b.svg": SVG})["b.svg"]

    answer = other.call("renameAsset", rename(theirs, f"{lab.tag}-a"))

    assert not answer.is_fault


@pytest.mark.parametrize("name", ["", "  ", "a/b", "a\tb", "n" * 256])
def test_a_name_that_cannot_be_is_refused(own: Client, name: str) -> None:
    asset = own.upload({"a.svg": SVG})["a.svg"]

    answer = own.call("renameAsset", rename(asset, name))

    assert answer.fault[:2] == ("ipsApiFault", 30001)
    assert answer.fault[2].startswith("newName: ")


@pytest.mark.parametrize("operation", ["renameAsset", "moveAsset"])
def test_a_foreign_asset_is_an_unknown_one(server: RunningServer, operation: str) -> None:
    lab, other = own_company(server), own_company(server)
    foreign = other.upload({"theirs.svg": SVG})["theirs.svg"]
    rest = "<newName>mine</newName><validateName>true</validateName>"
    if operation == "moveAsset":
        rest = f"<folderHandle>f|{lab.root}/</folderHandle>"

    faults = [lab.call(operation, f"<assetHandle>{asset}</assetHandle>{rest}").fault for asset in (foreign, UNKNOWN)]

    assert faults[0] == ("ipsApiFault", 30001, f"assetHandle: there is no asset {foreign} in this company.")
    assert faults[1][2] == faults[0][2].replace(foreign, UNKNOWN)


def test_the_next_publish_shows_an_asset_under_its_new_name_alone(own: Client) -> None:
    asset = own.upload({"old.png": small_png()}, {"readyForPublish": "true"})["old.png"]
    own.publish()
    own.call("renameAsset", rename(asset, f"{own.tag}-new"))

    own.publish("Incremental")

    assert [own.fetch(name).status_code for name in ("old", "new")] == [403, 200]


@pytest.mark.covers("moveAsset")
def test_a_moved_asset_is_found_in_its_new_folder_alone(own: Client) -> None:
    asset = own.upload({"a.svg": SVG}, folder="one")["a.svg"]
    folder = own.call("createFolder", "<folderPath>two/deep</folderPath>").text("folderHandle")

    own.call("moveAsset", move(asset, folder))

    assert names_found(own, folder="one") == set()
    assert names_found(own, folder="two/deep") == {"a"}
    assert asset_field(own, asset, "folderHandle") == folder


@pytest.mark.parametrize("folder", ["f|ROOT/nowhere/", "f|LabCo/in/", "f|ROOT/../LabCo/"])
def test_an_asset_is_not_moved_to_a_folder_that_is_not_there(own: Client, folder: str) -> None:
    asset = own.upload({"a.svg": SVG}, folder="one")["a.svg"]

    answer = own.call("moveAsset", move(asset, folder.replace("ROOT", own.root)))

    assert answer.fault[:2] == ("ipsApiFault", 30001)
    assert answer.fault[2].startswith("folderHandle: ")
    assert names_found(own, folder="one") == {"a"}


@pytest.mark.covers("moveAssets")
def test_many_assets_are_moved_and_what_fails_is_told_by_handle(own: Client) -> None:
    made = own.upload({"a.svg": SVG, "b.svg": SVG}, folder="one")
    folder = own.call("createFolder", "<folderPath>two</folderPath>").text("folderHandle")
    moves = [move(made["a.svg"], folder), move(made["b.svg"], "f|nowhere/"), move(UNKNOWN, folder)]

    answer = own.call(
        "moveAssets", f"<assetMoveArray>{''.join(f'<items>{each}</items>' for each in moves)}</assetMoveArray>"
    )

    assert counts(answer) == (1, 0, 2)
    assert [(p.handle, p.code) for p in problems(answer)] == [(made["b.svg"], 30001), (UNKNOWN, 30001)]
    assert names_found(own, folder="two") == {"a"}


@pytest.mark.covers("checkAssetNames")
def test_names_in_use_are_told_in_the_order_asked(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    made = lab.upload({"a.svg": SVG, "b.svg": SVG})
    other.upload({"theirs.svg": SVG})
    lab.call("deleteAsset", f"<assetHandle>{made['a.svg']}</assetHandle>")
    asked = [f"{lab.tag}-b", "free", f"{other.tag}-theirs", f"{lab.tag}-a", f"{lab.tag}-A"]

    answer = lab.call(
        "checkAssetNames", f"<assetNameArray>{''.join(f'<items>{name}</items>' for name in asked)}</assetNameArray>"
    )

    assert answer.texts("inUseNameArray/items") == [f"{lab.tag}-b", f"{lab.tag}-a"]


@pytest.mark.covers("getOriginalFilePaths")
def test_original_paths_are_those_of_the_upload_in_the_order_asked(own: Client) -> None:
    made = own.upload({"a.svg": SVG, "b.svg": SVG}, folder="one")
    own.call("renameAsset", rename(made["a.svg"], "renamed"))

    answer = own.call("getOriginalFilePaths", handles(made["b.svg"], made["a.svg"]))

    assert answer.texts("originalFileArray/items") == [f"{own.root}/one/{own.tag}-{name}.svg" for name in "ba"]


def test_original_paths_of_an_unknown_asset_are_a_fault(own: Client) -> None:
    answer = own.call("getOriginalFilePaths", handles(UNKNOWN))

    assert answer.fault[:2] == ("ipsApiFault", 30001)


def change_while_running(client: Client, act: Callable[[str], object], **options: str) -> tuple[str, str]:
    """Reprocess a large picture, act when it is being worked on, and return its handle and the type of its log row."""
    file = io.BytesIO()
    Image.fromarray(noise(2600, 2600)).save(file, "JPEG", quality=60)
    asset = client.upload({"big.jpg": file.getvalue()}, {"readyForPublish": "false"})["big.jpg"]
    client.submit(reprocess([asset], **options), "working")
    until = time.monotonic() + WATCHDOG_S
    query = "<originalName>working</originalName>"
    while client.active(query).texts("jobArray/items/taskProgressArray/items/numProcessing") != ["1"]:
        assert time.monotonic() < until
    act(asset)
    client.wait("working")
    (row,) = client.rows("working", "ReoptimizeSuccess", "ReoptimizeFailure")
    return asset, row.type


def test_an_asset_that_is_renamed_and_moved_while_it_is_reprocessed_stays_so(own: Client) -> None:
    folder = own.call("createFolder", "<folderPath>two</folderPath>").text("folderHandle")

    def act(asset: str) -> None:
        own.call("renameAsset", rename(asset, "new"))
        own.call("moveAsset", move(asset, folder))

    asset, row = change_while_running(own, act)

    assert row == "ReoptimizeSuccess"
    assert asset_field(own, asset, "name") == "new"
    assert asset_field(own, asset, "folderHandle") == folder


def test_an_asset_that_is_trashed_while_it_is_reprocessed_stays_in_the_trash(own: Client) -> None:
    asset, row = change_while_running(own, lambda a: own.call("deleteAsset", f"<assetHandle>{a}</assetHandle>"))

    assert row == "ReoptimizeSuccess"
    assert asset_field(own, asset, "trashState") == "InTrash"


def test_a_mark_that_is_set_while_the_asset_is_reprocessed_stays(own: Client) -> None:
    state = "<publishState>MarkedForPublish</publishState>"

    asset, row = change_while_running(
        own, lambda a: own.call("setAssetPublishState", f"<assetHandle>{a}</assetHandle>{state}")
    )

    assert row == "ReoptimizeSuccess"
    assert asset_field(own, asset, "readyForPublish") == "true"


def test_an_original_that_is_replaced_while_it_is_reprocessed_is_the_one_that_counts(own: Client) -> None:
    asset, row = change_while_running(own, lambda _asset: own.upload({"big.jpg": small_png()}))

    assert row == "ReoptimizeSuccess"
    assert asset_field(own, asset, "imageInfo/width") == "60"
