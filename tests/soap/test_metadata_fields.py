"""Metadata fields: creating, listing, changing and deleting them, and what is refused."""

import pytest
from lxml import etree

from tests.running_server import RunningServer
from tests.soap.metadata import Shelf, elements, new_shelf, update


@pytest.fixture(scope="module")
def shelf(server: RunningServer) -> Shelf:
    """A company with an image and a PDF."""
    return new_shelf(server, shoe="Image", book="Pdf")


def listed(shelf: Shelf, asset_type: str) -> list[str]:
    """The names of the fields that assets of a type have."""
    return shelf.call("getMetadataFields", elements({"assetType": asset_type})).texts("fieldArray/items/name")


@pytest.mark.covers("createMetadataField", "getMetadataFields")
def test_a_field_of_a_type_and_one_of_all_types_are_listed_for_the_type(server: RunningServer) -> None:
    shelf = new_shelf(server)
    handle = shelf.field("Season", asset_type="Image", defaultValue="All year", isHidden="true", isEnforced="true")
    shelf.field("Owner")

    answer = shelf.call("getMetadataFields", elements({"assetType": "Image"}))

    assert handle == f"m|{shelf.client.company[2:]}|IMAGE|Season"
    assert answer.texts("fieldArray/items/name") == ["Owner", "Season"]
    (season,) = [item for item in answer.body.iter("{*}items") if item.findtext("{*}fieldHandle") == handle]
    said = {etree.QName(element).localname: element.text for element in season}
    assert said == {
        "fieldHandle": handle,
        "name": "Season",
        "type": "String",
        "defaultValue": "All year",
        "isRequired": "false",
        "isUserDefined": "true",
        "isHidden": "true",
        "isEnforced": "true",
    }
    assert listed(shelf, "Pdf") == ["Owner"]


@pytest.mark.covers("getAssetMetadataFields")
def test_all_fields_are_grouped_by_asset_type(server: RunningServer) -> None:
    shelf = new_shelf(server)
    for name, asset_type in (("a", "Asset"), ("b", "Image"), ("c", "Image")):
        shelf.field(name, asset_type=asset_type)

    answer = shelf.call("getAssetMetadataFields")

    assert answer.texts("assetFieldsArray/items/assetType") == ["Asset", "Image"]
    assert answer.texts("assetFieldsArray/items/fieldArray/items/name") == ["a", "b", "c"]


@pytest.mark.covers("updateMetadataField")
def test_a_renamed_field_keeps_its_values_under_a_new_handle(shelf: Shelf) -> None:
    field = shelf.field("Colour")
    shelf.put("shoe", update(field, value="red"))

    new = shelf.call("updateMetadataField", elements({"fieldHandle": field, "name": "Shade"})).text("fieldHandle")

    assert new.endswith("|ASSET|Shade")
    assert shelf.shown("shoe")["Shade"] == "red"
    assert shelf.client.call("deleteMetadataField", elements({"fieldHandle": field})).fault[1] == 30001


@pytest.mark.covers("saveMetadataField")
def test_the_deprecated_operation_creates_a_field_and_changes_it_by_its_handle(shelf: Shelf) -> None:
    wanted = {"assetType": "Pdf", "name": "Resolution", "fieldType": "String", "defaultValue": "120"}
    field = shelf.call("saveMetadataField", elements(wanted)).text("fieldHandle")

    changed = shelf.call("saveMetadataField", elements({"fieldHandle": field, **wanted, "defaultValue": "300"})).text(
        "fieldHandle"
    )

    assert changed == field
    assert shelf.shown("book")["Resolution"] == "300"


@pytest.mark.covers("deleteMetadataField")
def test_a_deleted_field_takes_its_values_with_it(shelf: Shelf) -> None:
    field = shelf.field("Gone", "MultiTag")
    shelf.put("shoe", update(field, value="x"))

    shelf.call("deleteMetadataField", elements({"fieldHandle": field}))

    assert "Gone" not in shelf.shown("shoe")
    assert shelf.field("Gone") == field
    assert "Gone" not in shelf.shown("shoe")


@pytest.mark.parametrize(
    ("wanted", "code", "reason"),
    [
        ({"assetType": "Shoe"}, 30001, "assetType: Shoe is not an asset type"),
        ({"name": " "}, 30002, "name is required"),
        ({"name": "x" * 256}, 30001, "name: a name has at most 255"),
        ({"fieldType": "Text"}, 30001, "fieldType: Text is not one of Untyped, Boolean"),
        (
            {"fieldType": "MultiTag", "defaultValue": "x"},
            30001,
            "defaultValue: a field of type MultiTag has no default",
        ),
        ({"fieldType": "Int", "isEnforced": "true", "defaultValue": "x"}, 30001, "defaultValue: x is not a value of"),
        ({"fieldType": "BooleanTag", "initialTagValue": "Maybe"}, 30001, "initialTagValue: Maybe is not one of"),
        ({"name": "Taken"}, 30000, "name: there is a metadata field Taken of Asset already"),
    ],
)
def test_a_field_that_cannot_be_is_refused_by_what_is_wrong(
    shelf: Shelf, wanted: dict[str, str], code: int, reason: str
) -> None:
    shelf.client.call("createMetadataField", elements({"assetType": "Asset", "name": "Taken", "fieldType": "Int"}))
    given = {"assetType": "Asset", "name": "New", "fieldType": "String"} | wanted
    order = ("assetType", "name", "fieldType", "defaultValue", "isEnforced", "initialTagValue")

    answer = shelf.client.call("createMetadataField", elements({key: given[key] for key in order if key in given}))

    assert answer.fault[1] == code
    assert answer.fault[2].startswith(reason)


def test_the_type_of_a_field_cannot_be_changed(shelf: Shelf) -> None:
    field = shelf.field("Fixed", "String")

    answer = shelf.client.call(
        "saveMetadataField",
        elements({"fieldHandle": field, "assetType": "Asset", "name": "Fixed", "fieldType": "Int", "defaultValue": ""}),
    )

    assert answer.fault[1:] == (
        30001,
        "fieldType: the field is of type String, which cannot be changed: create another field.",
    )
