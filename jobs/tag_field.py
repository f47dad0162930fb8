"""The tag field that a company shows its smart tags in: its dictionary and assets' values, which SOAP clients search.

The smart tags themselves, with scores and what people say of them, are rows of their own (``store.tags``).
"""

from domain.findings import TagState
from domain.metadata import Field, Held, Origin, text_value
from domain.model import Asset
from store.asset_changes import note_change
from store.companies import load_company
from store.engine import Tx
from store.metadata_fields import add_tags, find_fields, load_dictionary, load_field
from store.metadata_values import load_held, save_held
from store.tags import load_smart_tags

TAGGED_TYPE = "Image"
"""The type of the assets that have smart tags."""


def show_tags(tx: Tx, asset: Asset, changed_by: str) -> None:
    """Give the asset's tag field the smart tags that nobody removed, in their order, unless a person has filled it.

    New tags join the field's dictionary; of a fixed one, which is a controlled vocabulary, only those in it are given.
    Who calls this holds the company (``usage.hold_company``).
    """
    field = tag_field(tx, asset.company_id)
    if field is None:
        return
    held = load_held(tx, [asset.id], [field.key]).get(asset.id, {}).get(field.key)
    if held is not None and held.origin is Origin.PERSON:
        return
    found = load_smart_tags(tx, asset.company_id, asset.id)
    tags = [tag.label for tag in found if tag.state is not TagState.REMOVED]
    if field.is_fixed:
        known = load_dictionary(tx, field)
        tags = [tag for tag in tags if tag in known]
    tags = tags if field.is_multiple else tags[:1]
    if list(held.texts if held else ()) != tags:
        note_change(tx, asset, changed_by)
        add_tags(tx, field, tags)
        save_held(tx, asset, {field.key: Held(values=tuple(map(text_value, tags)), origin=Origin.PROFILE)})


def tag_field(tx: Tx, company_id: int) -> Field | None:
    """Return the field that the company shows its smart tags in, None when it has chosen none."""
    company = load_company(tx, company_id)
    number = company.tag_field_id if company else None
    return load_field(tx, company_id, number) if number is not None else None


def find_tag_field(tx: Tx, company_id: int, name: str) -> Field | None:
    """Return the company's field of this name that can show smart tags: one of tags, which images have."""
    fields = [each for each in find_fields(tx, company_id, TAGGED_TYPE) if each.name == name and each.is_tag]
    usable = [each for each in fields if each.type != "BooleanTag"]
    return min(usable, key=lambda each: each.asset_type != TAGGED_TYPE, default=None)
