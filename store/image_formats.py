"""Rows of image formats, the vendor's image presets: commands of image serving URLs under a name, kept unread.

Names differ by more than their letter case. What the commands say is the business of ``publishing``.
"""

from dataclasses import dataclass

import sqlalchemy as sa

from store import tables as t
from store.engine import Tx

_COLUMNS = (t.image_format.c.id, t.image_format.c.name, t.image_format.c.url_modifier)


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageFormat:
    """A format; ``url_modifier`` is what ``$name$`` stands for in the query of an image's URL."""

    id: int
    name: str
    url_modifier: str


def add_format(tx: Tx, company_id: int, name: str, url_modifier: str) -> int:
    """Return the number of a new format; its name must be free."""
    values = {"company_id": company_id, "name": name, "folded": name.casefold(), "url_modifier": url_modifier}
    key = tx.execute(sa.insert(t.image_format).values(values)).inserted_primary_key
    assert key is not None
    number: int = key[0]
    return number


def save_format(tx: Tx, changed: ImageFormat) -> None:
    """Replace the format's name, which must be free, and its commands."""
    values = {"name": changed.name, "folded": changed.name.casefold(), "url_modifier": changed.url_modifier}
    tx.execute(sa.update(t.image_format).where(t.image_format.c.id == changed.id).values(values))


def delete_format(tx: Tx, format_id: int) -> None:
    """Delete the format."""
    tx.execute(sa.delete(t.image_format).where(t.image_format.c.id == format_id))


def load_format(tx: Tx, company_id: int, format_id: int) -> ImageFormat | None:
    """Return the company's format with this number, or None."""
    return _one(tx, t.image_format.c.company_id == company_id, t.image_format.c.id == format_id)


def find_format(tx: Tx, company_id: int, name: str) -> ImageFormat | None:
    """Return the company's format of this name, whatever its letter case, or None."""
    return _one(tx, t.image_format.c.company_id == company_id, t.image_format.c.folded == name.casefold())


def find_formats(tx: Tx, company_id: int) -> tuple[ImageFormat, ...]:
    """Return the company's formats, by name."""
    query = sa.select(*_COLUMNS).where(t.image_format.c.company_id == company_id).order_by(t.image_format.c.folded)
    return tuple(ImageFormat(**row) for row in tx.execute(query).mappings())


def find_commands(tx: Tx, company_root: str, name: str) -> str | None:
    """Return the commands of the format that a company's image server knows under a name, or None."""
    query = sa.select(t.image_format.c.url_modifier).join(t.company, t.company.c.id == t.image_format.c.company_id)
    return tx.scalar(query.where(t.company.c.root == company_root, t.image_format.c.folded == name.casefold()))


def _one(tx: Tx, *where: sa.ColumnElement[bool]) -> ImageFormat | None:
    row = tx.execute(sa.select(*_COLUMNS).where(*where)).mappings().one_or_none()
    return ImageFormat(**row) if row else None
