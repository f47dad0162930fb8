"""searchAssets by conditions on system fields: every operator, both match modes, and what is refused."""

import pytest

from tests.jobs.flow import Client
from tests.running_server import RunningServer
from tests.soap.batches import names_found, own_company

FILES = {"Shoe.svg": 100, "shoe_red.svg": 200, "hat.xml": 300}
"""What the company has, and the size of each in bytes."""


@pytest.fixture(scope="module")
def own(server: RunningServer) -> Client:
    """A user of a company that has the three files, uploaded one after the other."""
    client = own_company(server)
    for name, size in FILES.items():
        client.upload({name: b"<svg/>".ljust(size)})
    return client


def condition(field: str, op: str, **values: str) -> str:
    """One condition."""
    wire = "".join(f"<{name}>{value}</{name}>" for name, value in values.items())
    return f"<items><field>{field}</field><op>{op}</op>{wire}</items>"


def conditions(*items: str, mode: str = "") -> str:
    """The conditions of a search."""
    match = f"<systemFieldMatchMode>{mode}</systemFieldMatchMode>" if mode else ""
    return f"{match}<systemFieldConditionArray>{''.join(items)}</systemFieldConditionArray>"


def created(client: Client, name: str) -> str:
    """When an asset was created, as the server writes it."""
    found = client.call("getAssetsByName", f"<nameArray><items>{client.tag}-{name}</items></nameArray>")
    return found.text("assetArray/items/created")


@pytest.mark.covers("searchAssets")
@pytest.mark.parametrize(
    ("op", "value", "found"),
    [
        ("Equals", "TAG-shoe", {"Shoe"}),
        ("NotEquals", "TAG-shoe", {"shoe_red", "hat"}),
        ("Contains", "HOE", {"Shoe", "shoe_red"}),
        ("NotContains", "hoe", {"hat"}),
        ("StartsWith", "TAG-sh", {"Shoe", "shoe_red"}),
        ("EndsWith", "ED", {"shoe_red"}),
        ("Contains", "e_r", {"shoe_red"}),
        ("Contains", "%", set()),
        ("EndsWith", "_oe", set()),
    ],
)
def test_text_is_compared_without_regard_to_letter_case(own: Client, op: str, value: str, found: set[str]) -> None:
    names = names_found(own, conditions(condition("Name", op, value=value.replace("TAG", own.tag))))

    assert names == found


@pytest.mark.parametrize(
    ("field", "value", "found"),
    [
        ("FileName", "xml", {"hat"}),
        ("CreateUser", "EXAMPLE.com", {"Shoe", "shoe_red", "hat"}),
        ("LastModifyUser", "nobody", set()),
    ],
)
def test_every_text_field_can_be_searched(own: Client, field: str, value: str, found: set[str]) -> None:
    assert names_found(own, conditions(condition(field, "EndsWith", value=value))) == found


@pytest.mark.parametrize(
    ("op", "found"),
    [
        ("Equals", {"shoe_red"}),
        ("NotEquals", {"Shoe", "hat"}),
        ("LessThan", {"Shoe"}),
        ("LessThanEquals", {"Shoe", "shoe_red"}),
        ("GreaterThan", {"hat"}),
        ("GreaterThanEquals", {"shoe_red", "hat"}),
    ],
)
def test_numbers_are_compared(own: Client, op: str, found: set[str]) -> None:
    assert names_found(own, conditions(condition("FileSize", op, longVal="200"))) == found


@pytest.mark.parametrize(("op", "found"), [("Between", {"shoe_red", "hat"}), ("NotBetween", {"Shoe"})])
def test_a_range_of_numbers_holds_both_its_ends(own: Client, op: str, found: set[str]) -> None:
    assert names_found(own, conditions(condition("FileSize", op, minLong="200", maxLong="300"))) == found


