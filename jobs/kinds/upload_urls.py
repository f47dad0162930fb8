"""UploadUrlsJob: files that the server fetches from URLs and takes in."""

from dataclasses import replace
from pathlib import Path

from domain.errors import Permanent
from domain.model import Job, Task
from jobs.kinds.ingest import Arrival, ingest
from jobs.kinds.picture import scratch_folder
from jobs.kinds.port import JobKind, Tools, Work
from jobs.kinds.upload_post import follow_on
from jobs.outbound import TooLargeError, fetch
from jobs.quota import find_room
from store.companies import load_company

NAME = "upload_urls"


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Fetch the URL through the guarded client and take the file in.

    Raises Permanent for a URL that is refused or not there, or gives more than the company's quota has room for, and
    Retryable when its server may answer later.
    """
    with scratch_folder(tools, task) as folder:
        fetched = folder / "fetched"
        _fetch(task, tools, fetched)
        original = tools.blobs.put(fetched)
    return ingest(job, task, tools, Arrival(folder=task.input["folder"], file_name=task.label, original=original))


def _fetch(task: Task, tools: Tools, into: Path) -> None:
    with tools.database.read() as tx:
        company = load_company(tx, task.company_id)
        assert company is not None
        room = find_room(tx, company)
    rules = tools.outbound
    if room is None or room.left >= rules.max_bytes:
        fetch(task.input["url"], into, rules)
        return
    try:
        fetch(task.input["url"], into, replace(rules, max_bytes=room.left))
    except TooLargeError as error:
        raise Permanent(room.refusal) from error


KIND = JobKind(
    name=NAME,
    vendor_type="UrlUpload",
    begin="BeginUploadUrls",
    begin_message="Upload has begun!",
    end="EndUploadUrls",
    failure="UploadError",
    progress_message="Optimizing files",
    perform=perform,
    follow_on=follow_on,
)
