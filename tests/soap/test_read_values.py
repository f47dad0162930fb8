"""A value is not only taken in every form of real clients, it is read rightly: what the answer holds shows how."""

from datetime import UTC, datetime

import pytest

from tests.running_server import RunningServer
from tests.soap.library import Library, array
from tests.soap_call import call

XSI = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
BETA_CREATED = datetime(2020, 1, 2, tzinfo=UTC)
IN_THE_ROOT = {"alpha", "beta"}
EVERYWHERE = {"alpha", "beta", "gamma", "delta", "epsilon"}


def found(library: Library, content: str) -> list[str]:
    """The names that a search below the root folder finds."""
    return library.call("searchAssets", f"<folder>LibCo/</folder>{content}").texts("assetArray/items/name")


@pytest.mark.parametrize(
    ("written", "names"),
    [
        *((f"<includeSubfolders>{text}</includeSubfolders>", EVERYWHERE) for text in ("1", "true", "TRUE", " true\n")),
        *((f"<includeSubfolders>{text}</includeSubfolders>", IN_THE_ROOT) for text in ("0", "false", " FALSE ", "")),
        (f'<includeSubfolders {XSI} xsi:nil="false">true</includeSubfolders>', EVERYWHERE),
        (f'<includeSubfolders {XSI} xsi:nil="true"/>', IN_THE_ROOT),
        (f'<includeSubfolders {XSI} xsi:nil="1"/>', IN_THE_ROOT),
        (f'<includeSubfolders {XSI} xsi:type="nothing:known">true</includeSubfolders>', EVERYWHERE),
        ('<includeSubfolders xmlns="">true</includeSubfolders>', EVERYWHERE),
        ('<includeSubfolders xmlns="urn:foreign">true</includeSubfolders>', EVERYWHERE),
        ("<includeSubfolders>false</includeSubfolders><includeSubfolders>true</includeSubfolders>", EVERYWHERE),
        ("<includeSubfolders>true</includeSubfolders><includeSubfolders>false</includeSubfolders>", IN_THE_ROOT),
    ],
)
def test_truth_is_read_in_every_form_and_the_last_one_counts(library: Library, written: str, names: set[str]) -> None:
    assert set(found(library, written)) == names


@pytest.mark.parametrize("number", ["2", " 2 ", "+2", "02", "\n2", "<![CDATA[2]]>", "<!-- two -->2"])
def test_a_number_is_read_in_every_form(library: Library, number: str) -> None:
    subfolders = "<includeSubfolders>true</includeSubfolders>"
    assert len(found(library, f"{subfolders}<recordsPerPage>{number}</recordsPerPage>")) == 2


@pytest.mark.parametrize(
    "moment",
    [
        "2020-01-02T00:00:00Z",
        "2020-01-02T00:00:00.0000000Z",
        "2020-01-02T02:00:00+02:00",
        "2020-01-01T19:00:00.000-05:00",
        "\n  2020-01-02T00:00:00Z ",
        BETA_CREATED.astimezone().strftime("%Y-%m-%dT%H:%M:%S"),
    ],
    ids=["Z", "seven digits", "east", "west", "white space", "no zone: the server's"],
)
def test_a_time_is_read_with_its_zone(library: Library, moment: str) -> None:
    condition = f"<items><field>Created</field><op>Equals</op><dateVal>{moment}</dateVal></items>"
    content = f"<systemFieldConditionArray>{condition}</systemFieldConditionArray>"
    assert found(library, f"<includeSubfolders>true</includeSubfolders>{content}") == ["beta"]


@pytest.mark.parametrize(
    "written",
    [
        "<assetHandleArray><items>{0}</items></assetHandleArray>",
        '<x:assetHandleArray xmlns:x="urn:foreign"><x:items>{0}</x:items></x:assetHandleArray>',
        '<assetHandleArray><items id="a" href="#b">{0}</items></assetHandleArray>',
        '<assetHandleArray href="#a"><items id="b" href="#a"><!-- around -->{0}</items></assetHandleArray>',
        "<assetHandleArray><other>a|1</other><items>{0}</items><items/></assetHandleArray>",
    ],
)
def test_an_array_is_read_in_every_form_and_its_references_are_not_followed(library: Library, written: str) -> None:
    answer = library.call("getAssets", written.format(library.handles["alpha"]))
    assert answer.texts("assetArray/items/name") == ["alpha"]


def test_fields_are_read_in_any_order(library: Library) -> None:
    handles = array("assetHandleArray", library.handles["alpha"])
    answer = call(
        library.server, "getAssets", f"{handles}<companyHandle>{library.company}</companyHandle>", "lib@example.com"
    )
    assert answer.texts("assetArray/items/name") == ["alpha"]


def test_an_empty_text_is_a_text(server: RunningServer) -> None:
    status = call(server, "checkLogin", "<email>lab@example.com</email><password></password>").text("status")
    assert status == "InvalidLogin"
