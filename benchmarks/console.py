"""The console's lists over 1,000,000 items and 100,000 assets, in process: first pages, late pages, filters."""

import statistics
import tempfile
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from pydantic import SecretStr

from benchmarks.services import postgres
from domain.clock import utc_now
from domain.states import TaskState
from jobs.kinds import process
from jobs.processing.choices import FULL
from jobs.processing.criteria import Criteria
from jobs.processing.spec import ProcessSpec
from jobs.profiles.definitions import ProfileKind
from jobs.profiles.library import create_profile, read_definition
from jobs.specs import to_json
from store import tables as t
from store.engine import Database
from store.profiles import Assignment, assign
from tests.console.office import OWNER, Browser, Office, open_office

ITEMS, LARGE, JOBS, ASSETS, FOLDERS, LOG_ROWS = 1_000_000, 900_000, 2_000, 100_000, 41, 200_000
RUNS = 250
ROUNDS, CHUNK = 20, 20_000
AIM_MS = 100
PAGES = {
    "executions": "",
    "executions, late": "?after=1000",
    "executions with errors": "?status=Completed+with+errors",
    "executions, no match": "?q=nothing-of-this-name",
    "execution": "executions/{job}",
    "items, late": "executions/{job}?after=800000",
    "items that failed": "executions/{job}?state=failed&after=500000",
    "items that were cancelled": "executions/{job}?state=cancelled",
    "log, late": "executions/{job}/log?after=150000",
    "log, newest first": "executions/{job}/log?order=newest",
    "process execution": "executions/{run}",
    "process execution, live part": "executions/{run}/live",
    "new process": "process",
    "profiles": "profiles",
    "profile": "profiles/{profile}",
    "folder": "assets?folder=LabCo/folder-0/",
    "folder, late": "assets?folder=LabCo/folder-0/&after=asset-0090000",
    "search, many": "assets?q=asset-00",
    "search, none": "assets?q=nothing-of-this-name",
    "asset": "assets/{asset}",
    "workers": "workers",
    "publish": "publish",
    "company": "company",
    "audit": "audit",
}


def figures() -> Iterator[str]:
    """Yield a line for each page on SQLite, then on Postgres: CPU time of this process, and how long it took.

    The ratio is to the page about the sign-in, which asks nothing of the database. On SQLite the CPU time includes the
    database's work.
    """
    with tempfile.TemporaryDirectory(prefix="reprise-bench-") as folder:
        with open_office(Path(folder)) as office:
            yield from _measured("SQLite", office)
        with (
            postgres(Path(folder)) as url,
            open_office(Path(folder) / "postgres", database_url=SecretStr(url)) as office,
        ):
            yield from _measured("Postgres", office)


def _measured(store: str, office: Office) -> Iterator[str]:
    numbers = _fill(office) | _add_processing(office)
    door = statistics.median(_times(office.browser(), "/console/sign-in")[0])
    browser = office.browser(OWNER)
    for name, path in PAGES.items():
        cpu, wall = _times(browser, f"/console/LabCo/{path.format(**numbers)}")
        median, late = statistics.median(cpu), sorted(wall)[int(len(wall) * 0.95) - 1]
        yield (
            f"{store}, {name}: {median:.0f} ms CPU, {median / door:.1f} times the sign-in page; "
            f"answered in {statistics.median(wall):.0f} ms, p95 {late:.0f} ms (aim {AIM_MS})"
        )


def _times(browser: Browser, url: str) -> tuple[list[float], list[float]]:
    assert browser.client.get(url).status_code == 200, url
    cpu, wall = [], []
    for _ in range(ROUNDS):
        began_cpu, began = time.process_time(), time.perf_counter()
        browser.client.get(url)
        cpu.append(1000 * (time.process_time() - began_cpu))
        wall.append(1000 * (time.perf_counter() - began))
    return cpu, wall


def _fill(office: Office) -> dict[str, int]:
    """Add the rows; return the number of the job with most items, and of an asset."""
    company, now = office.companies["LabCo"], utc_now()
    asset = office.add_asset("asset", folder="folder-0/")
    first = office.add_job(TaskState.FAILED)
    add = _Adding(office.database)
    add.copies(t.folder, ({"path": f"LabCo/folder-{n}/"} for n in range(1, FOLDERS)))
    add.copies(t.asset, (_asset(n) for n in range(ASSETS)))
    add.copies(t.job, ({"name": f"job {n}", "unique_name": f"job {n}"} for n in range(JOBS)))
    job = first + JOBS // 2
    ended = {"company_id": company, "ended": now, "asset_id": asset}
    add.copies(t.task, (ended | _item(job, n) for n in range(LARGE)))
    add.copies(t.task, (ended | _item(first + 1 + n % (JOBS // 2 - 1), n + 1) for n in range(ITEMS - LARGE)))
    add.copies(t.job_log, ({"job_id": job, "task_id": None, "message": f"row {n}"} for n in range(LOG_ROWS)))
    with office.database.write() as tx:
        counts = {"total": LARGE, "done": LARGE * 99 // 100, "failed": LARGE // 100}
        tx.execute(sa.update(t.job).where(t.job.c.id == job).values(counts))
        tx.exec_driver_sql("ANALYZE")
    return {"job": job, "asset": asset}


def _add_processing(office: Office) -> dict[str, int]:
    """Add profiles of folders, and runs of which none chose the same; return the number of the last of each."""
    company, definition = office.companies["LabCo"], read_definition(ProfileKind.IMAGE, {})
    runs = (to_json(ProcessSpec(criteria=Criteria(folders=(f"LabCo/{n}/",)), choices=FULL)) for n in range(RUNS))
    copied = (
        {"kind": process.NAME, "name": f"run {n}", "unique_name": f"run {n}", "options": run}
        for n, run in enumerate(runs)
    )
    _Adding(office.database).copies(t.job, copied)
    with office.database.write() as tx:
        for n in range(1, FOLDERS):
            folder = f"LabCo/folder-{n}/"
            profile = create_profile(tx, company, (ProfileKind.IMAGE, f"profile {n}"), definition, OWNER)
            assign(tx, company, Assignment(folder=folder, kind=ProfileKind.IMAGE, profile_id=profile.id))
        run = tx.execute(sa.select(sa.func.max(t.job.c.id))).scalar_one()
        tx.exec_driver_sql("ANALYZE")
    return {"run": run, "profile": profile.id}


def _asset(n: int) -> dict[str, Any]:
    folder = 0 if n < ASSETS * 6 // 10 else n % FOLDERS
    return {"name": f"asset-{n:07}", "file_name": f"asset-{n:07}.jpg", "folder": f"LabCo/folder-{folder}/"}


def _item(job: int, n: int) -> dict[str, Any]:
    state = TaskState.FAILED if n % 100 == 0 else TaskState.DONE
    return {"job_id": job, "seq": n, "label": f"item-{n}.jpg", "state": state.value}


class _Adding:
    """Adds rows like the first one of their table, some columns changed."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def copies(self, table: sa.Table, changes: Iterable[Mapping[str, Any]]) -> None:
        """Add a row for each of the changes."""
        with self._database.write() as tx:
            row = dict(tx.execute(sa.select(table).order_by(table.c.id).limit(1)).mappings().one())
            del row["id"]
            rows: list[dict[str, Any]] = []
            for change in changes:
                rows.append(row | dict(change))
                if len(rows) == CHUNK:
                    tx.execute(sa.insert(table), rows)
                    rows.clear()
            if rows:
                tx.execute(sa.insert(table), rows)


if __name__ == "__main__":
    for line in figures():
        print(line, flush=True)
