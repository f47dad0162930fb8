"""Makes the rows that tests of the store begin with."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from domain.model import Derivatives, Job, NewTask, StoredFile, Task, Token
from domain.states import TaskState
from store import ledger
from store import tables as t
from store.assets import NewAsset, add_asset
from store.companies import add_company
from store.engine import Database, Tx
from store.jobs import NewJob, add_job, load_job

LEASE = timedelta(seconds=30)
OWNER = "worker-1"
KEY = "ab" * 32


def add_tenant(database: Database, name: str = "LabCo", company_id: int | None = None) -> int:
    """Return the number of a new company."""
    with database.write() as tx:
        return add_company(tx, name=name, root=name, company_id=company_id).id


def own_tenant(database: Database) -> int:
    """Return the number of a new company whose name no other test uses."""
    return add_tenant(database, uuid4().hex)


def new_job(tx: Tx, company_id: int, name: str = "nightly", **options: Any) -> Job:
    """Return a new reprocess job without tasks."""
    wanted = NewJob(
        company_id=company_id, kind="reprocess", name=name, submitter="lab@example.com", options={}, **options
    )
    return add_job(tx, wanted, "host")


def job_with_tasks(database: Database, number: int, name: str = "nightly", company_id: int | None = None) -> int:
    """Return the number of a new job with ``number`` ready tasks, in a company of its own unless one is given."""
    company = company_id or add_tenant(database, f"{name}-company")
    with database.write() as tx:
        job_id = new_job(tx, company, name).id
        ledger.add_tasks(tx, job_id, company, [NewTask(label=f"file-{n}.jpg") for n in range(number)])
    return job_id


def dispatched(database: Database, job_id: int, number: int = 1, lease: timedelta = LEASE) -> tuple[Token, ...]:
    """Return the tokens of the job's next tasks."""
    with database.write() as tx:
        return ledger.dispatch(tx, job_id, number, lease)


def claim_one(tx: Tx, token: Token, owner: str = OWNER, lease: timedelta = LEASE) -> Task | None:
    """Return the task of the token, which is the owner's now, unless the token is stale."""
    return ledger.claim_all(tx, [token], owner, lease).get(token)


def claimed(database: Database, job_id: int, lease: timedelta = LEASE) -> Task:
    """Return the job's next task, dispatched and claimed."""
    (token,) = dispatched(database, job_id)
    with database.write() as tx:
        task = claim_one(tx, token, OWNER, lease)
    assert task is not None
    return task


def loaded(database: Database, job_id: int) -> Job:
    """Return the job as it stands."""
    with database.read() as tx:
        job = load_job(tx, job_id)
    assert job is not None
    return job


def new_asset(company_id: int, name: str, **changes: Any) -> NewAsset:
    """Return a picture in the company's ``up/`` folder that has no row yet."""
    values: dict[str, Any] = {
        "company_id": company_id,
        "folder": "LabCo/up/",
        "name": name,
        "file_name": f"{name}.jpg",
        "type": "Image",
        "original": StoredFile(key=KEY, size=10),
        "ready_for_publish": True,
        "created_by": "lab@example.com",
    }
    return NewAsset(**values | changes)


def stored_asset(database: Database, company_id: int, name: str = "shoe", **changes: Any) -> int:
    """Return the number of a stored picture."""
    with database.write() as tx:
        return add_asset(tx, new_asset(company_id, name, **changes)).id


def derivatives(width: int = 500) -> Derivatives:
    """Return the derivatives of a picture ``width`` pixels wide."""
    made = StoredFile(key=KEY, size=7)
    return Derivatives(
        pyramid=made,
        thumbnail=made,
        preview=None,
        mask=None,
        width=width,
        height=400,
        resolution=72.0,
        has_alpha=False,
        colour_space="RGB",
    )


def find_tasks(tx: Tx, job_id: int) -> tuple[Mapping[str, Any], ...]:
    """Return every task row of the job as it stands, by sequence: state, attempts, reason, plan, steps and times."""
    rows = tx.execute(sa.select(t.task).where(t.task.c.job_id == job_id).order_by(t.task.c.seq)).mappings()
    return tuple({**row, "state": TaskState(row["state"])} for row in rows)
