"""RipPdfsJob: the pages of PDFs again. The vendor gave it up for ReprocessAssetsJob, which does the work here too."""

from collections.abc import Sequence
from dataclasses import replace

from domain.errors import Permanent
from domain.model import Job, Order, Task
from domain.states import TaskState
from domain.words import say
from jobs.kinds import reprocess
from jobs.kinds.port import JobKind, Tools, Work
from jobs.specs import ReprocessSpec, to_json
from store.assets import load_asset

NAME = "rip_pdfs"


def order(spec: ReprocessSpec, handles: Sequence[str]) -> Order:
    """Return the order to rip the PDFs with these handles."""
    return Order(kind=NAME, options=to_json(spec), items=tuple({"handle": handle.strip()} for handle in handles))


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Reprocess the PDF. Raises Permanent for an asset that is none, besides what reprocessing raises."""
    with tools.database.read() as tx:
        asset = load_asset(tx, task.company_id, task.asset_id) if task.asset_id is not None else None
    if asset is not None and asset.type != "Pdf":
        path = f"{asset.folder}{asset.file_name}"
        raise Permanent("{path} is no PDF: it is of type {type}.", path=path, type=asset.type)
    work = reprocess.perform(job, task, tools)
    return replace(work, log_type=KIND.failure) if work.settlement.state is TaskState.FAILED else work


KIND = JobKind(
    name=NAME,
    vendor_type="RipPdfs",
    begin="BeginPdfRip",
    begin_message=say("Ripping of PDFs has begun."),
    end="EndReoptimize",
    failure="PdfRipError",
    progress_message=say("Ripping PDFs"),
    plan=reprocess.plan,
    perform=perform,
    follow_on=reprocess.follow_on,
)