@pytest.mark.parametrize(
    ("op", "found"),
    [
        ("Equals", {"shoe_red"}),
        ("NotEquals", {"Shoe", "hat"}),
        ("LessThan", {"Shoe"}),
        ("LessThanEquals", {"Shoe", "shoe_red"}),
        ("GreaterThan", {"hat"}),
        ("GreaterThanEquals", {"shoe_red", "hat"}),
    ],
)
@pytest.mark.parametrize("field", ["Created", "LastModified"])
def test_a_time_is_compared_as_the_server_shows_it(own: Client, field: str, op: str, found: set[str]) -> None:
    number = own.call("getAssetsByName", f"<nameArray><items>{own.tag}-shoe_red</items></nameArray>")
    shown = number.text(f"assetArray/items/{'created' if field == 'Created' else 'lastModified'}")

    assert names_found(own, conditions(condition(field, op, dateVal=shown))) == found


@pytest.mark.parametrize(("op", "found"), [("Between", {"Shoe", "shoe_red"}), ("NotBetween", {"hat"})])
def test_a_range_of_times_holds_both_its_ends(own: Client, op: str, found: set[str]) -> None:
    ends = {"minDate": created(own, "Shoe"), "maxDate": created(own, "shoe_red")}

    assert names_found(own, conditions(condition("Created", op, **ends))) == found


@pytest.mark.parametrize(
    ("mode", "found"),
    [("", {"shoe_red"}), ("MatchAll", {"shoe_red"}), ("MatchAny", {"Shoe", "shoe_red", "hat"})],
)
def test_conditions_are_joined_by_the_match_mode(own: Client, mode: str, found: set[str]) -> None:
    query = conditions(
        condition("Name", "Contains", value="shoe"), condition("FileSize", "GreaterThan", longVal="150"), mode=mode
    )

    assert names_found(own, query) == found


def test_a_condition_on_the_sku_is_ignored(own: Client) -> None:
    query = conditions(condition("Sku", "Equals", value="none"), condition("Name", "Contains", value="hat"))

    assert names_found(own, query) == {"hat"}


def test_conditions_narrow_what_folder_and_type_leave(own: Client) -> None:
    types = "<assetTypeArray><items>Xml</items></assetTypeArray>"

    found = names_found(own, conditions(condition("Name", "Contains", value=own.tag)) + types)

    assert found == {"hat"}


@pytest.mark.parametrize(
    ("bad", "code", "field"),
    [
        (condition("Colour", "Equals", value="red"), 30001, "items[1].field"),
        (condition("Name", "LessThan", value="a"), 30001, "items[1].op"),
        (condition("Name", "Equals"), 30002, "items[1].value"),
        (condition("FileSize", "Contains", longVal="1"), 30001, "items[1].op"),
        (condition("FileSize", "Equals", value="200"), 30002, "items[1].longVal"),
        (condition("FileSize", "Between", minLong="1"), 30002, "items[1].minLong and "),
        (condition("Created", "Equals", longVal="1"), 30002, "items[1].dateVal"),
        (condition("Created", "NotBetween", maxDate="2024-01-01T00:00:00Z"), 30002, "items[1].minDate and "),
    ],
)
def test_a_bad_condition_is_refused_by_its_place(own: Client, bad: str, code: int, field: str) -> None:
    content = f"<includeSubfolders>true</includeSubfolders>{conditions(condition('Name', 'Equals', value='x'), bad)}"

    answer = own.call("searchAssets", content)

    assert answer.fault[:2] == ("ipsApiFault", code)
    assert answer.fault[2].startswith(f"systemFieldConditionArray.{field}")


def test_an_unknown_match_mode_is_refused_by_name(own: Client) -> None:
    query = conditions(condition("Name", "Equals", value="x"), mode="MatchSome")

    answer = own.call("searchAssets", f"<includeSubfolders>true</includeSubfolders>{query}")

    assert answer.fault[2].startswith("systemFieldMatchMode: MatchSome is not one of MatchAll, MatchAny")


def test_a_company_finds_nothing_of_another(server: RunningServer, own: Client) -> None:
    other = own_company(server)

    found = other.call(
        "searchAssets",
        f"<includeSubfolders>true</includeSubfolders>{conditions(condition('Name', 'Contains', value=own.tag))}",
    )

    assert found.text("totalRows") == "0"
