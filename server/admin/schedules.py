"""Jobs that start at a time: when each fires next, and pausing, resuming, running and deleting them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import abort
from werkzeug.wrappers import Response

from domain.model import Job, Schedule
from jobs.kinds import process
from jobs.processing.criteria import find_filter
from jobs.processing.spec import ProcessSpec
from jobs.schedules import resume, run_now
from jobs.specs import from_json
from server.admin.confirmation import Question, ask, check_typed
from server.admin.executions import kind_names
from server.admin.visits import Answer, Page, Visit
from store.engine import Tx
from store.schedules import find_schedules, lock_schedule, set_next_fire, set_schedule_paused
from store.selections import count_assets
from wsdl import contract
from wsdl.declare import AnyOperation


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done with a schedule."""

    verb: str
    icon: str
    operation: AnyOperation
    applies: Callable[[Schedule], bool]
    consequence: str
    done: str
    perform: Callable[[Tx, Schedule], Job | None]
    is_severe: bool = False


def _pause(tx: Tx, schedule: Schedule) -> None:
    set_schedule_paused(tx, schedule.id, is_paused=True)


def _delete(tx: Tx, schedule: Schedule) -> None:
    set_next_fire(tx, schedule.id, None)


ACTIONS: Mapping[str, Action] = {
    "run": Action(
        verb="Run now",
        icon="play-fill",
        operation=contract.EXECUTE_JOB,
        applies=lambda _schedule: True,
        consequence="It runs once now. When it fires next stays as it is.",
        done="ran schedule",
        perform=run_now,
    ),
    "pause": Action(
        verb="Pause",
        icon="pause-fill",
        operation=contract.PAUSE_JOB,
        applies=lambda schedule: not schedule.is_paused,
        consequence="It does not fire until it is resumed. Runs that have begun go on.",
        done="paused schedule",
        perform=_pause,
    ),
    "resume": Action(
        verb="Resume",
        icon="play-fill",
        operation=contract.RESUME_JOB,
        applies=lambda schedule: schedule.is_paused,
        consequence="It fires again from its next time on.",
        done="resumed schedule",
        perform=resume,
    ),
    "delete": Action(
        verb="Delete",
        icon="trash",
        operation=contract.DELETE_JOB,
        applies=lambda _schedule: True,
        consequence="It never fires again. Executions that it started, and their logs, stay.",
        done="deleted schedule",
        perform=_delete,
        is_severe=True,
    ),
}


def schedules(visit: Visit) -> Answer:
    """Show the schedules that have not ended, by when they fire next."""
    with visit.read() as tx:
        found = find_schedules(tx, [visit.company.id])
    ordered = sorted(found, key=lambda each: (each.next_fire is None, each.next_fire))
    return visit.page("schedules.html", schedules=ordered, offered=_offered(visit), kinds=kind_names())


def ask_schedule(visit: Visit, schedule_id: int, action: str) -> Answer:
    """Ask whether to do it."""
    with visit.write() as tx:
        found, chosen = _find(visit, tx, schedule_id, action)
        items = _size(tx, found, action)
    question = Question(
        title=f"{chosen.verb}: {found.name}?",
        consequence=chosen.consequence,
        verb=chosen.verb,
        items=items,
        back=visit.link("schedules"),
        is_severe=chosen.is_severe,
    )
    return ask(visit, question)


def do_schedule(visit: Visit, schedule_id: int, action: str) -> Response:
    """Do it, if it still can be done."""
    with visit.write() as tx:
        found, chosen = _find(visit, tx, schedule_id, action)
        check_typed(_size(tx, found, action))
        job = chosen.perform(tx, found)
        visit.note(tx, chosen.done, f"{found.id} {found.name}{f', as {job.id}' if job else ''}")
    return visit.go("execution", job_id=job.id) if job else visit.go("schedules")


def _size(tx: Tx, schedule: Schedule, action: str) -> int:
    """Return how many items it is about; those of a run of processing are chosen when it runs."""
    if action == "run" and schedule.order.kind == process.NAME:
        spec = from_json(ProcessSpec, schedule.order.options)
        return count_assets(tx, find_filter(tx, schedule.company_id, spec.criteria))
    return len(schedule.order.items)


def _offered(visit: Visit) -> Callable[[Schedule], dict[str, Action]]:
    allowed = {name: each for name, each in ACTIONS.items() if visit.may(each.operation.name)}
    return lambda schedule: {name: each for name, each in allowed.items() if each.applies(schedule)}


def _find(visit: Visit, tx: Tx, schedule_id: int, action: str) -> tuple[Schedule, Action]:
    found, chosen = lock_schedule(tx, schedule_id), ACTIONS.get(action)
    if found is None or chosen is None or found.company_id != visit.company.id or found.ended:
        abort(404)
    if not visit.may(chosen.operation.name):
        abort(403, "Your role in this company may look at schedules, but not change them.")
    if not chosen.applies(found):
        abort(409, "Nothing was done: the schedule no longer stands so that it could be done.")
    return found, chosen


PAGES = (
    Page(rule="schedules", view=schedules, needs=contract.GET_SCHEDULED_JOBS),
    Page(rule="schedules/<int:schedule_id>/<action>", view=ask_schedule, needs=contract.GET_SCHEDULED_JOBS),
    Page(
        rule="schedules/<int:schedule_id>/<action>",
        view=do_schedule,
        needs=contract.GET_SCHEDULED_JOBS,
        methods=("POST",),
    ),
)
