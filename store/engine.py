"""Opens a database and hands out transactions: SQLite in WAL mode with immediate writers, or Postgres.

SQLite keeps every commit over a power loss (synchronous=FULL); its writers queue instead of failing with "database is
locked", because a write transaction takes the write lock when it begins. The writers of one process queue on a lock of
its own first, because SQLite's way to wait is to sleep and look again, ever longer.
"""

import secrets
import sqlite3
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from copy import copy
from pathlib import Path
from threading import RLock
from typing import Any

import sqlalchemy as sa
from sqlalchemy.pool import QueuePool

from domain.errors import RepriseError

Tx = sa.Connection
"""A transaction that is open; every function of this package that takes one neither begins nor ends it."""

_WAIT_S = 30
_NEVER_IDLE = f"SET LOCAL idle_in_transaction_session_timeout = '{_WAIT_S}s'"
"""A process that is frozen while it writes must not hold its rows from the others for ever."""
_PRAGMAS = (
    f"PRAGMA busy_timeout={_WAIT_S * 1000}",
    "PRAGMA journal_mode=WAL",
    "PRAGMA synchronous=FULL",
    "PRAGMA foreign_keys=ON",
    "PRAGMA case_sensitive_like=ON",  # as Postgres: folders that differ in letter case are two folders
)
_DRIVERS = {"sqlite": "sqlite", "postgresql": "postgresql+psycopg"}
_READING: Mapping[str, Mapping[str, Any]] = {
    "sqlite": {"reprise_read_only": True},
    "postgresql": {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True},
}


class UnusableDatabaseError(RepriseError):
    """The database cannot be opened: look at its URL, at whether it runs, and at who may write to it."""


class Database:
    """One database. ``write`` and ``read`` give a transaction each; safe to share between threads."""

    def __init__(self, url: str) -> None:
        """Prepare to connect; UnusableDatabaseError for a URL of neither SQLite nor Postgres."""
        self.engine = _open(url)
        self._reader = self.engine.execution_options(**_READING[self.engine.dialect.name])
        self._turn_to_write: AbstractContextManager[object] = RLock() if self.is_sqlite else nullcontext()
        self._guard: Callable[[Tx], None] | None = None

    def guarded(self, guard: Callable[[Tx], None]) -> "Database":
        """Return the same database for a use in which each transaction begins with ``guard``, which may raise."""
        same = copy(self)
        same._guard = guard  # noqa: SLF001 - of its own class
        return same

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite, which has one writer and lives on one machine."""
        return self.engine.dialect.name == "sqlite"

    @property
    def path(self) -> Path:
        """The file of a SQLite database."""
        assert self.engine.url.database is not None
        return Path(self.engine.url.database)

    @contextmanager
    def write(self) -> Iterator[Tx]:
        """Yield a transaction that commits when the block ends and rolls back when it raises.

        On Postgres it is rolled back, too, when nothing is asked of it for half a minute.
        """
        with self._turn_to_write, self.engine.begin() as tx:
            if not self.is_sqlite:
                tx.exec_driver_sql(_NEVER_IDLE)
            self._let_in(tx)
            yield tx

    @contextmanager
    def read(self) -> Iterator[Tx]:
        """Yield a transaction for reading; it sees one state of the database and never waits for a writer."""
        with self._reader.begin() as tx:
            self._let_in(tx)
            yield tx

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()

    def _let_in(self, tx: Tx) -> None:
        if self._guard is not None:
            self._guard(tx)


def sqlite_url(path: Path) -> str:
    """Return the URL of the SQLite database in file ``path``."""
    return f"sqlite:///{path}"


def is_postgres(tx: Tx) -> bool:
    """Return whether ``tx`` runs on Postgres, for the few statements that must differ."""
    return tx.dialect.name == "postgresql"


def _open(url: str) -> sa.Engine:
    parsed = _parsed(url)
    on_postgres = parsed.get_backend_name() == "postgresql"
    engine = sa.create_engine(
        parsed,
        poolclass=QueuePool,
        pool_size=10,
        max_overflow=40,
        pool_pre_ping=on_postgres,
        connect_args={"application_name": f"reprise-{secrets.token_hex(8)}"} if on_postgres else {},
    )
    if engine.dialect.name == "sqlite":
        sa.event.listen(engine, "connect", _prepare_sqlite)
        sa.event.listen(engine, "begin", _begin_sqlite)
    else:
        sa.event.listen(engine, "checkin", _leave_access_to_the_server)
    return engine


def _parsed(url: str) -> sa.URL:
    try:
        parsed = sa.make_url(url)
    except (sa.exc.ArgumentError, ValueError):
        parsed = None
    if parsed is None or parsed.drivername not in _DRIVERS:
        raise UnusableDatabaseError("The database's URL must be like postgresql://user:password@host:5432/name.")
    return parsed.set(drivername=_DRIVERS[parsed.drivername])


def _prepare_sqlite(connection: Any, _record: object) -> None:
    connection.isolation_level = None  # the driver's own BEGIN would come too late to take the write lock
    for pragma in _PRAGMAS:
        _when_unlocked(connection, pragma)


def _when_unlocked(connection: sqlite3.Connection, pragma: str) -> None:
    """Set a pragma, again and again while the file is locked: SQLite does not wait by itself to begin with WAL."""
    give_up = time.monotonic() + _WAIT_S
    while True:
        try:
            connection.execute(pragma)
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() > give_up:
                raise
            time.sleep(0.01)
        else:
            return


def _leave_access_to_the_server(connection: Any, _record: object) -> None:
    """Undo what a reader leaves behind: an explicit READ WRITE, against an operator's default_transaction_read_only."""
    if connection is not None and not connection.closed:
        connection.read_only = None


def _begin_sqlite(tx: Tx) -> None:
    read_only = tx.get_execution_options().get("reprise_read_only", False)
    tx.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")
