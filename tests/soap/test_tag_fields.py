"""Dictionaries of tag fields: what they hold, and what their changes do to assets."""

import pytest

from domain.findings import SmartTag
from jobs.tag_field import find_tag_field, show_tags
from store.assets import load_asset
from store.companies import change_company
from store.tags import save_smart_tags
from tests.running_server import RunningServer
from tests.soap.batches import asset_field, counts
from tests.soap.metadata import Shelf, array, condition, conditions, elements, new_shelf, tags, update
from tests.soap_call import Answer


@pytest.fixture(scope="module")
def shelf(server: RunningServer) -> Shelf:
    """A company with two images."""
    return new_shelf(server, shoe="Image", hat="Image")


def dictionary(shelf: Shelf, field: str) -> list[str]:
    """The values of a dictionary."""
    return shelf.call("getTagFieldValues", array("fieldHandleArray", field)).texts("fieldArray/items/valueArray/items")


def change(shelf: Shelf, action: str, field: str, *values: str) -> Answer:
    """Set, add or delete values of a dictionary."""
    content = elements({"fieldHandle": field}) + array("valueArray", *values)
    return shelf.client.call(f"{action}TagFieldValues", content)


@pytest.mark.covers("addTagFieldValues", "getTagFieldValues")
def test_values_join_a_dictionary_once(shelf: Shelf) -> None:
    field = shelf.field("Fruit", "MultiFixedTag", initialTagValue="Pear")

    change(shelf, "add", field, "Apple", "Pear", "Apple")

    assert dictionary(shelf, field) == ["Pear", "Apple"]


@pytest.mark.covers("getTagFieldValues", "searchAssets")
def test_smart_tags_are_seen_and_searched_in_the_field_that_shows_them(shelf: Shelf) -> None:
    field = shelf.field("Seen", "MultiTag", asset_type="Image")
    company, number = int(shelf.client.company.removeprefix("c|")), int(shelf.assets["shoe"].removeprefix("a|"))
    database = shelf.client.server.database
    with database.write() as tx:
        chosen, asset = find_tag_field(tx, company, "Seen"), load_asset(tx, company, number)
        assert chosen
        assert asset
        change_company(tx, company, tag_field_id=chosen.id)
        save_smart_tags(tx, number, [SmartTag(label="boot", score=0.9, model="m")], reset=False)
        show_tags(tx, asset, shelf.client.user)
    database.close()

    assert dictionary(shelf, field) == ["boot"]
    assert shelf.shown("shoe")["Seen"] == "boot"
    assert shelf.found(conditions(condition(field, "Equals", value="boot"))) == {"shoe"}


@pytest.mark.covers("setTagFieldValues")
def test_a_new_dictionary_leaves_assets_what_is_in_it_too(shelf: Shelf) -> None:
    field = shelf.field("Wind", "MultiFixedTag")
    change(shelf, "set", field, "North", "South")
    shelf.put("shoe", tags(field, "set", "North", "South"))

    change(shelf, "set", field, "South", "East")

    assert dictionary(shelf, field) == ["South", "East"]
    assert shelf.shown("shoe")["Wind"] == "South"


@pytest.mark.covers("deleteTagFieldValues")
def test_a_deleted_value_goes_from_dictionary_and_assets(shelf: Shelf) -> None:
    field = shelf.field("Size", "MultiTag")
    shelf.put("shoe", tags(field, "set", "S", "M"))
    before = asset_field(shelf.client, shelf.assets["hat"], "lastModified")

    change(shelf, "delete", field, "S")

    assert dictionary(shelf, field) == ["M"]
    assert shelf.shown("shoe")["Size"] == "M"
    assert asset_field(shelf.client, shelf.assets["hat"], "lastModified") == before


@pytest.mark.covers("updateTagFieldValues")
def test_values_are_renamed_one_by_one_with_the_vendors_words_for_those_that_cannot(shelf: Shelf) -> None:
    field = shelf.field("Compass", "SingleFixedTag")
    change(shelf, "set", field, "Nurth", "Suth", "East", "West")
    shelf.put("hat", update(field, value="Nurth"))
    pairs = (("Nurth", "North"), ("Suth", "South"), ("East", "West"), ("Banana", "Pear"))
    items = "".join(f"<items><oldValue>{old}</oldValue><newValue>{new}</newValue></items>" for old, new in pairs)

    answer = shelf.call("updateTagFieldValues", f"<fieldHandle>{field}</fieldHandle><updateArray>{items}</updateArray>")

    assert counts(answer) == (2, 0, 2)
    assert answer.texts("errorDetailArray/items/value") == ["East", "Banana"]
    assert answer.texts("errorDetailArray/items/code") == ["30001", "30001"]
    assert answer.texts("errorDetailArray/items/reason") == [
        "New tag value 'West' already exists.",
        "Tag value 'Banana' not found.",
    ]
    assert dictionary(shelf, field) == ["North", "South", "East", "West"]
    assert shelf.shown("hat")["Compass"] == "North"


def test_what_is_no_open_dictionary_is_refused(shelf: Shelf) -> None:
    text, boolean = shelf.field("Plain"), shelf.field("Sold", "BooleanTag")

    assert dictionary(shelf, boolean) == ["True", "False"]
    assert "has no dictionary of tags" in change(shelf, "add", text, "x").fault[2]
    assert "True and False" in change(shelf, "add", boolean, "Maybe").fault[2]
    assert change(shelf, "delete", shelf.field("Empty", "MultiTag"), "x").fault[2] == (
        "valueArray.items[0]: Tag value 'x' not found."
    )
