"""Deleting assets: into the trash, out of it again, and for good."""

import pytest

from tests.jobs.flow import Client, reprocess
from tests.jobs.pictures import small_pdf, small_png
from tests.running_server import RunningServer
from tests.soap.batches import SVG, UNKNOWN, asset_field, counts, handles, names_found, own_company, problems

PUBLISHED = {"readyForPublish": "true"}


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


@pytest.mark.covers("deleteAsset")
def test_a_deleted_asset_is_in_the_trash_and_no_search_finds_it(own: Client) -> None:
    made = own.upload({"gone.svg": SVG, "kept.svg": SVG})

    own.call("deleteAsset", f"<assetHandle>{made['gone.svg']}</assetHandle>")

    assert asset_field(own, made["gone.svg"], "trashState") == "InTrash"
    assert names_found(own) == {"kept"}


@pytest.mark.parametrize(
    ("state", "found"), [("InTrash", {"gone"}), ("NotInTrash", {"kept"}), ("Any", {"gone", "kept"})]
)
@pytest.mark.covers("searchAssets")
def test_a_search_finds_assets_by_their_trash_state(own: Client, state: str, found: set[str]) -> None:
    made = own.upload({"gone.svg": SVG, "kept.svg": SVG})
    own.call("deleteAsset", f"<assetHandle>{made['gone.svg']}</assetHandle>")

    names = names_found(own, f"<trashState>{state}</trashState>")

    assert names == found


@pytest.mark.covers("getAssetCounts")
def test_counts_by_type_leave_the_trash_out(own: Client) -> None:
    made = own.upload({"gone.svg": SVG, "kept.svg": SVG, "rules.xml": b"<rules/>"})
    own.call("deleteAsset", f"<assetHandle>{made['gone.svg']}</assetHandle>")

    answer = own.call("getAssetCounts")

    types, numbers = answer.texts("countArray/items/assetType"), answer.texts("countArray/items/count")
    assert dict(zip(types, numbers, strict=True)) == {"Svg": "1", "Xml": "1"}


