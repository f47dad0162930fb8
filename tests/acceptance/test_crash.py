"""What a crash, a stop and a lost child leave behind: every asset done once, and counters that equal the rows."""

import os
import random
import signal
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Event

import pytest
import sqlalchemy as sa

from domain.states import TaskState
from store import tables
from store.engine import Database, sqlite_url
from store.jobs import find_by_original_name
from store.ledger import count_by_state
from store.webhooks import Webhook, set_webhooks
from tests.imaging.pictures import scene
from tests.jobs.flow import WATCHDOG_S, Client, crop, publish, reading, reprocess
from tests.jobs.listener import Listener, listening
from tests.jobs.own_server import own_server
from tests.jobs.pictures import jpeg, small_png
from tests.jobs.postbox import Postbox, postbox
from tests.process_tree import children, processes
from tests.running_server import RunningServer
from tests.store.rows import find_tasks

SECRET = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"


@pytest.fixture(scope="module")
def box() -> Iterator[Postbox]:
    """The mail server of the server that may be killed."""
    with postbox() as opened:
        yield opened


@pytest.fixture(scope="module")
def mortal(tmp_path_factory: pytest.TempPathFactory, box: Postbox) -> Iterator[RunningServer]:
    """A server that the tests may kill."""
    smtp = f"smtp://127.0.0.1:{box.port}"
    data = tmp_path_factory.mktemp("mortal") / "data"
    with own_server(data, slots="2", smtp_url=smtp, allowed_networks="127.0.0.0/8") as client:
        yield client.server


@pytest.fixture
def crashing(mortal: RunningServer) -> Client:
    """A client of a server that the test may kill, with a tag of this test's own."""
    return Client(mortal)


@dataclass(frozen=True, slots=True)
class Truth:
    """What the database says of a job: its counter of successes, its task states and attempts, its rows per asset."""

    counted: int
    states: Mapping[TaskState, int]
    attempts: Sequence[int]
    success_rows: Mapping[str, int]


def truth(client: Client, name: str) -> Truth:
    with reading(client.server) as tx:
        (job,) = find_by_original_name(tx, None, name)
        rows = sa.select(tables.job_log.c.asset_id).where(
            tables.job_log.c.job_id == job.id, tables.job_log.c.log_type == "ReoptimizeSuccess"
        )
        return Truth(
            counted=job.counts.done,
            states=count_by_state(tx, job.id),
            attempts=[task["attempt"] for task in find_tasks(tx, job.id)],
            success_rows=Counter(f"a|{number}" for number in tx.scalars(rows)),
        )


def upload_many(client: Client, number: int) -> list[str]:
    return list(client.upload({f"{n}.png": small_png(n) for n in range(number)}).values())


def wait_for_progress(client: Client, done: int) -> None:
    """Return once at least ``done`` tasks of the job under the client's tag have settled."""
    path = "jobArray/items/taskProgressArray/items/numProcessed"
    while int((client.active(f"<originalName>{client.tag}</originalName>").texts(path) or [str(done)])[0]) < done:
        time.sleep(0.02)


def revisions(client: Client, handles: Sequence[str]) -> list[int]:
    return [client.stored(handle).revision for handle in handles]


def assert_each_done_once(client: Client, handles: Sequence[str]) -> None:
    """Every asset was uploaded, which is two revisions, and switched to its new picture exactly once."""
    number = len(handles)
    after = truth(client, client.tag)
    assert after.states == {TaskState.DONE: number}
    assert after.counted == number
    assert after.success_rows == dict.fromkeys(handles, 1)
    assert revisions(client, handles) == [3] * number
    ended = client.rows(client.tag, "EndReoptimize")
    assert [row.message for row in ended] == [f"Completed: {number:,} of {number:,} succeeded."]


@pytest.mark.covers("submitJob")
def test_a_job_goes_on_after_server_and_slots_were_killed_in_its_middle(crashing: Client, box: Postbox) -> None:
    survive(crashing, box, assets=40, kills=3)


