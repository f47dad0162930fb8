"""Whether rows can be written, asked by writing one."""

import secrets

import sqlalchemy as sa
import structlog

from domain.clock import utc_now
from store import tables as t
from store.engine import Database
from store.unavailable import unavailability

log = structlog.get_logger(__name__)


def write_problem(database: Database) -> str:
    """Return why no row can be written, empty when one can: it was written and removed in one transaction.

    The words tell of no host and no path; what the database itself said is in the server's log.
    """
    name = f"probe {secrets.token_hex(8)}"
    try:
        with database.write() as tx:
            tx.execute(sa.insert(t.worker).values(name=name, slots=0, last_seen=utc_now()))
            tx.execute(sa.delete(t.worker).where(t.worker.c.name == name))
    except sa.exc.SQLAlchemyError as error:
        log.error("no row can be written", error=str(error))  # noqa: TRY400 - it happens again at every look
        reason = unavailability(error)
        if reason is not None:
            return f"No row can be written: {reason}"
        said = str(error.orig) if database.is_sqlite and isinstance(error, sa.exc.DBAPIError) else type(error).__name__
        return f"No row can be written: {said}."
    return ""
