"""A run of processing over a folder of 100,000 assets: seeing what it would come to, and starting it, on SQLite."""

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import sqlalchemy as sa

from domain.clock import utc_now
from jobs.control import stop_job
from jobs.processing.choices import FULL
from jobs.processing.criteria import Criteria
from jobs.processing.preview import preview
from jobs.processing.runs import Wanted, prepare, start_run
from jobs.profiles.definitions import ImageProfile, ProfileKind
from jobs.profiles.library import create_profile
from jobs.specs import Insets
from jobs.submit import Submission
from store import tables as t
from store.companies import add_company
from store.engine import Database, sqlite_url
from store.profiles import Assignment, assign
from store.schema import upgrade_schema

ASSETS, FOLDERS, ROUNDS = 100_000, 1_000, 5
TYPES = ("Image", "Image", "Image", "Pdf", "Zip")
ROOT = "BenchCo/"
WANTED = Wanted(criteria=Criteria(folders=(ROOT,)), choices=FULL)
Spent = tuple[float, float]
"""Seconds by the clock and of CPU."""


def figures() -> Iterator[str]:
    """Yield the medians of several previews and of as many starts, each in a transaction that is made durable."""
    with (
        tempfile.TemporaryDirectory() as folder,
        closing(Database(sqlite_url(Path(folder) / "reprise.db"))) as database,
    ):
        upgrade_schema(database)
        company = _fill(database)
        yield f"preview of {ASSETS} assets, {FOLDERS} folders: {_timed(lambda: _preview(database, company))} (aim 1 s)"
        yield f"start of a run over them: {_timed(lambda: _start(database, company))} (aim 2 s)"


def _fill(database: Database) -> int:
    now = utc_now()
    with database.write() as tx:
        company = add_company(tx, name="BenchCo", root="BenchCo").id
        common = {
            "company_id": company,
            "ready_for_publish": False,
            "trash_state": "NotInTrash",
            "created": now,
            "created_by": "bench@example.com",
            "last_modified": now,
            "last_modified_by": "bench@example.com",
            "original_key": "0" * 64,
            "original_size": 1_000_000,
            "revision": 1,
        }
        rows = [
            {
                **common,
                "folder": f"{ROOT}{n % FOLDERS}/",
                "name": f"asset{n}",
                "file_name": f"asset{n}.jpg",
                "original_path": f"{ROOT}{n % FOLDERS}/asset{n}.jpg",
                "type": TYPES[n // FOLDERS % len(TYPES)],
            }
            for n in range(ASSETS)
        ]
        tx.execute(sa.insert(t.asset), rows)
        trimmed = ImageProfile(trim=Insets(left=1, right=0, top=0, bottom=0))
        profile = create_profile(tx, company, (ProfileKind.IMAGE, "trim"), trimmed, "bench@example.com")
        assign(tx, company, Assignment(folder=ROOT, kind="image", profile_id=profile.id))
    return company


def _preview(database: Database, company: int) -> Spent:
    clock, cpu = time.perf_counter(), time.process_time()
    with database.write() as tx:
        seen = preview(tx, company, prepare(tx, company, WANTED), "bench@example.com")
    assert seen.selection.total == ASSETS
    return time.perf_counter() - clock, time.process_time() - cpu


def _start(database: Database, company: int) -> Spent:
    """Start a run over a selection that was previewed; it is stopped again, so that the next one may start."""
    with database.write() as tx:
        spec = prepare(tx, company, WANTED)
        selection = preview(tx, company, spec, "bench@example.com").selection
    submission = Submission(company_id=company, name="bench", submitter="bench@example.com", server_name="host")
    clock, cpu = time.perf_counter(), time.process_time()
    with database.write() as tx:
        job = start_run(tx, submission, spec, selection.id)
    spent = time.perf_counter() - clock, time.process_time() - cpu
    assert job.counts.total == ASSETS
    with database.write() as tx:
        stop_job(tx, job)
    return spent


def _timed(measure: Callable[[], Spent]) -> str:
    spent = [measure() for _ in range(ROUNDS)]
    clock, cpu = (statistics.median(each[n] for each in spent) for n in (0, 1))
    return f"{clock:.2f} s, {cpu:.2f} s of CPU"
