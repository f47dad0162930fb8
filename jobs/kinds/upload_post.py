"""UploadPostJob: files that came through the UploadFile servlet; each is taken in as soon as it has arrived."""

from domain.model import Job, Order, StoredFile, Task
from jobs.kinds.ingest import Arrival, ingest
from jobs.kinds.port import JobKind, Planned, Tools, Work
from jobs.specs import FollowOnSpec, UploadSpec, from_json
from store.engine import Tx

NAME = "upload_post"


def plan(_tx: Tx, _company_id: int, _order: Order) -> Planned:
    """Return no task: files come later, one by one."""
    return Planned()


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Take the file in that the servlet stored."""
    arrived = Arrival(
        folder=task.input["folder"],
        file_name=task.label,
        original=StoredFile(key=task.input["key"], size=task.input["size"]),
    )
    return ingest(job, task, tools, arrived)


def follow_on(job: Job) -> FollowOnSpec:
    """Return what was asked for to follow the upload."""
    return from_json(UploadSpec, job.options).follow_on


KIND = JobKind(
    name=NAME,
    vendor_type="UploadPost",
    begin="BeginUpload",
    begin_message="Upload has begun!",
    end="EndUpload",
    failure="UploadError",
    progress_message="Optimizing files",
    plan=plan,
    perform=perform,
    follow_on=follow_on,
)
