"""Smart tags in a company's tag field: what it shows, and what it leaves to people and to controlled vocabularies."""

from dataclasses import replace

import pytest

from domain.findings import SmartTag, TagState
from domain.metadata import Field, Held, Origin, text_value
from jobs.tag_field import find_tag_field, show_tags, tag_field
from store.assets import load_asset
from store.companies import change_company
from store.engine import Database, Tx
from store.metadata_fields import add_field, add_tags, delete_field, load_dictionary
from store.metadata_values import load_held, save_held
from store.tags import mark_smart_tag, save_smart_tags
from tests.store.rows import own_tenant, stored_asset

TAGS = tuple(SmartTag(label=label, score=score, model="m") for label, score in (("shoe", 0.9), ("red", 0.8)))


def chosen(tx: Tx, company: int, kind: str = "MultiTag") -> Field:
    """Return the field that the company shows its tags in."""
    field = add_field(tx, Field(id=0, company_id=company, asset_type="Asset", name="Seen", type=kind))
    change_company(tx, company, tag_field_id=field.id)
    return field


def shown(tx: Tx, company: int, asset_id: int, field: Field) -> tuple[str, ...]:
    """Return the field's values after the tags are shown there."""
    asset = load_asset(tx, company, asset_id)
    assert asset is not None
    show_tags(tx, asset, "lab@example.com")
    held = load_held(tx, [asset_id]).get(asset_id, {})
    return held[field.key].texts if field.key in held else ()


def test_what_nobody_removed_is_shown_and_joins_the_dictionary(common_database: Database) -> None:
    company = own_tenant(common_database)
    asset_id = stored_asset(common_database, company)
    with common_database.write() as tx:
        field = chosen(tx, company)
        save_smart_tags(tx, asset_id, TAGS, reset=False)

        assert shown(tx, company, asset_id, field) == ("shoe", "red")
        mark_smart_tag(tx, company, asset_id, "shoe", TagState.REMOVED)
        assert shown(tx, company, asset_id, field) == ("red",)
        assert load_dictionary(tx, field) == ("shoe", "red")


@pytest.mark.parametrize(("kind", "values"), [("MultiFixedTag", ("red",)), ("SingleTag", ("shoe",))])
def test_a_field_takes_what_it_can_have(common_database: Database, kind: str, values: tuple[str, ...]) -> None:
    company = own_tenant(common_database)
    asset_id = stored_asset(common_database, company)
    with common_database.write() as tx:
        field = chosen(tx, company, kind)
        add_tags(tx, field, ["red"])
        save_smart_tags(tx, asset_id, TAGS, reset=False)

        assert shown(tx, company, asset_id, field) == values


def test_what_a_person_wrote_into_the_field_stays(common_database: Database) -> None:
    company = own_tenant(common_database)
    asset_id = stored_asset(common_database, company)
    with common_database.write() as tx:
        field, asset = chosen(tx, company), load_asset(tx, company, asset_id)
        assert asset is not None
        save_held(tx, asset, {field.key: Held(values=(text_value("mine"),), origin=Origin.PERSON)})
        save_smart_tags(tx, asset_id, TAGS, reset=False)

        assert shown(tx, company, asset_id, field) == ("mine",)


def test_a_deleted_field_shows_nothing(common_database: Database) -> None:
    company = own_tenant(common_database)
    asset_id = stored_asset(common_database, company)
    with common_database.write() as tx:
        field = chosen(tx, company)
        delete_field(tx, field)
        save_smart_tags(tx, asset_id, TAGS, reset=False)

        assert (tag_field(tx, company), shown(tx, company, asset_id, field)) == (None, ())


def test_only_a_field_of_tags_that_images_have_can_be_chosen(common_database: Database) -> None:
    company, other = own_tenant(common_database), own_tenant(common_database)
    with common_database.write() as tx:
        usable = add_field(tx, Field(id=0, company_id=company, asset_type="Asset", name="Seen", type="SingleTag"))
        add_field(tx, replace(usable, name="Text", type="String"))
        add_field(tx, replace(usable, name="Yes", type="BooleanTag"))
        add_field(tx, replace(usable, name="Pages", asset_type="Pdf"))

        found = {name: find_tag_field(tx, company, name) for name in ("Seen", "Text", "Yes", "Pages", "None")}
        assert found == {"Seen": usable, "Text": None, "Yes": None, "Pages": None, "None": None}
        assert find_tag_field(tx, other, "Seen") is None
