"""Metadata values of assets: setting them by type, in batches, deleting them, and asking which there are."""

import pytest

from domain.handles import parse_asset
from store.metadata_values import load_held
from tests.jobs.flow import reading
from tests.running_server import RunningServer
from tests.soap.batches import asset_field, counts, handles
from tests.soap.metadata import Shelf, array, elements, new_shelf, on, tags, update


@pytest.fixture(scope="module")
def shelf(server: RunningServer) -> Shelf:
    """A company with two images and a PDF."""
    return new_shelf(server, shoe="Image", hat="Image", book="Pdf")


@pytest.mark.covers("setAssetMetadata")
@pytest.mark.parametrize(
    ("field_type", "given", "shown"),
    [
        ("String", {"value": "a & b"}, {"value": "a & b"}),
        ("Int", {"longVal": "9007199254740993"}, {"value": "9007199254740993", "longVal": "9007199254740993"}),
        ("Int", {"value": "12"}, {"value": "12", "longVal": "12"}),
        ("Float", {"doubleVal": "0.5"}, {"value": "0.5", "doubleVal": "0.5"}),
        ("Boolean", {"boolVal": "true"}, {"value": "true", "boolVal": "true"}),
        (
            "Date",
            {"dateVal": "2026-03-04T05:06:07.891+02:00"},
            {"value": "2026-03-04T03:06:07.891Z", "dateVal": "2026-03-04T03:06:07.891Z"},
        ),
        ("Int", {"value": "a dozen"}, {"value": "a dozen"}),
    ],
)
def test_a_value_is_shown_as_text_and_in_the_type_of_its_field(
    shelf: Shelf, field_type: str, given: dict[str, str], shown: dict[str, str]
) -> None:
    name = f"{field_type} {'/'.join(given.values())}"
    assert not shelf.put("shoe", update(shelf.field(name, field_type), **given)).is_fault

    answer = shelf.call("getAssets", handles(shelf.assets["shoe"]))

    (item,) = [
        each
        for each in answer.body.xpath("//*[local-name()='metadataArray']/*")
        if each.xpath("string(*[local-name()='name'])") == name
    ]
    said = {each.tag.partition("}")[2]: each.text for each in item if not len(each)}
    assert said == {"name": name} | shown


@pytest.mark.covers("setAssetMetadata")
def test_tags_are_added_set_and_deleted_and_join_an_open_dictionary(shelf: Shelf) -> None:
    field = shelf.field("Mood", "MultiTag")
    shelf.put("shoe", tags(field, "set", "calm", "warm"))
    shelf.put("shoe", tags(field, "add", "dark", "calm"))
    shelf.put("shoe", tags(field, "delete", "warm", "unheard of"))

    known = shelf.call("getTagFieldValues", array("fieldHandleArray", field))
    assert shelf.shown("shoe")["Mood"] == "calm, dark"
    assert known.texts("fieldArray/items/valueArray/items") == ["calm", "warm", "dark"]


def test_a_single_tag_keeps_the_last_value(shelf: Shelf) -> None:
    field = shelf.field("Grade", "SingleTag")

    shelf.put("hat", tags(field, "set", "A", "B"))

    assert shelf.shown("hat")["Grade"] == "B"


def test_a_default_is_shown_of_assets_of_its_type_until_they_have_a_value(server: RunningServer) -> None:
    shelf = new_shelf(server, shoe="Image", book="Pdf")
    field = shelf.field("Pages", "Int", "Pdf", defaultValue="10")
    before = shelf.shown("book")

    shelf.put("book", update(field, longVal="12"))

    assert (before, shelf.shown("book"), shelf.shown("shoe")) == ({"Pages": "10"}, {"Pages": "12"}, {})


@pytest.mark.parametrize(
    ("field_type", "given", "code", "reason"),
    [
        ("Int", {"value": "x"}, 30001, "updateArray.items[0].value: x is not a value of type Int."),
        ("Int", {"value": str(2**63)}, 30001, f"updateArray.items[0].value: {2**63} is not a value of type Int."),
        (
            "Color",
            {"value": "reddish"},
            30001,
            "updateArray.items[0].value: reddish is not a value of type Color: give",
        ),
        ("Date", {"value": "soon"}, 30001, "updateArray.items[0].value: soon is not a value of type Date."),
        ("Int", {"boolVal": "true"}, 30001, "updateArray.items[0].boolVal: Enforced"),
        ("String", {"value": "x", "longVal": "1"}, 30001, "updateArray.items[0].value, longVal: give one value."),
        ("String", {}, 30002, "updateArray.items[0].value is required"),
        ("SingleFixedTag", {"value": "x"}, 30001, "updateArray.items[0].value: x is not in the dictionary of Enforced"),
        ("MultiTag", {"longVal": "1"}, 30001, "updateArray.items[0].longVal: Enforced"),
        ("String", {"value": "x" * 10_001}, 30001, "updateArray.items[0].value: a value has at most 10000 characters"),
    ],
)
def test_a_value_that_an_enforced_field_cannot_have_is_refused(
    shelf: Shelf, field_type: str, given: dict[str, str], code: int, reason: str
) -> None:
    name = f"Enforced {field_type} {str(given)[:40]}"
    field = shelf.field(name, field_type, isEnforced="true")

    answer = shelf.put("shoe", update(field, **given))

    assert answer.fault[1] == code
    assert answer.fault[2].startswith(reason)
    assert name not in shelf.shown("shoe")


