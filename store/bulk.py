"""Many values in one statement: handed over as one JSON text, which the database itself takes apart into rows."""

import json
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa

from store.engine import Tx, is_postgres

Column = sa.ColumnElement[Any]


class JsonRows:
    """Rows to select from. ``number`` counts them from 0; the fields of a row are taken by their place in it."""

    def __init__(self, tx: Tx, rows: Sequence[Sequence[object]]) -> None:
        text = json.dumps(rows)
        self._is_postgres = is_postgres(tx)
        if self._is_postgres:
            each = sa.func.json_array_elements(sa.cast(sa.literal(text, sa.Text), sa.JSON))
            found = each.table_valued(sa.column("value", sa.JSON), with_ordinality="n").render_derived()
            self.number: Column = found.c.n - 1
        else:
            found = sa.func.json_each(text).table_valued("key", "value")
            self.number = found.c.key
        self._row: Column = found.c.value

    def text(self, place: int) -> Column:
        """Return the field as text."""
        return self._row.op("->>")(place) if self._is_postgres else self.json(place)

    def integer(self, place: int) -> Column:
        """Return the field as an integer, or null."""
        return sa.cast(self.text(place), sa.BigInteger)

    def json(self, place: int) -> Column:
        """Return the field, an object, as JSON."""
        return self._row.op("->")(place) if self._is_postgres else sa.func.json_extract(self._row, f"$[{place}]")
