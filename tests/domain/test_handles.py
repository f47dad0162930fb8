"""Handles: read in every documented form, written in the modern one, never mistaken for another kind."""

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import handles
from domain.handles import JobRef

HUGE = "9" * 30
NUMBERS = st.integers(min_value=1, max_value=10**18 - 1)
NAMES = st.text(min_size=1)


@pytest.mark.parametrize(
    ("text", "number"), [("47", 47), ("0", 0), ("c|6", 6), ("c|21", 21), ("c|3578", 3578), (" c|21\n", 21)]
)
def test_a_company_handle_of_every_age_is_read(text: str, number: int) -> None:
    assert handles.parse_company(text) == number


@pytest.mark.parametrize("text", ["", "c|", "c|x", "a|21", "c|21|", "c|-1", "c|²", "c|٣", f"c|{HUGE}", "C|21"])
def test_what_is_no_company_handle_is_none(text: str) -> None:
    assert handles.parse_company(text) is None


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("24265|1|17061", 24265),
        ("34194|9|301", 34194),
        ("a|732|1|535", 732),
        ("a|947|9|41", 947),
        ("a|210", 210),
        ("a|3192146", 3192146),
        ("a|151760|40|151760", 151760),
    ],
)
def test_an_asset_handle_of_every_age_is_read(text: str, number: int) -> None:
    assert handles.parse_asset(text) == number


@pytest.mark.parametrize("text", ["", "a|", "c|210", "a|210|1", "a|x", "a|1|2|3|4", "a|٣", f"a|{HUGE}", "a|1.0"])
def test_what_is_no_asset_handle_is_none(text: str) -> None:
    assert handles.parse_asset(text) is None


@pytest.mark.parametrize(("text", "number"), [("70|jdoe@example.com", 70), ("u|41|jdoe@example.com", 41)])
def test_a_user_handle_of_every_age_is_read(text: str, number: int) -> None:
    assert handles.parse_user(text) == number


@pytest.mark.parametrize("text", ["", "u|41", "u|41|", "525s|jdoe@example.com", "jdoe@example.com", f"u|{HUGE}|a@b"])
def test_what_is_no_user_handle_is_none(text: str) -> None:
    assert handles.parse_user(text) is None


@pytest.mark.parametrize(
    ("text", "path"),
    [
        ("MyCompany/PDF/", "MyCompany/PDF"),
        ("ApiTestCo/uploads/", "ApiTestCo/uploads"),
        ("f|jcompany/AssetSets/", "jcompany/AssetSets"),
        ("f|jcompany//a///b", "jcompany/a/b"),
        ("/jcompany", "jcompany"),
        ("", ""),
        ("f|", ""),
    ],
)
def test_a_folder_handle_of_every_age_is_a_path(text: str, path: str) -> None:
    assert handles.parse_folder(text) == path


@pytest.mark.parametrize(
    ("text", "number"), [("pc|3001", 3001), ("3001", 3001), ("pm|2", None), ("", None), ("pc|٣", None)]
)
def test_a_publish_context_handle_is_read(text: str, number: int | None) -> None:
    assert handles.parse_context(text) == number


@pytest.mark.parametrize(
    ("text", "ref"),
    [
        ("47|My Test Job|", JobRef(company_id=47, submitted_name="My Test Job")),
        ("0|Cleanup|", JobRef(company_id=0, submitted_name="Cleanup")),
        ("47||Add_2007-09-14-15:04:34", JobRef(company_id=47, unique_name="Add_2007-09-14-15:04:34")),
        ("j|6||Add_2007-10-24-16:11:07", JobRef(company_id=6, unique_name="Add_2007-10-24-16:11:07")),
        ("j|110|katlyn||", JobRef(company_id=110, submitted_name="katlyn")),
        ("j|110|test-publish-job-fdl||", JobRef(company_id=110, submitted_name="test-publish-job-fdl")),
        (
            "j|110||3e41464dce942449a9e5b_2011-03-30-14:32:08.834|5129821",
            JobRef(company_id=110, unique_name="3e41464dce942449a9e5b_2011-03-30-14:32:08.834", job_id=5129821),
        ),
        (
            "j|2101||uploadFileServlet-1376682217351|54091",
            JobRef(company_id=2101, unique_name="uploadFileServlet-1376682217351", job_id=54091),
        ),
    ],
)
def test_a_job_handle_of_every_documented_sample_is_read(text: str, ref: JobRef) -> None:
    assert handles.parse_job(text) == ref


