"""Which bytes rows still refer to, and since when the others have been seen without one."""

from collections.abc import Collection, Iterator, Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.states import SETTLED_TASK_STATES
from store import tables as t
from store.assets import in_chunks
from store.blobs.port import KEY
from store.engine import Tx

_SETTLED = [state.value for state in SETTLED_TASK_STATES]
HOLDERS: Mapping[sa.Column[Any], sa.ColumnElement[bool]] = {
    t.asset.c.original_key: t.asset.c.trash_state != "InEmptiedTrash",
    t.asset.c.derivatives: t.asset.c.trash_state != "InEmptiedTrash",
    t.published.c.derivatives: sa.true(),
    t.exported_file.c.key: sa.true(),
    t.rendition.c.key: t.rendition.c.asset_id.not_in(
        sa.select(t.asset.c.id).where(t.asset.c.trash_state == "InEmptiedTrash")
    ),
    t.asset_xmp.c.key: sa.true(),
    t.job.c.options: t.job.c.ended.is_(None),
    t.schedule.c.options: t.schedule.c.ended.is_(None),
    t.schedule.c["items"]: t.schedule.c.ended.is_(None),
    t.task.c.input: t.task.c.state.not_in(_SETTLED),
    t.task.c.plan: t.task.c.state.not_in(_SETTLED),
    t.task.c.before: sa.true(),
}
"""Every column that can hold a key, and which of its rows keep the bytes alive. A new such column belongs in here."""


def referenced_keys(tx: Tx) -> Iterator[str]:
    """Yield the key of every blob that some row refers to; one that several refer to comes several times.

    Whatever has a key's form in such a column counts, wherever it stands in the column's JSON.
    """
    for column, keeps in HOLDERS.items():
        texts = sa.select(sa.cast(column, sa.Text)).where(keeps, column.is_not(None))
        for text in tx.scalars(texts.execution_options(yield_per=1000)):
            yield from KEY.findall(text)


def load_unreferenced(tx: Tx) -> dict[str, datetime]:
    """Return the keys that sweeps have seen without a reference, each with the time of the first."""
    return {row.key: row.since for row in tx.execute(sa.select(t.unreferenced_blob))}


def save_unreferenced(tx: Tx, keys: Collection[str], now: datetime) -> None:
    """Say that ``keys`` and no others are without a reference; those known as such keep their time."""
    known = load_unreferenced(tx)
    for chunk in in_chunks(sorted(known.keys() - keys)):
        tx.execute(sa.delete(t.unreferenced_blob).where(t.unreferenced_blob.c.key.in_(chunk)))
    new = [{"key": key, "since": now} for key in sorted(keys - known.keys())]
    if new:
        tx.execute(sa.insert(t.unreferenced_blob), new)
