"""Ends a job whose last task has settled: its end row, its outcome, and the jobs that follow it, in one transaction."""

from domain.clock import utc_now
from domain.errors import Permanent
from domain.handles import asset_handle
from domain.model import Job, LogRow
from domain.states import JobOutcome, JobState
from domain.words import Words, say
from jobs.kinds import automated_sets, publish
from jobs.kinds.registry import KINDS
from jobs.letter import summary
from jobs.outbox import owe
from jobs.processing.choices import FULL, Choice
from jobs.processing.criteria import Criteria
from jobs.processing.runs import Wanted, prepare, start_run
from jobs.specs import FollowOnSpec
from jobs.submit import Submission, submit
from store.companies import load_company
from store.engine import Tx
from store.job_logs import add_rows, find_done_assets
from store.jobs import end_job, load_job, lock_job, move_job

ON_UPLOAD = tuple(choice for choice in FULL if choice is not Choice.PREVIEWS)
"""What is done to what was just taken in, whose previews are there."""


def close_if_settled(tx: Tx, job_id: int) -> bool:
    """End the job if none of its tasks can run any more and its client cannot add one; return whether it ended now."""
    if not lock_job(tx, job_id):
        return False
    job = load_job(tx, job_id)
    if job is None or job.state is JobState.DONE:
        return False
    if job.is_open and not job.stop_requested:
        move_job(tx, job_id, JobState.WAITING_CLIENT)
        return False
    wanted, problem = _follow_on(job)
    outcome = JobOutcome.FAILED if problem else _outcome(job)
    if not end_job(tx, job_id, outcome):
        return False
    said = summary(job.counts, outcome)
    if more := None if problem else KINDS[job.kind].closing_words(job):
        said = say("{summary} {more}", summary=said, more=more)
    rows = {"FatalError": problem} if problem else {}
    rows[KINDS[job.kind].end] = said
    add_rows(tx, job_id, [LogRow(log_type=kind, message=words, at=utc_now()) for kind, words in rows.items()])
    owe(tx, job, wanted, (outcome, said))
    if outcome is not JobOutcome.CANCELLED:
        _start_followers(tx, job, wanted)
    return True


def _processes_uploads(tx: Tx, job: Job) -> bool:
    company = load_company(tx, job.company_id)
    return company is not None and company.processes_uploads


def _publishes(wanted: FollowOnSpec) -> FollowOnSpec:
    """Return the publishes alone: what is published is what processing has made of the upload."""
    return FollowOnSpec(publishes=wanted.publishes, only_if_files=wanted.only_if_files)


def _follow_on(job: Job) -> tuple[FollowOnSpec, Words | None]:
    try:
        return KINDS[job.kind].follow_on(job), None
    except Permanent as error:  # a job that cannot be ended would hold up every other one
        return FollowOnSpec(publishes=()), say("What should follow the job is lost. {reason}", reason=error.words)


def _outcome(job: Job) -> JobOutcome:
    if job.stop_requested:
        return JobOutcome.CANCELLED
    return JobOutcome.COMPLETED_WITH_ERRORS if job.counts.failed else JobOutcome.COMPLETED


def _start_followers(tx: Tx, job: Job, wanted: FollowOnSpec) -> None:
    submission = Submission(
        company_id=job.company_id,
        name=job.name,
        submitter=job.submitter,
        locale=job.locale,
        client=job.client,
        server_name=job.server_name,
        parent=job,
    )
    if wanted.sets and (assets := find_done_assets(tx, job.id)):
        submit(tx, submission, automated_sets.order(wanted.sets, [asset_handle(number) for number in assets]))
    if KINDS[job.kind].takes_in and job.counts.processed and _processes_uploads(tx, job):
        taken_in = Wanted(criteria=Criteria(done_by=job.id), choices=ON_UPLOAD, follow_on=_publishes(wanted))
        start_run(tx, submission, prepare(tx, job.company_id, taken_in))
        return
    if wanted.only_if_files and not job.counts.processed:
        return
    for spec in wanted.publishes:
        submit(tx, submission, publish.order(spec))
