"""Rows of schedules: jobs that start at a time, once or again and again."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.handles import JobRef, unique_job_name
from domain.model import Order, Schedule
from store import tables as t
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class NewSchedule:
    """What submitting knows of a schedule that has no row yet. ``expression`` is None for one that fires once."""

    company_id: int
    name: str
    order: Order
    submitter: str
    locale: str
    description: str
    client: str
    server_name: str
    expression: str | None
    zone: str
    next_fire: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class FireTime:
    """When a schedule fires next. ``expression`` is None for one that fires once."""

    schedule_id: int
    expression: str | None
    zone: str
    next_fire: datetime


def add_schedule(tx: Tx, new: NewSchedule) -> Schedule:
    """Return the new schedule."""
    now = utc_now()
    values = {
        "company_id": new.company_id,
        "name": new.name,
        "unique_name": unique_job_name(new.name, now),
        "kind": new.order.kind,
        "options": dict(new.order.options),
        "items": [dict(item) for item in new.order.items],
        "submitter": new.submitter,
        "locale": new.locale,
        "description": new.description,
        "client": new.client,
        "server_name": new.server_name,
        "expression": new.expression,
        "zone": new.zone,
        "next_fire": new.next_fire,
        "is_paused": False,
        "created": now,
        "ended": None,
    }
    key = tx.execute(sa.insert(t.schedule).values(values)).inserted_primary_key
    assert key is not None
    return _schedule({"id": key[0], **values})


def lock_schedule(tx: Tx, schedule_id: int) -> Schedule | None:
    """Return the schedule as it is now, its row held until the transaction ends, or None."""
    query = sa.select(t.schedule).where(t.schedule.c.id == schedule_id).with_for_update()
    row = tx.execute(query).mappings().one_or_none()
    return _schedule(row) if row else None


def find_schedules(tx: Tx, company_ids: Sequence[int] | None, name: str | None = None) -> tuple[Schedule, ...]:
    """Return the schedules that have not ended, newest first; ``None`` stands for all companies."""
    c = t.schedule.c
    query = sa.select(t.schedule).where(c.ended.is_(None)).order_by(c.id.desc())
    if company_ids is not None:
        query = query.where(c.company_id.in_(company_ids))
    if name is not None:
        query = query.where(c.name == name)
    return tuple(_schedule(row) for row in tx.execute(query).mappings())


def find_schedule(tx: Tx, ref: JobRef) -> Schedule | None:
    """Return the newest schedule, not ended, that a handle names by its unique or its submitted name, or None."""
    if ref.job_id is not None or not (ref.unique_name or ref.submitted_name):
        return None
    found = find_schedules(tx, [ref.company_id])
    if ref.unique_name:
        return next((each for each in found if each.unique_name == ref.unique_name), None)
    return next((each for each in found if each.name == ref.submitted_name), None)


def find_fire_times(tx: Tx) -> tuple[FireTime, ...]:
    """Return when the schedules that have not ended, and are not paused, fire next, in the order of their times."""
    c = t.schedule.c
    query = (
        sa.select(c.id, c.expression, c.zone, c.next_fire)
        .where(c.ended.is_(None), ~c.is_paused, c.next_fire.is_not(None))
        .order_by(c.next_fire, c.id)
    )
    return tuple(
        FireTime(schedule_id=row.id, expression=row.expression, zone=row.zone, next_fire=row.next_fire)
        for row in tx.execute(query)
    )


def set_next_fire(tx: Tx, schedule_id: int, next_fire: datetime | None) -> None:
    """Write down when the schedule fires next; None ends it."""
    ended = utc_now() if next_fire is None else None
    tx.execute(sa.update(t.schedule).where(t.schedule.c.id == schedule_id).values(next_fire=next_fire, ended=ended))


def set_schedule_paused(tx: Tx, schedule_id: int, *, is_paused: bool) -> None:
    """Mark the schedule as paused or not: while it is, it does not fire."""
    tx.execute(sa.update(t.schedule).where(t.schedule.c.id == schedule_id).values(is_paused=is_paused))


def _schedule(row: Mapping[Any, Any]) -> Schedule:
    return Schedule(
        id=row["id"],
        company_id=row["company_id"],
        name=row["name"],
        unique_name=row["unique_name"],
        order=Order(kind=row["kind"], options=row["options"], items=tuple(row["items"])),
        submitter=row["submitter"],
        locale=row["locale"],
        description=row["description"],
        client=row["client"],
        server_name=row["server_name"],
        expression=row["expression"],
        zone=row["zone"],
        next_fire=row["next_fire"],
        is_paused=row["is_paused"],
        created=row["created"],
        ended=row["ended"],
    )
