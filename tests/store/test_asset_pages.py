"""Browsing folders and assets by name, and who did what in a company."""

from datetime import timedelta
from uuid import uuid4

from domain.clock import utc_now
from domain.findings import ColourTag, SmartTag, TagState
from store.asset_changes import set_trash_state
from store.asset_pages import AssetFilter, find_asset_page, find_child_folders, has_folder
from store.assets import load_asset
from store.audit import Act, find_entries, record
from store.engine import Database
from store.folders import ensure_folder
from store.sessions import add_session, end_session, is_signed_in
from store.tags import mark_smart_tag, save_colours, save_smart_tags
from store.users import add_user, find_members, set_membership
from tests.store.rows import own_tenant, stored_asset


def test_assets_of_a_folder_come_by_name_page_by_page_without_those_in_the_trash(common_database: Database) -> None:
    company = own_tenant(common_database)
    *_others, last = [stored_asset(common_database, company, name) for name in ("c", "a", "b", "d")]
    stored_asset(common_database, company, "elsewhere", folder="LabCo/other/")
    with common_database.write() as tx:
        trashed = load_asset(tx, company, last)
        assert trashed is not None
        set_trash_state(tx, trashed, "InTrash", "lab@example.com")

    with common_database.read() as tx:
        first = find_asset_page(tx, company, AssetFilter(folder="LabCo/up/"), limit=2)
        rest = find_asset_page(tx, company, AssetFilter(folder="LabCo/up/"), first[-1].name, limit=2)

    assert [asset.name for asset in (*first, *rest)] == ["a", "b", "c"]


def test_a_text_is_searched_in_the_names_of_all_folders_as_it_is_written(common_database: Database) -> None:
    company = own_tenant(common_database)
    stored_asset(common_database, company, "Blue_Vase")
    stored_asset(common_database, company, "blueXvase", folder="LabCo/other/")

    with common_database.read() as tx:
        found = find_asset_page(tx, company, AssetFilter(folder="LabCo/", text="blue_v"))

    assert [asset.name for asset in found] == ["Blue_Vase"]


def test_assets_of_all_folders_are_found_by_smart_tag_and_by_colour_page_by_page(common_database: Database) -> None:
    company = own_tenant(common_database)
    numbers = [stored_asset(common_database, company, name) for name in ("c", "a", "b", "other")]
    with common_database.write() as tx:
        for number in numbers[:3]:
            save_smart_tags(tx, number, [SmartTag(label="beach", score=0.5, model="m")], reset=True)
            save_colours(
                tx, number, [ColourTag(name="navy", colour="#000080", share=0.05 if number == numbers[1] else 0.5)]
            )
        mark_smart_tag(tx, company, numbers[2], "beach", TagState.REMOVED)

    with common_database.read() as tx:
        tagged = find_asset_page(tx, company, AssetFilter(folder="LabCo/", smart_tag="beach"))
        coloured = find_asset_page(tx, company, AssetFilter(folder="LabCo/", colour="navy"), "b")
        both = find_asset_page(tx, company, AssetFilter(folder="LabCo/", smart_tag="beach", colour="navy"))

    assert [[asset.name for asset in found] for found in (tagged, coloured, both)] == [["a", "c"], ["c"], ["c"]]


def test_a_folder_has_the_folders_directly_in_it(common_database: Database) -> None:
    company = own_tenant(common_database)
    with common_database.write() as tx:
        for path in ("LabCo/a/b/c/", "LabCo/d_e/", "LabCoOther/x/"):
            ensure_folder(tx, company, path)

        assert find_child_folders(tx, company, "LabCo/") == ("LabCo/a/", "LabCo/d_e/")
        assert has_folder(tx, company, "LabCo/a/b/")
        assert not has_folder(tx, company, "LabCo/b/")


def test_audit_entries_are_the_companys_own_newest_first(common_database: Database) -> None:
    company, stranger = own_tenant(common_database), own_tenant(common_database)
    with common_database.write() as tx:
        for owner, action in ((company, "stopped"), (stranger, "paused"), (company, "resumed"), (None, "signed in")):
            record(tx, Act(company_id=owner, actor="lab@example.com", action=action, subject="1", address="::1"))

    with common_database.read() as tx:
        newest = find_entries(tx, company, None, 1)
        older = find_entries(tx, company, newest[0].id, 5)

    assert [entry.act.action for entry in (*newest, *older)] == ["resumed", "stopped"]


def test_a_session_lasts_until_it_expires_or_its_user_signs_out(common_database: Database) -> None:
    hour = timedelta(hours=1)
    with common_database.write() as tx:
        user = add_user(tx, email=f"{uuid4().hex}@example.com", names=("", ""), password_hash="x")
        ends = {name: f"{name}-{user.id}" for name in ("kept", "expired", "ended")}
        add_session(tx, ends["kept"], user.id, utc_now() + hour)
        add_session(tx, ends["ended"], user.id, utc_now() + hour)
        add_session(tx, ends["expired"], user.id, utc_now() - hour)
        end_session(tx, ends["ended"])

        assert [name for name, digest in ends.items() if is_signed_in(tx, digest, user.id)] == ["kept"]
        assert not is_signed_in(tx, ends["kept"], user.id + 1)


def test_members_come_page_by_page_with_their_role(common_database: Database) -> None:
    company, tag = own_tenant(common_database), uuid4().hex
    with common_database.write() as tx:
        for name in ("a", "b", "c"):
            user = add_user(tx, email=f"{name}-{tag}", names=("", ""), password_hash="x")
            set_membership(tx, company_id=company, user_id=user.id, role="IpsUser")

        first = find_members(tx, company, None, 2)
        rest = find_members(tx, company, first[-1].user.id, 2)

    found = [(member.user.email.removesuffix(f"-{tag}"), member.role) for member in (*first, *rest)]
    assert found == [("a", "IpsUser"), ("b", "IpsUser"), ("c", "IpsUser")]
