"""Puts jobs on a company's queue: the job, its tasks and the first rows of its log, in the caller's transaction."""

from dataclasses import dataclass, replace
from datetime import datetime

from domain.clock import utc_now
from domain.model import Job, LogRow, NewTask, Order, StoredFile
from domain.words import say, verbatim
from jobs.kinds import upload_post
from jobs.kinds.registry import KINDS
from jobs.specs import UploadSpec, to_json
from store.engine import Tx
from store.job_logs import add_rows
from store.jobs import NewJob, add_job, load_job, lock_job
from store.ledger import add_tasks
from store.selections import use_selection


@dataclass(frozen=True, slots=True, kw_only=True)
class Submission:
    """Who submits what under which name. ``client`` is the host that asked, ``server_name`` the one that answered."""

    company_id: int
    name: str
    submitter: str
    server_name: str
    client: str = ""
    locale: str = ""
    description: str = ""
    parent: Job | None = None
    schedule_id: int | None = None
    fire_at: datetime | None = None
    """For a run of a schedule: the time that it was due."""
    ignored: tuple[str, ...] = ()
    """What the request said of the job that was not understood."""


def submit(tx: Tx, submission: Submission, order: Order) -> Job:
    """Return the new job, with the tasks that its kind makes of the order."""
    planned = KINDS[order.kind].plan(tx, submission.company_id, order)
    job = add_job(tx, _new_job(submission, order), submission.server_name)
    add_tasks(tx, job.id, job.company_id, planned.tasks)
    if planned.selection is not None:
        use_selection(tx, job.id, planned.selection)
    total = planned.selection.total if planned.selection else len(planned.tasks)
    add_rows(tx, job.id, [*opening_rows(submission, order.kind, total), *planned.rows])
    submitted = load_job(tx, job.id)
    assert submitted is not None
    return submitted


def open_post_upload(tx: Tx, submission: Submission, spec: UploadSpec, until: datetime) -> Job:
    """Return a new upload job to which its client may add files ``until`` then."""
    order = Order(kind=upload_post.NAME, options=to_json(spec))
    job = add_job(tx, replace(_new_job(submission, order), open_until=until), submission.server_name)
    add_rows(tx, job.id, opening_rows(submission, order.kind, 0))
    return job


def add_uploaded_file(tx: Tx, job: Job, folder: str, file_name: str, stored: StoredFile) -> None:
    """Add a file that has arrived to an open upload job."""
    lock_job(tx, job.id)
    task = NewTask(label=file_name, input={"folder": folder, "key": stored.key, "size": stored.size})
    add_tasks(tx, job.id, job.company_id, [task])


def _new_job(submission: Submission, order: Order) -> NewJob:
    return NewJob(
        company_id=submission.company_id,
        kind=order.kind,
        name=submission.name,
        submitter=submission.submitter,
        options=order.options,
        locale=submission.locale,
        description=submission.description,
        client=submission.client,
        parent_id=submission.parent.id if submission.parent else None,
        schedule_id=submission.schedule_id,
        fire_at=submission.fire_at,
    )


def opening_rows(submission: Submission, kind: str, total: int) -> list[LogRow]:
    """Return the first rows of the log of a job of this kind that has ``total`` items."""
    now = utc_now()
    words = {
        KINDS[kind].begin: KINDS[kind].begin_message,
        "OriginalJobName": verbatim(submission.name),
        "JobType": verbatim(KINDS[kind].vendor_type),
        "JobClient": verbatim(submission.client or submission.server_name),
    }
    if submission.parent is not None:
        words["InitiatingJobName"] = verbatim(submission.parent.unique_name)
    if not KINDS[kind].is_counted_later:
        words["TotalFileCount"] = verbatim(str(total))
    rows = [LogRow(log_type=log_type, message=message, at=now) for log_type, message in words.items()]
    warnings = [say("{path} is not known and was ignored.", path=path) for path in submission.ignored]
    return rows + [LogRow(log_type="UploadWarning", message=message, at=now) for message in warnings]
