"""A company full of assets for the tests of reading operations; no job has to run for them."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from domain.model import StoredFile
from store import tables as t
from store.assets import NewAsset, add_asset
from store.engine import Tx
from store.folders import ensure_folder
from tests.running_server import RunningServer, add_account
from tests.soap.library import LIBRARIAN, Library

FIRST_DAY = datetime(2020, 1, 1, tzinfo=UTC)
SHELVES = [
    ("LibCo/", "alpha", "Image", 300),
    ("LibCo/", "beta", "Pdf", 200),
    ("LibCo/sub/", "gamma", "Image", 100),
    ("LibCo/sub/deep/", "delta", "Zip", 500),
    ("LibCo/other/", "epsilon", "Image", 400),
]


@pytest.fixture(scope="module")
def no_surprises(server: RunningServer) -> Iterator[None]:
    """Whatever the tests of a file send, none of it may be an exception that nobody foresaw."""
    before = len(server.log())
    yield
    assert "Traceback" not in server.log()[before:]


@pytest.fixture(scope="session")
def library(server: RunningServer) -> Library:
    """LibCo with five assets, one a day in the order above, and one in the trash."""
    database = server.database
    company = add_account(database, "LibCo", LIBRARIAN)
    with database.write() as tx:
        handles = {name: _shelve(tx, company, day) for day, (_, name, _, _) in enumerate(SHELVES)}
        tx.execute(sa.update(t.asset).where(t.asset.c.name == "gamma").values(ready_for_publish=True))
        trashed = add_asset(tx, _new(company, "LibCo/", "zeta", "Image", 1))
        tx.execute(sa.update(t.asset).where(t.asset.c.id == trashed.id).values(trash_state="InTrash"))
    database.close()
    return Library(server, f"c|{company}", handles | {"zeta": f"a|{trashed.id}"})


def _shelve(tx: Tx, company: int, day: int) -> str:
    folder, name, kind, size = SHELVES[day]
    ensure_folder(tx, company, folder)
    asset = add_asset(tx, _new(company, folder, name, kind, size))
    created = FIRST_DAY + timedelta(days=day)
    values = {"created": created, "last_modified": FIRST_DAY + timedelta(days=100 - day)}
    tx.execute(sa.update(t.asset).where(t.asset.c.id == asset.id).values(values))
    return f"a|{asset.id}"


def _new(company: int, folder: str, name: str, kind: str, size: int) -> NewAsset:
    return NewAsset(
        company_id=company,
        folder=folder,
        name=name,
        file_name=f"{name}.{'png' if kind == 'Image' else kind.lower()}",
        type=kind,
        original=StoredFile(key="0" * 64, size=size),
        ready_for_publish=False,
        created_by=LIBRARIAN,
    )
