"""Property sets: their types, whose they are, changing and deleting them, and what a set script may say."""

from collections.abc import Mapping
from xml.sax.saxutils import escape

import pytest

from tests.jobs.flow import Client
from tests.running_server import RunningServer, add_account
from tests.soap.batches import own_company
from tests.soap_call import Answer, call
from wsdl.roles import Role

SCRIPT = {"match": r"(\w+)-\w+", "suffix": "-SET"}


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def ask(client: Client, operation: str, content: str) -> Answer:
    """Call an operation that names no company."""
    return call(client.server, operation, content, user=client.user)


def properties(values: Mapping[str, str]) -> str:
    """A propertyArray."""
    items = (f"<items><name>{escape(n)}</name><value>{escape(v)}</value></items>" for n, v in values.items())
    return f"<propertyArray>{''.join(items)}</propertyArray>"


def new_type(client: Client, name: str, kind: str = "CompanyProperty", *, several: bool = True) -> str:
    """Create a type of the company's and return its handle."""
    fields = (
        f"<name>{name}</name><propertyType>{kind}</propertyType><allowMultiple>{str(several).lower()}</allowMultiple>"
    )
    answer = client.call("createPropertySetType", fields)
    assert not answer.is_fault, answer.fault
    return answer.text("typeHandle")


def script_type(client: Client) -> str:
    """The handle of the built-in type of set scripts."""
    return client.call("getPropertySetType", "<name>SetScript</name>").text("type/typeHandle")


def create(client: Client, kind: str, values: Mapping[str, str], *owners: str) -> Answer:
    """Create a property set for its owners, which are the company where none is named."""
    names = ("primaryOwnerHandle", "secondaryOwnerHandle")
    whose = "".join(
        f"<{name}>{owner}</{name}>" for name, owner in zip(names, owners or (client.company,), strict=False)
    )
    return ask(client, "createPropertySet", f"<typeHandle>{kind}</typeHandle>{whose}{properties(values)}")


def stored(client: Client, kind: str, *owners: str) -> list[tuple[str, str]]:
    """The names and values of all sets of an owner, which is the company where none is named."""
    names = ("primaryOwnerHandle", "secondaryOwnerHandle")
    whose = "".join(
        f"<{name}>{owner}</{name}>" for name, owner in zip(names, owners or (client.company,), strict=False)
    )
    answer = ask(client, "getPropertySets", f"<typeHandle>{kind}</typeHandle>{whose}")
    path = "setArray/items/propertyArray/items"
    return list(zip(answer.texts(f"{path}/name"), answer.texts(f"{path}/value"), strict=True))


@pytest.mark.covers("getPropertySetTypes", "createPropertySetType", "getPropertySetType")
def test_a_company_has_its_own_types_and_those_that_are_built_in(own: Client) -> None:
    handle = new_type(own, "Notes")

    listed = own.call("getPropertySetTypes")
    found = own.call("getPropertySetType", "<name>Notes</name>")

    assert listed.texts("typeArray/items/name") == ["Notes", "SetScript", "VideoEncodingPreset"]
    assert listed.texts("typeArray/items/companyHandle") == [own.company]
    assert (found.text("type/typeHandle"), found.text("type/propertyType")) == (handle, "CompanyProperty")


def test_without_a_company_only_types_of_every_company_are_told(own: Client) -> None:
    new_type(own, "Notes")

    assert "Notes" not in ask(own, "getPropertySetTypes", "").texts("typeArray/items/name")


def test_only_an_admin_of_the_service_defines_types_for_every_company(own: Client) -> None:
    fields = "<name>All</name><propertyType>CompanyProperty</propertyType><allowMultiple>true</allowMultiple>"

    assert ask(own, "createPropertySetType", fields).fault[1] == 20003


def test_a_name_of_a_type_is_taken_once(own: Client) -> None:
    new_type(own, "Notes")
    fields = "<name>Notes</name><propertyType>CompanyProperty</propertyType><allowMultiple>true</allowMultiple>"

    assert own.call("createPropertySetType", fields).fault[1:] == (
        30000,
        "name: there is a property set type Notes already.",
    )


@pytest.mark.covers("createPropertySet", "getPropertySets", "updatePropertySet")
@pytest.mark.parametrize(
    ("replaces", "expected"), [("false", [("a", "1"), ("b", "3"), ("c", "4")]), ("true", [("b", "3"), ("c", "4")])]
)
def test_an_update_changes_values_or_replaces_them_all(
    own: Client, replaces: str, expected: list[tuple[str, str]]
) -> None:
    kind = new_type(own, "Notes")
    handle = create(own, kind, {"a": "1", "b": "2"}).text("setHandle")

    changes = f"<replaceProperties>{replaces}</replaceProperties>{properties({'b': '3', 'c': '4'})}"
    ask(own, "updatePropertySet", f"<setHandle>{handle}</setHandle>{changes}")

    assert stored(own, kind) == expected


