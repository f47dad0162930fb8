"""Rows of the outbox: mails and callbacks that a finished job owes, written with its end and delivered afterwards."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import JsonObject
from store import tables as t
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery that is owed: what kind, to whom, and what; ``tries`` counts failed attempts."""

    id: int
    job_id: int
    kind: str
    target: str
    payload: JsonObject
    dedup_key: str
    tries: int
    created: datetime


def add_message(tx: Tx, job_id: int, kind: str, target: str, payload: JsonObject) -> None:
    """Owe a delivery; a job owes each kind once to each target, however often it is asked for."""
    dedup_key = f"{job_id}:{kind}:{target}"
    if tx.scalar(sa.select(t.outbox.c.id).where(t.outbox.c.dedup_key == dedup_key)) is not None:
        return
    now = utc_now()
    row = {"job_id": job_id, "kind": kind, "target": target, "payload": dict(payload), "dedup_key": dedup_key}
    tx.execute(sa.insert(t.outbox).values(**row, state="waiting", next_try=now, created=now))


def find_due(tx: Tx, now: datetime, limit: int = 1000) -> tuple[Message, ...]:
    """Return the deliveries whose next try is due, the oldest first."""
    c = t.outbox.c
    query = sa.select(t.outbox).where(c.state == "waiting", c.next_try <= now).order_by(c.next_try).limit(limit)
    return tuple(_message(row) for row in tx.execute(query).mappings())


def mark_sent(tx: Tx, message: Message) -> None:
    """Say that the delivery has arrived."""
    _set(tx, message, state="sent", settled=utc_now())


def mark_failed(tx: Tx, message: Message, reason: str, next_try: datetime | None) -> None:
    """Note a failed try: the delivery is tried again ``next_try``, or given up when that is None."""
    values: dict[str, Any] = {"tries": message.tries + 1, "last_error": reason}
    if next_try is None:
        _set(tx, message, state="dead", settled=utc_now(), **values)
    else:
        _set(tx, message, next_try=next_try, **values)


def _set(tx: Tx, message: Message, **values: Any) -> None:
    tx.execute(sa.update(t.outbox).where(t.outbox.c.id == message.id, t.outbox.c.state == "waiting").values(values))


def _message(row: Mapping[Any, Any]) -> Message:
    names = ("id", "job_id", "kind", "target", "payload", "dedup_key", "tries", "created")
    return Message(**{name: row[name] for name in names})
