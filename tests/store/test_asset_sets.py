"""Rows of sets: what happens to members and sets when assets are given up, and which image stands for a set."""

from store.asset_changes import rename, set_trash_state
from store.asset_sets import (
    Member,
    NewSet,
    add_set,
    find_facts,
    find_first_images,
    find_members,
    find_sets_with,
    save_facts,
    save_members,
)
from store.assets import find_by_file_name, load_asset
from store.engine import Database, Tx
from store.property_sets import BUILT_IN, find_types
from tests.store.rows import add_tenant, stored_asset


def add_image_set(tx: Tx, company: int, *members: int, name: str = "set") -> int:
    """Return the number of a new image set with these members."""
    new = NewSet(company_id=company, folder="LabCo/", name=name, type="ImageSet", created_by="lab@example.com")
    number = add_set(tx, new).id
    save_members(tx, number, [Member(asset_id=member) for member in members], "lab@example.com")
    return number


def give_up(tx: Tx, company: int, number: int) -> None:
    """Empty the asset from the trash."""
    asset = load_asset(tx, company, number)
    assert asset is not None
    set_trash_state(tx, asset, "InEmptiedTrash", "lab@example.com")


def test_an_asset_that_is_given_up_leaves_its_sets_and_stands_for_none(database: Database) -> None:
    company = add_tenant(database)
    gone, kept = stored_asset(database, company, "gone"), stored_asset(database, company, "kept")
    with database.write() as tx:
        number = add_image_set(tx, company, gone, kept, gone)
        save_facts(tx, number, thumb_asset_id=gone)
        give_up(tx, company, gone)

    with database.read() as tx:
        assert [member.asset_id for member in find_members(tx, number)] == [kept]
        assert find_facts(tx, [number])[number].thumb_asset_id is None


def test_a_set_that_is_given_up_lets_go_of_its_members(database: Database) -> None:
    company = add_tenant(database)
    member = stored_asset(database, company, "member")
    with database.write() as tx:
        number = add_image_set(tx, company, member)
        give_up(tx, company, number)

    with database.read() as tx:
        assert find_sets_with(tx, member) == ()


def test_the_first_image_outside_the_trash_stands_for_a_set(database: Database) -> None:
    company = add_tenant(database)
    trashed, font, image = (
        stored_asset(database, company, name, type=kind)
        for name, kind in (("trashed", "Image"), ("font", "Font"), ("image", "Image"))
    )
    with database.write() as tx:
        number = add_image_set(tx, company, trashed, font, image)
        asset = load_asset(tx, company, trashed)
        assert asset is not None
        set_trash_state(tx, asset, "InTrash", "lab@example.com")

    with database.read() as tx:
        assert find_first_images(tx, [number]) == {number: image}


def test_a_set_is_no_file_that_an_upload_replaces_and_its_name_has_no_extension(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        number = add_image_set(tx, company, name="shoe.1")
        asset = load_asset(tx, company, number)
        assert asset is not None
        rename(tx, asset, "boot", "lab@example.com")

    with database.read() as tx:
        renamed = load_asset(tx, company, number)
        assert find_by_file_name(tx, company, "boot") == ()
    assert renamed is not None
    assert (renamed.name, renamed.file_name) == ("boot", "boot")


def test_every_company_has_the_built_in_types_of_property_sets(database: Database) -> None:
    with database.read() as tx:
        found = find_types(tx, None)

    assert [(kind.name, kind.property_type, kind.is_built_in) for kind in found] == [
        (name, "CompanyProperty", True) for name in BUILT_IN
    ]
