"""A company's folders from the top down, on both databases."""

from store.engine import Database
from store.folder_tree import find_top_folders
from store.folders import ensure_folder
from tests.store.rows import add_tenant


def test_the_folders_nearest_to_the_root_come_first_and_no_other_company_s(database: Database) -> None:
    company, other = add_tenant(database), add_tenant(database, "Other")
    with database.write() as tx:
        for path in ("LabCo/b/deep/deeper/", "LabCo/a/"):
            ensure_folder(tx, company, path)
        ensure_folder(tx, other, "Other/x/")

    with database.read() as tx:
        found = find_top_folders(tx, company, 4)

    assert [path for path in found if path != "LabCo/"][:3] == ["LabCo/a/", "LabCo/b/", "LabCo/b/deep/"]
