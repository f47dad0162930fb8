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
    return api.send("PUT", PATH, json={"processes_uploads": False, "smart_tag_field": None, **changes})


def test_settings_are_set_and_told(api: Api) -> None:
    with api.database.write() as tx:
        add_field(tx, Field(id=0, company_id=api.company, asset_type="Image", name="Seen", type="MultiTag"))

    answer = put(api, processes_uploads=True, smart_tag_field="Seen")

    assert answer.status == 200
    assert api.get(PATH).body == answer.body
    assert (answer.body["processes_uploads"], answer.body["smart_tag_field"]) == (True, "Seen")


def test_what_cannot_be_set_is_refused_by_name(api: Api) -> None:
    unknown, missing = put(api, smart_tag_field="None such"), api.send("PUT", PATH, json={"smart_tag_field": None})

    assert (unknown.status, unknown.fields) == (422, ["smart_tag_field"])
    assert (missing.status, missing.fields[0]) == (422, "processes_uploads")


def test_only_who_may_change_the_company_sets_them(api: Api) -> None:
    reader = api.by("looker@example.com")

    assert put(reader).status == 403
