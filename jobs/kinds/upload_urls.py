"""UploadUrlsJob: files that the server fetches from URLs and takes in."""

from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from domain.errors import Permanent
from domain.model import Job, NewTask, Order, Task
from jobs.kinds.arrivals import is_found, room_for, take_in, take_in_found, upload_kind
from jobs.kinds.ingest import Arrival
from jobs.kinds.picture import scratch_folder
from jobs.kinds.port import Expansion, Planned, Tools, Work
from jobs.outbound import TooLargeError, fetch
from jobs.specs import UploadSpec, to_json
from store.engine import Tx

NAME = "upload_urls"


@dataclass(frozen=True, slots=True, kw_only=True)
class UrlSource:
    """A file to fetch: from where, and the folder (with a trailing slash) and name it gets."""

    url: str
    folder: str
    file_name: str


def order(spec: UploadSpec, sources: Sequence[UrlSource]) -> Order:
    """Return the order to fetch the sources."""
    return Order(kind=NAME, options=to_json(spec), items=tuple(asdict(source) for source in sources))


def plan(_tx: Tx, _company_id: int, order: Order) -> Planned:
    """Return one task for each source."""
    return Planned(
        tasks=tuple(
            NewTask(label=item["file_name"], input={"url": item["url"], "folder": item["folder"]})
            for item in order.items
        )
    )


def perform(job: Job, task: Task, tools: Tools) -> Work | Expansion:
    """Fetch the URL through the guarded client and take the file in.

    Raises Permanent for a URL that is refused or not there, or gives more than the company's quota has room for, and
    Retryable when its server may answer later.
    """
    if is_found(task):
        return take_in_found(job, task, tools)
    with scratch_folder(tools, task) as folder:
        fetched = folder / "fetched"
        _fetch(task, tools, fetched)
        original = tools.blobs.put(fetched)
    return take_in(job, task, tools, Arrival(folder=task.input["folder"], file_name=task.label, original=original))


def _fetch(task: Task, tools: Tools, into: Path) -> None:
    room, rules = room_for(task, tools), tools.outbound
    if room is None or room.left >= rules.max_bytes:
        fetch(task.input["url"], into, rules)
        return
    try:
        fetch(task.input["url"], into, replace(rules, max_bytes=room.left))
    except TooLargeError as error:
        raise Permanent(room.refusal) from error


KIND = replace(
    upload_kind(NAME, "UrlUpload", plan, perform),
    begin="BeginUploadUrls",
    end="EndUploadUrls",
    is_counted_later=False,
)
