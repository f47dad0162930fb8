"""Snapshots of published assets: what the image server shows until the next publish."""

import pytest

from domain.model import Asset
from store.assets import NewPicture, load_asset, save_picture
from store.companies import context_type, default_context
from store.engine import Database, Tx
from store.published import find_published, find_to_publish, publish_asset, withdraw_asset
from tests.store.rows import add_tenant, derivatives, stored_asset


@pytest.fixture
def company(database: Database) -> int:
    return add_tenant(database)


@pytest.fixture
def context(database: Database, company: int) -> int:
    with database.read() as tx:
        return default_context(tx, company, "ImageServing")


def draw(tx: Tx, company: int, asset_id: int, width: int = 500, *, marked: bool = True) -> Asset:
    """Return the asset with a new picture."""
    asset = load_asset(tx, company, asset_id)
    assert asset is not None
    picture = NewPicture(crop=None, derivatives=derivatives(width), ready_for_publish=marked, changed_by="bot")
    assert save_picture(tx, asset_id, asset.revision, picture)
    drawn = load_asset(tx, company, asset_id)
    assert drawn is not None
    return drawn


def to_publish(
    database: Database, company: int, context: int, types: tuple[str, ...] = (), *, changed_only: bool = False
) -> list[str]:
    with database.read() as tx:
        return [name for _number, name in find_to_publish(tx, company, context, types, changed_only=changed_only)]


def test_a_company_has_one_image_serving_context(database: Database, company: int, context: int) -> None:
    other = add_tenant(database, "OtherCo")

    with database.read() as tx:
        assert context_type(tx, company, context) == "ImageServing"
        assert context_type(tx, other, context) is None


def test_the_snapshot_stays_until_the_next_publish(database: Database, company: int, context: int) -> None:
    number = stored_asset(database, company)
    with database.write() as tx:
        assert publish_asset(tx, context, draw(tx, company, number, 500))
        draw(tx, company, number, 300)

    with database.read() as tx:
        shown = find_published(tx, "LabCo", "shoe")

    assert shown is not None
    assert shown.derivatives.width == 500


def test_publishing_again_replaces_the_snapshot(database: Database, company: int, context: int) -> None:
    number = stored_asset(database, company)
    with database.write() as tx:
        publish_asset(tx, context, draw(tx, company, number, 500))
        assert publish_asset(tx, context, draw(tx, company, number, 300))
        shown = find_published(tx, "LabCo", "shoe")

    assert shown is not None
    assert (shown.derivatives.width, shown.revision) == (300, 3)


def test_publishing_what_is_published_changes_nothing(database: Database, company: int, context: int) -> None:
    number = stored_asset(database, company)
    with database.write() as tx:
        asset = draw(tx, company, number)
        assert [publish_asset(tx, context, asset), publish_asset(tx, context, asset)] == [True, False]


def test_a_withdrawn_asset_is_no_longer_shown(database: Database, company: int, context: int) -> None:
    number = stored_asset(database, company)
    with database.write() as tx:
        publish_asset(tx, context, draw(tx, company, number))
        assert [withdraw_asset(tx, context, number), withdraw_asset(tx, context, number)] == [True, False]
        assert find_published(tx, "LabCo", "shoe") is None


def test_a_full_publish_looks_at_what_is_marked_and_optimised(database: Database, company: int, context: int) -> None:
    drawn, unmarked, _not_drawn = (stored_asset(database, company, name) for name in ("drawn", "unmarked", "plain"))
    with database.write() as tx:
        draw(tx, company, drawn)
        draw(tx, company, unmarked, marked=False)

    assert to_publish(database, company, context) == ["drawn.jpg"]


def test_a_publish_of_some_types_looks_at_these_without_a_picture(database: Database, company: int) -> None:
    with database.read() as tx:
        video = default_context(tx, company, "Video")
    for kind in ("Video", "MasterVideo", "Vignette", "Image"):
        stored_asset(database, company, kind, type=kind)

    assert to_publish(database, company, video, ("Video", "MasterVideo")) == ["Video.jpg", "MasterVideo.jpg"]


def test_an_asset_without_a_picture_is_published_once_until_it_changes(database: Database, company: int) -> None:
    number = stored_asset(database, company, type="Video")
    with database.write() as tx:
        video, asset = default_context(tx, company, "Video"), load_asset(tx, company, number)
        assert asset is not None
        assert [publish_asset(tx, video, asset), publish_asset(tx, video, asset)] == [True, False]

    assert to_publish(database, company, video, ("Video",), changed_only=True) == []
    with database.write() as tx:
        draw(tx, company, number)
    assert to_publish(database, company, video, ("Video",), changed_only=True) == ["shoe.jpg"]


def test_an_incremental_publish_looks_at_what_changed(database: Database, company: int, context: int) -> None:
    same, changed = (stored_asset(database, company, name) for name in ("same", "changed"))
    with database.write() as tx:
        for number in (same, changed):
            publish_asset(tx, context, draw(tx, company, number))
        draw(tx, company, changed)

    assert to_publish(database, company, context, changed_only=True) == ["changed.jpg"]
    assert to_publish(database, company, context) == ["same.jpg", "changed.jpg"]


def test_what_lost_its_mark_is_looked_at_to_be_withdrawn(database: Database, company: int, context: int) -> None:
    number = stored_asset(database, company)
    with database.write() as tx:
        publish_asset(tx, context, draw(tx, company, number))
        draw(tx, company, number, marked=False)

    assert to_publish(database, company, context, changed_only=True) == ["shoe.jpg"]


def test_a_published_name_belongs_to_its_company(database: Database, company: int, context: int) -> None:
    add_tenant(database, "OtherCo")
    number = stored_asset(database, company)
    with database.write() as tx:
        publish_asset(tx, context, draw(tx, company, number))

    with database.read() as tx:
        assert find_published(tx, "OtherCo", "shoe") is None
        assert find_published(tx, "LabCo", "Shoe") is None