@pytest.mark.covers("deleteAssets")
def test_a_batch_deletes_what_it_can_and_tells_why_it_could_not_delete_the_rest(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    made = lab.upload({"one.svg": SVG, "two.svg": SVG})
    foreign = other.upload({"theirs.svg": SVG})["theirs.svg"]
    lab.call("deleteAsset", f"<assetHandle>{made['two.svg']}</assetHandle>")

    answer = lab.call("deleteAssets", handles(made["one.svg"], made["two.svg"], UNKNOWN, foreign))

    assert counts(answer) == (1, 0, 3)
    trashed, unknown, theirs = problems(answer)
    assert (trashed.handle, trashed.code) == (made["two.svg"], 30001)
    assert "InTrash" in trashed.reason
    assert (unknown.handle, unknown.code, theirs.handle, theirs.code) == (UNKNOWN, 30001, foreign, 30001)
    assert unknown.reason.replace(UNKNOWN, foreign) == theirs.reason
    assert asset_field(other, foreign, "trashState") == "NotInTrash"


@pytest.mark.covers("restoreAssetsFromTrash")
def test_a_restored_asset_is_where_it_was(own: Client) -> None:
    made = own.upload({"back.svg": SVG, "kept.svg": SVG}, folder="deep/in")
    own.call("deleteAsset", f"<assetHandle>{made['back.svg']}</assetHandle>")

    answer = own.call("restoreAssetsFromTrash", handles(made["back.svg"], made["kept.svg"]))

    assert counts(answer) == (1, 0, 1)
    assert [(p.handle, p.code) for p in problems(answer)] == [(made["kept.svg"], 30001)]
    assert names_found(own, folder="deep/in") == {"back", "kept"}
    assert asset_field(own, made["back.svg"], "folder") == f"{own.root}/deep/in/"


def test_an_asset_in_the_trash_keeps_its_name(own: Client) -> None:
    made = own.upload({"gone.svg": SVG, "kept.svg": SVG})
    own.call("deleteAsset", f"<assetHandle>{made['gone.svg']}</assetHandle>")

    answer = own.call(
        "renameAsset",
        f"<assetHandle>{made['kept.svg']}</assetHandle><newName>{own.tag}-gone</newName>"
        "<validateName>true</validateName>",
    )

    assert answer.fault == ("ipsApiFault", 30000, f"Asset ID '{own.tag}-gone' is already in use.")


@pytest.mark.covers("emptyAssetsFromTrash")
def test_emptying_the_trash_frees_the_name(own: Client) -> None:
    gone = own.upload({"name.svg": SVG})["name.svg"]
    own.call("deleteAsset", f"<assetHandle>{gone}</assetHandle>")

    answer = own.call("emptyAssetsFromTrash", handles(gone))

    assert counts(answer) == (1, 0, 0)
    new = own.upload({"name.svg": SVG}, folder="elsewhere")["name.svg"]
    assert new != gone
    assert asset_field(own, new, "name") == f"{own.tag}-name"


def test_an_asset_outside_the_trash_cannot_be_emptied(own: Client) -> None:
    kept = own.upload({"kept.svg": SVG})["kept.svg"]

    answer = own.call("emptyAssetsFromTrash", handles(kept))

    assert counts(answer) == (0, 0, 1)
    assert asset_field(own, kept, "trashState") == "NotInTrash"


@pytest.fixture
def emptied(own: Client) -> str:
    """The handle of an asset that was given up for good, by the name ``gone``."""
    gone = own.upload({"gone.svg": SVG})["gone.svg"]
    own.call("deleteAsset", f"<assetHandle>{gone}</assetHandle>")
    own.call("emptyAssetsFromTrash", handles(gone))
    return gone


def test_an_emptied_asset_is_an_unknown_asset(own: Client, emptied: str) -> None:
    answer = own.call("restoreAssetsFromTrash", handles(emptied, UNKNOWN))

    gone, unknown = problems(answer)
    assert (gone.code, gone.reason) == (unknown.code, unknown.reason.replace(UNKNOWN, emptied))


@pytest.mark.covers("getAssets")
def test_an_emptied_asset_is_not_answered_by_its_handle(own: Client, emptied: str) -> None:
    assert own.call("getAssets", handles(emptied)).texts("assetArray/items") == []


def test_a_search_for_emptied_assets_tells_the_names_they_had(own: Client, emptied: str) -> None:
    query = "<includeSubfolders>true</includeSubfolders><trashState>InEmptiedTrash</trashState>"

    found = own.call("searchAssets", query)

    assert found.texts("assetArray/items/assetHandle") == [emptied]
    assert found.texts("assetArray/items/name") == [f"{own.tag}-gone"]


def test_reprocessing_an_emptied_asset_says_that_there_is_none(own: Client, emptied: str) -> None:
    name = own.run(reprocess([emptied]))

    (row,) = own.rows(name, "ReoptimizeFailure")
    assert row.message == f"There is no asset with handle {emptied} in this company."


def test_a_page_whose_document_was_emptied_belongs_to_none(own: Client) -> None:
    book = own.upload({"book.pdf": small_pdf()})["book.pdf"]
    (page,) = own.call("getAssociatedAssets", f"<assetHandle>{book}</assetHandle>").texts(
        "memberArray/items/assetHandle"
    )
    own.call("deleteAsset", f"<assetHandle>{book}</assetHandle>")
    own.call("emptyAssetsFromTrash", handles(book))

    answer = own.call("getAssociatedAssets", f"<assetHandle>{page}</assetHandle>")

    assert answer.texts("containerArray/items") == []
    assert answer.texts("generatorArray/items") == []


def test_emptying_the_trash_does_not_mind_any_name_that_another_asset_has(own: Client) -> None:
    made = own.upload({"gone.svg": SVG, "kept.svg": SVG})
    name = f"{own.tag}-gone~{made['gone.svg'].removeprefix('a|')}"
    rename = f"<assetHandle>{made['kept.svg']}</assetHandle><newName>{name}</newName>"
    own.call("renameAsset", f"{rename}<validateName>true</validateName>")
    own.call("deleteAsset", f"<assetHandle>{made['gone.svg']}</assetHandle>")

    answer = own.call("emptyAssetsFromTrash", handles(made["gone.svg"]))

    assert counts(answer) == (1, 0, 0)


def test_the_next_publish_withdraws_what_is_in_the_trash(own: Client) -> None:
    gone = own.upload({"gone.png": small_png()}, PUBLISHED)["gone.png"]
    own.publish()
    own.call("deleteAsset", f"<assetHandle>{gone}</assetHandle>")
    before = own.fetch("gone").status_code

    own.publish("Incremental")

    assert (before, own.fetch("gone").status_code) == (200, 403)


def test_a_restored_asset_is_published_again(own: Client) -> None:
    back = own.upload({"back.png": small_png()}, PUBLISHED)["back.png"]
    own.call("deleteAsset", f"<assetHandle>{back}</assetHandle>")
    own.publish()
    own.call("restoreAssetsFromTrash", handles(back))

    own.publish("Incremental")

    assert own.fetch("back").status_code == 200


@pytest.mark.covers("submitJob")
def test_reprocessing_an_asset_in_the_trash_fails_for_that_asset_alone(own: Client) -> None:
    made = own.upload({"gone.png": small_png(1), "kept.png": small_png(2)})
    own.call("deleteAsset", f"<assetHandle>{made['gone.png']}</assetHandle>")

    name = own.run(reprocess(made.values()))

    rows = own.rows(name, "ReoptimizeSuccess", "ReoptimizeFailure")
    assert {row.handle: row.type for row in rows} == {
        made["gone.png"]: "ReoptimizeFailure",
        made["kept.png"]: "ReoptimizeSuccess",
    }
    assert [row.message for row in rows if row.handle == made["gone.png"]] == [
        "The asset is in the trash; restore it first."
    ]


def test_uploading_a_file_again_takes_its_asset_out_of_the_trash(own: Client) -> None:
    gone = own.upload({"again.svg": SVG})["again.svg"]
    own.call("deleteAsset", f"<assetHandle>{gone}</assetHandle>")

    again = own.upload({"again.svg": b"<svg/>"})["again.svg"]

    assert again == gone
    assert asset_field(own, gone, "trashState") == "NotInTrash"
