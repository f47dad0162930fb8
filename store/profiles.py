"""Rows of profiles: their versions, and the folders that they are assigned to. What they say is the jobs' business."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import JsonObject
from store import tables as t
from store.engine import Tx

_VERSION = (
    sa.select(t.profile, t.profile_version.c.definition, t.profile_version.c.created, t.profile_version.c.created_by)
    .join_from(t.profile, t.profile_version)
    .where(t.profile_version.c.version == t.profile.c.version)
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredProfile:
    """A profile at its newest version. An ``ended`` one is assigned to nothing."""

    id: int
    company_id: int
    kind: str
    name: str
    version: int
    definition: JsonObject
    created: datetime
    created_by: str
    ended: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """That a profile holds for a folder (a path), or with None that no profile of the kind does."""

    folder: str
    kind: str
    profile_id: int | None


def add_profile(tx: Tx, profile: tuple[int, str, str], definition: JsonObject, created_by: str) -> StoredProfile | None:
    """Return the new profile of a company, kind and name, at version 1; None when there is one of that name."""
    company_id, kind, name = profile
    if find_profile(tx, company_id, kind, name) is not None:
        return None
    values = {"company_id": company_id, "kind": kind, "name": name, "version": 0, "ended": None}
    key = tx.execute(sa.insert(t.profile).values(values)).inserted_primary_key
    assert key is not None
    return save_version(tx, key[0], definition, created_by)


def save_version(tx: Tx, profile_id: int, definition: JsonObject, created_by: str) -> StoredProfile:
    """Return the profile with a new version that says ``definition``."""
    version = tx.scalar(
        sa.update(t.profile)
        .where(t.profile.c.id == profile_id)
        .values(version=t.profile.c.version + 1)
        .returning(t.profile.c.version)
    )
    values = {"profile_id": profile_id, "version": version, "definition": dict(definition)}
    tx.execute(sa.insert(t.profile_version).values(**values, created=utc_now(), created_by=created_by))
    return _profile(tx.execute(_VERSION.where(t.profile.c.id == profile_id)).mappings().one())


def end_profile(tx: Tx, profile_id: int) -> None:
    """Take the profile from every folder and out of the lists; what was made with it stays."""
    tx.execute(sa.delete(t.profile_assignment).where(t.profile_assignment.c.profile_id == profile_id))
    tx.execute(sa.update(t.profile).where(t.profile.c.id == profile_id).values(ended=utc_now()))


def load_profile(tx: Tx, company_id: int, profile_id: int) -> StoredProfile | None:
    """Return the company's profile with this number, even an ended one."""
    query = _VERSION.where(t.profile.c.company_id == company_id, t.profile.c.id == profile_id)
    row = tx.execute(query).mappings().one_or_none()
    return _profile(row) if row else None


def find_profile(tx: Tx, company_id: int, kind: str, name: str) -> StoredProfile | None:
    """Return the company's profile of this kind and name."""
    found = find_profiles(tx, company_id, kind)
    return next((profile for profile in found if profile.name == name), None)


def find_profiles(tx: Tx, company_id: int, kind: str | None = None) -> tuple[StoredProfile, ...]:
    """Return the company's profiles that have not ended, of one kind or of all, by name."""
    query = _VERSION.where(t.profile.c.company_id == company_id, t.profile.c.ended.is_(None))
    if kind is not None:
        query = query.where(t.profile.c.kind == kind)
    return tuple(_profile(row) for row in tx.execute(query.order_by(t.profile.c.name)).mappings())


def find_versions(tx: Tx, profile_id: int) -> tuple[StoredProfile, ...]:
    """Return the profile at each of its versions, newest first."""
    v = t.profile_version.c
    columns = [column for column in t.profile.c if column.name != "version"]
    query = sa.select(*columns, v.version, v.definition, v.created, v.created_by).join_from(
        t.profile, t.profile_version
    )
    rows = tx.execute(query.where(t.profile.c.id == profile_id).order_by(v.version.desc())).mappings()
    return tuple(_profile(row) for row in rows)


def assign(tx: Tx, company_id: int, assignment: Assignment, *, keeps_others: bool = False) -> None:
    """Let the profile hold for the folder, instead of others of its kind unless ``keeps_others``."""
    values = {"folder": assignment.folder, "kind": assignment.kind, "profile_id": assignment.profile_id}
    if keeps_others:
        unassign(tx, company_id, assignment)
    else:
        tx.execute(sa.delete(t.profile_assignment).where(_of_folder(company_id, assignment)))
    tx.execute(sa.insert(t.profile_assignment).values(company_id=company_id, **values))


def unassign(tx: Tx, company_id: int, assignment: Assignment) -> bool:
    """Take the profile from the folder, which what is above may hold for again; return False when it was not there."""
    is_it = t.profile_assignment.c.profile_id.is_not_distinct_from(assignment.profile_id)
    gone = tx.execute(sa.delete(t.profile_assignment).where(_of_folder(company_id, assignment), is_it))
    return bool(gone.rowcount)


def find_assignments(tx: Tx, company_id: int) -> tuple[Assignment, ...]:
    """Return the company's assignments, by folder."""
    c = t.profile_assignment.c
    query = sa.select(c.folder, c.kind, c.profile_id).where(c.company_id == company_id).order_by(c.folder, c.id)
    return tuple(Assignment(**row) for row in tx.execute(query).mappings())


def record_applied(tx: Tx, asset_id: int, job_id: int, versions: dict[int, int]) -> None:
    """Write down the version of each profile that the asset was processed with."""
    c = t.applied_profile.c
    tx.execute(sa.delete(t.applied_profile).where(c.asset_id == asset_id, c.profile_id.in_(versions)))
    rows = [
        {"asset_id": asset_id, "profile_id": profile_id, "version": version, "job_id": job_id}
        for profile_id, version in versions.items()
    ]
    if rows:
        tx.execute(sa.insert(t.applied_profile), rows)


def _of_folder(company_id: int, assignment: Assignment) -> sa.ColumnElement[bool]:
    c = t.profile_assignment.c
    return (c.company_id == company_id) & (c.folder == assignment.folder) & (c.kind == assignment.kind)


def _profile(row: Any) -> StoredProfile:
    return StoredProfile(**row)
