"""Rows of job logs: what happened to a job and to each of its items, in the order it happened."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa

from domain.model import AuxRow, LogRow
from domain.states import TaskState
from domain.words import Words, verbatim, words_from_json, words_to_json
from store import tables as t
from store.engine import Tx

_INSERT = sa.insert(t.job_log)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogQuery:
    """Which rows of one job's log a page wants; an empty ``log_types`` stands for all."""

    job_id: int
    log_types: tuple[str, ...] = ()
    sort_by_type: bool = False
    descending: bool = False
    offset: int = 0
    limit: int = 1000


def add_rows(tx: Tx, job_id: int, rows: Sequence[LogRow]) -> None:
    """Append ``rows`` to the job's log; a task has at most one row of each type."""
    if rows:
        tx.execute(_INSERT, [_values(job_id, row) for row in rows])


def find_rows(tx: Tx, query: LogQuery) -> tuple[int, tuple[LogRow, ...]]:
    """Return the number of rows that match, and one page of them."""
    where = [t.job_log.c.job_id == query.job_id]
    if query.log_types:
        where.append(t.job_log.c.log_type.in_(query.log_types))
    total = tx.scalar(sa.select(sa.func.count()).select_from(t.job_log).where(*where)) or 0
    by_time = [t.job_log.c.at, t.job_log.c.id]
    keys = [t.job_log.c.log_type, *by_time] if query.sort_by_type else by_time
    order = [key.desc() for key in keys] if query.descending else keys
    page = sa.select(t.job_log).where(*where).order_by(*order).offset(query.offset).limit(query.limit)
    return total, tuple(_row(row) for row in tx.execute(page).mappings())


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Some rows of a log in the order they were written, or the other way round; ``after`` is the last number seen."""

    limit: int
    after: int | None = None
    log_types: tuple[str, ...] = ()
    descending: bool = False


def find_log_page(tx: Tx, job_id: int, page: LogPage) -> tuple[tuple[int, LogRow], ...]:
    """Return the page of the job's rows, each with its number."""
    c = t.job_log.c
    query = sa.select(t.job_log).where(c.job_id == job_id)
    if page.log_types:
        query = query.where(c.log_type.in_(page.log_types))
    if page.after is not None:
        query = query.where(c.id < page.after if page.descending else c.id > page.after)
    rows = tx.execute(query.order_by(c.id.desc() if page.descending else c.id).limit(page.limit)).mappings()
    return tuple((row["id"], _row(row)) for row in rows)


def find_problems(tx: Tx, job_id: int, log_types: Sequence[str], limit: int) -> tuple[int, tuple[LogRow, ...]]:
    """Return the number of the job's rows that are of these types or carry a remark, and the first ones."""
    c = t.job_log.c
    where = (c.job_id == job_id) & (c.log_type.in_(log_types) | (sa.cast(c.aux, sa.Text) != "[]"))
    total = tx.scalar(sa.select(sa.func.count()).select_from(t.job_log).where(where)) or 0
    rows = tx.execute(sa.select(t.job_log).where(where).order_by(c.at, c.id).limit(limit)).mappings()
    return total, tuple(_row(row) for row in rows)


def done_assets(job_id: int) -> sa.Select[tuple[int]]:
    """Return what selects the assets that the job's tasks made or changed; duplicates were skipped."""
    c = t.job_log.c
    joined = t.job_log.join(t.task, t.task.c.id == c.task_id)
    is_done = (t.task.c.state == TaskState.DONE.value) & c.log_type.not_in(("FileBegin", "DuplicateSkipped"))
    return sa.select(c.asset_id).select_from(joined).where(c.job_id == job_id, c.asset_id.is_not(None), is_done)


def find_done_assets(tx: Tx, job_id: int) -> tuple[int, ...]:
    """Return the assets that the job's tasks made or changed, in the order of the tasks."""
    query = done_assets(job_id).group_by(t.job_log.c.asset_id).order_by(sa.func.min(t.task.c.seq))
    return tuple(tx.scalars(query))


def find_rows_of_asset(tx: Tx, company_id: int, asset_id: int) -> tuple[tuple[int, LogRow], ...]:
    """Return every row of any job of the company that names the asset, oldest first, each with its job's number."""
    joined = t.job_log.join(t.job, t.job.c.id == t.job_log.c.job_id)
    query = sa.select(t.job_log).select_from(joined)
    query = query.where(t.job.c.company_id == company_id, t.job_log.c.asset_id == asset_id)
    rows = tx.execute(query.order_by(t.job_log.c.at, t.job_log.c.id)).mappings()
    return tuple((row["job_id"], _row(row)) for row in rows)


def _values(job_id: int, row: LogRow) -> dict[str, Any]:
    return {
        "job_id": job_id,
        "log_type": row.log_type,
        **_said(row.message),
        "at": row.at,
        "task_id": row.task_id,
        "asset_id": row.asset_id,
        "asset_name": row.asset_name,
        "asset_type": row.asset_type,
        "aux": [{"log_type": aux.log_type, **_said(aux.message)} for aux in row.aux],
    }


def _said(words: Words) -> dict[str, Any]:
    filling = words_to_json(words)
    return {"message": filling.pop("text"), "filling": None if words.values is None else filling}


def _words(stored: Mapping[str, Any]) -> Words:
    filling = stored.get("filling")
    return verbatim(stored["message"]) if filling is None else words_from_json({"text": stored["message"], **filling})


def _row(row: Any) -> LogRow:
    return LogRow(
        log_type=row["log_type"],
        message=_words(row),
        at=row["at"],
        task_id=row["task_id"],
        asset_id=row["asset_id"],
        asset_name=row["asset_name"],
        asset_type=row["asset_type"],
        aux=tuple(AuxRow(log_type=aux["log_type"], message=_words(aux)) for aux in row["aux"]),
    )
