"""Searching by metadata: by field handles in searchAssets, by keys in searchAssetsByMetadata."""

import pytest

from tests.running_server import RunningServer
from tests.soap.metadata import Shelf, array, condition, conditions, elements, new_shelf, tags, update

DATES = {"red": "2026-01-02T03:04:05.678Z", "blue": "2026-06-01T00:00:00Z"}


@pytest.fixture(scope="module")
def shelf(server: RunningServer) -> Shelf:
    """A company with three images and a PDF; two of the images have values."""
    shelf = new_shelf(server, red="Image", blue="Image", bare="Image", book="Pdf")
    fields = {
        name: shelf.field(name, field_type)
        for name, field_type in (
            ("Title", "String"),
            ("Stock", "Int"),
            ("Weight", "Float"),
            ("Sold", "Boolean"),
            ("Made", "Date"),
            ("Tags", "MultiTag"),
        )
    }
    values = {
        "red": ("Red Shoe", "5", "0.5", "true", ("a", "b")),
        "blue": ("Blue shoe_1", "50", "2.5", "false", ("b", "c")),
    }
    for asset, (title, stock, weight, sold, tagged) in values.items():
        shelf.put(
            asset,
            update(fields["Title"], value=title),
            update(fields["Stock"], longVal=stock),
            update(fields["Weight"], doubleVal=weight),
            update(fields["Sold"], boolVal=sold),
            update(fields["Made"], dateVal=DATES[asset]),
            tags(fields["Tags"], "set", *tagged),
        )
    return shelf


def handle(shelf: Shelf, name: str) -> str:
    """The handle of a field of all asset types."""
    return f"m|{shelf.client.company[2:]}|ASSET|{name}"


@pytest.mark.covers("searchAssets")
@pytest.mark.parametrize(
    ("field", "op", "given", "found"),
    [
        ("Title", "Equals", {"value": "red SHOE"}, {"red"}),
        ("Title", "Equals", {"caseSensitive": "true", "value": "red SHOE"}, set()),
        ("Title", "NotEquals", {"value": "red shoe"}, {"blue", "bare", "book"}),
        ("Title", "Contains", {"value": "e_1"}, {"blue"}),
        ("Title", "NotContains", {"value": "shoe"}, {"bare", "book"}),
        ("Title", "StartsWith", {"value": "RED"}, {"red"}),
        ("Title", "EndsWith", {"caseSensitive": "true", "value": "Shoe"}, {"red"}),
        ("Stock", "Equals", {"longVal": "5"}, {"red"}),
        ("Stock", "GreaterThan", {"longVal": "5"}, {"blue"}),
        ("Stock", "Between", {"minLong": "5", "maxLong": "49"}, {"red"}),
        ("Stock", "NotBetween", {"minLong": "5", "maxLong": "49"}, {"blue", "bare", "book"}),
        ("Weight", "LessThanEquals", {"doubleVal": "0.5"}, {"red"}),
        ("Weight", "Between", {"minDouble": "1", "maxDouble": "3"}, {"blue"}),
        ("Sold", "Equals", {"boolVal": "true"}, {"red"}),
        ("Sold", "NotEquals", {"boolVal": "true"}, {"blue", "bare", "book"}),
        ("Made", "Equals", {"dateVal": DATES["red"]}, {"red"}),
        ("Made", "GreaterThan", {"dateVal": DATES["red"]}, {"blue"}),
        ("Made", "Between", {"minDate": DATES["red"], "maxDate": DATES["blue"]}, {"red", "blue"}),
    ],
)
def test_a_condition_on_a_field_compares_in_its_type(
    shelf: Shelf, field: str, op: str, given: dict[str, str], found: set[str]
) -> None:
    numbers = ("longVal", "minLong", "maxLong", "doubleVal", "minDouble", "maxDouble")
    order = ("caseSensitive", "value", "boolVal", *numbers, "dateVal", "minDate", "maxDate")
    values = {name: given[name] for name in order if name in given}

    assert shelf.found(conditions(condition(handle(shelf, field), op, **values))) == found


@pytest.mark.covers("searchAssets")
@pytest.mark.parametrize(
    ("op", "wanted", "found"),
    [
        ("Matches", "<value>b</value>", {"red", "blue"}),
        ("Matches", "<value>B</value>", set()),
        ("MatchesAny", array("valueArray", "a", "c"), {"red", "blue"}),
        ("MatchesAll", array("valueArray", "b", "c"), {"blue"}),
    ],
)
def test_a_tag_condition_takes_one_tag_or_any_or_all_of_some(
    shelf: Shelf, op: str, wanted: str, found: set[str]
) -> None:
    item = f"<items><fieldHandle>{handle(shelf, 'Tags')}</fieldHandle><op>{op}</op>{wanted}</items>"

    assert shelf.found(f"<tagConditionArray>{item}</tagConditionArray>") == found


@pytest.mark.covers("searchAssets")
@pytest.mark.parametrize(("mode", "found"), [("", set()), ("MatchAll", set()), ("MatchAny", {"red", "blue", "bare"})])
def test_groups_of_conditions_go_together_by_their_mode(shelf: Shelf, mode: str, found: set[str]) -> None:
    system = "<items><field>Name</field><op>Equals</op><value>bare</value></items>"
    both = conditions(
        condition(handle(shelf, "Title"), "Equals", value="red shoe"),
        condition(handle(shelf, "Stock"), "Equals", longVal="50"),
        mode="MatchAny",
    )
    chosen = f"<conditionMatchMode>{mode}</conditionMatchMode>" if mode else ""

    query = f"{chosen}<systemFieldConditionArray>{system}</systemFieldConditionArray>{both}"

    assert shelf.found(query) == found


