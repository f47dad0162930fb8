"""What can be done with an execution: stop, pause, resume and restart it, each asked for on a page of its own."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from flask import abort
from werkzeug.wrappers import Response

from domain.model import Job
from domain.states import ExecutionStatus, JobState
from jobs.control import can_control, pause_job, resume_job, stop_job
from jobs.restart import can_restart, can_restart_unsuccessful, restart_job
from server.admin.confirmation import Question, ask, check_typed
from server.admin.visits import Answer, Page, Visit
from store.engine import Tx
from store.jobs import load_job
from wsdl import contract
from wsdl.declare import AnyOperation


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """One thing that can be done: by whom, when, to how many items, and what comes of it."""

    verb: str
    icon: str
    operation: AnyOperation
    refusal: Callable[[Job], str]
    """Says why it cannot be done with an execution as it stands, as what follows its name; empty when it can."""
    items: Callable[[Job], int]
    consequence: str
    told: str
    """What can be said of an execution as soon as it is done."""
    done: str
    """The word of the audit log."""
    perform: Callable[[Tx, Job, str], Job | None]
    """Does it for who has this e-mail address; returns the new job, if there is one."""
    is_severe: bool = False

    def applies(self, job: Job) -> bool:
        """Return whether it can be done with the job as it stands."""
        return not self.refusal(job)


def _not_in_control(job: Job) -> str:
    if can_control(job):
        return ""
    return "had ended already" if job.state is JobState.DONE else "is being stopped"


def _not_again(job: Job) -> str:
    if can_restart(job):
        return ""
    return "has no items" if job.state is JobState.DONE else "has not ended"


def _not_failed_again(job: Job) -> str:
    none_failed = "" if can_restart_unsuccessful(job) else "has no item that failed or was cancelled"
    return _not_again(job) or none_failed


def _left(job: Job) -> int:
    return job.counts.total - job.counts.settled


def _unsuccessful(job: Job) -> int:
    return job.counts.failed + job.counts.cancelled


ACTIONS: Mapping[str, Action] = {
    "pause": Action(
        verb="Pause",
        icon="pause-fill",
        operation=contract.PAUSE_JOB,
        refusal=lambda job: _not_in_control(job) or ("was paused already" if job.is_paused else ""),
        items=_left,
        consequence="Nothing more of it begins. What runs now goes on to its end; Resume goes on where it stands.",
        told="Paused",
        done="paused execution",
        perform=lambda tx, job, _who: pause_job(tx, job),
    ),
    "resume": Action(
        verb="Resume",
        icon="play-fill",
        operation=contract.RESUME_JOB,
        refusal=lambda job: _not_in_control(job) or ("" if job.is_paused else "was not paused"),
        items=_left,
        consequence="It goes on where it stands.",
        told="Resumed",
        done="resumed execution",
        perform=lambda tx, job, _who: resume_job(tx, job),
    ),
    "stop": Action(
        verb="Stop",
        icon="stop-fill",
        operation=contract.STOP_JOB,
        refusal=_not_in_control,
        items=_left,
        consequence="What waits is cancelled now and what runs is ended. What is done already stays as it is.",
        told="Told to stop",
        done="stopped execution",
        perform=lambda tx, job, _who: stop_job(tx, job),
        is_severe=True,
    ),
    "restart-failed": Action(
        verb="Restart what failed",
        icon="arrow-repeat",
        operation=contract.SUBMIT_JOB,
        refusal=_not_failed_again,
        items=_unsuccessful,
        consequence="Items that failed or were cancelled run again, with the same options, as a new execution.",
        told="Run again",
        done="restarted what failed of execution",
        perform=lambda tx, job, who: restart_job(tx, job, only_unsuccessful=True, by=who),
    ),
    "restart": Action(
        verb="Restart",
        icon="arrow-clockwise",
        operation=contract.SUBMIT_JOB,
        refusal=_not_again,
        items=lambda job: job.counts.total,
        consequence="All its items run again, with the same options, as a new execution.",
        told="Run again",
        done="restarted execution",
        perform=lambda tx, job, who: restart_job(tx, job, only_unsuccessful=False, by=who),
    ),
}

_OPEN = (ExecutionStatus.IN_PROGRESS, ExecutionStatus.WAITING, ExecutionStatus.PAUSED)
_UNSUCCESSFUL = (ExecutionStatus.COMPLETED_WITH_ERRORS, ExecutionStatus.CANCELLED, ExecutionStatus.FAILED)
IN_BULK: Mapping[str, tuple[ExecutionStatus, ...]] = {
    "pause": _OPEN,
    "resume": (ExecutionStatus.PAUSED,),
    "stop": _OPEN,
    "restart-failed": _UNSUCCESSFUL,
}
"""What can be done with several executions at once, and the statuses of those that it can be done with."""


def offered(visit: Visit, job: Job) -> dict[str, Action]:
    """Return what can be done with the job as it stands, and the visitor may do."""
    return {name: each for name, each in ACTIONS.items() if each.applies(job) and visit.may(each.operation.name)}


def ask_action(visit: Visit, job_id: int, action: str) -> Answer:
    """Ask whether to do it."""
    with visit.read() as tx:
        job, chosen = _find(visit, tx, job_id, action)
    question = Question(
        title=f"{chosen.verb}: {job.name}?",
        consequence=chosen.consequence,
        verb=chosen.verb,
        items=chosen.items(job),
        back=visit.link("execution", job_id=job_id),
        is_severe=chosen.is_severe,
    )
    return ask(visit, question)


def do_action(visit: Visit, job_id: int, action: str) -> Response:
    """Do it, if it still can be done, and show the execution that comes of it."""
    with visit.write() as tx:
        job, chosen = _find(visit, tx, job_id, action)
        check_typed(chosen.items(job))
        again = perform(visit, tx, chosen, job)
    return visit.go("execution", job_id=again.id if again else job_id)


def perform(visit: Visit, tx: Tx, action: Action, job: Job) -> Job | None:
    """Do it in the visitor's name and write that down; return the new job, if there is one."""
    again = action.perform(tx, job, visit.principal.user.email)
    new = f", as {again.id}" if again else ""
    visit.note(tx, action.done, f"{job.id} {job.unique_name}{new}")
    return again


def _find(visit: Visit, tx: Tx, job_id: int, action: str) -> tuple[Job, Action]:
    job, chosen = load_job(tx, job_id), ACTIONS.get(action)
    if job is None or chosen is None or job.company_id != visit.company.id:
        abort(404)
    if not visit.may(chosen.operation.name):
        abort(403, "Your role in this company may look at executions, but not control them.")
    if refusal := chosen.refusal(job):
        abort(409, f"Nothing was done: execution {job.id} {refusal}.")
    return job, chosen


PAGES = (
    Page(rule="executions/<int:job_id>/<action>", view=ask_action, needs=contract.GET_JOB_LOG_DETAILS),
    Page(
        rule="executions/<int:job_id>/<action>",
        view=do_action,
        needs=contract.GET_JOB_LOG_DETAILS,
        methods=("POST",),
    ),
)
