"""Doing one thing with several executions: those that were ticked, or all that match the filters of the list.

Which ones is decided when it is asked for and stands in the question's form. Each is done by itself: one that cannot be
done keeps none of the others from it, and the page that follows says of each what came of it.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from flask import abort, request

from domain.model import Job
from jobs.processing.overlap import OverlapError
from server.admin.confirmation import TYPED_FROM, is_typed
from server.admin.execution_actions import ACTIONS, IN_BULK, Action, perform
from server.admin.executions import asked_filter
from server.admin.visits import Answer, Page, Visit, read_number
from store.engine import Tx
from store.executions import find_jobs_page
from store.jobs import find_restarts, load_job
from wsdl import contract

MOST = 1000
"""How many executions it can be about: each may have any number of items."""
UNKNOWN = "is unknown in this company"


@dataclass(frozen=True, slots=True, kw_only=True)
class Result:
    """What came of it, or would: ``refusal`` says why it cannot be done; ``again`` is the new execution."""

    job_id: int
    job: Job | None
    refusal: str = ""
    again: int | None = None


def ask_bulk(visit: Visit) -> Answer:
    """Ask whether to do it, and say with how many of the executions it cannot be done and why."""
    name, action = _action(visit, request.args.get("action", ""))
    with visit.read() as tx:
        numbers = _matching(visit, tx, name) if "all" in request.args else _numbers(request.args.getlist("job"))
        found = [_look(visit, tx, action, number) for number in numbers]
    able = [each.job for each in found if each.job and not each.refusal]
    return visit.page(
        "bulk_question.html",
        name=name,
        action=action,
        jobs=able,
        items=sum(map(action.items, able)),
        must_type=_must_type(action, able),
        refused=_by_refusal(found),
        asked=len(found),
    )


def do_bulk(visit: Visit) -> Answer:
    """Do it with each execution with which it still can be done, and tell what came of each."""
    _name, action = _action(visit, request.form.get("action", ""))
    numbers = _numbers(request.form.getlist("job"))
    with visit.read() as tx:
        found = [_look(visit, tx, action, number) for number in numbers]
    able = [each.job for each in found if each.job and not each.refusal]
    if _must_type(action, able) and not is_typed(len(numbers)):
        abort(409, f"Nothing was done: go back and type the number of executions, {len(numbers)}.")
    results = [_do(visit, action, number) for number in numbers]
    done = [each for each in results if not each.refusal]
    return visit.page("bulk_results.html", action=action, done=done, refused=_by_refusal(results), asked=len(results))


def _do(visit: Visit, action: Action, number: int) -> Result:
    try:
        with visit.write() as tx:
            found = _look(visit, tx, action, number)
            again = None if found.refusal or found.job is None else perform(visit, tx, action, found.job)
    except OverlapError as error:
        return replace(found, refusal=f"would do what execution {error.job_id} is doing to the same folder")
    return replace(found, again=again.id if again else None)


def _look(visit: Visit, tx: Tx, action: Action, number: int) -> Result:
    """Return whether it can be done as things stand; what ran again already does not run once more by this."""
    job = load_job(tx, number)
    if job is None or job.company_id != visit.company.id:
        return Result(job_id=number, job=None, refusal=UNKNOWN)
    refusal = action.refusal(job)
    if not refusal and action.operation is contract.SUBMIT_JOB and find_restarts(tx, job.id):
        refusal = "ran again already (open it to run it once more)"
    return Result(job_id=number, job=job, refusal=refusal)


def _action(visit: Visit, name: str) -> tuple[str, Action]:
    if name not in IN_BULK:
        abort(400, f"action: give one of {', '.join(IN_BULK)}.")
    if not visit.may(ACTIONS[name].operation.name):
        abort(403, "Your role in this company may look at executions, but not control them.")
    return name, ACTIONS[name]


def _matching(visit: Visit, tx: Tx, name: str) -> Sequence[int]:
    """Return the numbers of the executions that the filters of the list let through, and that it may be done with."""
    _asked, wanted = asked_filter()
    statuses = tuple(each for each in IN_BULK[name] if each in (wanted.statuses or IN_BULK[name]))
    if not statuses:
        return ()
    found = find_jobs_page(tx, visit.company.id, replace(wanted, statuses=statuses), limit=MOST + 1)
    if len(found) > MOST:
        abort(400, f"These are more than {MOST:,} executions: filter further, by days or by what they do.")
    return [job.id for job in found]


def _numbers(given: Sequence[str]) -> Sequence[int]:
    if not given:
        abort(400, "job: tick some executions first, or all that match the filters.")
    if len(given) > MOST:
        abort(400, f"job: these are more than {MOST:,} executions.")
    return list(dict.fromkeys(read_number(text, "job: give numbers of executions.") for text in given))


def _must_type(action: Action, jobs: Sequence[Job]) -> bool:
    return len(jobs) >= TYPED_FROM or sum(map(action.items, jobs)) >= TYPED_FROM


def _by_refusal(results: Sequence[Result]) -> dict[str, list[Result]]:
    found: dict[str, list[Result]] = {}
    for each in results:
        if each.refusal:
            found.setdefault(each.refusal, []).append(each)
    return found


PAGES = (
    Page(rule="executions/bulk", view=ask_bulk, needs=contract.GET_JOB_LOGS),
    Page(rule="executions/bulk", view=do_bulk, needs=contract.GET_JOB_LOGS, methods=("POST",)),
)
