"""A kind of job whose tasks do nothing, run by the embedded engine: what is left is the ledger's work for a task."""

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import cast

from domain.model import Job, NewTask, Order, Task
from domain.states import TaskState
from domain.words import verbatim
from jobs.kinds import optimize_images
from jobs.kinds.port import JobKind, Planned, Subject, Tools, Work
from jobs.kinds.registry import KINDS
from jobs.specs import FollowOnSpec
from jobs.submit import Submission, submit
from server.app import build_leader, clear_leftovers, configure_logging
from server.console import settings_of
from store.companies import add_company
from store.engine import Database, Tx
from store.jobs import find_active, load_job
from store.ledger import Settlement
from store.schema import upgrade_schema
from tests.store.rows import find_tasks

NAME = "noop"
LARGE, ITEM_S = 10_000, 0.05
SMALL = 3
POLL_S = 0.02


def _plan(_tx: Tx, _company_id: int, order: Order) -> Planned:
    return Planned(tasks=tuple(NewTask(label=f"{n}") for n in range(cast("int", order.options["tasks"]))))


def _perform(job: Job, task: Task, _tools: Tools) -> Work:
    time.sleep(cast("float", job.options["seconds"]))
    return Work(
        settlement=Settlement(state=TaskState.DONE),
        log_type="FileEnd",
        message=verbatim(task.label),
        subject=Subject(name=task.label),
    )


def _follow_on(_job: Job) -> FollowOnSpec:
    return FollowOnSpec(publishes=())


def add_noop_kind() -> None:
    """Have this process know jobs that do nothing."""
    kind: JobKind = replace(optimize_images.KIND, name=NAME, plan=_plan, perform=_perform, follow_on=_follow_on)
    cast("dict[str, JobKind]", KINDS)[NAME] = kind


@contextmanager
def leading(database: Database, folder: Path, slots: int, **given: str) -> Iterator[Callable[[], None]]:
    """Give what starts a leader over ``database``, closed when the block ends; without settings its engine is embedded.

    The rest of this process logs as a server does.
    """
    settings = settings_of(data=folder, slots=slots, log_level="warning", **given)
    configure_logging(settings)
    clear_leftovers(settings)
    leader = build_leader(settings, database)
    yield leader.start
    leader.close()


def submit_noops(database: Database, company_id: int, tasks: int, seconds: float = 0.0) -> int:
    """Return the number of a new job of so many tasks, each of which sleeps so long."""
    submission = Submission(company_id=company_id, name=f"{tasks} no-ops", submitter="bench", server_name="bench")
    with database.write() as tx:
        return submit(tx, submission, Order(kind=NAME, options={"tasks": tasks, "seconds": seconds})).id


def wait_for(database: Database, job_id: int) -> None:
    """Return when the job has ended."""
    while True:
        with database.read() as tx:
            job = load_job(tx, job_id)
        assert job is not None
        if job.ended:
            assert job.counts.done == job.counts.total
            return
        time.sleep(POLL_S)


def noop_rate(url: str, folder: Path, tasks: int, slots: int, **given: str) -> float:
    """Return how many tasks that do nothing the engine does in a second, submitting included."""
    add_noop_kind()
    database = Database(url)
    upgrade_schema(database)
    with database.write() as tx:
        company = add_company(tx, name=folder.name, root=f"{folder.name}/").id
    with leading(database, folder, slots, **given) as start_leader:
        start_leader()
        wait_for(database, submit_noops(database, company, 50))
        start = time.perf_counter()
        wait_for(database, submit_noops(database, company, tasks))
        seconds = time.perf_counter() - start
    database.close()
    return tasks / seconds


def fan_out_seconds(url: str, tasks: int) -> float:
    """Return how long submitting one job of so many tasks takes."""
    add_noop_kind()
    database = Database(url)
    upgrade_schema(database)
    with database.write() as tx:
        company = add_company(tx, name="FanCo", root="FanCo/").id
    start = time.perf_counter()
    submit_noops(database, company, tasks)
    seconds = time.perf_counter() - start
    database.close()
    return seconds


def recovery_seconds(url: str, folder: Path, slots: int) -> float:
    """Return how long a runner takes from its start over a database with queued tasks until one of them is done."""
    add_noop_kind()
    database = Database(url)
    with leading(database, folder, slots) as start_leader:
        start = time.perf_counter()
        start_leader()
        while not _has_done(database):
            time.sleep(POLL_S / 10)
        seconds = time.perf_counter() - start
    database.close()
    return seconds


def _has_done(database: Database) -> bool:
    with database.read() as tx:
        return any(job.counts.done for job in find_active(tx, None))


def first_item_seconds(url: str, folder: Path, slots: int) -> float:
    """Return how long a small job waits for its first item while a large one of another company runs."""
    add_noop_kind()
    database = Database(url)
    upgrade_schema(database)
    with database.write() as tx:
        busy, small = (add_company(tx, name=name, root=f"{name}/").id for name in ("BusyCo", "SmallCo"))
    with leading(database, folder, slots) as start_leader:
        submit_noops(database, busy, LARGE, ITEM_S)
        start_leader()
        while not _has_done(database):
            time.sleep(POLL_S)
        job_id = submit_noops(database, small, SMALL, ITEM_S)
        wait_for(database, job_id)
    with database.read() as tx:
        job = load_job(tx, job_id)
        first = min(task["started"] for task in find_tasks(tx, job_id))
    database.close()
    assert job is not None
    return float((first - job.created).total_seconds())
