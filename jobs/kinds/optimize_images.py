"""OptimizeImagesJob: the optimised images that are missing, because their upload failed on them or left them out."""

from domain.model import NewTask, Order
from domain.words import say
from jobs.kinds import reprocess
from jobs.kinds.port import JobKind, Planned
from jobs.specs import ReprocessSpec, to_json
from store.assets import find_unoptimised
from store.engine import Tx

NAME = "optimize_images"


def order(spec: ReprocessSpec) -> Order:
    """Return the order to make what is missing when the job begins."""
    return Order(kind=NAME, options=to_json(spec))


def plan(tx: Tx, company_id: int, _order: Order) -> Planned:
    """Return one task for each image outside the trash that has no optimised image."""
    found = find_unoptimised(tx, company_id)
    return Planned(tasks=tuple(NewTask(label=name, asset_id=number) for number, name in found))


KIND = JobKind(
    name=NAME,
    vendor_type="ImageOptimization",
    begin="BeginReoptimize",
    begin_message=say("Optimization of the remaining images has begun."),
    end="EndReoptimize",
    failure="ReoptimizeFailure",
    progress_message=say("Optimizing files"),
    plan=plan,
    perform=reprocess.perform,
    follow_on=reprocess.follow_on,
)
