"""Puts jobs on a company's queue: the job, its tasks and the first rows of its log, in the caller's transaction."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from domain.clock import utc_now
from domain.handles import parse_asset
from domain.model import Job, LogRow, NewTask, StoredFile
from jobs.kinds import publish, reprocess, upload_post, upload_urls
from jobs.kinds.registry import KINDS
from jobs.specs import PublishSpec, ReprocessSpec, UploadSpec, to_json
from store.assets import count_by_type, find_names
from store.engine import Tx
from store.job_logs import add_rows
from store.jobs import NewJob, add_job, load_job, lock_job
from store.ledger import add_tasks
from store.published import count_unpublishable, find_to_publish


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
    ignored: tuple[str, ...] = ()
    """What the request said of the job that was not understood."""


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSource:
    """A file to fetch: from where, and the folder (with a trailing slash) and name it gets."""

    url: str
    folder: str
    file_name: str


def submit_reprocess(tx: Tx, submission: Submission, spec: ReprocessSpec, handles: Sequence[str]) -> Job:
    """Return the new job with one task for each distinct handle, in the order given.

    A handle that names no asset of the company gets a task too, which will fail and say so. A handle that occurs twice
    runs once, with a warning in the log.
    """
    wanted = list(dict.fromkeys(handle.strip() for handle in handles))
    numbers = {handle: parse_asset(handle) for handle in wanted}
    names = find_names(tx, submission.company_id, [n for n in numbers.values() if n is not None])
    tasks, seen = [], set[int]()
    for handle, number in numbers.items():
        known = number if number in names else None
        if known is not None and known in seen:
            continue
        seen |= {known} if known is not None else set()
        label = names[known] if known is not None else handle
        tasks.append(NewTask(label=label, asset_id=known, input={"handle": handle}))
    job = _submit(tx, submission, reprocess.NAME, to_json(spec), tasks)
    if repeated := len(handles) - len(tasks):
        message = f"Repeated asset handles were left out, because each asset is processed once: {repeated}."
        add_rows(tx, job.id, [LogRow(log_type="UploadWarning", message=message, at=utc_now())])
    return job


def submit_url_upload(tx: Tx, submission: Submission, spec: UploadSpec, sources: Sequence[UrlSource]) -> Job:
    """Return the new job with one task for each source."""
    tasks = [NewTask(label=s.file_name, input={"url": s.url, "folder": s.folder}) for s in sources]
    return _submit(tx, submission, upload_urls.NAME, to_json(spec), tasks)


def submit_publish(tx: Tx, submission: Submission, spec: PublishSpec) -> Job:
    """Return the new job with one task for each asset to publish or to withdraw.

    Its log says how many marked assets have nothing to publish, or how many assets of its types the company has.
    """
    types = publish.TARGETS[spec.kind].asset_types
    changed_only = spec.publish_type == "Incremental"
    found = find_to_publish(tx, submission.company_id, spec.context_id, types, changed_only=changed_only)
    tasks = [NewTask(label=name, asset_id=asset_id) for asset_id, name in found]
    job = _submit(tx, submission, spec.kind, to_json(spec), tasks)
    if types:
        counts = count_by_type(tx, submission.company_id)
        there = ", ".join(f"{counts.get(name, 0)} of type {name}" for name in types)
        message = f"Assets outside the trash that this publish concerns, marked or not: {there}."
        add_rows(tx, job.id, [LogRow(log_type="FileProgress", message=message, at=utc_now())])
    elif hidden := count_unpublishable(tx, submission.company_id):
        message = f"Marked assets without an optimised image were left out: {hidden}."
        add_rows(tx, job.id, [LogRow(log_type="ImageServingPublishWarning", message=message, at=utc_now())])
    return job


def open_post_upload(tx: Tx, submission: Submission, spec: UploadSpec, until: datetime) -> Job:
    """Return a new upload job to which its client may add files ``until`` then."""
    return _submit(tx, submission, upload_post.NAME, to_json(spec), [], open_until=until)


def add_uploaded_file(tx: Tx, job: Job, folder: str, file_name: str, stored: StoredFile) -> None:
    """Add a file that has arrived to an open upload job."""
    lock_job(tx, job.id)
    task = NewTask(label=file_name, input={"folder": folder, "key": stored.key, "size": stored.size})
    add_tasks(tx, job.id, job.company_id, [task])


def _submit(
    tx: Tx, submission: Submission, kind: str, options: dict[str, object], tasks: list[NewTask], **extra: datetime
) -> Job:
    new = NewJob(
        company_id=submission.company_id,
        kind=kind,
        name=submission.name,
        submitter=submission.submitter,
        options=options,
        locale=submission.locale,
        description=submission.description,
        client=submission.client,
        parent_id=submission.parent.id if submission.parent else None,
        **extra,
    )
    job = add_job(tx, new, submission.server_name)
    add_tasks(tx, job.id, job.company_id, tasks)
    add_rows(tx, job.id, _opening_rows(submission, kind, len(tasks)))
    submitted = load_job(tx, job.id)
    assert submitted is not None
    return submitted


def _opening_rows(submission: Submission, kind: str, total: int) -> list[LogRow]:
    now = utc_now()
    words = {
        KINDS[kind].begin: KINDS[kind].begin_message,
        "OriginalJobName": submission.name,
        "JobType": KINDS[kind].vendor_type,
        "JobClient": submission.client or submission.server_name,
    }
    if submission.parent is not None:
        words["InitiatingJobName"] = submission.parent.unique_name
    if kind != upload_post.NAME:
        words["TotalFileCount"] = str(total)
    rows = [LogRow(log_type=log_type, message=message, at=now) for log_type, message in words.items()]
    warnings = [f"{path} is not known and was ignored." for path in submission.ignored]
    return rows + [LogRow(log_type="UploadWarning", message=message, at=now) for message in warnings]