@pytest.mark.parametrize(("several", "expected"), [(True, ["1", "2"]), (False, ["2"])])
def test_a_second_set_stands_beside_the_first_or_in_its_place(own: Client, several: bool, expected: list[str]) -> None:
    kind = new_type(own, "Notes", several=several)

    for value in ("1", "2"):
        create(own, kind, {"a": value})

    assert [value for _name, value in stored(own, kind)] == expected


@pytest.mark.covers("deletePropertySet", "deletePropertySetType")
def test_a_set_and_a_type_with_its_sets_are_deleted(own: Client) -> None:
    kind = new_type(own, "Notes")
    first, second = (create(own, kind, {"a": value}).text("setHandle") for value in ("1", "2"))

    ask(own, "deletePropertySet", f"<setHandle>{first}</setHandle>")
    left = stored(own, kind)
    ask(own, "deletePropertySetType", f"<typeHandle>{kind}</typeHandle>")

    assert left == [("a", "2")]
    unknown = ask(own, "deletePropertySet", f"<setHandle>{second}</setHandle>").fault
    assert unknown == ("ipsApiFault", 30001, f"setHandle: there is no property set {second}.")


def test_a_built_in_type_is_not_deleted(own: Client) -> None:
    kind = script_type(own)

    fault = ask(own, "deletePropertySetType", f"<typeHandle>{kind}</typeHandle>").fault

    assert fault[2] == f"typeHandle: {kind} is the built-in type SetScript, which stays."


def test_the_values_of_a_user_are_for_that_user_alone(server: RunningServer, own: Client) -> None:
    kind = new_type(own, "Taste", "UserProperty")
    me = own.call("getUserInfo").text("userInfo/userHandle")
    create(own, kind, {"a": "1"}, me)
    colleague = f"second-{own.user}"
    database = server.database
    add_account(database, own.root, colleague, role=Role.IPS_COMPANY_ADMIN)
    database.close()
    content = f"<typeHandle>{kind}</typeHandle><primaryOwnerHandle>{me}</primaryOwnerHandle>"

    fault = call(server, "getPropertySets", content, user=colleague).fault

    assert stored(own, kind, me) == [("a", "1")]
    assert fault == ("authorizationFault", 20002, f"primaryOwnerHandle: there is no user {me}.")


def test_the_values_of_a_user_in_a_company_have_both_as_owners(own: Client) -> None:
    kind = new_type(own, "Taste", "UserCompanyProperty")
    me = own.call("getUserInfo").text("userInfo/userHandle")

    create(own, kind, {"a": "1"}, me, own.company)

    assert stored(own, kind, own.company, me) == [("a", "1")]
    assert create(own, kind, {"a": "1"}, me).fault[2].startswith("secondaryOwnerHandle: none was given")


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"match": "("}, "propertyArray: match 1: ( is not an expression of RE2"),
        ({"match": "(a)", "x": "y"}, "propertyArray: a set script has no property x"),
    ],
)
def test_a_set_script_that_cannot_be_followed_is_refused(own: Client, values: dict[str, str], reason: str) -> None:
    fault = create(own, script_type(own), values).fault

    assert fault[1] == 30001
    assert fault[2].startswith(reason)


def test_an_update_that_would_break_a_set_script_is_refused(own: Client) -> None:
    handle = create(own, script_type(own), SCRIPT).text("setHandle")

    changes = f"<replaceProperties>true</replaceProperties>{properties({'suffix': '-X'})}"
    fault = ask(own, "updatePropertySet", f"<setHandle>{handle}</setHandle>{changes}").fault

    assert fault[2].startswith("propertyArray: match is required")


def test_a_name_occurs_once_in_a_set(own: Client) -> None:
    kind = new_type(own, "Notes")
    twice = "<items><name>a</name><value>1</value></items>" * 2
    owner = f"<typeHandle>{kind}</typeHandle><primaryOwnerHandle>{own.company}</primaryOwnerHandle>"

    fault = ask(own, "createPropertySet", f"{owner}<propertyArray>{twice}</propertyArray>").fault

    assert fault[2] == "propertyArray.items[1].name: a occurs twice; a name has one value."
