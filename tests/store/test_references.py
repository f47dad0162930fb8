"""Which bytes rows refer to: each column that can hold a key is looked at; a row that is over lets go of its own."""

import hashlib
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import NewTask, StoredFile
from domain.states import JobOutcome, TaskState
from store import ledger, tables
from store.asset_changes import set_trash_state
from store.assets import NewPicture, load_asset, save_picture
from store.companies import default_context
from store.engine import Database
from store.jobs import NewJob, add_job, end_job
from store.published import publish_asset, withdraw_asset
from store.references import HOLDERS, load_unreferenced, referenced_keys, save_unreferenced
from tests.store.rows import add_tenant, claimed, derivatives, stored_asset

WITHOUT_KEYS = {
    tables.asset.c.crop,
    tables.task.c.steps,
    tables.task.c.progress,
    tables.job_log.c.aux,
    tables.job_log.c.filling,
    tables.outbox.c.payload,
    tables.outbox.c.dedup_key,
    tables.generated.c.lines,
    tables.generated.c.links,
    tables.property_set.c.properties,
    tables.smart_crop.c.area,
    tables.smart_crop.c.manual_area,
    tables.unreferenced_blob.c.key,
    tables.profile_version.c.definition,
    tables.selection.c.criteria,
}
"""Columns that a key could stand in by their type or name, and does not, or does not keep alive."""


def key(name: str) -> str:
    return hashlib.sha256(name.encode()).hexdigest()


def stored(name: str) -> StoredFile:
    return StoredFile(key=key(name), size=5)


def referenced(database: Database) -> set[str]:
    with database.read() as tx:
        return set(referenced_keys(tx))


def drawn_asset(database: Database, company: int) -> int:
    """Return the number of an asset with an original, a pyramid, a thumbnail and a mask of its own."""
    number = stored_asset(database, company, original=stored("original"))
    made = replace(derivatives(), pyramid=stored("pyramid"), thumbnail=stored("thumbnail"), mask=stored("mask"))
    with database.write() as tx:
        picture = NewPicture(crop=None, derivatives=made, ready_for_publish=True, changed_by="bot")
        assert save_picture(tx, number, 1, picture)
    return number


def job_with_input(database: Database, company: int, options: dict[str, Any], given: dict[str, Any]) -> int:
    """Return the number of a job with one task that is given something."""
    with database.write() as tx:
        wanted = NewJob(company_id=company, kind="upload_post", name="up", submitter="x", options=options)
        job = add_job(tx, wanted, "host")
        ledger.add_tasks(tx, job.id, company, [NewTask(label="a.png", input=given)])
    return job.id


def test_every_column_that_could_hold_a_key_is_looked_at_or_known_to_hold_none() -> None:
    columns = {column for table in tables.metadata.tables.values() for column in table.columns}
    could = {c for c in columns if isinstance(c.type, sa.JSON) or c.name == "key" or c.name.endswith("_key")}

    assert could == HOLDERS.keys() | WITHOUT_KEYS


def test_an_asset_refers_to_its_original_and_to_each_of_its_derivatives(database: Database) -> None:
    drawn_asset(database, add_tenant(database))

    assert referenced(database) == {key("original"), key("pyramid"), key("thumbnail"), key("mask")}


@pytest.mark.parametrize(("state", "number"), [("InTrash", 4), ("InEmptiedTrash", 0)])
def test_an_asset_keeps_its_bytes_in_the_trash_until_it_is_emptied(database: Database, state: str, number: int) -> None:
    company = add_tenant(database)
    asset_id = drawn_asset(database, company)
    with database.write() as tx:
        asset = load_asset(tx, company, asset_id)
        assert asset is not None
        set_trash_state(tx, asset, state, "lab@example.com")

    assert len(referenced(database)) == number


def test_a_snapshot_refers_to_its_files_until_it_is_withdrawn(database: Database) -> None:
    company = add_tenant(database)
    asset_id = drawn_asset(database, company)
    with database.write() as tx:
        asset, context = load_asset(tx, company, asset_id), default_context(tx, company, "ImageServing")
        assert asset is not None
        publish_asset(tx, context, asset)
        set_trash_state(tx, asset, "InEmptiedTrash", "lab@example.com")
    before = referenced(database)

    with database.write() as tx:
        withdraw_asset(tx, context, asset_id)

    assert before == {key("pyramid"), key("thumbnail"), key("mask")}
    assert referenced(database) == set()


def test_a_task_refers_to_what_it_was_given_and_what_it_plans_until_it_is_settled(database: Database) -> None:
    job_id = job_with_input(database, add_tenant(database), {}, {"key": key("uploaded"), "size": 5})
    task = claimed(database, job_id)
    with database.write() as tx:
        ledger.save_plan(tx, task.token, {"colour": {"output_profile": key("profile")}})
    before = referenced(database)

    with database.write() as tx:
        ledger.settle(tx, task, ledger.Settlement(state=TaskState.FAILED, error="damaged"))

    assert before == {key("uploaded"), key("profile")}
    assert referenced(database) == set()


def test_a_job_refers_to_the_profiles_in_its_options_until_it_ends(database: Database) -> None:
    options = {"image": {"colour": {"mode": "Convert", "source_profile": None, "output_profile": key("profile")}}}
    job_id = job_with_input(database, add_tenant(database), options, {})
    before = referenced(database)

    with database.write() as tx:
        assert end_job(tx, job_id, JobOutcome.COMPLETED)

    assert before == {key("profile")}
    assert referenced(database) == set()


def test_what_is_without_a_reference_keeps_the_time_it_was_first_seen_so(database: Database) -> None:
    first = utc_now()
    later = first + timedelta(hours=1)
    with database.write() as tx:
        save_unreferenced(tx, {key("a"), key("b")}, first)

    with database.write() as tx:
        save_unreferenced(tx, {key("b"), key("c")}, later)

    with database.read() as tx:
        assert load_unreferenced(tx) == {key("b"): first, key("c"): later}
