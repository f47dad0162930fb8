"""The commands `jobs …`, or `executions …`: look at jobs and control them, through the store.

The server may run or not: it acts on what they write within a moment, or when it starts.
"""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from enum import StrEnum
from pathlib import Path
from typing import Annotated, Any

import typer

from domain.clock import utc_now
from domain.errors import ApiError
from domain.handles import active_job_handle, parse_job
from domain.model import Job, LogRow
from domain.priorities import Priority
from domain.states import JobState
from jobs import control
from jobs.executions import execution_of
from jobs.restart import restart_job
from server.app import size_classes
from server.console import (
    DataOption,
    JsonOption,
    cell,
    company_named,
    fail,
    note,
    print_facts,
    print_rows,
    say,
    transaction,
)
from server.operations.choices import log_types
from store.companies import find_companies
from store.engine import Tx
from store.figures import find_failed
from store.job_logs import LogPage, LogQuery, find_log_page, find_rows
from store.jobs import JobQuery, find_active, find_by_handle, find_jobs, find_restarts, load_job, set_priority
from store.ledger import count_by_state
from store.stage_counts import find_stage_counts

_NUMBER = re.compile(r"[0-9]{1,18}")
MOST_FAILED = 20
"""How many failed items `show` names."""
FOLLOW_S = 0.5
CHUNK = 1000
LATE = 200

app = typer.Typer(no_args_is_help=True, help="Look at jobs and control them, beside the running server.")
JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="Its number in `jobs list`, or any handle of it.")]


class Urgency(StrEnum):
    """The words for a job's priority."""

    INTERACTIVE = "interactive"
    NORMAL = "normal"
    BULK = "bulk"
    BY_SIZE = "by-size"

    @property
    def priority(self) -> Priority:
        """The priority that the word stands for."""
        return Priority[self.name]


