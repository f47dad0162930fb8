"""Selections: the assets that criteria chose at one time, frozen, so that what was previewed is what runs."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import JsonObject
from domain.states import TaskState
from store import tables as t
from store.asset_search import AssetQuery, clauses
from store.engine import Tx
from store.items import UNSUCCESSFUL
from store.job_logs import done_assets

Clause = sa.ColumnElement[bool]
_LIKE = str.maketrans({"!": "!!", "%": "!%", "_": "!_", "*": "%", "?": "_"})
"""From a pattern of paths to one of SQL."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """A folder (a path) with those below it, without some of them.

    With ``is_pattern`` it is every folder whose path begins so, ``*`` standing for any letters and ``?`` for one.
    """

    folder: str
    excluded: tuple[str, ...] = ()
    is_recursive: bool = True
    is_pattern: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Stale:
    """Assets of a scope and of some types that were not processed with this version of a profile."""

    profile_id: int
    version: int
    scope: Scope
    types: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AssetFilter:
    """Which assets are wanted: those that the search finds and that every part given here agrees with.

    ``failed_of`` and ``done_by`` are jobs: the assets of items that failed or were cancelled, and of those done. Of
    ``scopes`` and ``stale`` one is enough; None stands for no condition. With ``without_failed_of``, a kind of job,
    what is stale is left out when such a job, begun after the profile's version, has failed on it as it is now; with
    ``without_active`` what any job is about that has not ended.
    """

    query: AssetQuery
    scopes: tuple[Scope, ...] | None = None
    asset_ids: tuple[int, ...] | None = None
    failed_of: int | None = None
    done_by: int | None = None
    stale: tuple[Stale, ...] | None = None
    without_failed_of: str | None = None
    without_active: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Assets that were chosen: by which criteria, when, by whom, and how many."""

    id: int
    company_id: int
    created: datetime
    created_by: str
    criteria: JsonObject
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Portion:
    """The assets of a selection that are of one type and in one folder."""

    type: str
    folder: str
    number: int
    size: int
    """The bytes of their originals."""


def freeze(tx: Tx, wanted: AssetFilter, criteria: JsonObject, created_by: str) -> Selection:
    """Return the selection of the assets that are wanted now."""
    company_id, now = wanted.query.company_id, utc_now()
    values = {"company_id": company_id, "created": now, "created_by": created_by, "criteria": dict(criteria)}
    key = tx.execute(sa.insert(t.selection).values(**values, total=0)).inserted_primary_key
    assert key is not None
    chosen = sa.select(sa.literal(key[0]), t.asset.c.id).where(*_clauses(wanted)).order_by(t.asset.c.id)
    tx.execute(sa.insert(t.selected_asset).from_select(["selection_id", "asset_id"], chosen))
    total = _count(tx, t.selected_asset.c.selection_id == key[0])
    tx.execute(sa.update(t.selection).where(t.selection.c.id == key[0]).values(total=total))
    return Selection(
        id=key[0], company_id=company_id, created=now, created_by=created_by, criteria=criteria, total=total
    )


def count_assets(tx: Tx, wanted: AssetFilter) -> int:
    """Return how many assets are wanted now."""
    return _count(tx, *_clauses(wanted))


def load_selection(tx: Tx, company_id: int, selection_id: int) -> Selection | None:
    """Return the company's selection with this number, unless it has expired."""
    query = sa.select(t.selection).where(t.selection.c.company_id == company_id, t.selection.c.id == selection_id)
    row = tx.execute(query).mappings().one_or_none()
    return Selection(**row) if row else None


def portions(tx: Tx, selection_id: int) -> tuple[Portion, ...]:
    """Return how many of the selection's assets are of which type in which folder."""
    c = t.asset.c
    query = (
        sa.select(c.type, c.folder, sa.func.count(), sa.func.sum(c.original_size))
        .join_from(t.selected_asset, t.asset, t.selected_asset.c.asset_id == c.id)
        .where(t.selected_asset.c.selection_id == selection_id)
        .group_by(c.type, c.folder)
        .order_by(c.type, c.folder)
    )
    return tuple(Portion(type=row[0], folder=row[1], number=row[2], size=int(row[3])) for row in tx.execute(query))


