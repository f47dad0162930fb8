"""What getActiveJobs tells of the items that are worked on: which, in what step, and how much of it is done."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import pytest

from domain.model import NewTask, Task
from domain.states import TaskState
from imaging.progress import write_progress
from jobs.kinds import reprocess
from jobs.kinds.picture import scratch_of
from jobs.progress import Watch
from jobs.specs import FollowOnSpec, ImageOptions, ReprocessSpec
from store import ledger
from store.engine import Database, Tx
from store.in_flight import note_progress
from store.jobs import NewJob, add_job, begin_job
from tests.jobs.flow import Client
from tests.jobs.pictures import document_pdf
from tests.soap_call import call
from tests.store.rows import claim_one

LEASE = timedelta(hours=1)
PARTS = "jobArray/items/taskProgressArray/items/"
ITEMS = f"{PARTS}taskItemProgressArray/items/"


def begin(tx: Tx, lab: Client, labels: list[str], number: int) -> tuple[int, list[Task]]:
    """Submit a running job of these items, dispatch them all, and claim the first ``number``."""
    order = reprocess.order(ReprocessSpec(image=ImageOptions(), follow_on=FollowOnSpec(publishes=())), [])
    new = NewJob(company_id=110, kind=order.kind, name=lab.tag, submitter=lab.user, options=order.options)
    job_id = add_job(tx, new, "host").id
    ledger.add_tasks(tx, job_id, 110, [NewTask(label=label) for label in labels])
    tokens = ledger.dispatch(tx, job_id, len(labels), LEASE)
    begin_job(tx, job_id)
    tasks = [claim_one(tx, token, "a worker elsewhere", LEASE) for token in tokens[:number]]
    return job_id, [task for task in tasks if task is not None]


@contextmanager
def in_hand(lab: Client, labels: list[str], number: int) -> Iterator[tuple[Database, list[Task]]]:
    """Give the server's database and the claimed tasks of a job that this test works on itself; end it afterwards."""
    database = lab.server.database
    with database.write() as tx:
        job_id, tasks = begin(tx, lab, labels, number)
    yield database, tasks
    with database.write() as tx:
        ledger.cancel_waiting(tx, job_id)
        for task in tasks:
            ledger.settle(tx, task, ledger.Settlement(state=TaskState.DONE))
    database.close()
    lab.wait(lab.tag)


@pytest.mark.covers("getActiveJobs")
def test_each_item_that_is_worked_on_tells_its_step_and_how_much_is_done(lab: Client) -> None:
    with in_hand(lab, ["paged.pdf", "planned.png", "begun.png", "waiting.png"], 3) as (database, tasks):
        with database.write() as tx:
            ledger.save_plan(tx, tasks[0].token, {})
            ledger.save_plan(tx, tasks[1].token, {})
            note_progress(tx, tasks[0].token, 3, 4)

        answer = lab.active(f"<originalName>{lab.tag}</originalName>")

    assert answer.texts(f"{ITEMS}itemName") == ["paged.pdf", "planned.png", "begun.png", "waiting.png"]
    assert answer.texts(f"{ITEMS}progress") == ["0.75", "0.0", "0.0", "0.0"]
    assert answer.texts(f"{ITEMS}progressMessage") == [
        "Pages made: 3 of 4",
        "Making the picture",
        "Begun",
        "Waiting for a worker",
    ]
    assert (answer.text(f"{PARTS}numProcessing"), answer.text(f"{PARTS}numPending")) == ("4", "0")


def test_an_item_that_is_tried_again_says_so_in_the_language_of_the_caller(lab: Client) -> None:
    with in_hand(lab, ["shoe.png"], 1) as (database, tasks):
        with database.write() as tx:
            ledger.release(tx, tasks[0], delay=timedelta(0), is_failure=True)
            (token,) = ledger.dispatch(tx, tasks[0].job_id, 1, LEASE)
            again = claim_one(tx, token, "a worker elsewhere", LEASE)
        assert again is not None
        tasks[0] = again

        content = f"<companyHandle>c|110</companyHandle><originalName>{lab.tag}</originalName>"
        answer = call(lab.server, "getActiveJobs", content, header_extra="<locale>de</locale>")

    assert answer.texts(f"{ITEMS}progressMessage") == ["Begonnen (Versuch 2)"]


def test_an_answer_tells_of_a_hundred_items_of_a_job_and_counts_the_others(lab: Client) -> None:
    with in_hand(lab, [f"{n}.png" for n in range(103)], 0):
        answer = lab.active(f"<originalName>{lab.tag}</originalName>")

    assert answer.texts(f"{ITEMS}itemName") == [f"{n}.png" for n in range(100)]
    assert answer.text(f"{PARTS}numProcessing") == "103"


def test_what_a_child_process_tells_is_written_down_when_it_changes(lab: Client, tmp_path: Path) -> None:
    with in_hand(lab, ["book.pdf", "shoe.png"], 2) as (database, tasks):
        tokens = [task.token for task in tasks]
        folder = scratch_of(tmp_path, tokens[0])
        folder.mkdir()
        watch = Watch(database, tmp_path)

        write_progress(folder, 1, 8)
        watch.look(tokens)
        with database.write() as tx:
            note_progress(tx, tokens[0], 2, 8)
        watch.look(tokens)
        unchanged = lab.active(f"<originalName>{lab.tag}</originalName>")
        write_progress(folder, 6, 8)
        watch.look(tokens)
        changed = lab.active(f"<originalName>{lab.tag}</originalName>")

    assert unchanged.texts(f"{ITEMS}progress") == ["0.25", "0.0"]
    assert changed.texts(f"{ITEMS}progress") == ["0.75", "0.0"]


@pytest.mark.proof
def test_the_pages_of_a_document_are_counted_while_they_are_made(lab: Client) -> None:
    name, seen = f"{lab.tag}-book", set[str]()
    book = document_pdf([(f"page {n}", (1.0, 1.0, 1.0)) for n in range(300)])
    lab.post_files({"book.pdf": book}, jobName=name)

    while (answer := lab.active(f"<originalName>{name}</originalName>")).texts("jobArray/items"):
        seen |= set(answer.texts(f"{ITEMS}progressMessage"))

    assert [words for words in seen if re.fullmatch(r"Pages made: \d+ of 300", words)]
