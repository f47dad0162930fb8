"""A task that turned out to stand for several items is none of them, and a stale token puts nothing in its place."""

from dataclasses import replace

from domain.clock import utc_now
from domain.model import NewTask, Task
from domain.states import JobState, TaskState
from jobs.executor import expand_in
from jobs.kinds.port import Expansion
from store import ledger
from store.engine import Database
from store.expansion import expand
from store.jobs import begin_job, keep_open, move_job, request_stop
from tests.store.rows import add_tenant, claimed, find_tasks, job_with_tasks, loaded, new_job

ITEMS = [NewTask(label=name, input={"path": name}) for name in ("a", "b", "c")]


def labels(database: Database, job_id: int) -> list[tuple[str, TaskState]]:
    with database.read() as tx:
        return [(row["label"], row["state"]) for row in find_tasks(tx, job_id)]


def test_its_items_take_its_place(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id)

    with database.write() as tx:
        assert expand(tx, task, ITEMS)

    assert labels(database, job_id) == [(name, TaskState.READY) for name in "abc"]
    assert loaded(database, job_id).counts.total == 3


def test_without_items_it_is_gone_and_others_can_still_be_added(database: Database) -> None:
    job_id = job_with_tasks(database, 2)
    task = claimed(database, job_id)

    with database.write() as tx:
        assert expand(tx, task, [])
        ledger.add_tasks(tx, job_id, task.company_id, ITEMS)

    assert [label for label, _state in labels(database, job_id)] == ["file-1.jpg", "a", "b", "c"]
    assert loaded(database, job_id).counts.total == 4


def test_in_a_job_that_is_being_stopped_it_is_cancelled_and_the_job_ends(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id)

    with database.write() as tx:
        request_stop(tx, job_id)
        move_job(tx, job_id, JobState.STOPPING)
        expand_in(tx, task, Expansion(items=ITEMS))

    job = loaded(database, job_id)
    assert (job.state, job.counts.total, job.counts.cancelled) == (JobState.DONE, 1, 1)


def test_the_last_one_to_find_nothing_ends_its_job(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    task = claimed(database, job_id)

    with database.write() as tx:
        begin_job(tx, job_id)
        expand_in(tx, task, Expansion(items=()))

    assert loaded(database, job_id).state is JobState.DONE


def test_progress_goes_on_from_where_it_was_when_a_task_becomes_several(database: Database) -> None:
    job_id = job_with_tasks(database, 2)
    ended, archive = claimed(database, job_id), claimed(database, job_id)

    def seen(task: Task | None = None) -> float:
        with database.write() as tx:
            if task is not None:
                ledger.settle(tx, task, ledger.Settlement(state=TaskState.DONE))
        return loaded(database, job_id).progress

    before = seen(ended)
    with database.write() as tx:
        assert expand(tx, archive, [*ITEMS, NewTask(label="d")])

    assert (before, seen()) == (0.5, 0.5)
    assert [seen(claimed(database, job_id)) for _item in range(4)] == [0.625, 0.75, 0.875, 1.0]


def test_progress_of_a_job_whose_client_may_add_files_does_not_fall_with_each(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        job_id = new_job(tx, company, open_until=utc_now()).id
    seen = []
    for n in range(3):
        with database.write() as tx:
            ledger.add_tasks(tx, job_id, company, [NewTask(label=f"{n}.jpg")])
        task = claimed(database, job_id)
        with database.write() as tx:
            ledger.settle(tx, task, ledger.Settlement(state=TaskState.DONE))
        seen.append(loaded(database, job_id).progress)
    with database.write() as tx:
        keep_open(tx, job_id, None)

    assert seen == [0.5, 0.75, 0.875]
    assert loaded(database, job_id).progress == 1.0


def test_a_stale_token_changes_nothing(database: Database) -> None:
    job_id = job_with_tasks(database, 1)
    stale = replace(claimed(database, job_id), attempt=0)

    with database.write() as tx:
        assert not expand(tx, stale, ITEMS)
        assert not expand(tx, stale, [])

    assert labels(database, job_id) == [("file-0.jpg", TaskState.RUNNING)]
