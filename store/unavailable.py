"""Which errors mean that rows or bytes cannot be stored at this moment.

Such an error is nobody's fault but the machine's: what it met is tried again, and does not count as having failed.
"""

import errno
import sqlite3

import sqlalchemy as sa

from domain.errors import Unavailable
from domain.words import Words, say

_DISK = {
    errno.ENOSPC: say("The disk is full."),
    errno.EDQUOT: say("The disk quota is used up."),
    errno.EROFS: say("The disk is read-only."),
}
_SQLITE = {
    sqlite3.SQLITE_FULL: say("The database's disk is full."),
    sqlite3.SQLITE_READONLY: say("The database is read-only."),
    sqlite3.SQLITE_IOERR: say("The database's disk does not do what is asked of it."),
    sqlite3.SQLITE_CANTOPEN: say("The database cannot be opened."),
}
_POSTGRES = {
    "08": say("The database does not answer."),
    "25006": say("The database is read-only."),
    "40": say("Two changes waited for each other, and the database let one go first."),
    "53": say("The database's disk is full, or another of its means is used up."),
    "57P": say("The database does not answer."),
}
"""By SQLSTATE, or by what it begins with."""


def unavailability(error: BaseException) -> Unavailable | None:
    """Return what is to be said when the error means that storage cannot be used now; None for any other error."""
    if isinstance(error, Unavailable):
        return error
    if isinstance(error, sa.exc.DBAPIError) and error.orig is not None:
        reason = _of_sqlite(error.orig) if isinstance(error.orig, sqlite3.Error) else _of_postgres(error)
    else:
        reason = _DISK.get(error.errno or 0) if isinstance(error, OSError) else None
    return Unavailable(reason) if reason else None


def _of_sqlite(error: sqlite3.Error) -> Words | None:
    return _SQLITE.get(getattr(error, "sqlite_errorcode", 0) & 0xFF)  # the rest of the code says where it happened


def _of_postgres(error: sa.exc.DBAPIError) -> Words | None:
    state = getattr(error.orig, "sqlstate", None)
    if state is None:
        return _POSTGRES["08"] if isinstance(error, sa.exc.OperationalError) else None
    return next((reason for prefix, reason in _POSTGRES.items() if state.startswith(prefix)), None)
