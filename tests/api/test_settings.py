"""How a company has its assets processed: told, set as a whole, refused by the field's name, only by who may."""

from collections.abc import Iterator

import pytest

from domain.metadata import Field
from store.companies import change_company
from store.metadata_fields import add_field
from tests.api.visitor import Api, Reply

PATH = "settings/processing"


@pytest.fixture(autouse=True)
def as_before(api: Api) -> Iterator[None]:
    """Take the settings back after each test."""
    yield
    with api.database.write() as tx:
        change_company(tx, api.company, processes_uploads=False, tag_field_id=None)


def put(api: Api, **changes: object) -> Reply:
    """Set everything, as nothing is but for ``changes``."""
    unset = {"processes_uploads": False, "smart_tag_field": None, "sweep_minutes": None}
    return api.send("PUT", PATH, json=unset | changes)


def test_settings_are_set_and_told(api: Api) -> None:
    with api.database.write() as tx:
        add_field(tx, Field(id=0, company_id=api.company, asset_type="Image", name="Seen", type="MultiTag"))

    answer = put(api, processes_uploads=True, smart_tag_field="Seen")

    assert answer.status == 200
    assert api.get(PATH).body == answer.body
    assert (answer.body["processes_uploads"], answer.body["smart_tag_field"]) == (True, "Seen")


def test_a_sweep_is_a_schedule_that_the_setting_makes_and_ends(api: Api) -> None:
    def schedules() -> list[tuple[int, str]]:
        found = api.get("schedules").body["schedules"]
        return [(each["id"], each["expression"]) for each in found if each["name"] == "sweep"]

    put(api, sweep_minutes=15)
    made = schedules()
    put(api, sweep_minutes=15, processes_uploads=True)
    same = schedules()
    put(api, sweep_minutes=60)
    changed = schedules()
    api.send("DELETE", f"schedules/{changed[0][0]}")

    assert [expression for _id, expression in made] == ["0 0/15 * * * ?"]
    assert same == made
    assert [expression for _id, expression in changed] == ["0 0 * * * ?"]
    assert (api.get(PATH).body["sweep_minutes"], schedules()) == (None, [])


def test_what_cannot_be_set_is_refused_by_name(api: Api) -> None:
    unknown, missing = put(api, smart_tag_field="None such"), api.send("PUT", PATH, json={"smart_tag_field": None})
    often = put(api, sweep_minutes=7)

    assert (unknown.status, unknown.fields) == (422, ["smart_tag_field"])
    assert (often.status, often.fields) == (422, ["sweep_minutes"])
    assert (missing.status, missing.fields[0]) == (422, "processes_uploads")


def test_only_who_may_change_the_company_sets_them(api: Api) -> None:
    reader = api.by("looker@example.com")

    assert put(reader).status == 403
