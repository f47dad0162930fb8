"""Rows of companies, users, memberships, folders and log rows."""

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa

from domain.model import AuxRow, LogRow
from domain.words import verbatim
from store.companies import add_company, find_company, find_company_by_root, load_company
from store.engine import Database
from store.folders import ensure_folder, find_folders
from store.job_logs import LogQuery, add_rows, find_rows
from store.users import add_user, find_memberships, find_user, load_user, set_membership
from tests.store.rows import add_tenant, job_with_tasks

NOON = datetime(2026, 1, 1, 12, 0, 0, 123456, tzinfo=UTC)


def test_a_company_gets_the_number_that_is_asked_for_and_the_next_one_follows(database: Database) -> None:
    assert add_tenant(database, "Fixed", 3578) == 3578
    assert add_tenant(database, "Next") == 3579


def test_a_company_is_found_by_number_name_and_root(database: Database) -> None:
    with database.write() as tx:
        added = add_company(tx, name="Lab Company", root="LabCo")

    with database.read() as tx:
        found = (load_company(tx, added.id), find_company(tx, "Lab Company"), find_company_by_root(tx, "LabCo"))
        missing = (load_company(tx, 99), find_company(tx, "lab company"), find_company_by_root(tx, "labco"))

    assert found == (added, added, added)
    assert missing == (None, None, None)


@pytest.mark.parametrize(("name", "root"), [("LabCo", "Other"), ("Other", "LabCo")])
def test_a_taken_name_or_root_is_refused(database: Database, name: str, root: str) -> None:
    add_tenant(database)

    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        add_company(tx, name=name, root=root)


def test_a_company_begins_with_its_root_folder(database: Database) -> None:
    company = add_tenant(database)

    with database.read() as tx:
        assert [folder.path for folder in find_folders(tx, company, "LabCo/")] == ["LabCo/"]


def test_a_user_is_found_in_any_letter_case(database: Database) -> None:
    with database.write() as tx:
        added = add_user(tx, email="Lab.Users@Example.com", names=("Lab", "User"), password_hash="x")

    with database.read() as tx:
        assert find_user(tx, " lab.users@example.COM ") == added
        assert load_user(tx, added.id) == added
        assert find_user(tx, "lab_users@example.com") is None


def test_a_password_hash_is_not_shown(database: Database) -> None:
    with database.write() as tx:
        user = add_user(tx, email="lab@example.com", names=("Lab", "User"), password_hash="$argon2id$secret")

    assert "argon2id" not in repr(user)


def test_a_second_membership_replaces_the_role(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        user = add_user(tx, email="lab@example.com", names=("Lab", "User"), password_hash="x")
        for role in ("IpsUser", "IpsCompanyAdmin"):
            set_membership(tx, company_id=company, user_id=user.id, role=role)

    with database.read() as tx:
        (membership,) = find_memberships(tx, user.id)

    assert (membership.company.id, membership.role, membership.is_active) == (company, "IpsCompanyAdmin", True)


def test_a_folder_is_made_with_those_above_it_once(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        made = [ensure_folder(tx, company, "LabCo/a/b/") for _n in range(2)]

    with database.read() as tx:
        paths = [folder.path for folder in find_folders(tx, company, "LabCo/")]

    assert made == [True, False]
    assert paths == ["LabCo/", "LabCo/a/", "LabCo/a/b/"]


def test_folders_that_differ_in_letter_case_are_two(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        for path in ("LabCo/a/x/", "LabCo/A/y/"):
            ensure_folder(tx, company, path)

    with database.read() as tx:
        assert [folder.path for folder in find_folders(tx, company, "LabCo/a/")] == ["LabCo/a/", "LabCo/a/x/"]


def test_a_new_folder_is_told_to_those_above_it(database: Database) -> None:
    company = add_tenant(database)
    with database.write() as tx:
        tx.exec_driver_sql("UPDATE folder SET child_last_modified = '2020-01-01 00:00:00+00:00'")
        ensure_folder(tx, company, "LabCo/new/")
        root, new = find_folders(tx, company, "LabCo/")

    assert root.child_last_modified >= new.last_modified


def log_row(log_type: str, seconds: int = 0, task_id: int | None = None) -> LogRow:
    return LogRow(log_type=log_type, message=verbatim("m"), at=NOON + timedelta(seconds=seconds), task_id=task_id)


def test_a_log_row_comes_back_as_it_was_written(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    aux = (AuxRow(log_type="UploadWarning", message=verbatim("no profile")),)
    row = LogRow(
        log_type="ReoptimizeSuccess",
        message=verbatim("done"),
        at=NOON,
        task_id=1,
        asset_id=2,
        asset_name="a",
        asset_type="b",
        aux=aux,
    )
    with database.write() as tx:
        add_rows(tx, job_id, [row])

    with database.read() as tx:
        assert find_rows(tx, LogQuery(job_id=job_id)) == (1, (row,))


def test_a_task_has_one_row_of_each_type(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    with database.write() as tx:
        add_rows(tx, job_id, [log_row("FileBegin", task_id=1), log_row("FileEnd", task_id=1)])

    with pytest.raises(sa.exc.IntegrityError), database.write() as tx:
        add_rows(tx, job_id, [log_row("FileEnd", task_id=1)])


def test_log_rows_come_by_time_or_type_in_pages(database: Database) -> None:
    job_id = job_with_tasks(database, 0)
    with database.write() as tx:
        add_rows(tx, job_id, [log_row("C", 0), log_row("A", 1), log_row("B", 1), log_row("A", 2)])

    def types(**wanted: object) -> tuple[int, list[str]]:
        with database.read() as tx:
            total, rows = find_rows(tx, LogQuery(job_id=job_id, **wanted))  # type: ignore[arg-type]
        return total, [row.log_type for row in rows]

    assert types() == (4, ["C", "A", "B", "A"])
    assert types(descending=True) == (4, ["A", "B", "A", "C"])
    assert types(sort_by_type=True) == (4, ["A", "A", "B", "C"])
    assert types(log_types=("A",), offset=1, limit=5) == (2, ["A"])