def test_a_default_is_found_where_an_asset_has_no_value(server: RunningServer) -> None:
    shelf = new_shelf(server, own="Image", plain="Image", book="Pdf")
    field = shelf.field("Season", "Int", "Image", defaultValue="4")
    shelf.put("own", update(field, longVal="9"))

    found = [shelf.found(conditions(condition(field, "Equals", longVal=value))) for value in ("4", "9")]

    assert found == [{"plain"}, {"own"}]


@pytest.mark.parametrize(
    ("field", "op", "given", "reason"),
    [
        ("Title", "Matches", {"value": "x"}, "op: Matches is not one of Equals, NotEquals, Contains"),
        ("Title", "Equals", {}, "value is required"),
        ("Title", "Equals", {"longVal": "1"}, "longVal: what is compared here is text: give value."),
        ("Stock", "Equals", {"doubleVal": "1"}, "longVal is required"),
        ("Stock", "Between", {"minLong": "1"}, "minLong and metadataConditionArray.items[0].maxLong"),
        ("Stock", "Contains", {"longVal": "1"}, "op: Contains is not one of Equals, LessThan"),
        ("Sold", "LessThan", {"boolVal": "true"}, "op: LessThan is not one of Equals, NotEquals."),
    ],
)
def test_a_condition_that_does_not_fit_its_field_is_refused(
    shelf: Shelf, field: str, op: str, given: dict[str, str], reason: str
) -> None:
    query = conditions(condition(handle(shelf, field), op, **given))

    answer = shelf.client.call("searchAssets", f"<includeSubfolders>true</includeSubfolders>{query}")

    assert answer.fault[2].startswith(f"metadataConditionArray.items[0].{reason.partition(' and ')[0]}")


@pytest.mark.covers("searchAssetsByMetadata")
@pytest.mark.parametrize(
    ("key", "op", "given", "found"),
    [
        ("name", "Contains", {"value": "RE"}, ["bare", "red"]),
        ("name", "Contains", {"caseSensitive": "true", "value": "RE"}, []),
        ("type", "Equals", {"value": "Pdf"}, ["book"]),
        ("folder_path", "EndsWith", {"value": "/up/"}, ["bare", "blue", "book", "red"]),
        ("custom_attributes.Title", "StartsWith", {"value": "blue"}, ["blue"]),
        ("custom_attributes.Stock", "GreaterThan", {"longVal": "5"}, ["blue"]),
        ("created_at", "LessThan", {"dateVal": "2020-01-01T00:00:00Z"}, []),
        ("created_at", "GreaterThan", {"dateVal": "2020-01-01T00:00:00Z"}, ["bare", "blue", "book", "red"]),
        ("dc.rights", "NotEquals", {"value": "x"}, ["bare", "blue", "book", "red"]),
    ],
)
def test_the_index_is_searched_by_keys(
    shelf: Shelf, key: str, op: str, given: dict[str, str], found: list[str]
) -> None:
    assert shelf.indexed(condition(key, op, **given)) == found


@pytest.mark.covers("searchAssetsByMetadata")
def test_an_asset_is_found_by_its_number_or_handle(shelf: Shelf) -> None:
    red = shelf.assets["red"]

    found = [shelf.indexed(condition("asset_id", "Equals", value=value)) for value in (red, red[2:])]

    assert found == [["red"], ["red"]]


@pytest.mark.covers("searchAssetsByMetadata")
def test_a_page_has_the_values_that_are_asked_for_and_the_total_of_all_pages(shelf: Shelf) -> None:
    keys = array("responseMetadataArray", "custom_attributes.Tags", "dc.rights")
    paging = elements({"recordsPerPage": "1", "resultsPage": "2", "sortBy": "Name", "sortDirection": "Descending"})

    answer = shelf.call(
        "searchAssetsByMetadata",
        f"<filters>{array('assetTypeArray', 'Image')}</filters>"
        f"<metadataConditionArray>{condition('name', 'Contains', value='e')}</metadataConditionArray>{keys}{paging}",
    )

    items = "assetSummaryArray/items"
    assert answer.text("totalRows") == "3"
    assert answer.texts(f"{items}/name") == ["blue"]
    assert answer.texts(f"{items}/metadataArray/items/name") == ["custom_attributes.Tags", "dc.rights"]
    assert answer.texts(f"{items}/metadataArray/items/value") == ["b, c", ""]


@pytest.mark.parametrize(
    ("key", "given", "reason"),
    [
        ("colour", {"value": "x"}, "fieldHandle: colour is not a key such as asset_id, name"),
        ("custom_attributes.None", {"value": "x"}, "fieldHandle: there is no metadata field custom_attributes.None"),
        ("user_data", {"value": "x"}, "fieldHandle user_data is not supported"),
        ("modified_at", {"value": "x"}, "value: modified_at is a time: give dateVal"),
    ],
)
def test_a_key_that_the_index_does_not_have_is_refused(
    shelf: Shelf, key: str, given: dict[str, str], reason: str
) -> None:
    content = f"<metadataConditionArray>{condition(key, 'Equals', **given)}</metadataConditionArray>"

    answer = shelf.client.call("searchAssetsByMetadata", content)

    assert answer.fault[2].startswith(f"metadataConditionArray.items[0].{reason}")
