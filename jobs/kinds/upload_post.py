"""UploadPostJob: files that came through the UploadFile servlet; each is taken in as soon as it has arrived."""

from domain.model import Job, Order, Task
from jobs.kinds.arrivals import is_found, stored_arrival, take_in, take_in_found, upload_kind
from jobs.kinds.port import Expansion, Planned, Tools, Work
from store.engine import Tx

NAME = "upload_post"


def plan(_tx: Tx, _company_id: int, _order: Order) -> Planned:
    """Return no task: files come later, one by one."""
    return Planned()


def perform(job: Job, task: Task, tools: Tools) -> Work | Expansion:
    """Take the file in that the servlet stored."""
    if is_found(task):
        return take_in_found(job, task, tools)
    return take_in(job, task, tools, stored_arrival(task))


KIND = upload_kind(NAME, "UploadPost", plan, perform)