@app.command(name="list")
def list_jobs(
    company: Annotated[str | None, typer.Option(help="Only jobs of the company of this name.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="The most jobs that --all lists.")] = 50,
    data: DataOption = None,
    *,
    every: Annotated[bool, typer.Option("--all", help="Jobs that have ended, too.")] = False,
    as_json: JsonOption = False,
) -> None:
    """List the jobs that are not done, newest first."""
    with _transaction(data, writes=False) as console:
        companies = console.companies(company)
        query = JobQuery(company_ids=companies, limit=limit)
        found = find_jobs(console.tx, query) if every else find_active(console.tx, companies)
        told = [console.tell(job) for job in found]
    print_rows(told, ("id", "company", "name", "state", "started", "ended", "total", "done", "failed"), as_json=as_json)


@app.command()
def show(job: JobArgument, data: DataOption = None, *, as_json: JsonOption = False) -> None:
    """Say everything about one job: where it stands, its items by state, what failed and why."""
    with _transaction(data, writes=False) as console:
        found = console.job(job)
        told = console.tell(found)
        told["items"] = {state.name.lower(): n for state, n in sorted(count_by_state(console.tx, found.id).items())}
        failed = find_failed(console.tx, found.id, MOST_FAILED)
        told["failures"] = [{"item": label, "reason": reason} for label, reason in failed]
        told["stages"] = find_stage_counts(console.tx, found.id)
        execution = execution_of(found, utc_now())
        told |= {"rate": execution.rate, "seconds_left": execution.seconds_left}
        told["restarted_as"] = [again.id for again in find_restarts(console.tx, found.id)]
        told["options"] = dict(found.options)
    print_facts(told, as_json=as_json)


@app.command()
def pause(job: JobArgument, data: DataOption = None) -> None:
    """Begin nothing more of a job; what runs of it goes on to its end."""
    with _transaction(data) as console:
        found = console.active_job(job)
        control.pause_job(console.tx, found)
        note(console.tx, found.company_id, "paused execution", found.unique_name)
    say(f"Paused job {found.id}, {found.unique_name}")


@app.command()
def resume(job: JobArgument, data: DataOption = None) -> None:
    """Let a paused job go on where it stands."""
    with _transaction(data) as console:
        found = console.active_job(job)
        control.resume_job(console.tx, found)
        note(console.tx, found.company_id, "resumed execution", found.unique_name)
    say(f"Resumed job {found.id}, {found.unique_name}")


@app.command()
def stop(job: JobArgument, data: DataOption = None) -> None:
    """Cancel what waits of a job, and end what runs of it."""
    with _transaction(data) as console:
        found = console.active_job(job)
        control.stop_job(console.tx, found)
        note(console.tx, found.company_id, "stopped execution", found.unique_name)
    say(f"Stopped job {found.id}, {found.unique_name}")


@app.command()
def restart(
    job: JobArgument,
    data: DataOption = None,
    *,
    unsuccessful: Annotated[bool, typer.Option("--failed", help="Only items that failed or were cancelled.")] = False,
) -> None:
    """Run the items of an ended job again, as a new job with the same options."""
    with _transaction(data) as console:
        found = console.job(job)
        again = restart_job(console.tx, found, only_unsuccessful=unsuccessful)
        note(console.tx, found.company_id, "restarted execution", found.unique_name)
    say(f"Restarted job {found.id} as job {again.id}, {again.unique_name}, with {again.counts.total} items")


@app.command()
def prioritize(job: JobArgument, priority: Urgency, data: DataOption = None) -> None:
    """Say whether a job comes before or after the others of its company, or let its size say so."""
    with _transaction(data) as console:
        found = console.active_job(job)
        set_priority(console.tx, found.id, priority.priority)
        note(console.tx, found.company_id, "changed the priority of execution", found.unique_name)
    say(f"Job {found.id}, {found.unique_name}, has priority {priority}")


@app.command()
def logs(  # noqa: PLR0913 - one for each option
    job: JobArgument,
    only: Annotated[
        list[str] | None, typer.Option("--type", help="Only rows of this log type; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Only the last so many rows.")] = 1000,
    data: DataOption = None,
    *,
    follow: Annotated[bool, typer.Option("--follow", help="Go on with what comes until the job has ended.")] = False,
    as_json: JsonOption = False,
) -> None:
    """Print the log of a job, oldest row first; with --follow a line for each row."""
    try:
        types = log_types("--type", only)
    except ApiError as error:
        fail(error.reason)
    if follow:
        _follow(job, (types, limit), data, as_json=as_json)
        return
    with _transaction(data, writes=False) as console:
        query = LogQuery(job_id=console.job(job).id, log_types=types, descending=True, limit=limit)
        _total, rows = find_rows(console.tx, query)
    columns = ("at", "type", "asset", "message", "remarks")
    print_rows([_row(row) for row in reversed(rows)], columns, as_json=as_json)


def _follow(job: str, wanted: tuple[tuple[str, ...], int], data: Path | None, *, as_json: bool) -> None:
    """Print rows as they come; those that are there already up to a limit."""
    types, limit = wanted
    printed: dict[int, None] = {}
    is_over = False
    while not is_over:
        with _transaction(data, writes=False) as console:
            found = console.job(job)
            if not printed:
                rows = find_log_page(console.tx, found.id, LogPage(limit=limit, log_types=types, descending=True))[::-1]
            else:
                page = LogPage(limit=CHUNK, log_types=types, after=next(iter(printed)))
                rows = tuple(row for row in find_log_page(console.tx, found.id, page) if row[0] not in printed)
        for number, row in rows:
            printed[number] = None
            told = _row(row)
            say(json.dumps(told, ensure_ascii=False) if as_json else " ".join(map(cell, told.values())))
        for number in sorted(printed)[:-LATE]:  # a row may be committed after one with a higher number
            del printed[number]
        is_over = found.state is JobState.DONE and not rows
        if not rows and not is_over:
            time.sleep(FOLLOW_S)


class _Console:
    """One command's transaction, and what it knows by name."""

    def __init__(self, tx: Tx, settings: Any) -> None:
        self.tx = tx
        self._classes = size_classes(settings)
        self._names = {company.id: company.name for company in find_companies(tx, None)}

    def companies(self, name: str | None) -> tuple[int, ...] | None:
        """Return the numbers of the companies that are asked for, None for all."""
        if name is None:
            return None
        return (company_named(self.tx, name).id,)

    def job(self, text: str) -> Job:
        """Return the job of this number or handle."""
        ref = parse_job(text)
        if not _NUMBER.fullmatch(text) and ref is None:
            fail(f"{text} is neither the number of a job nor a job handle: `jobs list --all` has both.")
        found = load_job(self.tx, int(text)) if ref is None else find_by_handle(self.tx, ref)
        if found is None:
            fail(f"There is no job {text}: `jobs list --all` lists those there are.")
        return found

    def active_job(self, text: str) -> Job:
        """Return the job of this number or handle, which has not ended."""
        found = self.job(text)
        if found.state is JobState.DONE:
            fail(f"Job {found.id} has ended ({found.outcome}): `jobs restart` runs it again.")
        if not control.can_control(found):
            fail(f"Job {found.id} is being stopped: wait until it has ended.")
        return found

    def tell(self, job: Job) -> dict[str, Any]:
        """Return what the commands say of a job, in JSON's types."""
        counts = job.counts
        return {
            "id": job.id,
            "handle": active_job_handle(job.company_id, job.unique_name, job.id),
            "company": self._names.get(job.company_id, ""),
            "name": job.unique_name,
            "kind": job.kind,
            "state": _state(job),
            "priority": self._classes.class_of(job.priority, counts.total).name.lower(),
            "total": counts.total,
            "done": counts.done,
            "failed": counts.failed,
            "cancelled": counts.cancelled,
            "warned": counts.warned,
            "submitter": job.submitter,
            "created": _time(job.created),
            "started": _time(job.started),
            "ended": _time(job.ended),
            "follows": job.parent_id,
            "restart_of": job.restart_of,
            "held": job.hold_reason,
        }


@contextmanager
def _transaction(data: Path | None, *, writes: bool = True) -> Iterator[_Console]:
    with transaction(data, writes=writes) as (tx, settings):
        yield _Console(tx, settings)


def _state(job: Job) -> str:
    if job.state is JobState.DONE:
        return str(job.outcome)
    return "Paused" if job.is_paused or job.hold_reason else str(job.state)


def _row(row: LogRow) -> dict[str, Any]:
    remarks = [f"{aux.log_type}: {aux.message}" for aux in row.aux]
    told = {"at": _time(row.at), "type": row.log_type, "asset": row.asset_name, "message": str(row.message)}
    return told | {"remarks": remarks}


def _time(moment: datetime | None) -> str | None:
    return moment.isoformat(timespec="milliseconds") if moment else None
