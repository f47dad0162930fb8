"""An empty database of each kind, for every test of the store."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from store.engine import Database, sqlite_url
from store.schema import upgrade_schema
from tests.store.postgres import own_schema
from tests.store.shelves import BucketShelf, LocalShelf, Shelf


@pytest.fixture(params=["sqlite", "postgres"])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database without tables: a new file, or a new schema in the session's cluster."""
    if request.param == "sqlite":
        yield sqlite_url(tmp_path / "store.db")
    else:
        with own_schema(request.getfixturevalue("postgres_url")) as url:
            yield url


@pytest.fixture
def database(empty_url: str) -> Iterator[Database]:
    """A database with every table and no row."""
    opened = Database(empty_url)
    upgrade_schema(opened)
    yield opened
    opened.close()


@pytest.fixture(params=["local", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    """An empty blob store: in a folder, or in a bucket of the session's S3 server."""
    return (
        LocalShelf(tmp_path)
        if request.param == "local"
        else BucketShelf(tmp_path, request.getfixturevalue("bucket_url"))
    )
