"""Crops, colours, tags and renditions of assets: what is kept, what gives way, and that nobody else's is seen."""

import hashlib
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest

from domain.clock import utc_now
from domain.findings import ColourTag, Fraction, NamedRendition, SmartCrop, SmartTag, TagState
from domain.model import StoredFile
from store.asset_changes import set_trash_state
from store.asset_search import AssetQuery, search_assets
from store.assets import load_asset
from store.engine import Database, Tx, sqlite_url
from store.references import referenced_keys
from store.renditions import (
    find_renditions,
    find_worker_secret,
    load_rendition,
    remove_rendition,
    save_renditions,
    set_worker_secret,
)
from store.schema import upgrade_schema
from store.smart_crops import find_crop, load_crops, revert_crop, save_crops, set_manual_crop
from store.tags import (
    load_colours,
    load_smart_tags,
    mark_smart_tag,
    save_colours,
    save_smart_tags,
)
from store.usage import used_bytes
from tests.store.postgres import own_schema
from tests.store.rows import add_tenant, stored_asset

FOUND = Fraction(left=0.25, top=0.0, width=0.5, height=1.0)
DRAWN = Fraction(left=0.0, top=0.5, width=0.25, height=0.5)
LARGE = SmartCrop(name="Large", width=200, height=100, area=FOUND, profile_id=3, profile_version=2)
KEY = hashlib.sha256(b"rendition").hexdigest()


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def database(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    """A database of each kind for all tests of this module, which have companies of their own."""
    with ExitStack() as stack:
        if request.param == "sqlite":
            url = sqlite_url(tmp_path_factory.mktemp("findings") / "store.db")
        else:
            url = stack.enter_context(own_schema(request.getfixturevalue("postgres_url")))
        opened = Database(url)
        upgrade_schema(opened)
        yield opened
        opened.close()


def tenant(database: Database) -> int:
    return add_tenant(database, f"company-{uuid4().hex}")


def cropped(database: Database, *crops: SmartCrop) -> tuple[int, int]:
    """Return the numbers of a company and of its asset with these crops."""
    company = tenant(database)
    asset = stored_asset(database, company)
    with database.write() as tx:
        save_crops(tx, asset, crops, reset=False)
    return company, asset


def drawn(database: Database) -> tuple[int, int]:
    """Return the numbers of a company and of its asset, whose one crop a person has drawn."""
    company, asset = cropped(database, LARGE)
    with database.write() as tx:
        assert set_manual_crop(tx, company, asset, "Large", DRAWN)
    return company, asset


def found_by(tx: Tx, company: int, **wanted: Any) -> set[int]:
    """The numbers of the company's assets that a search finds."""
    return {asset.id for asset in search_assets(tx, AssetQuery(company_id=company, **wanted))[1]}


def crops_of(database: Database, company: int, asset: int) -> tuple[SmartCrop, ...]:
    with database.read() as tx:
        return load_crops(tx, company, asset)


def test_a_crop_is_read_as_it_was_saved(database: Database) -> None:
    company, asset = cropped(database, LARGE)

    assert crops_of(database, company, asset) == (LARGE,)


def test_what_a_person_draws_counts(database: Database) -> None:
    assert crops_of(database, *drawn(database)) == (replace(LARGE, area=DRAWN, source="manual"),)


@pytest.mark.parametrize(("width", "reset", "area"), [(200, False, DRAWN), (220, False, FOUND), (200, True, FOUND)])
def test_a_drawn_crop_stays_while_its_size_does_and_nothing_is_reset(
    database: Database, width: int, reset: bool, area: Fraction
) -> None:
    company, asset = drawn(database)

    with database.write() as tx:
        save_crops(tx, asset, [replace(LARGE, width=width)], reset=reset)

    assert crops_of(database, company, asset)[0].area == area


def test_a_reverted_crop_is_the_one_that_was_found_last(database: Database) -> None:
    company, asset = drawn(database)
    newer = Fraction(left=0.5, top=0.0, width=0.5, height=1.0)
    with database.write() as tx:
        save_crops(tx, asset, [replace(LARGE, area=newer)], reset=False)

    with database.write() as tx:
        assert revert_crop(tx, company, asset, "Large")

    assert crops_of(database, company, asset) == (replace(LARGE, area=newer),)


@pytest.mark.parametrize(("left", "width"), [(0.8, 0.3), (-0.1, 0.5), (0.2, 0.0), (float("nan"), 0.5)])
def test_an_area_outside_of_the_picture_is_refused(database: Database, left: float, width: float) -> None:
    company, asset = cropped(database, LARGE)

    with database.write() as tx, pytest.raises(ValueError, match="the area of a crop"):
        set_manual_crop(tx, company, asset, "Large", Fraction(left=left, top=0.0, width=width, height=0.5))


def test_a_swatch_of_a_colour_cannot_be_moved(database: Database) -> None:
    company, asset = cropped(database, replace(LARGE, name="Swatch", colour="#ff0000"))

    with database.write() as tx:
        assert not set_manual_crop(tx, company, asset, "Swatch", DRAWN)


def test_a_crop_is_found_by_its_name_and_then_whatever_its_letter_case(database: Database) -> None:
    _, asset = cropped(database, LARGE, replace(LARGE, name="large", width=10))

    with database.read() as tx:
        found = [find_crop(tx, asset, name) for name in ("Large", "large", "LARGE", "Small")]

    assert [crop and crop.name for crop in found] == ["Large", "large", "Large", None]


def test_crops_tags_and_renditions_of_another_company_are_not_seen_or_changed(database: Database) -> None:
    _, asset = cropped(database, LARGE)
    other = tenant(database)
    with database.write() as tx:
        save_colours(tx, asset, [ColourTag(name="red", colour="#ff0000", share=0.5)])
        save_smart_tags(tx, asset, [SmartTag(label="shoe", score=0.9, model="m")], reset=False)
        save_renditions(tx, asset, [made("web")])

    with database.write() as tx:
        seen = (load_crops(tx, other, asset), load_colours(tx, other, asset), load_smart_tags(tx, other, asset))
        found = (
            found_by(tx, other, colour="red"),
            found_by(tx, other, smart_tag="shoe"),
            find_renditions(tx, other, asset),
        )
        changed = (
            set_manual_crop(tx, other, asset, "Large", DRAWN),
            revert_crop(tx, other, asset, "Large"),
            mark_smart_tag(tx, other, asset, "shoe", TagState.REMOVED),
            remove_rendition(tx, other, asset, "web"),
            load_rendition(tx, other, asset, "web"),
        )

    assert (seen, found) == (((), (), ()), (set(), set(), ()))
    assert not any(changed)


def test_an_asset_is_found_by_a_colour_from_a_share_on(database: Database) -> None:
    company = tenant(database)
    shares = {stored_asset(database, company, f"shoe-{share}"): share for share in (0.1, 0.11, 0.6)}
    with database.write() as tx:
        for asset, share in shares.items():
            save_colours(tx, asset, [ColourTag(name="red", colour="#fe0000", share=share)])

    with database.read() as tx:
        found = found_by(tx, company, colour="red")
        most = found_by(tx, company, colour="red", least_share=0.5)

    assert [{shares[asset] for asset in each} for each in (found, most)] == [{0.6, 0.11}, {0.6}]


@pytest.mark.parametrize(
    ("reset", "labels"), [(False, [("boot", "promoted"), ("shoe", "removed")]), (True, [("shoe", "suggested")])]
)
def test_what_people_said_of_tags_stays_unless_it_is_reset(
    database: Database, reset: bool, labels: list[tuple[str, str]]
) -> None:
    company = tenant(database)
    asset = stored_asset(database, company)
    with database.write() as tx:
        tags = [SmartTag(label=label, score=0.8, model="one") for label in ("shoe", "boot", "sock")]
        save_smart_tags(tx, asset, tags, reset=False)
        assert mark_smart_tag(tx, company, asset, "shoe", TagState.REMOVED)
        assert mark_smart_tag(tx, company, asset, "boot", TagState.PROMOTED)

    with database.write() as tx:
        save_smart_tags(tx, asset, [SmartTag(label="shoe", score=0.9, model="two")], reset=reset)
        found = load_smart_tags(tx, company, asset)

    assert [(tag.label, tag.state.value) for tag in found] == labels


def test_assets_are_found_by_tags_that_nobody_removed(database: Database) -> None:
    company = tenant(database)
    assets = [stored_asset(database, company, f"shoe-{number}") for number in range(3)]
    states = (TagState.SUGGESTED, TagState.PROMOTED, TagState.REMOVED)
    with database.write() as tx:
        for asset, state in zip(assets, states, strict=True):
            save_smart_tags(tx, asset, [SmartTag(label="shoe", score=0.8, model="one", state=state)], reset=True)

    with database.read() as tx:
        assert found_by(tx, company, smart_tag="shoe") == set(assets[:2])


def made(name: str, size: int = 5, version: int = 1) -> NamedRendition:
    return NamedRendition(
        name=name,
        file=StoredFile(key=KEY, size=size),
        mime="image/webp",
        width=20,
        height=10,
        profile_id=1,
        profile_version=version,
        made=utc_now(),
    )


def test_a_rendition_replaces_the_one_of_its_name_and_the_others_stay(database: Database) -> None:
    company = tenant(database)
    asset = stored_asset(database, company)
    with database.write() as tx:
        save_renditions(tx, asset, [made("web"), made("old")])

    with database.write() as tx:
        save_renditions(tx, asset, [made("web", version=2)])
        found = find_renditions(tx, company, asset)

    assert [(one.name, one.profile_version) for one in found] == [("old", 1), ("web", 2)]


def test_a_rendition_counts_for_the_quota_until_it_is_removed(database: Database) -> None:
    company = tenant(database)
    asset = stored_asset(database, company)
    with database.write() as tx:
        before = used_bytes(tx, company)
        save_renditions(tx, asset, [made("web", size=70)])
        with_it = used_bytes(tx, company)

    with database.write() as tx:
        assert remove_rendition(tx, company, asset, "web")
        without_it = used_bytes(tx, company)

    assert (with_it - before, without_it - before) == (70, 0)


def test_a_rendition_keeps_its_bytes_until_its_asset_is_emptied_from_the_trash(database: Database) -> None:
    company, key = tenant(database), hashlib.sha256(b"of this test").hexdigest()
    number = stored_asset(database, company)
    with database.write() as tx:
        save_renditions(tx, number, [replace(made("web"), file=StoredFile(key=key, size=5))])
        before = key in set(referenced_keys(tx))
        asset = load_asset(tx, company, number)
        assert asset is not None

    with database.write() as tx:
        set_trash_state(tx, asset, "InEmptiedTrash", "lab@example.com")
        after = key in set(referenced_keys(tx))

    assert (before, after) == (True, False)


def test_a_service_has_a_secret_for_each_company(database: Database) -> None:
    company, other = tenant(database), tenant(database)

    with database.write() as tx:
        set_worker_secret(tx, company, "https://w.example/", "old")
        set_worker_secret(tx, company, "https://w.example/", "new")
        found = [find_worker_secret(tx, one, "https://w.example/") for one in (company, other)]

    assert found == ["new", None]
