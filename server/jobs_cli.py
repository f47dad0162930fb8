"""The commands `jobs …`: look at jobs and control them, through the store, whether the server runs or not.

A running server acts on what they write within a moment; else the next start does.
"""

import json
import re
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from enum import StrEnum
from typing import Annotated, Any

import typer
from rich.box import SIMPLE_HEAD
from rich.table import Table
from rich.text import Text

from domain.errors import ApiError
from domain.handles import active_job_handle, parse_job
from domain.model import Job, LogRow
from domain.priorities import Priority
from domain.states import JobState
from jobs import control
from jobs.restart import NotRestartableError, restart_job
from server.app import open_database, size_classes
from server.console import DataOption, fail, out, say, settings_of
from server.operations.choices import log_types
from store.companies import find_companies, find_company
from store.engine import Tx
from store.figures import find_failed
from store.job_logs import LogQuery, find_rows
from store.jobs import JobQuery, find_active, find_by_handle, find_jobs, find_restarts, load_job, set_priority
from store.ledger import count_by_state

_NUMBER = re.compile(r"[0-9]{1,18}")
MOST_FAILED = 20
"""How many failed items `show` names."""

app = typer.Typer(no_args_is_help=True, help="Look at jobs and control them, beside the running server.")
JobArgument = Annotated[str, typer.Argument(metavar="JOB", help="Its number in `jobs list`, or any handle of it.")]
JsonOption = Annotated[bool, typer.Option("--json", help="Write JSON, for programs.")]


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
    _print(told, ("id", "company", "name", "state", "priority", "total", "done", "failed"), as_json=as_json)


@app.command()
def show(job: JobArgument, data: DataOption = None, *, as_json: JsonOption = False) -> None:
    """Say everything about one job: where it stands, its items by state, what failed and why."""
    with _transaction(data, writes=False) as console:
        found = console.job(job)
        told = console.tell(found)
        told["items"] = {state.name.lower(): n for state, n in sorted(count_by_state(console.tx, found.id).items())}
        failed = find_failed(console.tx, found.id, MOST_FAILED)
        told["failures"] = [{"item": label, "reason": reason} for label, reason in failed]
        told["restarted_as"] = [again.id for again in find_restarts(console.tx, found.id)]
        told["options"] = dict(found.options)
    if as_json:
        _print_json(told)
    else:
        table = _table("what", "value")
        for name, value in told.items():
            table.add_row(name, Text(_cell(value)))
        out.print(table)


@app.command()
def pause(job: JobArgument, data: DataOption = None) -> None:
    """Begin nothing more of a job; what runs of it goes on to its end."""
    with _transaction(data) as console:
        found = console.active_job(job)
        control.pause_job(console.tx, found)
    say(f"Paused job {found.id}, {found.unique_name}")


@app.command()
def resume(job: JobArgument, data: DataOption = None) -> None:
    """Let a paused job go on where it stands."""
    with _transaction(data) as console:
        found = console.active_job(job)
        control.resume_job(console.tx, found)
    say(f"Resumed job {found.id}, {found.unique_name}")


@app.command()
def stop(job: JobArgument, data: DataOption = None) -> None:
    """Cancel what waits of a job, and end what runs of it."""
    with _transaction(data) as console:
        found = console.active_job(job)
        control.stop_job(console.tx, found)
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
        try:
            again = restart_job(console.tx, found, only_unsuccessful=unsuccessful)
        except NotRestartableError as error:
            fail(str(error))
    say(f"Restarted job {found.id} as job {again.id}, {again.unique_name}, with {again.counts.total} items")


@app.command()
def prioritize(job: JobArgument, priority: Urgency, data: DataOption = None) -> None:
    """Say whether a job comes before or after the others of its company, or let its size say so."""
    with _transaction(data) as console:
        found = console.active_job(job)
        set_priority(console.tx, found.id, priority.priority)
    say(f"Job {found.id}, {found.unique_name}, has priority {priority}")


@app.command()
def logs(
    job: JobArgument,
    only: Annotated[
        list[str] | None, typer.Option("--type", help="Only rows of this log type; may be repeated.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Only the last so many rows.")] = 1000,
    data: DataOption = None,
    *,
    as_json: JsonOption = False,
) -> None:
    """Print the log of a job, oldest row first."""
    try:
        types = log_types("--type", only)
    except ApiError as error:
        fail(error.reason)
    with _transaction(data, writes=False) as console:
        query = LogQuery(job_id=console.job(job).id, log_types=types, descending=True, limit=limit)
        _total, rows = find_rows(console.tx, query)
    _print([_row(row) for row in reversed(rows)], ("at", "type", "asset", "message", "remarks"), as_json=as_json)


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
        found = find_company(self.tx, name)
        if found is None:
            fail(f"There is no company {name}.")
        return (found.id,)

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
def _transaction(data: Any, *, writes: bool = True) -> Iterator[_Console]:
    settings = settings_of(data=data)
    with closing(open_database(settings)) as database, database.write() if writes else database.read() as tx:
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


def _print(rows: list[dict[str, Any]], columns: tuple[str, ...], *, as_json: bool) -> None:
    if as_json:
        _print_json(rows)
        return
    table = _table(*columns)
    for row in rows:
        table.add_row(*(Text(_cell(row[column])) for column in columns))
    out.print(table)


def _table(*columns: str) -> Table:
    table = Table(box=SIMPLE_HEAD, pad_edge=False)
    for column in columns:
        table.add_column(column, overflow="fold")
    return table


def _print_json(value: Any) -> None:
    say(json.dumps(value, ensure_ascii=False, indent=2))


def _cell(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_cell(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "\n".join(map(_cell, value))
    text = "" if value is None else str(value)
    return "".join(each if each.isprintable() else " " for each in text)  # nobody's file name drives the terminal
