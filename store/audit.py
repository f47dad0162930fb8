"""The audit log: who did what, on what, from where and when. Rows are added in the transaction of the act, and stay."""

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from domain.clock import utc_now
from store import tables as t
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Act:
    """What someone does: ``actor`` is an e-mail address, ``address`` the client's; no company for the whole server."""

    company_id: int | None
    actor: str
    action: str
    subject: str
    address: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditEntry:
    """An act that was written down."""

    id: int
    at: datetime
    act: Act


def record(tx: Tx, act: Act) -> None:
    """Write the act down, together with what it changes."""
    values = {
        "company_id": act.company_id,
        "at": utc_now(),
        "actor": act.actor,
        "action": act.action,
        "subject": act.subject,
        "address": act.address,
    }
    tx.execute(sa.insert(t.audit_entry).values(values))


def find_entries(
    tx: Tx, company_id: int, after: int | None, limit: int, *, of_server: bool = False
) -> tuple[AuditEntry, ...]:
    """Return the company's entries, newest first, and with ``of_server`` those of no company among them.

    ``after`` is the number of the last one seen.
    """
    c = t.audit_entry.c
    query = sa.select(t.audit_entry).order_by(c.id.desc()).limit(limit)
    if after is not None:
        query = query.where(c.id < after)
    asked = [c.company_id == company_id, *([c.company_id.is_(None)] if of_server else [])]
    found = [_entry(row) for where in asked for row in tx.execute(query.where(where)).mappings()]
    return tuple(sorted(found, key=lambda entry: entry.id, reverse=True)[:limit])


def _entry(row: sa.RowMapping) -> AuditEntry:
    act = {name: row[name] for name in ("company_id", "actor", "action", "subject", "address")}
    return AuditEntry(id=row["id"], at=row["at"], act=Act(**act))
