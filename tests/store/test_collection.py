"""Collecting bytes that no row refers to, with real files on both databases; each sweep is told what time it is."""

import hashlib
import os
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
import structlog

from domain.clock import utc_now
from domain.model import Asset, StoredFile
from jobs.collection import Collector
from store.asset_changes import set_trash_state
from store.assets import NewPicture, load_asset, replace_original, save_picture
from store.blobs.local import LocalBlobs
from store.companies import default_context
from store.engine import Database
from store.published import publish_asset, withdraw_asset
from tests.store.rows import add_tenant, derivatives, new_asset, stored_asset

GRACE = timedelta(hours=24)
NOW = utc_now()
SWEEPS = tuple(NOW + timedelta(hours=hours) for hours in (0, 25))
"""Two sweeps, of which the second removes what the first has seen without a reference."""


class Shelf:
    """A database with one company, a blob store and its collector."""

    def __init__(self, database: Database, folder: Path) -> None:
        self.database = database
        self.folder = folder
        self.company = add_tenant(database)
        self.blobs = LocalBlobs(folder / "blobs")
        self.collector = Collector(database, self.blobs, GRACE)

    def put(self, content: str) -> StoredFile:
        path = self.folder / "new"
        path.write_text(content)
        return self.blobs.put(path)

    def sweep(self, times: Sequence[datetime] = SWEEPS) -> None:
        for time in times:
            self.collector.sweep(time)

    def kept(self, *contents: str) -> list[str]:
        """Those of the contents that are still stored."""
        keys = set(self.blobs.keys())
        return [content for content in contents if hashlib.sha256(content.encode()).hexdigest() in keys]

    def asset(self, number: int) -> Asset:
        with self.database.read() as tx:
            asset = load_asset(tx, self.company, number)
        assert asset is not None
        return asset

    def draw(self, number: int, pyramid: str) -> None:
        """Give the asset a new picture."""
        made = replace(derivatives(), pyramid=self.put(pyramid), thumbnail=None)
        picture = NewPicture(crop=None, derivatives=made, ready_for_publish=True, changed_by="bot")
        with self.database.write() as tx:
            assert save_picture(tx, number, self.asset(number).revision, picture)

    def empty(self, number: int) -> None:
        with self.database.write() as tx:
            set_trash_state(tx, self.asset(number), "InEmptiedTrash", "lab@example.com")


@pytest.fixture
def shelf(database: Database, tmp_path: Path) -> Shelf:
    return Shelf(database, tmp_path)


def picture(shelf: Shelf) -> int:
    """Return the number of an asset whose original and pyramid are stored."""
    number = stored_asset(shelf.database, shelf.company, original=shelf.put("original"))
    shelf.draw(number, "pyramid")
    return number


def test_what_rows_refer_to_stays_and_what_none_does_goes(shelf: Shelf) -> None:
    picture(shelf)
    shelf.put("stray")

    shelf.sweep()

    assert shelf.kept("original", "pyramid", "stray") == ["original", "pyramid"]


def test_nothing_goes_in_the_sweep_that_first_sees_it_without_a_reference(shelf: Shelf) -> None:
    shelf.put("stray")

    shelf.sweep([NOW + timedelta(days=30)])

    assert shelf.kept("stray") == ["stray"]


def test_nothing_goes_before_the_grace_period_is_over(shelf: Shelf) -> None:
    shelf.put("stray")

    shelf.sweep([NOW + timedelta(days=30), NOW + timedelta(days=30, hours=23)])

    assert shelf.kept("stray") == ["stray"]


def test_bytes_put_by_a_task_that_has_not_committed_stay(shelf: Shelf) -> None:
    shelf.put("stray")
    shelf.sweep([NOW - timedelta(hours=25), NOW])

    assert shelf.kept("stray") == ["stray"]


def test_condemned_bytes_that_are_put_again_stay(shelf: Shelf) -> None:
    shelf.put("again")
    with shelf.blobs.as_file(shelf.put("again").key) as path:
        os.utime(path, (0, 0))
    shelf.sweep([NOW - timedelta(hours=25)])

    shelf.put("again")
    shelf.sweep([NOW])

    assert shelf.kept("again") == ["again"]


def test_bytes_that_get_a_row_during_the_grace_period_start_anew_when_they_lose_it(shelf: Shelf) -> None:
    stored = shelf.put("late")
    shelf.sweep([NOW])
    number = stored_asset(shelf.database, shelf.company, original=stored)
    shelf.sweep([NOW + timedelta(hours=10)])
    shelf.empty(number)

    shelf.sweep([NOW + timedelta(hours=20), NOW + timedelta(hours=30)])
    kept_at_first = shelf.kept("late")
    shelf.sweep([NOW + timedelta(hours=45)])

    assert (kept_at_first, shelf.kept("late")) == (["late"], [])


def test_a_replaced_original_goes_and_the_new_one_stays(shelf: Shelf) -> None:
    number = picture(shelf)
    with shelf.database.write() as tx:
        replace_original(tx, shelf.asset(number), original=shelf.put("newer"), file_name="a.jpg", changed_by="lab")

    shelf.sweep()

    assert shelf.kept("original", "newer", "pyramid") == ["newer", "pyramid"]


def test_derivatives_that_were_made_anew_replace_the_old_ones(shelf: Shelf) -> None:
    number = picture(shelf)
    shelf.draw(number, "sharper")

    shelf.sweep()

    assert shelf.kept("original", "pyramid", "sharper") == ["original", "sharper"]


def test_a_published_pyramid_stays_until_it_is_withdrawn(shelf: Shelf) -> None:
    number = picture(shelf)
    with shelf.database.write() as tx:
        context = default_context(tx, shelf.company, "ImageServing")
        publish_asset(tx, context, shelf.asset(number))
    shelf.draw(number, "sharper")
    shelf.sweep()
    while_published = shelf.kept("pyramid")

    with shelf.database.write() as tx:
        withdraw_asset(tx, context, number)
    shelf.sweep([time + timedelta(days=2) for time in SWEEPS])

    assert (while_published, shelf.kept("pyramid", "sharper")) == (["pyramid"], ["sharper"])


def test_bytes_that_two_assets_share_stay_while_one_of_them_does(shelf: Shelf) -> None:
    number = picture(shelf)
    other = new_asset(shelf.company, "other", original=shelf.put("original"))
    stored_asset(shelf.database, shelf.company, other.name, original=other.original)

    shelf.empty(number)
    shelf.sweep()

    assert shelf.kept("original", "pyramid") == ["original"]


def test_an_emptied_asset_keeps_its_row_and_loses_its_bytes(shelf: Shelf) -> None:
    number = picture(shelf)
    shelf.empty(number)

    shelf.sweep()

    assert shelf.kept("original", "pyramid") == []
    assert shelf.asset(number).trash_state == "InEmptiedTrash"


def test_a_sweep_says_what_it_saw_and_did(shelf: Shelf) -> None:
    picture(shelf)
    shelf.put("stray")

    with structlog.testing.capture_logs() as logged:
        shelf.sweep()

    counts = [[line[name] for name in ("stored", "waiting", "removed", "freed")] for line in logged]
    assert counts == [[3, 1, 0, 0], [3, 0, 1, len("stray")]]


def test_a_stopped_collector_removes_nothing_further(shelf: Shelf) -> None:
    shelf.put("stray")
    shelf.sweep([NOW])

    shelf.collector.stop()
    shelf.sweep([SWEEPS[1]])

    assert shelf.kept("stray") == ["stray"]
