"""The log of an execution: page by page, and all of it as a file of comma separated values or of JSON."""

import csv
import io
import json
from collections.abc import Callable, Iterator
from itertools import chain

from flask import Response, abort, request

from domain.model import LogRow
from domain.words import Words
from server.admin.execution import find_execution
from server.admin.visits import Answer, Page, Visit, number_argument
from store.job_logs import find_log_page
from wsdl import contract

ROWS = 100
CHUNK = 1000
COLUMNS = ("at", "type", "asset", "message", "remarks")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
Say = Callable[[Words], str]


def log(visit: Visit, job_id: int) -> Answer:
    """Show a page of the log, oldest row first unless asked otherwise."""
    is_reversed = request.args.get("order") == "newest"
    with visit.read() as tx:
        found = find_execution(visit, tx, job_id)
        rows = find_log_page(tx, job_id, number_argument("after"), ROWS + 1, descending=is_reversed)
    return visit.page(
        "log.html",
        execution=found,
        rows=[row for _number, row in rows[:ROWS]],
        after=rows[ROWS - 1][0] if len(rows) > ROWS else None,
        is_first=not request.args.get("after"),
        is_reversed=is_reversed,
        say=visit.speaker(found.job.locale),
    )


def log_file(visit: Visit, job_id: int, form: str) -> Answer:
    """Send the whole log as a file, while it is read."""
    if form not in _WRITERS:
        abort(404)
    with visit.read() as tx:
        job = find_execution(visit, tx, job_id).job
    write, media = _WRITERS[form]
    rows = _told(visit, job_id, visit.speaker(job.locale))
    headers = {"Content-Disposition": f'attachment; filename="execution-{job_id}.{form}"'}
    return Response(write(rows), headers=headers, content_type=media)


def _told(visit: Visit, job_id: int, say: Say) -> Iterator[dict[str, str]]:
    after: int | None = None
    while True:
        with visit.read() as tx:
            rows = find_log_page(tx, job_id, after, CHUNK)
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


def _csv(rows: Iterator[dict[str, str]]) -> Iterator[str]:
    for row in chain([dict(zip(COLUMNS, COLUMNS, strict=True))], rows):
        line = io.StringIO()
        csv.writer(line).writerow(_inert(row[column]) for column in COLUMNS)
        yield line.getvalue()


def _inert(text: str) -> str:
    """Return the text so that no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_FORMULA) else text


def _json(rows: Iterator[dict[str, str]]) -> Iterator[str]:
    yield "["
    for number, row in enumerate(rows):
        yield f"{',' if number else ''}\n{json.dumps(row, ensure_ascii=False)}"
    yield "\n]\n"


_WRITERS: dict[str, tuple[Callable[[Iterator[dict[str, str]]], Iterator[str]], str]] = {
    "csv": (_csv, "text/csv; charset=utf-8"),
    "json": (_json, "application/json"),
}

PAGES = (
    Page(rule="executions/<int:job_id>/log", view=log, needs=contract.GET_JOB_LOG_DETAILS),
    Page(rule="executions/<int:job_id>/log.<form>", view=log_file, needs=contract.GET_JOB_LOG_DETAILS),
)