def use_selection(tx: Tx, job_id: int, selection: Selection) -> None:
    """Give the new job a task for each asset of the selection, in the assets' order; it is used up by that."""
    c = t.asset.c
    values = {
        "job_id": sa.literal(job_id),
        "company_id": sa.literal(selection.company_id),
        "seq": sa.func.row_number().over(order_by=c.id) - 1,
        "asset_id": c.id,
        "label": c.name,
        "input": sa.literal({}, sa.JSON),
        "state": sa.literal(TaskState.READY.value),
    }
    rows = (
        sa.select(*values.values())
        .join_from(t.selected_asset, t.asset, t.selected_asset.c.asset_id == c.id)
        .where(t.selected_asset.c.selection_id == selection.id)
        .order_by(c.id)
    )
    tx.execute(sa.insert(t.task).from_select(list(values), rows))
    tx.execute(sa.update(t.job).where(t.job.c.id == job_id).values(total=_count(tx, t.task.c.job_id == job_id)))
    tx.execute(sa.delete(t.selected_asset).where(t.selected_asset.c.selection_id == selection.id))
    tx.execute(sa.delete(t.selection).where(t.selection.c.id == selection.id))


def _is_active() -> Clause:
    """Return that a job which has not ended has a task for the asset, or has said something of it, as uploads do."""
    is_going = t.job.c.ended.is_(None)
    has_task = sa.exists().where(t.task.c.asset_id == t.asset.c.id, t.job.c.id == t.task.c.job_id, is_going)
    is_told = sa.exists().where(t.job_log.c.asset_id == t.asset.c.id, t.job.c.id == t.job_log.c.job_id, is_going)
    return has_task | is_told


def _count(tx: Tx, *where: Clause) -> int:
    return tx.scalar(sa.select(sa.func.count()).where(*where)) or 0


def _clauses(wanted: AssetFilter) -> Iterator[Clause]:
    yield from clauses(wanted.query)
    if wanted.scopes is not None:
        yield sa.or_(sa.false(), *(_within(scope) for scope in wanted.scopes))
    if wanted.asset_ids is not None:
        yield t.asset.c.id.in_(wanted.asset_ids)
    if wanted.failed_of is not None:
        of_job = (t.task.c.job_id == wanted.failed_of) & UNSUCCESSFUL
        yield t.asset.c.id.in_(sa.select(t.task.c.asset_id).where(of_job, t.task.c.asset_id.is_not(None)))
    if wanted.done_by is not None:
        yield t.asset.c.id.in_(done_assets(wanted.done_by))
    if wanted.without_active:
        yield ~_is_active()
    if wanted.stale is not None:
        yield sa.or_(sa.false(), *(_is_stale(stale, wanted.without_failed_of) for stale in wanted.stale))


def _within(scope: Scope) -> Clause:
    folder = t.asset.c.folder
    inside: Clause
    if scope.is_pattern:
        inside = folder.like(f"{scope.folder.translate(_LIKE)}%", escape="!")
    else:
        inside = folder.startswith(scope.folder, autoescape=True) if scope.is_recursive else folder == scope.folder
    return sa.and_(inside, *(~folder.startswith(path, autoescape=True) for path in scope.excluded))


def _is_stale(stale: Stale, without_failed_of: str | None) -> Clause:
    applied = t.applied_profile.c
    is_fresh = sa.exists().where(
        applied.asset_id == t.asset.c.id, applied.profile_id == stale.profile_id, applied.version == stale.version
    )
    is_wanted = _within(stale.scope) & t.asset.c.type.in_(stale.types) & ~is_fresh
    return is_wanted if without_failed_of is None else is_wanted & ~_has_failed(stale, without_failed_of)


def _has_failed(stale: Stale, kind: str) -> Clause:
    v = t.profile_version.c
    kept = sa.select(v.created).where(v.profile_id == stale.profile_id, v.version == stale.version).scalar_subquery()
    return sa.exists().where(
        t.task.c.asset_id == t.asset.c.id,
        t.task.c.state == TaskState.FAILED.value,
        t.job.c.id == t.task.c.job_id,
        t.job.c.kind == kind,
        t.job.c.created >= kept,
        t.job.c.ended >= t.asset.c.last_modified,
    )
