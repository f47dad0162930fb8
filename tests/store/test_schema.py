"""The schema: made from nothing, equal to the tables, taken down again, refused when newer, upgraded once."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.migration import MigrationContext

from store.engine import Database, UnusableDatabaseError, sqlite_url
from store.schema import MIGRATIONS, SchemaTooNewError, upgrade_schema
from store.tables import metadata


@pytest.fixture
def empty(empty_url: str) -> Iterator[Database]:
    database = Database(empty_url)
    yield database
    database.close()


def tables_of(database: Database) -> set[str]:
    with database.read() as tx:
        return set(sa.inspect(tx).get_table_names())


def test_an_empty_database_gets_every_table(empty: Database) -> None:
    upgrade_schema(empty)

    assert tables_of(empty) == {*metadata.tables, "alembic_version"}


def test_the_migrations_make_what_the_tables_say(database: Database) -> None:
    with database.write() as tx:
        context = MigrationContext.configure(tx, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []


def test_indexes_and_unique_keys_are_those_of_the_tables(database: Database) -> None:
    with database.read() as tx:
        inspector = sa.inspect(tx)
        for table in metadata.tables.values():
            declared = {index.name for index in table.indexes}
            unique = {c.name for c in table.constraints if isinstance(c, sa.UniqueConstraint)}
            found = {index["name"] for index in inspector.get_indexes(table.name)}
            assert declared <= found, table.name
            assert unique == {key["name"] for key in inspector.get_unique_constraints(table.name)}, table.name


def test_upgrading_again_changes_nothing(database: Database) -> None:
    before = tables_of(database)
    upgrade_schema(database)

    assert tables_of(database) == before


def test_the_schema_can_be_taken_down_and_made_again(database: Database) -> None:
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with database.write() as tx:
        config.attributes["connection"] = tx
        command.downgrade(config, "base")
    assert tables_of(database) == {"alembic_version"}

    upgrade_schema(database)

    assert tables_of(database) == {*metadata.tables, "alembic_version"}


def test_a_newer_schema_is_refused_by_name_and_left_alone(database: Database) -> None:
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999_from_the_future'")

    with pytest.raises(SchemaTooNewError, match="9999_from_the_future"):
        upgrade_schema(database)


def test_what_a_sqlite_file_was_before_an_upgrade_stays_beside_it(tmp_path: Path) -> None:
    path, config = tmp_path / "reprise.db", Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    with closing(Database(sqlite_url(path))) as database:
        with database.write() as tx:
            config.attributes["connection"] = tx
            command.upgrade(config, "0001")
        upgrade_schema(database)
        assert tables_of(database) == {*metadata.tables, "alembic_version"}

    with closing(Database(sqlite_url(tmp_path / "reprise.db.0001"))) as before, before.read() as tx:
        assert MigrationContext.configure(tx).get_current_revision() == "0001"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["reprise.db", "reprise.db.0001"]


def test_an_upgrade_that_cannot_be_backed_up_does_not_begin(tmp_path: Path) -> None:
    path, config = tmp_path / "reprise.db", Config()
    config.set_main_option("script_location", str(MIGRATIONS))
    (tmp_path / "reprise.db.0001.part").mkdir()
    with closing(Database(sqlite_url(path))) as database:
        with database.write() as tx:
            config.attributes["connection"] = tx
            command.upgrade(config, "0001")

        with pytest.raises(OSError, match="0001"):
            upgrade_schema(database)
        with database.read() as tx:
            assert MigrationContext.configure(tx).get_current_revision() == "0001"


def test_servers_that_start_together_upgrade_once(empty_url: str) -> None:
    def upgrade(_n: int) -> set[str]:
        database = Database(empty_url)
        upgrade_schema(database)
        tables = tables_of(database)
        database.close()
        return tables

    with ThreadPoolExecutor(6) as threads:
        seen = list(threads.map(upgrade, range(6)))

    assert seen == [{*metadata.tables, "alembic_version"}] * 6


def test_a_file_that_is_no_database_is_refused_in_words(tmp_path: Path) -> None:
    path = tmp_path / "reprise.db"
    path.write_bytes(b"not a database, but longer than its header would be" * 100)
    database = Database(sqlite_url(path))

    with pytest.raises(UnusableDatabaseError, match="not a database"):
        upgrade_schema(database)
    database.close()


def test_a_server_that_does_not_answer_is_refused_without_its_password() -> None:
    database = Database("postgresql://lab:hunter2secret@127.0.0.1:1/reprise")

    with pytest.raises(UnusableDatabaseError) as raised:
        upgrade_schema(database)

    assert "hunter2secret" not in str(raised.value)
    database.close()


@pytest.mark.parametrize("url", ["mysql://localhost/x", "nonsense", "postgresql://host:port/x"])
def test_a_url_of_another_kind_is_refused_in_words(url: str) -> None:
    with pytest.raises(UnusableDatabaseError, match="postgresql://"):
        Database(url)
