"""UploadUrlsJob: files that the server fetches from URLs and takes in."""

from domain.model import Job, Task
from jobs.kinds.ingest import Arrival, ingest
from jobs.kinds.picture import scratch_folder
from jobs.kinds.port import JobKind, Tools, Work
from jobs.kinds.upload_post import follow_on
from jobs.outbound import fetch

NAME = "upload_urls"


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Fetch the URL through the guarded client and take the file in.

    Raises Permanent for a URL that is refused or not there, Retryable when its server may answer later.
    """
    with scratch_folder(tools, task) as folder:
        fetched = folder / "fetched"
        fetch(task.input["url"], fetched, tools.outbound)
        original = tools.blobs.put(fetched)
    return ingest(job, task, tools, Arrival(folder=task.input["folder"], file_name=task.label, original=original))


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
