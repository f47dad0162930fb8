"""Rows of metadata fields and of the dictionaries of tag fields.

Who changes a dictionary, or gives its tags to assets, holds the company before any asset (``usage.hold_company``).
"""

from collections.abc import Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from domain.metadata import EVERY_TYPE, Field
from store import tables as t
from store.engine import Tx
from store.metadata_values import fold


def find_fields(tx: Tx, company_id: int, asset_type: str | None = None) -> tuple[Field, ...]:
    """Return the company's fields by type and name; with ``asset_type`` those that assets of this type have."""
    c = t.metadata_field.c
    query = sa.select(t.metadata_field).where(c.company_id == company_id)
    if asset_type is not None:
        query = query.where(c.asset_type.in_((asset_type, EVERY_TYPE)))
    return tuple(_field(row) for row in tx.execute(query.order_by(c.asset_type, c.name)).mappings())


def find_field(tx: Tx, company_id: int, asset_type: str, name: str) -> Field | None:
    """Return the company's field of this type and name, or None; the type's letter case does not matter."""
    c = t.metadata_field.c
    query = sa.select(t.metadata_field).where(c.company_id == company_id, c.name == name)
    rows = tx.execute(query.where(sa.func.upper(c.asset_type) == asset_type.upper())).mappings()
    return next((_field(row) for row in rows), None)


def load_field(tx: Tx, company_id: int, field_id: int) -> Field | None:
    """Return the company's field with this number, or None."""
    c = t.metadata_field.c
    query = sa.select(t.metadata_field).where(c.company_id == company_id, c.id == field_id)
    row = tx.execute(query).mappings().one_or_none()
    return _field(row) if row else None


def add_field(tx: Tx, field: Field) -> Field:
    """Return the field with its number; its name must be free among the company's fields of its type."""
    key = tx.execute(sa.insert(t.metadata_field).values(_values(field))).inserted_primary_key
    assert key is not None
    return _field({"id": key[0], **_values(field)})


def save_field(tx: Tx, field: Field) -> None:
    """Write the field down as it is now; a new name must be free."""
    tx.execute(sa.update(t.metadata_field).where(t.metadata_field.c.id == field.id).values(_values(field)))


def delete_field(tx: Tx, field: Field) -> None:
    """Forget the field, its dictionary and its values; it shows no smart tags any more."""
    chosen = (t.company.c.id == field.company_id, t.company.c.tag_field_id == field.id)
    tx.execute(sa.update(t.company).where(*chosen).values(tag_field_id=None))
    v = t.asset_metadata.c
    tx.execute(sa.delete(t.asset_metadata).where(v.company_id == field.company_id, v.name == field.key))
    tx.execute(sa.delete(t.tag_value).where(t.tag_value.c.field_id == field.id))
    tx.execute(sa.delete(t.metadata_field).where(t.metadata_field.c.id == field.id))


def load_dictionary(tx: Tx, field: Field) -> tuple[str, ...]:
    """Return the values of the field's dictionary, in the order in which they came."""
    c = t.tag_value.c
    return tuple(tx.scalars(sa.select(c.value).where(c.field_id == field.id).order_by(c.id)))


def add_tags(tx: Tx, field: Field, values: Sequence[str]) -> None:
    """Add to the field's dictionary what it does not have yet."""
    known = load_dictionary(tx, field)
    new = [{"field_id": field.id, "value": value} for value in dict.fromkeys(values) if value not in known]
    if new:
        tx.execute(sa.insert(t.tag_value), new)


def delete_tags(tx: Tx, field: Field, values: Sequence[str]) -> None:
    """Remove values from the field's dictionary and from the assets that have them."""
    v = t.asset_metadata.c
    for value in values:
        tx.execute(sa.delete(t.tag_value).where(t.tag_value.c.field_id == field.id, t.tag_value.c.value == value))
        mine = (v.company_id == field.company_id, v.name == field.key)
        tx.execute(sa.delete(t.asset_metadata).where(*mine, v.value == value))


def rename_tag(tx: Tx, field: Field, old: str, new: str) -> None:
    """Give a value of the dictionary another spelling, there and on the assets that have it; ``new`` must be free."""
    c, v = t.tag_value.c, t.asset_metadata.c
    tx.execute(sa.update(t.tag_value).where(c.field_id == field.id, c.value == old).values(value=new))
    mine = (v.company_id == field.company_id, v.name == field.key, v.value == old)
    tx.execute(sa.update(t.asset_metadata).where(*mine).values(value=new, folded=fold(new)))


def _values(field: Field) -> dict[str, Any]:
    return {
        "company_id": field.company_id,
        "asset_type": field.asset_type,
        "name": field.name,
        "type": field.type,
        "default_value": field.default,
        "initial_tag": field.initial_tag,
        "is_hidden": field.is_hidden,
        "is_enforced": field.is_enforced,
    }


def _field(row: Mapping[Any, Any]) -> Field:
    return Field(
        id=row["id"],
        company_id=row["company_id"],
        asset_type=row["asset_type"],
        name=row["name"],
        type=row["type"],
        default=row["default_value"],
        initial_tag=row["initial_tag"],
        is_hidden=row["is_hidden"],
        is_enforced=row["is_enforced"],
    )
