"""What a company takes up: originals and derivatives, but not what has been emptied from the trash."""

from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import timedelta

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from domain.errors import Permanent
from domain.model import NewTask, StoredFile
from domain.states import TaskState
from jobs.quota import within_quota
from store import ledger, tables
from store.asset_changes import set_trash_state
from store.assets import NewPicture, add_asset, load_asset, save_picture
from store.companies import change_company
from store.engine import Database
from store.jobs import request_stop
from store.schema import upgrade_schema
from store.usage import arriving_bytes, hold_company, load_usage, used_bytes
from tests.store.postgres import own_schema
from tests.store.rows import add_tenant, claimed, derivatives, loaded, new_asset, new_job, stored_asset

TERABYTE = 10**12


@pytest.fixture
def company(database: Database) -> int:
    return add_tenant(database)


def used(database: Database, company: int) -> int:
    with database.read() as tx:
        return used_bytes(tx, company)


def arriving(database: Database, company: int) -> int:
    with database.read() as tx:
        return arriving_bytes(tx, company)


def file(name: str, size: int) -> StoredFile:
    return StoredFile(key=name * 64, size=size)


def draw(database: Database, company: int, number: int, pyramid: int) -> None:
    """Give the asset a picture whose preview and thumbnail are the same 20 bytes."""
    made = replace(derivatives(), pyramid=file("a", pyramid), preview=file("b", 20), thumbnail=file("b", 20))
    with database.write() as tx:
        asset = load_asset(tx, company, number)
        assert asset is not None
        picture = NewPicture(crop=None, derivatives=made, ready_for_publish=True, changed_by="bot")
        assert save_picture(tx, number, asset.revision, picture)


def throw_away(database: Database, company: int, number: int, state: str) -> None:
    with database.write() as tx:
        asset = load_asset(tx, company, number)
        assert asset is not None
        set_trash_state(tx, asset, state, "lab@example.com")


def upload_job(database: Database, company: int, *sizes: int) -> int:
    """Return the number of a job to which files of these sizes have been uploaded."""
    with database.write() as tx:
        job = new_job(tx, company)
        tasks = [NewTask(label="a.png", input={"folder": "LabCo/", "key": "a" * 64, "size": size}) for size in sizes]
        ledger.add_tasks(tx, job.id, company, [*tasks, NewTask(label="b", input={"handle": "a|1"})])
    return job.id


def test_an_empty_company_takes_nothing(database: Database, company: int) -> None:
    assert (used(database, company), arriving(database, company)) == (0, 0)


def test_originals_and_derivatives_count_and_the_same_bytes_of_one_asset_once(database: Database, company: int) -> None:
    draw(database, company, stored_asset(database, company, original=file("c", 3 * TERABYTE)), TERABYTE)

    assert used(database, company) == 4 * TERABYTE + 20


def test_new_derivatives_count_in_place_of_the_old_ones(database: Database, company: int) -> None:
    number = stored_asset(database, company, original=file("c", 100))
    draw(database, company, number, 1000)
    draw(database, company, number, 500)

    assert used(database, company) == 620


def test_bytes_that_two_assets_share_count_for_each(database: Database, company: int) -> None:
    for name in ("one", "two"):
        stored_asset(database, company, name, original=file("c", 100))

    assert used(database, company) == 200


@pytest.mark.parametrize(("state", "expected"), [("InTrash", 100), ("InEmptiedTrash", 0)])
def test_the_trash_counts_until_it_is_emptied(database: Database, company: int, state: str, expected: int) -> None:
    throw_away(database, company, stored_asset(database, company, original=file("c", 100)), state)

    assert used(database, company) == expected


def test_other_companies_do_not_count(database: Database, company: int) -> None:
    other = add_tenant(database, "OtherCo")
    stored_asset(database, other, original=file("c", 100))
    upload_job(database, other, 100)

    assert (used(database, company), arriving(database, company)) == (0, 0)


def test_uploads_arrive_until_their_task_is_settled(database: Database, company: int) -> None:
    job_id = upload_job(database, company, 3 * TERABYTE, 5)
    before = arriving(database, company)
    task = claimed(database, job_id)
    while_running = arriving(database, company)

    with database.write() as tx:
        ledger.settle(tx, task, ledger.Settlement(state=TaskState.DONE))

    assert (before, while_running, arriving(database, company)) == (3 * TERABYTE + 5, 3 * TERABYTE + 5, 5)


def test_uploads_of_a_stopped_job_arrive_no_more(database: Database, company: int) -> None:
    job_id = upload_job(database, company, 5)
    with database.write() as tx:
        request_stop(tx, job_id)
        ledger.cancel_waiting(tx, job_id)

    assert loaded(database, job_id).counts.cancelled == 2
    assert arriving(database, company) == 0


def test_usage_tells_of_images_and_of_the_last_change(database: Database, company: int) -> None:
    number = stored_asset(database, company, original=file("c", 100))
    stored_asset(database, company, "rules", type="Xml", original=file("d", 5))
    later = utc_now() + timedelta(days=1)
    with database.write() as tx:
        tx.execute(sa.update(tables.asset).where(tables.asset.c.id == number).values(last_modified=later))

    with database.read() as tx:
        usage = load_usage(tx, company)

    assert (usage.images, usage.size, usage.last_modified) == (1, 105, later)


def test_a_company_without_assets_last_changed_with_its_folders(database: Database, company: int) -> None:
    with database.read() as tx:
        usage = load_usage(tx, company)
        assert usage.last_modified == tx.scalar(sa.select(sa.func.max(tables.folder.c.last_modified)))

    assert (usage.images, usage.size) == (0, 0)


def test_transactions_at_the_same_time_do_not_exceed_a_quota_together(database: Database, company: int) -> None:
    def add(number: int) -> bool:
        try:
            with database.write() as tx, within_quota(tx, company):
                add_asset(tx, new_asset(company, f"shoe-{number}", original=file("c", 100)))
        except Permanent:
            return False
        return True

    with database.write() as tx:
        change_company(tx, company, quota_bytes=350)

    with ThreadPoolExecutor(8) as threads:
        added = list(threads.map(add, range(24)))

    assert (sum(added), used(database, company)) == (3, 300)


def test_what_a_task_ends_with_and_a_change_of_tags_take_turns_before_either_has_an_asset(postgres_url: str) -> None:
    with own_schema(postgres_url) as url, closing(Database(url)) as database:
        upgrade_schema(database)
        company = add_tenant(database)

        with database.write() as ending, within_quota(ending, company), pytest.raises(sa.exc.OperationalError) as late:
            hold_at_once(database, company)

    assert "lock timeout" in str(late.value)


def hold_at_once(database: Database, company: int) -> None:
    """Hold the company as a change of tags does, or give up when somebody else has it."""
    with database.write() as tx:
        tx.exec_driver_sql("SET LOCAL lock_timeout = '50ms'")
        hold_company(tx, company)
