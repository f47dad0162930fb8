"""The log of an execution as a file: comma separated values or JSON, written while it is read."""

import csv
import io
import json
from collections.abc import Callable, Iterator, Mapping
from itertools import chain

from domain.model import LogRow
from domain.words import Words
from store.engine import Database
from store.job_logs import LogPage, find_log_page

CHUNK = 1000
COLUMNS = ("at", "type", "asset", "message", "remarks")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Say = Callable[[Words], str]
Rows = Iterator[dict[str, str]]


def write_log(database: Database, job_id: int, form: str, say: Say) -> Iterator[str]:
    """Yield the whole log in a form of ``MEDIA``, oldest row first, piece by piece."""
    return _WRITERS[form](_rows(database, job_id, say))


def _rows(database: Database, job_id: int, say: Say) -> Rows:
    after: int | None = None
    while True:
        with database.read() as tx:
            rows = find_log_page(tx, job_id, LogPage(after=after, limit=CHUNK))
        if not rows:
            return
        yield from (_tell(row, say) for _number, row in rows)
        after = rows[-1][0]


def _tell(row: LogRow, say: Say) -> dict[str, str]:
    return {
        "at": row.at.isoformat(timespec="milliseconds"),
        "type": row.log_type,
        "asset": row.asset_name or "",
        "message": say(row.message),
        "remarks": "; ".join(f"{aux.log_type}: {say(aux.message)}" for aux in row.aux),
    }


def _csv(rows: Rows) -> Iterator[str]:
    for row in chain([dict(zip(COLUMNS, COLUMNS, strict=True))], rows):
        line = io.StringIO()
        csv.writer(line).writerow(_inert(row[column]) for column in COLUMNS)
        yield line.getvalue()


def _inert(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _json(rows: Rows) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{json.dumps(row, ensure_ascii=False)}"
    yield "\n]\n"


MEDIA: Mapping[str, str] = {"csv": "text/csv; charset=utf-8", "json": "application/json"}
"""The forms, with their media types."""
_WRITERS: Mapping[str, Callable[[Rows], Iterator[str]]] = {"csv": _csv, "json": _json}
