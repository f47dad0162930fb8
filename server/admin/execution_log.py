"""The log of an execution: page by page, and all of it as a file of comma separated values or of JSON."""

from flask import Response, abort, request

from server.admin.execution import find_execution
from server.admin.visits import Answer, Page, Visit, number_argument
from server.log_files import MEDIA, write_log
from store.job_logs import LogPage, find_log_page
from wsdl import contract

ROWS = 100


def log(visit: Visit, job_id: int) -> Answer:
    """Show a page of the log, oldest row first unless asked otherwise."""
    is_reversed = request.args.get("order") == "newest"
    with visit.read() as tx:
        found = find_execution(visit, tx, job_id)
        rows = find_log_page(
            tx, job_id, LogPage(after=number_argument("after"), limit=ROWS + 1, descending=is_reversed)
        )
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
    if form not in MEDIA:
        abort(404)
    with visit.read() as tx:
        job = find_execution(visit, tx, job_id).job
    written = write_log(visit.services.database, job_id, form, visit.speaker(job.locale))
    headers = {"Content-Disposition": f'attachment; filename="execution-{job_id}.{form}"'}
    return Response(written, headers=headers, content_type=MEDIA[form])


PAGES = (
    Page(rule="executions/<int:job_id>/log", view=log, needs=contract.GET_JOB_LOG_DETAILS),
    Page(rule="executions/<int:job_id>/log.<form>", view=log_file, needs=contract.GET_JOB_LOG_DETAILS),
)
