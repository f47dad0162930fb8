"""An empty database of each kind, for every test of the store."""

from collections.abc import Iterator
from contextlib import ExitStack, closing
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


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def common_database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind for a whole module, whose tests each bring companies of their own."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = sqlite_url(tmp_path_factory.mktemp("common") / "store.db")
        else:
            url = stack.enter_context(own_schema(request.getfixturevalue("postgres_url")))
        opened = stack.enter_context(closing(Database(url)))
        upgrade_schema(opened)
        yield opened


@pytest.fixture(params=["local", "s3"])
def shelf(request: pytest.FixtureRequest, tmp_path: Path) -> Shelf:
    """An empty blob store: in a folder, or in a bucket of the session's S3 server."""
    return (
        LocalShelf(tmp_path)
        if request.param == "local"
        else BucketShelf(tmp_path, request.getfixturevalue("bucket_url"))
    )
