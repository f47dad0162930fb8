"""A run kept as a schedule: when it fires is shown and kept as it was given, or refused."""

from datetime import UTC, datetime

import pytest

from store.schedules import find_schedules
from tests.console.office import OWNER, Browser, Office
from tests.console.test_processing import Fields, previewed, send, tree


@pytest.fixture
def browser(office: Office) -> Browser:
    """A browser of LabCo's administrator."""
    return office.browser(OWNER)


def test_a_run_is_kept_as_a_schedule_that_chooses_its_assets_each_time(office: Office, browser: Browser) -> None:
    top = tree(office)
    fields = previewed(browser, {"folder": [top], "mode": "advanced", "choice": ["previews"], "name": "nightly"})
    send(browser, "process/schedule", fields)
    when: Fields = {"repeat": "again", "expression": "0 30 2 ? * MON", "time_zone": "Asia/Tokyo", "name": "each Monday"}
    send(browser, "process/schedule", fields | when)
    fires = [each.text for each in browser.document.xpath("//ol/li/strong")]

    kept = send(browser, "process/schedule/save", fields | when)

    with office.database.read() as tx:
        (found,) = [each for each in find_schedules(tx, [office.companies["LabCo"]]) if each.name == "each Monday"]
    assert (kept.status_code, kept.location) == (303, "/console/LabCo/schedules")
    assert len(fires) == 3
    assert all(each.startswith("Monday") and each.endswith("02:30") for each in fires)
    assert (found.expression, found.zone, found.order.options["selection_id"]) == ("0 30 2 ? * MON", "Asia/Tokyo", None)
    assert (found.order.options["criteria"]["folders"], found.order.options["assigned"]) == ([top], None)
    assert office.audit()[0].act.action == "made a schedule"


def test_a_run_is_kept_for_one_time_in_the_zone_that_was_given(office: Office, browser: Browser) -> None:
    fields = previewed(browser, {"folder": [tree(office)], "name": "once"})

    send(browser, "process/schedule/save", fields | {"at": "2099-07-01T03:00", "time_zone": "Europe/Berlin"})

    with office.database.read() as tx:
        (found,) = [each for each in find_schedules(tx, [office.companies["LabCo"]]) if each.name == "once"]
    assert (found.expression, found.next_fire) == (None, datetime(2099, 7, 1, 1, tzinfo=UTC))


@pytest.mark.parametrize(
    ("when", "said"),
    [
        ({"at": "2001-01-01T03:00"}, "at : this time has passed"),
        ({"at": "tomorrow"}, "at : write a day and a time like"),
        ({"at": "0001-01-01T00:00", "time_zone": "Asia/Tokyo"}, "at : write a day and a time like"),
        ({"at": "2099-01-01T03:00", "time_zone": "Berlin"}, "time_zone : Berlin is not a time zone"),
        ({"repeat": "again", "expression": "0 3 * * *"}, "expression : it has five fields"),
        ({"repeat": "again", "expression": "0 0 3 1 1 ? 2001"}, "expression : 0 0 3 1 1 ? 2001 never fires again"),
    ],
)
def test_times_that_cannot_be_are_named_and_nothing_is_kept(
    office: Office, browser: Browser, when: Fields, said: str
) -> None:
    fields = previewed(browser, {"folder": ["LabCo/"]}) | {"name": "never kept"}

    reply = send(browser, "process/schedule/save", fields | when)

    with office.database.read() as tx:
        kept = find_schedules(tx, [office.companies["LabCo"]], "never kept")
    assert (reply.status_code, kept) == (400, ())
    assert said in browser.words
