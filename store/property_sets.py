"""Rows of property sets and of their types. A type without a company is everybody's; two such are built in."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx

SET_SCRIPT, ENCODING_PRESET = "SetScript", "VideoEncodingPreset"
BUILT_IN = (SET_SCRIPT, ENCODING_PRESET)
"""The names of the types that the schema begins with."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySetType:
    """A type of property sets. ``property_type`` says whose they are: a user's, a company's, or of one in the other."""

    id: int
    company_id: int | None
    name: str
    property_type: str
    allow_multiple: bool

    @property
    def is_built_in(self) -> bool:
        """Whether Reprise itself reads sets of this type."""
        return self.company_id is None and self.name in BUILT_IN


@dataclass(frozen=True, slots=True, kw_only=True)
class Owner:
    """Whose property sets are meant: a company's, a user's, or those of a user in a company."""

    company_id: int | None = None
    user_id: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PropertySet:
    """Named values and whose they are, in the order in which they were given."""

    id: int
    type_id: int
    owner: Owner
    properties: Mapping[str, str]


def add_type(tx: Tx, **values: Any) -> int:
    """Return the number of a new type, made of the fields of PropertySetType; its name must be free."""
    key = tx.execute(sa.insert(t.property_set_type).values(values)).inserted_primary_key
    assert key is not None
    number: int = key[0]
    return number


def find_types(tx: Tx, company_id: int | None) -> tuple[PropertySetType, ...]:
    """Return the company's types and then everybody's, by name; only everybody's for None."""
    c = t.property_set_type.c
    theirs = c.company_id.is_(None) if company_id is None else c.company_id.is_(None) | (c.company_id == company_id)
    rows = tx.execute(sa.select(t.property_set_type).where(theirs).order_by(c.company_id.is_(None), c.name, c.id))
    return tuple(PropertySetType(**row) for row in rows.mappings())


def load_type(tx: Tx, type_id: int) -> PropertySetType | None:
    """Return the type with this number, or None."""
    where = t.property_set_type.c.id == type_id
    row = tx.execute(sa.select(t.property_set_type).where(where)).mappings().one_or_none()
    return PropertySetType(**row) if row else None


def delete_type(tx: Tx, type_id: int) -> None:
    """Delete the type and all its sets."""
    tx.execute(sa.delete(t.property_set).where(t.property_set.c.type_id == type_id))
    tx.execute(sa.delete(t.property_set_type).where(t.property_set_type.c.id == type_id))


def add_set(tx: Tx, type_id: int, owner: Owner, properties: Mapping[str, str]) -> int:
    """Return the number of a new property set."""
    values = {
        "type_id": type_id,
        "company_id": owner.company_id,
        "user_id": owner.user_id,
        "properties": list(properties.items()),
    }
    key = tx.execute(sa.insert(t.property_set).values(values)).inserted_primary_key
    assert key is not None
    number: int = key[0]
    return number


def save_properties(tx: Tx, set_id: int, properties: Mapping[str, str]) -> None:
    """Give the set these named values in place of those it has."""
    where = t.property_set.c.id == set_id
    tx.execute(sa.update(t.property_set).where(where).values(properties=list(properties.items())))


def find_sets(tx: Tx, type_id: int, owner: Owner) -> tuple[PropertySet, ...]:
    """Return the sets of this type and of exactly this owner, the oldest first."""
    rows = tx.execute(sa.select(t.property_set).where(*_of(type_id, owner)).order_by(t.property_set.c.id))
    return tuple(_set(row) for row in rows.mappings())


def load_set(tx: Tx, set_id: int) -> PropertySet | None:
    """Return the set with this number, or None."""
    row = tx.execute(sa.select(t.property_set).where(t.property_set.c.id == set_id)).mappings().one_or_none()
    return _set(row) if row else None


def load_script(tx: Tx, company_id: int, set_id: int) -> PropertySet | None:
    """Return the company's set script with this number; None for one of another company or of another type."""
    found = load_set(tx, set_id)
    if found is None or found.owner.company_id != company_id:
        return None
    kind = load_type(tx, found.type_id)
    return found if kind and kind.is_built_in and kind.name == SET_SCRIPT else None


def delete_set(tx: Tx, set_id: int) -> None:
    """Delete the set."""
    tx.execute(sa.delete(t.property_set).where(t.property_set.c.id == set_id))


def delete_sets(tx: Tx, type_id: int, owner: Owner) -> None:
    """Delete every set of this type and of exactly this owner."""
    tx.execute(sa.delete(t.property_set).where(*_of(type_id, owner)))


def _of(type_id: int, owner: Owner) -> tuple[sa.ColumnElement[bool], ...]:
    c = t.property_set.c
    return (
        c.type_id == type_id,
        c.company_id.is_not_distinct_from(owner.company_id),
        c.user_id.is_not_distinct_from(owner.user_id),
    )


def _set(row: Mapping[Any, Any]) -> PropertySet:
    return PropertySet(
        id=row["id"],
        type_id=row["type_id"],
        owner=Owner(company_id=row["company_id"], user_id=row["user_id"]),
        properties=dict(row["properties"]),
    )
