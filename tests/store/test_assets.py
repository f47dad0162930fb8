"""Rows of assets: found, searched, and switched to a new picture only at the revision that the work began with."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.model import StoredFile
from store.asset_search import AssetQuery, search_assets
from store.assets import (
    NewPicture,
    add_asset,
    find_by_names,
    find_names,
    folders_with_types,
    load_asset,
    load_assets,
    names_taken,
    replace_original,
    save_picture,
)
from store.engine import Database
from tests.store.rows import add_tenant, derivatives, new_asset, stored_asset

PICTURE = NewPicture(crop=(1, 2, 3, 4), derivatives=derivatives(), ready_for_publish=False, changed_by="bot")


def names_found(database: Database, company_id: int, **wanted: Any) -> list[str]:
    with database.read() as tx:
        _total, assets = search_assets(tx, AssetQuery(company_id=company_id, **wanted))
    return [asset.name for asset in assets]


def test_a_new_asset_is_at_revision_one_without_a_picture(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        added = add_asset(tx, new_asset(company, "shoe"))

    with database.read() as tx:
        asset = load_asset(tx, company, added.id)

    assert asset == added
    assert (added.revision, added.derivatives, added.original_path) == (1, None, "LabCo/up/shoe.jpg")


def test_a_picture_is_saved_at_the_revision_that_the_work_began_with(database: Database) -> None:
    company = add_tenant(database)
    number = stored_asset(database, company)

    with database.write() as tx:
        assert save_picture(tx, number, 1, PICTURE)
        asset = load_asset(tx, company, number)

    assert asset is not None
    assert (asset.revision, asset.crop, asset.derivatives) == (2, (1, 2, 3, 4), derivatives())
    assert not asset.ready_for_publish


@pytest.mark.parametrize("revision", [0, 2])
def test_a_picture_for_another_revision_is_thrown_away(database: Database, revision: int) -> None:
    company = add_tenant(database)
    number = stored_asset(database, company)

    with database.write() as tx:
        assert not save_picture(tx, number, revision, PICTURE)
        asset = load_asset(tx, company, number)

    assert asset is not None
    assert (asset.revision, asset.derivatives) == (1, None)


def test_a_new_original_makes_work_on_the_old_one_worthless(database: Database) -> None:
    company = add_tenant(database)
    number = stored_asset(database, company)
    with database.write() as tx:
        asset = load_asset(tx, company, number)
        assert asset is not None
        other = StoredFile(key="cd" * 32, size=11)
        replace_original(tx, asset, original=other, file_name="shoe.png", changed_by="bot")

    with database.write() as tx:
        assert not save_picture(tx, number, 1, PICTURE)
        changed = load_asset(tx, company, number)

    assert changed is not None
    assert (changed.original, changed.original_path, changed.revision) == (other, "LabCo/up/shoe.png", 2)


def test_an_asset_of_another_company_is_unknown(database: Database) -> None:
    company, other = add_tenant(database), add_tenant(database, "OtherCo")
    number = stored_asset(database, other)

    with database.read() as tx:
        assert load_asset(tx, company, number) is None
        assert find_names(tx, company, [number]) == {}
        assert find_by_names(tx, company, ["shoe"]) == ()


def test_many_assets_come_in_the_order_asked_for_each_once(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        numbers = [add_asset(tx, new_asset(company, f"n{n}")).id for n in range(1100)]
    asked = [*reversed(numbers), numbers[0], 999_999]

    with database.read() as tx:
        assert [asset.id for asset in load_assets(tx, company, asked)] == numbers[::-1]
        assert [asset.name for asset in find_by_names(tx, company, ["n7", "x", "n3", "n7"])] == ["n7", "n3"]
        assert len(find_names(tx, company, asked)) == 1100


def test_a_name_belongs_to_one_asset_of_a_company(database: Database) -> None:
    company, other = add_tenant(database), add_tenant(database, "OtherCo")
    stored_asset(database, company)
    stored_asset(database, other)

    with pytest.raises(sa.exc.IntegrityError):
        stored_asset(database, company)


@pytest.mark.parametrize("prefix", ["a%", "a_", "a\\", "a"])
def test_a_prefix_is_taken_literally_and_by_letter_case(database: Database, prefix: str) -> None:
    company = add_tenant(database)
    for name in ("a%1", "a_1", "a\\1", "ab", "A%1", "A_1", "AB"):
        stored_asset(database, company, name)

    with database.read() as tx:
        taken = names_taken(tx, company, prefix)

    assert taken == {name for name in ("a%1", "a_1", "a\\1", "ab") if name.startswith(prefix)}


def test_a_search_looks_into_a_folder_and_not_into_one_of_another_letter_case(database: Database) -> None:
    company = add_tenant(database)
    for name, folder in (
        ("top", "LabCo/up/"),
        ("sub", "LabCo/up/sub/"),
        ("upper", "LabCo/UP/"),
        ("beside", "LabCo/upx/"),
    ):
        stored_asset(database, company, name, folder=folder)

    assert names_found(database, company, folder="LabCo/up/") == ["sub", "top"]
    assert names_found(database, company, folder="LabCo/up/", include_subfolders=False) == ["top"]


def test_a_search_is_narrowed_by_type_and_publish_mark(database: Database) -> None:
    company = add_tenant(database)
    stored_asset(database, company, "marked")
    stored_asset(database, company, "unmarked", ready_for_publish=False)
    stored_asset(database, company, "paper", type="Pdf")

    assert names_found(database, company, types=("Pdf",)) == ["paper"]
    assert names_found(database, company, exclude_types=("Pdf",), ready_for_publish=True) == ["marked"]
    assert names_found(database, company, ready_for_publish=False) == ["unmarked"]
    assert names_found(database, company, trash_states=("InTrash",)) == []


def test_a_search_gives_pages_and_the_total(database: Database) -> None:
    company = add_tenant(database)
    for name in ("a", "b", "c"):
        stored_asset(database, company, name)

    with database.read() as tx:
        total, page = search_assets(tx, AssetQuery(company_id=company, offset=1, limit=1, descending=True))

    assert (total, [asset.name for asset in page]) == (3, ["b"])


def test_names_are_sorted_alike_on_every_database(database: Database) -> None:
    company = add_tenant(database)
    for name in ("b", "A", "_", "a", "Z", "1", "é"):
        stored_asset(database, company, name)

    assert names_found(database, company) == sorted(["b", "A", "_", "a", "Z", "1", "é"])


def test_the_folders_that_hold_a_type_are_named(database: Database) -> None:
    company = add_tenant(database)
    stored_asset(database, company, "paper", type="Pdf", folder="LabCo/papers/")
    stored_asset(database, company, "shoe")

    with database.read() as tx:
        assert folders_with_types(tx, company, ["Pdf"]) == {"LabCo/papers/"}
