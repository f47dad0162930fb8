"""One execution: where it stands, why items failed, and the items with what ran on each."""

from typing import Any

from flask import abort, request

from domain.handles import active_job_handle
from domain.states import JobState, TaskState
from jobs.executions import Execution, load_execution
from server.admin.assets import send_picture
from server.admin.execution_actions import offered
from server.admin.execution_choices import chosen_of
from server.admin.executions import kind_names
from server.admin.visits import Answer, Page, Visit, number_argument
from store.comparison import find_previous
from store.engine import Tx
from store.items import MOST_GROUPED, ItemFilter, find_items, group_failures, load_before
from store.jobs import find_restarts, load_job
from wsdl import contract

ITEMS = 50
_STATES = {
    "": ("All", ()),
    "failed": ("Failed", (TaskState.FAILED,)),
    "running": ("In hand", (TaskState.DISPATCHED, TaskState.RUNNING)),
    "cancelled": ("Cancelled", (TaskState.CANCELLED,)),
}


def execution(visit: Visit, job_id: int) -> Answer:
    """Show one execution with a page of its items."""
    with visit.read() as tx:
        shown = _summary(visit, tx, job_id)
        previous = find_previous(tx, shown["execution"].job) if shown["chosen"] else None
        shown |= _items(tx, job_id)
    return visit.page("execution.html", previous=previous, **shown)


def execution_live(visit: Visit, job_id: int) -> Answer:
    """Show just where it stands, for the page that is open already."""
    with visit.read() as tx:
        return visit.page("_execution.html", **_summary(visit, tx, job_id))


def items_live(visit: Visit, job_id: int) -> Answer:
    """Show just the items, for the page that is open already."""
    with visit.read() as tx:
        found = find_execution(visit, tx, job_id)
        return visit.page("_items.html", execution=found, **_items(tx, job_id))


def before(visit: Visit, job_id: int, seq: int) -> Answer:
    """Send the thumbnail that an item's asset had before."""
    with visit.read() as tx:
        find_execution(visit, tx, job_id)
        kept = load_before(tx, job_id, seq)
    return send_picture(visit, kept)


def find_execution(visit: Visit, tx: Tx, job_id: int) -> Execution:
    """Return the company's execution; there is no page for another's, nor for an unknown one."""
    return load_execution(tx, visit.company.id, job_id) or abort(404)


def _summary(visit: Visit, tx: Tx, job_id: int) -> dict[str, Any]:
    found = find_execution(visit, tx, job_id)
    job = found.job
    linked = {"Follows": job.parent_id, "Runs again": job.restart_of}
    jobs = {label: load_job(tx, number) for label, number in linked.items() if number}
    return {
        "execution": found,
        "handle": active_job_handle(job.company_id, job.unique_name, job.id),
        "kinds": kind_names(),
        "groups": group_failures(tx, job_id) if job.counts.failed else (),
        "most_grouped": MOST_GROUPED,
        "linked": {label: other for label, other in jobs.items() if other and other.company_id == job.company_id},
        "restarts": find_restarts(tx, job_id),
        "actions": offered(visit, job),
        "chosen": chosen_of(tx, job),
        "say": visit.speaker(job.locale),
        "is_live": job.state is not JobState.DONE,
    }


def _items(tx: Tx, job_id: int) -> dict[str, Any]:
    state = request.args.get("state", "")
    if state not in _STATES:
        abort(400, f"state must be one of {', '.join(filter(None, _STATES))}, not {state[:40]}.")
    reason = request.args.get("reason", "")
    wanted = ItemFilter(states=(TaskState.FAILED,) if reason else _STATES[state][1], reason=reason)
    found = find_items(tx, job_id, wanted, number_argument("after"), ITEMS + 1)
    return {
        "items": found[:ITEMS],
        "next_item": found[ITEMS - 1].seq if len(found) > ITEMS else None,
        "states": {key: label for key, (label, _states) in _STATES.items()},
        "state": "failed" if reason else state,
        "reason": reason,
        "after_item": request.args.get("after", ""),
    }


PAGES = (
    Page(rule="executions/<int:job_id>", view=execution, needs=contract.GET_JOB_LOG_DETAILS),
    Page(rule="executions/<int:job_id>/live", view=execution_live, needs=contract.GET_JOB_LOG_DETAILS),
    Page(rule="executions/<int:job_id>/items", view=items_live, needs=contract.GET_JOB_LOG_DETAILS),
    Page(rule="executions/<int:job_id>/items/<int:seq>/before", view=before, needs=contract.GET_ASSETS),
)
