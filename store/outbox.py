"""Rows of the outbox: what a finished job owes to the world, written with its end and delivered afterwards."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any
from uuid import uuid4

import sqlalchemy as sa

from domain.clock import utc_now
from domain.model import JsonObject
from store import tables as t
from store.engine import Tx


class DeliveryState(StrEnum):
    """The life of a delivery: waiting for its next try, then sent, or dead once it has been given up."""

    WAITING = "waiting"
    SENT = "sent"
    DEAD = "dead"


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One delivery that is owed: what kind, to whom, and what; ``tries`` counts failed attempts."""

    id: int
    job_id: int
    kind: str
    target: str
    payload: JsonObject
    dedup_key: str
    uid: str
    """The same over all tries, and no other delivery's anywhere."""
    state: DeliveryState
    tries: int
    next_try: datetime
    last_error: str | None
    created: datetime
    """Since when it is owed; replaying begins anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class NewMessage:
    """A delivery before it is owed. ``about`` tells apart what one job says to one target about several things."""

    kind: str
    target: str
    payload: JsonObject
    about: str = ""


def add_message(tx: Tx, job_id: int, new: NewMessage) -> None:
    """Owe a delivery; a job owes each kind once to each target about each thing, however often it is asked for."""
    target = sha256(new.target.encode()).hexdigest()  # no index takes a target of any length
    dedup_key = ":".join(filter(None, (str(job_id), new.kind, target, new.about)))
    if tx.scalar(sa.select(t.outbox.c.id).where(t.outbox.c.dedup_key == dedup_key)) is not None:
        return
    now = utc_now()
    row = {"job_id": job_id, "kind": new.kind, "target": new.target, "payload": dict(new.payload)}
    row |= {"dedup_key": dedup_key, "uid": uuid4().hex, "state": DeliveryState.WAITING, "next_try": now, "created": now}
    tx.execute(sa.insert(t.outbox).values(row))


def find_due(tx: Tx, now: datetime, limit: int = 1000) -> tuple[Message, ...]:
    """Return the deliveries whose next try is due, the oldest first."""
    c = t.outbox.c
    query = sa.select(t.outbox).where(c.state == "waiting", c.next_try <= now).order_by(c.next_try).limit(limit)
    return _messages(tx, query)


def find_by_state(tx: Tx, state: DeliveryState, limit: int) -> tuple[Message, ...]:
    """Return the deliveries in a state, the newest first."""
    c = t.outbox.c
    return _messages(tx, sa.select(t.outbox).where(c.state == state).order_by(c.id.desc()).limit(limit))


def count_by_state(tx: Tx) -> dict[DeliveryState, int]:
    """Return how many deliveries are in each state."""
    c = t.outbox.c
    rows = tx.execute(sa.select(c.state, sa.func.count()).group_by(c.state))
    return dict.fromkeys(DeliveryState, 0) | {DeliveryState(state): number for state, number in rows}


def mark_sent(tx: Tx, message: Message) -> None:
    """Say that the delivery has arrived."""
    _set(tx, message, state=DeliveryState.SENT, settled=utc_now())


def mark_failed(tx: Tx, message: Message, reason: str, next_try: datetime | None) -> None:
    """Note a failed try: the delivery is tried again ``next_try``, or given up when that is None."""
    values: dict[str, Any] = {"tries": message.tries + 1, "last_error": reason}
    if next_try is None:
        _set(tx, message, state=DeliveryState.DEAD, settled=utc_now(), **values)
    else:
        _set(tx, message, next_try=next_try, **values)


def revive(tx: Tx, numbers: Sequence[int] | None) -> tuple[Message, ...]:
    """Owe deliveries that were given up once more, as if from now, and return them; ``None`` stands for all of them."""
    c = t.outbox.c
    wanted = sa.true() if numbers is None else c.id.in_(numbers)
    now = utc_now()
    values = {"state": DeliveryState.WAITING, "tries": 0, "next_try": now, "created": now, "settled": None}
    query = sa.update(t.outbox).where(wanted, c.state == DeliveryState.DEAD).values(values).returning(*c)
    return _messages(tx, query)


def _set(tx: Tx, message: Message, **values: Any) -> None:
    tx.execute(sa.update(t.outbox).where(t.outbox.c.id == message.id, t.outbox.c.state == "waiting").values(values))


def _messages(tx: Tx, query: sa.Select[Any] | sa.UpdateBase) -> tuple[Message, ...]:
    return tuple(_message(row) for row in tx.execute(query).mappings())


def _message(row: Mapping[Any, Any]) -> Message:
    values = {field.name: row[field.name] for field in fields(Message)}
    return Message(**values | {"state": DeliveryState(row["state"])})
