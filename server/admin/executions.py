"""The Asset Processor: every run of the company's jobs, newest first, by filters that stand in the URL."""

from datetime import UTC, datetime, timedelta
from typing import Any

from flask import abort, request

from domain.states import ExecutionStatus
from jobs.executions import list_executions
from jobs.kinds.registry import KINDS
from server.admin.execution_actions import ACTIONS, IN_BULK, Action
from server.admin.visits import Answer, Page, Visit, number_argument
from store.executions import ExecutionFilter
from wsdl import contract

_FILTERS = ("status", "kind", "q", "by", "from", "to")
DAY = timedelta(days=1)


def executions(visit: Visit) -> Answer:
    """Show a page of executions."""
    return visit.page("executions.html", **_shown(visit))


def executions_live(visit: Visit) -> Answer:
    """Show just the table, for the page that is open already."""
    return visit.page("_executions.html", **_shown(visit))


def kind_names() -> dict[str, str]:
    """Return what each kind of job is called, by its name."""
    return {name: name.replace("_", " ").capitalize().replace("pdfs", "PDFs").replace("urls", "URLs") for name in KINDS}


def _shown(visit: Visit) -> dict[str, Any]:
    asked, wanted = asked_filter()
    with visit.read() as tx:
        page = list_executions(tx, visit.company.id, wanted, number_argument("after"))
    return {
        "page": page,
        "asked": asked,
        "query": {name: value for name, value in asked.items() if value},
        "after": request.args.get("after", ""),
        "statuses": list(ExecutionStatus),
        "kinds": kind_names(),
        "bulk": offered_in_bulk(visit),
    }


def asked_filter() -> tuple[dict[str, str], ExecutionFilter]:
    """Return the filters that stand in the URL, as they were given and as they are meant."""
    asked = {name: request.args.get(name, "").strip() for name in _FILTERS}
    return asked, _filter(asked)


def offered_in_bulk(visit: Visit) -> dict[str, Action]:
    """Return what the visitor may do with several executions at once."""
    return {name: ACTIONS[name] for name in IN_BULK if visit.may(ACTIONS[name].operation.name)}


def _filter(asked: dict[str, str]) -> ExecutionFilter:
    return ExecutionFilter(
        statuses=(_status(asked["status"]),) if asked["status"] else (),
        kinds=tuple(kind for kind in asked["kind"].split(",") if kind),
        text=asked["q"],
        submitter=asked["by"],
        created_from=_day("from", asked["from"]),
        created_before=_day("to", asked["to"], DAY),
    )


def _status(text: str) -> ExecutionStatus:
    try:
        return ExecutionStatus(text)
    except ValueError:
        abort(400, f"status: there is no {text[:40]}; there are {', '.join(ExecutionStatus)}.")


def _day(name: str, text: str, later: timedelta = timedelta()) -> datetime | None:
    if not text:
        return None
    try:
        return datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC) + later
    except (ValueError, OverflowError):
        abort(400, f"{name}: write a day like 2026-11-21, not {text[:40]}.")


PAGES = (
    Page(rule="", view=executions, needs=contract.GET_JOB_LOGS),
    Page(rule="executions/live", view=executions_live, needs=contract.GET_JOB_LOGS),
)