@pytest.mark.parametrize(
    "text",
    [
        "",
        "j|",
        "j|x|name||",
        "j|1",
        "a|1",
        "j|1||n|x",
        "j|1|a|b|2|3",
        "j|1||n|٣",
        "j|1||n|-2",
        f"j|1||n|{HUGE}",
        f"j|{HUGE}|n||",
    ],
)
def test_what_is_no_job_handle_is_none(text: str) -> None:
    assert handles.parse_job(text) is None


@given(company=NUMBERS, name=NAMES)
def test_any_job_name_comes_back_from_the_submitted_handle(company: int, name: str) -> None:
    handle = handles.submitted_job_handle(company, name)

    assert handles.parse_job(handle) == JobRef(company_id=company, submitted_name=name)


@given(company=NUMBERS, name=NAMES, number=NUMBERS)
def test_any_job_name_comes_back_from_the_active_handle(company: int, name: str, number: int) -> None:
    handle = handles.active_job_handle(company, name, number)

    assert handles.parse_job(handle) == JobRef(company_id=company, unique_name=name, job_id=number)


@given(text=st.text(alphabet="cajfupv|0123456789 %2F/x\n٣²"))
def test_no_text_breaks_a_parser(text: str) -> None:
    numbers = [
        handles.parse_company(text),
        handles.parse_asset(text),
        handles.parse_user(text),
        handles.parse_context(text),
    ]
    ref = handles.parse_job(text)

    assert all(number is None or 0 <= number < 10**18 for number in numbers)
    assert ref is None or (0 <= ref.company_id < 10**18 and 0 <= (ref.job_id or 0) < 10**18)
    assert "//" not in handles.parse_folder(text)


def test_handles_are_written_in_the_modern_form() -> None:
    assert handles.company_handle(21) == "c|21"
    assert handles.asset_handle(210) == "a|210"
    assert handles.folder_handle("jcompany/Sets/") == "f|jcompany/Sets/"
    assert handles.user_handle(41, "jdoe@example.com") == "u|41|jdoe@example.com"
    assert handles.context_handle(3001) == "pc|3001"
    assert handles.submitted_job_handle(110, "katlyn") == "j|110|katlyn||"
    assert handles.active_job_handle(110, "n_2011", 7) == "j|110||n_2011|7"


def test_a_plain_job_name_is_written_as_it_is() -> None:
    assert handles.submitted_job_handle(1, "Grüße: 2/3 & co") == "j|1|Grüße: 2/3 & co||"


def test_a_pipe_in_a_job_name_adds_no_field() -> None:
    assert handles.submitted_job_handle(1, "a|b%") == "j|1|a%7Cb%25||"


def test_the_unique_name_of_a_run_is_the_name_and_the_local_time_to_the_millisecond() -> None:
    at = datetime(2011, 3, 30, 14, 32, 8, 834_999, tzinfo=UTC)

    name = handles.unique_job_name("nightly", at)

    assert re.fullmatch(r"nightly_\d{4}-\d\d-\d\d-\d\d:\d\d:08\.834", name)
    assert name == f"nightly_{at.astimezone():%Y-%m-%d-%H:%M:%S}.834"


@pytest.mark.parametrize(
    ("text", "parsed"),
    [
        ("47|ALL|Resolution", (47, "ASSET", "Resolution")),
        ("m|6|IMAGE|saveMetadataField", (6, "IMAGE", "saveMetadataField")),
        ("m|3|Asset|a|b", (3, "ASSET", "a|b")),
        ("m|3|ASSET|", None),
        ("m|x|ASSET|a", None),
        ("m|3|ASSET", None),
        (f"m|{HUGE}|ASSET|a", None),
    ],
)
def test_a_metadata_field_handle_of_every_age_is_read(text: str, parsed: tuple[int, str, str] | None) -> None:
    assert handles.parse_field(text) == parsed
