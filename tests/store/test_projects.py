"""Rows of projects: which assets are in them, and what happens to those when the project goes."""

from store import projects
from store.engine import Database
from tests.store.rows import add_tenant, stored_asset


def new_project(database: Database, company: int, name: str = "Autumn") -> int:
    """Return the number of a new project."""
    with database.write() as tx:
        return projects.add_project(tx, company, name)


def names_of(database: Database, asset: int) -> tuple[str, ...]:
    """The projects that an asset is in."""
    with database.read() as tx:
        return projects.find_projects_of(tx, [asset]).get(asset, ())


def test_projects_are_found_by_company_and_exact_name(database: Database) -> None:
    lab, other = add_tenant(database), add_tenant(database, "OtherCo")
    number = new_project(database, lab)

    with database.read() as tx:
        found = [projects.find_project(tx, company, name) for company in (lab, other) for name in ("Autumn", "autumn")]

    assert found == [number, None, None, None]


def test_projects_are_listed_in_the_order_of_their_names(database: Database) -> None:
    lab, other = add_tenant(database), add_tenant(database, "OtherCo")
    for company, name in ((lab, "Winter"), (lab, "Autumn"), (other, "Theirs")):
        new_project(database, company, name)

    with database.read() as tx:
        listed = projects.find_projects(tx, lab)

    assert listed == ("Autumn", "Winter")


def test_an_asset_is_added_to_a_project_once(database: Database) -> None:
    company = add_tenant(database)
    project, asset = new_project(database, company), stored_asset(database, company)

    with database.write() as tx:
        added = [projects.add_to_project(tx, project, asset) for _time in range(2)]

    assert added == [True, False]
    assert names_of(database, asset) == ("Autumn",)


def test_an_asset_is_not_added_to_a_project_that_is_gone(database: Database) -> None:
    company = add_tenant(database)
    project, asset = new_project(database, company), stored_asset(database, company)
    with database.write() as tx:
        projects.delete_project(tx, project)

    with database.write() as tx:
        added = projects.add_to_project(tx, project, asset)

    assert not added
    assert names_of(database, asset) == ()


def test_an_asset_tells_all_its_projects_by_name(database: Database) -> None:
    company = add_tenant(database)
    asset = stored_asset(database, company)
    for name in ("Winter", "Autumn"):
        project = new_project(database, company, name)
        with database.write() as tx:
            projects.add_to_project(tx, project, asset)

    assert names_of(database, asset) == ("Autumn", "Winter")


def test_renaming_a_project_keeps_its_assets(database: Database) -> None:
    company = add_tenant(database)
    project, asset = new_project(database, company), stored_asset(database, company)
    with database.write() as tx:
        projects.add_to_project(tx, project, asset)

    with database.write() as tx:
        projects.rename_project(tx, project, "Winter")

    assert names_of(database, asset) == ("Winter",)


def test_an_asset_is_taken_out_of_a_project_once(database: Database) -> None:
    company = add_tenant(database)
    project, asset = new_project(database, company), stored_asset(database, company)
    with database.write() as tx:
        projects.add_to_project(tx, project, asset)

    with database.write() as tx:
        removed = [projects.remove_from_project(tx, project, asset) for _time in range(2)]

    assert removed == [True, False]


def test_clearing_a_project_leaves_others_as_they_are(database: Database) -> None:
    company = add_tenant(database)
    asset = stored_asset(database, company)
    cleared, kept = new_project(database, company, "Cleared"), new_project(database, company, "Kept")
    with database.write() as tx:
        for project in (cleared, kept):
            projects.add_to_project(tx, project, asset)

    with database.write() as tx:
        projects.clear_project(tx, cleared)

    assert names_of(database, asset) == ("Kept",)
