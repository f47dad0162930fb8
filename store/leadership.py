"""Elects one leader among the processes that share a Postgres, and fences off what an earlier leader still writes.

A lock that ends with its holder's connection makes a dead leader's place free at once; a row with the time of the last
sign of life lets a candidate displace a frozen one. Both go by the database's clock. SQLite has one server, by a lock
on its data folder, and needs none of this.
"""

import time
from collections.abc import Callable
from datetime import timedelta

import sqlalchemy as sa
import structlog
from sqlalchemy.dialects.postgresql import OID

from domain.errors import RepriseError
from store import tables as t
from store.engine import Database, Tx

_LOCK = 0x4C454144
_SCHEMA = sa.func.hashtext(sa.func.current_schema())
"""The halves of the lock's number: what it is for, and which of the installations in the database it belongs to."""
_NAME = "leader"
_ROW = t.leadership.c.name == _NAME

log = structlog.get_logger(__name__)


class NotLeadingError(RepriseError):
    """Another process leads by now; what this one began as the leader is rolled back."""


class Candidacy:
    """One process's standing for the lead; for one thread. A leader that is silent for ``lease`` loses it."""

    def __init__(self, database: Database, lease: timedelta) -> None:
        self._database = database
        self._lease = lease
        self._connection: sa.Connection | None = None
        self._has_lock = False
        self._epoch: int | None = None
        self._seen_at = 0.0

    def stand(self) -> int | None:
        """Return the epoch in which this process leads from now on, None while another one does.

        To be called again well within the lease. A short loss of the database does not cost the lead, as long as
        nobody else took it.
        """
        try:
            if self._connection is None:
                self._connection = self._connect()
            self._epoch = self._turn(self._connection)
            self._seen_at = time.monotonic()
        except sa.exc.SQLAlchemyError as error:
            log.warning("the database does not answer a candidate", reason=str(error).partition("\n")[0])
            self._disconnect()
            if time.monotonic() - self._seen_at > self._lease.total_seconds():
                self._epoch = None
        return self._epoch

    def resign(self) -> None:
        """Leave the lead, if it is this process's, to whoever stands next."""
        self._epoch = None
        self._disconnect()

    def _turn(self, connection: sa.Connection) -> int | None:
        with connection.begin():
            if not self._has_lock:
                self._has_lock = bool(connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_LOCK, _SCHEMA))))
            if not self._has_lock:
                _displace_silent(connection, self._lease)
                return None
            if self._epoch is not None and _renew(connection, self._epoch):
                return self._epoch
            return _begin_epoch(connection)

    def _connect(self) -> sa.Connection:
        connection = self._database.engine.connect()
        connection.detach()  # the lock lives as long as the connection, which must not go back to the pool
        return connection

    def _disconnect(self) -> None:
        self._has_lock = False
        if self._connection is not None:
            self._connection.close()
            self._connection = None


def fence(epoch: int) -> Callable[[Tx], None]:
    """Return a guard for ``Database.guarded``: it raises NotLeadingError unless ``epoch`` is the present one.

    A transaction that passed it holds up the next leader's beginning until it has ended, so that it cannot come late.
    """

    def check(tx: Tx) -> None:
        present = sa.select(t.leadership.c.epoch).where(_ROW)
        if not tx.get_execution_options().get("postgresql_readonly"):
            present = present.with_for_update(read=True, key_share=True)  # does not hold up the sign of life
        if tx.scalar(present) != epoch:
            raise NotLeadingError(f"This process led in epoch {epoch}; another one leads now.")

    return check


def _renew(tx: Tx, epoch: int) -> bool:
    mine = sa.update(t.leadership).where(_ROW, t.leadership.c.epoch == epoch).values(seen=sa.func.now())
    return bool(tx.execute(mine).rowcount)


def _begin_epoch(tx: Tx) -> int:
    signs = {"holder": sa.func.current_setting("application_name"), "seen": sa.func.now()}
    last = tx.scalar(sa.select(t.leadership.c.epoch).where(_ROW).with_for_update())
    if last is None:
        tx.execute(sa.insert(t.leadership).values(name=_NAME, epoch=1, **signs))
        return 1
    epoch = int(last) + 1
    tx.execute(sa.update(t.leadership).where(_ROW).values(epoch=epoch, **signs))
    return epoch


def _displace_silent(tx: Tx, lease: timedelta) -> None:
    """End every connection of a leader that has been silent for the lease, and with them its lock and transactions."""
    seen, holder = t.leadership.c.seen, t.leadership.c.holder
    silent = tx.scalar(sa.select(holder).where(_ROW, seen < sa.func.now() - lease))
    if silent is None:
        return
    lock = sa.table("pg_locks", *map(sa.column, ("pid", "locktype", "classid", "objid", "granted")))
    is_ours = (lock.c.locktype == "advisory") & (lock.c.classid == _LOCK) & (lock.c.objid == sa.cast(_SCHEMA, OID))
    holding = sa.select(lock.c.pid).where(is_ours, lock.c.granted)
    activity = sa.table("pg_stat_activity", sa.column("pid"), sa.column("application_name"))
    of_leader = (activity.c.application_name == silent) | activity.c.pid.in_(holding)
    tx.execute(sa.select(sa.func.pg_terminate_backend(activity.c.pid)).where(of_leader))
    log.warning("a leader gave no sign of life and was displaced", leader=silent)