@pytest.mark.proof
@pytest.mark.timeout(7200)
def test_a_job_of_1000_assets_survives_200_kills(crashing: Client, box: Postbox) -> None:
    survive(crashing, box, assets=1000, kills=200)


def survive(client: Client, box: Postbox, assets: int, kills: int) -> None:
    """Kill server and slots in turn, at random moments of a job; all is done once, and all that is owed arrives."""
    handles = upload_many(client, assets)
    assert len(handles) == assets
    ended: set[int] = set()
    with listening() as host:
        tell(client, host.url("/hook"))
        options = {"emailSetting": "All", "postHttpUrl": host.url("/done")}
        client.submit(reprocess(handles, manualCropOptions=crop(1, 2, 3, 4), **options))
        for number in range(kills):
            wait_until_settled(client, number * assets * 4 // (kills * 5) + 1)
            time.sleep(random.uniform(0, 0.05))
            ended |= kill_server_or_slot(client.server, is_server=number % 2 == 0)
        assert truth(client, client.tag).counted < assets, "the job was over before the last kill"
        client.server.wait_until_ready()
        client.wait(client.tag)
        assert_each_done_once(client, handles)
        assert_all_told(client, box, host)
        tell(client)
    wait_until_gone(ended)


def tell(client: Client, *urls: str) -> None:
    """Let these URLs be told of the company's ended jobs."""
    database = client.server.database
    with database.write() as tx:
        set_webhooks(tx, 110, [Webhook(url=url, secret=SECRET) for url in urls])
    database.close()


def wait_until_settled(client: Client, number: int) -> None:
    """Return once so many tasks of the client's job have settled."""
    until = time.monotonic() + WATCHDOG_S
    database = Database(sqlite_url(client.server.data / "reprise.db"))
    settled = 0
    while settled < number:
        assert time.monotonic() < until, client.server.log()[-3000:]
        time.sleep(0.005)
        with database.read() as tx:
            (job,) = find_by_original_name(tx, None, client.tag)
        settled = job.counts.settled
    database.close()


def kill_server_or_slot(server: RunningServer, *, is_server: bool) -> set[int]:
    """Kill the server and begin to start it again, or kill one of its slots; return the processes that must end."""
    assert server.process is not None
    if is_server:
        ending = set(processes(server))
        server.kill()
        server.launch()
        return ending
    while not (slots := slots_of(server.process.pid)):
        assert server.process.poll() is None, server.log()[-3000:]
        time.sleep(0.005)
    chosen = random.choice(slots)
    with suppress(ProcessLookupError):  # the one before may have taken the pool with it
        os.kill(chosen, signal.SIGKILL)
    return {chosen}


def wait_until_gone(ended: set[int]) -> None:
    """Return once none of these processes is there; no child outlives its server."""
    until = time.monotonic() + WATCHDOG_S
    while left := [pid for pid in ended if Path(f"/proc/{pid}").exists()]:
        assert time.monotonic() < until, left
        time.sleep(0.02)


def assert_all_told(client: Client, box: Postbox, host: Listener) -> None:
    """The job owed one mail, one callback and one webhook; each has arrived, under one identifier."""
    mails = [str(box.next_mail().message["Message-ID"])]
    hooks = [host.posts.get(timeout=WATCHDOG_S)[0]["webhook-id"]]
    while delivered(client) != {("mail", "sent"): 1, ("callback", "sent"): 1, ("webhook", "sent"): 1}:
        time.sleep(0.05)
    while not box.mails.empty():
        mails.append(str(box.next_mail().message["Message-ID"]))
    while not host.posts.empty():
        hooks.append(host.posts.get()[0]["webhook-id"])
    assert (len(set(mails)), len(set(hooks))) == (1, 1)
    assert "GET /done" in host.calls.queue


def delivered(client: Client) -> Mapping[tuple[str, str], int]:
    """How many deliveries of the client's jobs there are, by kind and state."""
    box = tables.outbox
    query = sa.select(box.c.kind, box.c.state).join(tables.job, tables.job.c.id == box.c.job_id)
    with reading(client.server) as tx:
        return Counter(tuple(row) for row in tx.execute(query.where(tables.job.c.name == client.tag)))


def test_a_mail_that_was_taken_unnoticed_comes_again_under_its_message_id(crashing: Client, box: Postbox) -> None:
    noticed = Event()
    box.before_reply = lambda: noticed.wait(WATCHDOG_S)
    crashing.submit(publish().replace("None", "All"))
    first = box.next_mail()
    crashing.server.kill()
    box.before_reply = lambda: None
    noticed.set()

    crashing.server.start()

    again = box.next_mail()
    assert again.message["Message-ID"] == first.message["Message-ID"]
    assert again.text == first.text
    while delivered(crashing) != {("mail", "sent"): 1}:
        time.sleep(0.05)


def test_a_job_goes_on_after_the_server_was_stopped_in_its_middle(crashing: Client) -> None:
    handles = upload_many(crashing, 120)
    crashing.submit(reprocess(handles))
    wait_for_progress(crashing, 10)
    assert crashing.server.stop() == 0
    assert truth(crashing, crashing.tag).counted >= 10
    crashing.server.start()
    crashing.wait(crashing.tag)
    assert_each_done_once(crashing, handles)


def test_killing_a_slots_child_repeats_its_task_alone(crashing: Client) -> None:
    handles = list(crashing.upload({f"{n}.jpg": jpeg(scene(4000, 3000)) for n in range(6)}).values())
    crashing.submit(reprocess(handles, manualCropOptions=crop(1, 2, 3, 4)))
    kill_one_child(crashing)
    crashing.wait(crashing.tag)
    assert_each_done_once(crashing, handles)
    assert sorted(truth(crashing, crashing.tag).attempts) == [1, 1, 1, 1, 1, 2]


def kill_one_child(client: Client) -> None:
    """Kill a slot that is at work, as the kernel does when memory ends."""
    assert client.server.process is not None
    slots = slots_of(client.server.process.pid)
    used = {pid: processor_ticks(pid) for pid in slots}
    until = time.monotonic() + 30
    while time.monotonic() < until:
        busy = [pid for pid in slots if processor_ticks(pid) > used[pid] + 5]
        if busy:
            os.kill(busy[0], signal.SIGKILL)
            return
        time.sleep(0.01)
    raise AssertionError("no slot was busy")


def slots_of(server_pid: int) -> list[int]:
    """The children of the server that run at the lowered priority of slots."""
    return [pid for pid in children(server_pid) if priority_of(pid) == 10]


def priority_of(pid: int) -> int | None:
    """How nice a process is; None when it has ended."""
    try:
        return os.getpriority(os.PRIO_PROCESS, pid)
    except ProcessLookupError:
        return None


def processor_ticks(pid: int) -> int:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12])


def test_two_jobs_over_the_same_assets_are_both_done(lab: Client) -> None:
    handles = upload_many(lab, 20)
    sides = {f"{lab.tag}-one": (1, 2, 3, 4), f"{lab.tag}-two": (5, 6, 7, 8)}
    jobs = {name: reprocess(handles, manualCropOptions=crop(*trimmed)) for name, trimmed in sides.items()}
    with ThreadPoolExecutor(2) as threads:
        list(threads.map(lambda name: lab.submit(jobs[name], name), jobs))
    for name in jobs:
        lab.wait(name)
        assert len(lab.rows(name, "ReoptimizeSuccess")) == 20
    assert revisions(lab, handles) == [4] * 20
    for asset in map(lab.stored, handles):
        assert asset.derivatives is not None
        left, right, top, bottom = asset.crop or (0, 0, 0, 0)
        assert asset.crop in sides.values()
        assert (asset.derivatives.width, asset.derivatives.height) == (60 - left - right, 40 - top - bottom)
