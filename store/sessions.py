"""Rows of the console's sessions, by a digest of what the browser holds. What that is, is left to the server."""

from datetime import datetime

import sqlalchemy as sa

from domain.clock import utc_now
from store import tables as t
from store.engine import Tx


def add_session(tx: Tx, token_hash: str, user_id: int, expires: datetime) -> None:
    """Sign the user in until then; sessions that have expired are forgotten by the way."""
    now = utc_now()
    tx.execute(sa.delete(t.console_session).where(t.console_session.c.expires <= now))
    values = {"token_hash": token_hash, "user_id": user_id, "created": now, "expires": expires}
    tx.execute(sa.insert(t.console_session).values(values))


def is_signed_in(tx: Tx, token_hash: str, user_id: int) -> bool:
    """Return whether the user has this session, and it has not expired."""
    c = t.console_session.c
    where = (c.token_hash == token_hash) & (c.user_id == user_id) & (c.expires > utc_now())
    return tx.scalar(sa.select(sa.literal(1)).where(where)) is not None


def end_session(tx: Tx, token_hash: str) -> None:
    """Sign out."""
    tx.execute(sa.delete(t.console_session).where(t.console_session.c.token_hash == token_hash))
