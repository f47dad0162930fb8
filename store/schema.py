"""Brings a database's schema to this version of Reprise, and refuses one that is newer."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import sqlalchemy as sa
from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from domain.errors import RepriseError
from store.engine import Database, Tx, UnusableDatabaseError

MIGRATIONS = Path(__file__).parent / "migrations"
_LOCK = 0x52455052  # one upgrade at a time on a shared Postgres


class SchemaTooNewError(RepriseError):
    """The database was written by a newer Reprise; run that version, or restore the backup made before its upgrade."""


def upgrade_schema(database: Database) -> None:
    """Create or upgrade the tables; what a SQLite file was before an upgrade stays beside it as ``<name>.<revision>``.

    Raises SchemaTooNewError when the database knows a revision that this version does not, and UnusableDatabaseError
    when there is no connecting to it.
    """
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _first_transaction(database) as tx:
        if not database.is_sqlite:
            tx.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_LOCK})")
        scripts = ScriptDirectory.from_config(config)
        known = {script.revision for script in scripts.walk_revisions()}
        current = MigrationContext.configure(tx).get_current_revision()
        if current is not None and current not in known:
            raise SchemaTooNewError(f"The database has schema revision {current}, which this version does not know.")
        if database.is_sqlite and current not in (None, scripts.get_current_head()):
            copy_sqlite(database.path, database.path.with_name(f"{database.path.name}.{current}"))
        config.attributes["connection"] = tx
        command.upgrade(config, "head")


def copy_sqlite(source: Path, target: Path) -> None:
    """Write a copy of a SQLite database that may be in use, as one file, whole or not at all."""
    made = target.with_name(f"{target.name}.part")
    made.unlink(missing_ok=True)
    with closing(sqlite3.connect(source)) as database, closing(sqlite3.connect(made)) as copy:
        database.backup(copy)
        copy.execute("PRAGMA journal_mode=DELETE")
    made.replace(target)


@contextmanager
def _first_transaction(database: Database) -> Iterator[Tx]:
    try:
        with database.write() as tx:
            yield tx
    except (sa.exc.DatabaseError, sqlite3.Error) as error:
        reason = str(error.orig if isinstance(error, sa.exc.DatabaseError) else error).strip().partition("\n")[0]
        raise UnusableDatabaseError(f"The database cannot be used: {reason}.") from error