def test_all_of_the_values_are_set_or_none(shelf: Shelf) -> None:
    field, other = shelf.field("Whole"), shelf.field("Elsewhere", asset_type="Pdf")

    answer = shelf.put("shoe", update(field, value="x"), update(other, value="x"))

    assert answer.fault[2] == (
        f"updateArray.items[1].fieldHandle: {other} is a field of Pdf assets, and the asset is of type Image."
    )
    assert "Whole" not in shelf.shown("shoe")


@pytest.mark.covers("batchSetAssetMetadata")
def test_a_batch_counts_each_value_of_each_asset_by_itself(shelf: Shelf) -> None:
    field = shelf.field("Lot")
    items = "".join(
        f"<items>{handles(*assets)}<updateArray>{update(field, value=value)}</updateArray></items>"
        for assets, value in (
            ((shelf.assets["shoe"], "a|999999999"), "400"),
            ((shelf.assets["hat"], shelf.assets["book"]), "300"),
        )
    )

    answer = shelf.call("batchSetAssetMetadata", f"<updateArray>{items}</updateArray>")

    assert counts(answer) == (3, 0, 1)
    assert answer.text("errorDetailArray/items/assetHandle") == "a|999999999"
    assert answer.text("errorDetailArray/items/fieldHandle") == field
    assert answer.text("errorDetailArray/items/code") == "30001"
    assert [shelf.shown(name)["Lot"] for name in ("shoe", "hat", "book")] == ["400", "300", "300"]


@pytest.mark.covers("deleteAssetMetadata")
def test_deleted_values_are_gone_from_one_asset(shelf: Shelf) -> None:
    field = shelf.field("Brief")
    for name in ("shoe", "hat"):
        shelf.put(name, update(field, value="x"))

    shelf.call(
        "deleteAssetMetadata",
        f"{elements({'assetHandle': shelf.assets['shoe']})}"
        f"<deleteArray><items><fieldHandle>{field}</fieldHandle></items></deleteArray>",
    )

    assert "Brief" not in shelf.shown("shoe")
    assert shelf.shown("hat")["Brief"] == "x"


@pytest.mark.covers("getUniqueMetadataValues")
def test_each_value_of_a_field_is_answered_once(shelf: Shelf) -> None:
    field = shelf.field("Make")
    for name, value in (("shoe", "B"), ("hat", "A"), ("book", "B")):
        shelf.put(name, update(field, value=value))

    assert shelf.call("getUniqueMetadataValues", elements({"fieldHandle": field})).texts("values/items") == ["A", "B"]


@pytest.mark.covers("getDistinctMetadataValues")
def test_values_under_a_key_are_counted_with_the_assets_that_have_none(shelf: Shelf) -> None:
    field = shelf.field("Brand")
    for name in ("shoe", "hat"):
        shelf.put(name, update(field, value="B"))

    counted = shelf.call("getDistinctMetadataValues", elements({"metadataKey": "custom_attributes.Brand"}))
    types = shelf.call("getDistinctMetadataValues", elements({"metadataKey": "type"}))

    path = "valueArray/items"
    assert list(zip(counted.texts(f"{path}/value"), counted.texts(f"{path}/count"), strict=True)) == [
        ("N/A", "1"),
        ("B", "2"),
    ]
    assert list(zip(types.texts(f"{path}/value"), types.texts(f"{path}/count"), strict=True)) == [
        ("Image", "2"),
        ("Pdf", "1"),
    ]


def test_a_value_is_known_as_a_persons_and_changes_the_asset(shelf: Shelf, server: RunningServer) -> None:
    field = shelf.field("Author")

    shelf.call("setAssetMetadata", on(shelf.assets["shoe"], update(field, value="Ann")))

    number = parse_asset(shelf.assets["shoe"])
    assert number is not None
    with reading(server) as tx:
        origins = {held.texts: held.origin.value for held in load_held(tx, [number])[number].values()}
    assert origins["Ann",] == "person"
    assert asset_field(shelf.client, shelf.assets["shoe"], "lastModifyUser") == shelf.client.user
