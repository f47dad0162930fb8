"""Whether a run would do what another one that has not ended is doing, to the same folder or choice, or nothing."""

from domain.errors import Permanent, RepriseError
from domain.model import Job, Order
from jobs.kinds import process
from jobs.processing.criteria import find_filter
from jobs.processing.spec import ProcessSpec
from jobs.specs import from_json
from store.engine import Tx
from store.jobs import find_active
from store.selections import count_assets
from store.usage import hold_company


class OverlapError(RepriseError):
    """Another run does the same to the same assets; ``job_id`` is its number."""

    def __init__(self, job: Job) -> None:
        super().__init__(f"Execution {job.id} is doing this to the same folder: wait until it has ended, or stop it.")
        self.job_id = job.id


def refuse_overlap(tx: Tx, company_id: int, order: Order) -> None:
    """Raise OverlapError for a run of processing that another one of the company stands in the way of.

    The company is held until the transaction ends, or two that start at the same moment would not see each other.
    """
    if order.kind != process.NAME:
        return
    spec = from_json(ProcessSpec, order.options)
    hold_company(tx, company_id)
    for job in find_active(tx, [company_id]):
        if job.kind == process.NAME and _overlaps(spec, job):
            raise OverlapError(job)


def is_idle(tx: Tx, company_id: int, order: Order) -> bool:
    """Return whether the order is a sweep that would find nothing to do now."""
    if order.kind != process.NAME:
        return False
    criteria = from_json(ProcessSpec, order.options).criteria
    return criteria.is_sweep and not count_assets(tx, find_filter(tx, company_id, criteria))


def _overlaps(spec: ProcessSpec, job: Job) -> bool:
    try:
        other = from_json(ProcessSpec, job.options)
    except Permanent:
        return False
    if not set(spec.choices) & set(other.choices):
        return False
    if spec.criteria == other.criteria and not spec.criteria.asset_ids:
        return True
    return any(a.startswith(b) or b.startswith(a) for a in spec.criteria.folders for b in other.criteria.folders)
