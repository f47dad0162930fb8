"""Submits jobs as a client would and settles their tasks as a worker would, without a server and without pixels."""

from domain.model import Job
from domain.states import TaskState
from jobs.closing import close_if_settled
from jobs.kinds import reprocess
from jobs.restart import restart_job
from jobs.specs import FollowOnSpec, ImageOptions, ReprocessSpec
from jobs.submit import Submission, submit
from store import ledger
from store.engine import Database, Tx
from store.job_logs import LogQuery, find_rows
from store.jobs import lock_job
from tests.store.rows import claimed, loaded

SPEC = ReprocessSpec(image=ImageOptions(create_mask=True), follow_on=FollowOnSpec(publishes=()))


def submit_items(tx: Tx, company_id: int, items: int, name: str = "nightly") -> Job:
    """Return a new job of so many items."""
    submission = Submission(company_id=company_id, name=name, submitter="lab@example.com", server_name="host")
    return submit(tx, submission, reprocess.order(SPEC, [f"a|{n}" for n in range(1, items + 1)]))


def submitted(database: Database, company_id: int, items: int, name: str = "nightly") -> int:
    """Return the number of a new job of so many items."""
    with database.write() as tx:
        return submit_items(tx, company_id, items, name).id


def settle_next(database: Database, job_id: int, end: TaskState) -> None:
    """Run the job's next task to this end, and the job to its own end if it was the last."""
    task = claimed(database, job_id)
    error = None if end is TaskState.DONE else f"Item {task.label} broke."
    with database.write() as tx:
        lock_job(tx, job_id)
        assert ledger.settle(tx, task, ledger.Settlement(state=end, error=error))
        close_if_settled(tx, job_id)


def ended(database: Database, company_id: int, *ends: TaskState) -> int:
    """Return the number of a job that has ended, each of its items in this way."""
    job_id = submitted(database, company_id, len(ends))
    for end in ends:
        settle_next(database, job_id, end)
    return job_id


def restarted(database: Database, job_id: int, *, only_unsuccessful: bool = False) -> Job:
    """Return the job that runs items of this one again."""
    with database.write() as tx:
        return restart_job(tx, loaded(database, job_id), only_unsuccessful=only_unsuccessful)


def log_of(database: Database, job_id: int) -> list[tuple[str, str]]:
    """Return the type and the message of each row of the job's log, oldest first."""
    with database.read() as tx:
        _total, rows = find_rows(tx, LogQuery(job_id=job_id))
    return [(row.log_type, str(row.message)) for row in rows]
