"""The commands that add companies and users."""

from pathlib import Path

import pytest

from server.passwords import Attempt, Passwords
from store.companies import find_company, load_company
from store.engine import Database, sqlite_url
from store.users import find_memberships, find_user
from tests.server.command import complaint, run

PASSWORD = "correct horse battery"


@pytest.fixture
def data(tmp_path: Path) -> Path:
    return tmp_path / "data"


def test_a_company_gets_the_handle_and_root_that_are_asked_for(data: Path) -> None:
    answer = run("add-company", "Lab Company", "--handle", "c|3578", "--root", "LabCo", data=data)

    assert answer.stdout == "Added company Lab Company with handle c|3578 and root folder LabCo/\n"
    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        company = load_company(tx, 3578)
    database.close()
    assert company is not None
    assert (company.name, company.root) == ("Lab Company", "LabCo")


def test_a_companys_root_is_its_name_without_spaces(data: Path) -> None:
    answer = run("add-company", "My [bold] Company", data=data)

    assert answer.stdout == "Added company My [bold] Company with handle c|1 and root folder My[bold]Company/\n"


@pytest.mark.parametrize(
    "again", [("LabCo",), ("Other", "--root", "LabCo"), ("Other", "--handle", "c|1"), ("Other", "--handle", "1")]
)
def test_a_taken_name_root_or_handle_is_refused_in_one_line(data: Path, again: tuple[str, ...]) -> None:
    run("add-company", "LabCo", data=data)

    assert "already" in complaint(run("add-company", *again, data=data))


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (("LabCo", "--handle", "a|1"), "c|3578"),
        (("LabCo", "--root", "a/b"), "slashes"),
        (("LabCo", "--root", ".."), "slashes"),
    ],
)
def test_a_bad_handle_or_root_is_refused_with_the_right_form(data: Path, arguments: tuple[str, ...], word: str) -> None:
    assert word in complaint(run("add-company", *arguments, data=data))


@pytest.mark.parametrize(("options", "quota"), [((), None), (("--quota", "5000"), 5000), (("--quota", "none"), None)])
def test_a_company_has_the_quota_that_is_asked_for_or_none(
    data: Path, options: tuple[str, ...], quota: int | None
) -> None:
    run("add-company", "LabCo", *options, data=data)

    assert quota_of(data, "LabCo") == quota


@pytest.mark.parametrize(
    ("text", "quota", "words"),
    [("9000000000000", 9 * 10**12, "a quota of 9000000000000 bytes"), ("none", None, "no quota")],
)
def test_a_quota_can_be_changed_and_taken_away(data: Path, text: str, quota: int | None, words: str) -> None:
    run("add-company", "Lab Company", "--quota", "5000", data=data)

    answer = run("set-quota", "Lab Company", text, data=data)

    assert answer.stdout == f"Company Lab Company has {words}; 0 bytes are used\n"
    assert quota_of(data, "Lab Company") == quota


@pytest.mark.parametrize("text", ["", "5 GB", "-1", "1.5", "\u0661", str(2**63)])
def test_a_quota_that_is_no_number_of_bytes_is_refused(data: Path, text: str) -> None:
    assert "number of bytes, or none" in complaint(run("add-company", "LabCo", "--quota", text, data=data))


def test_a_refused_quota_leaves_the_old_one(data: Path) -> None:
    run("add-company", "LabCo", "--quota", "5000", data=data)

    run("set-quota", "LabCo", "much", data=data)

    assert quota_of(data, "LabCo") == 5000


def test_a_quota_of_an_unknown_company_is_refused_with_the_remedy(data: Path) -> None:
    assert "add-company" in complaint(run("set-quota", "NoSuchCo", "none", data=data))


def test_how_a_company_has_its_assets_processed_is_set_and_told(data: Path) -> None:
    run("add-company", "LabCo", data=data)

    told = run("set-processing", "LabCo", "--uploads", "--sweep", "15", data=data)

    assert "True" in told.stdout
    assert "15" in told.stdout
    assert run("set-processing", "LabCo", data=data).stdout == told.stdout
    assert "smart_tag_field" in complaint(run("set-processing", "LabCo", "--tag-field", "Nothing", data=data))


def test_a_user_is_added_with_the_password_from_standard_input(data: Path) -> None:
    run("add-company", "LabCo", data=data)

    answer = run(
        "add-user", "lab@example.com", "--company", "LabCo", "--name", "Ann Lab", data=data, stdin=f"{PASSWORD}\n"
    )

    assert answer.stdout == "Added user lab@example.com (IpsCompanyAdmin of LabCo)\n"
    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        user = find_user(tx, "lab@example.com")
        assert user is not None
        (membership,) = find_memberships(tx, user.id)
    database.close()
    assert (user.first_name, user.last_name, user.is_admin) == ("Ann", "Lab", False)
    assert Passwords(0).admits(_attempt(PASSWORD), user.password_hash)
    assert (membership.company.name, membership.role) == ("LabCo", "IpsCompanyAdmin")


def test_a_user_who_exists_gets_another_company_and_keeps_the_password(data: Path) -> None:
    for name in ("LabCo", "OtherCo"):
        run("add-company", name, data=data)
    run("add-user", "lab@example.com", "--company", "LabCo", data=data, stdin=f"{PASSWORD}\n")

    answer = run("add-user", "LAB@example.com", "--company", "OtherCo", "--role", "IpsUser", data=data)

    assert answer.stdout == "Changed user LAB@example.com (IpsUser of OtherCo)\n"
    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        user = find_user(tx, "lab@example.com")
        assert user is not None
        roles = {m.company.name: m.role for m in find_memberships(tx, user.id)}
    database.close()
    assert roles == {"LabCo": "IpsCompanyAdmin", "OtherCo": "IpsUser"}
    assert Passwords(0).admits(_attempt(PASSWORD), user.password_hash)


def test_a_user_who_exists_can_become_an_admin(data: Path) -> None:
    run("add-company", "LabCo", data=data)
    run("add-user", "lab@example.com", "--company", "LabCo", data=data, stdin=f"{PASSWORD}\n")

    run("add-user", "lab@example.com", "--role", "IpsAdmin", data=data)

    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        user = find_user(tx, "lab@example.com")
    database.close()
    assert user is not None
    assert user.is_admin


@pytest.mark.parametrize(
    ("arguments", "stdin", "word"),
    [
        (("lab@example.com", "--role", "IpsAdmin"), "short\n", "at least 8"),
        (("lab@example.com", "--role", "IpsAdmin"), "", "at least 8"),
        (("lab@example.com",), PASSWORD, "--company"),
        (("lab@example.com", "--company", "NoSuchCo"), PASSWORD, "add-company"),
        (("lab", "--role", "IpsAdmin"), PASSWORD, "e-mail"),
    ],
    ids=["short password", "no password", "no company", "unknown company", "no address"],
)
def test_a_user_that_cannot_be_added_is_refused_with_the_remedy(
    data: Path, arguments: tuple[str, ...], stdin: str, word: str
) -> None:
    line = complaint(run("add-user", *arguments, data=data, stdin=stdin))

    assert word in line
    assert PASSWORD not in line


def test_a_disabled_user_is_let_in_again_by_a_new_password(data: Path) -> None:
    run("add-company", "LabCo", data=data)
    run("add-user", "lab@example.com", "--company", "LabCo", data=data, stdin=f"{PASSWORD}\n")

    disabled = run("disable-user", "lab@example.com", data=data)
    again = run("set-password", "lab@example.com", data=data, stdin="another long one\n")

    assert disabled.stdout == "lab@example.com may not log in any more\n"
    assert again.stdout == "lab@example.com has a new password\n"
    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        user = find_user(tx, "lab@example.com")
    database.close()
    assert user is not None
    assert user.is_valid
    assert Passwords(0).admits(_attempt("another long one"), user.password_hash)


@pytest.mark.parametrize("command", ["disable-user", "set-password"])
def test_an_unknown_user_is_told_of(data: Path, command: str) -> None:
    assert "no user" in complaint(run(command, "nobody@example.com", data=data))


def quota_of(data: Path, name: str) -> int | None:
    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        company = find_company(tx, name)
    database.close()
    assert company is not None
    return company.quota_bytes


def _attempt(password: str) -> Attempt:
    return Attempt(user="ann@example.com", password=password, address="127.0.0.1")


def test_a_companys_weight_is_set(data: Path) -> None:
    run("add-company", "LabCo", data=data)

    answer = run("set-weight", "LabCo", "3", data=data)

    database = Database(sqlite_url(data / "reprise.db"))
    with database.read() as tx:
        company = find_company(tx, "LabCo")
    database.close()
    assert company is not None
    assert company.weight == 3
    assert answer.stdout == "Company LabCo has weight 3\n"
    assert "There is no company Nobody" in complaint(run("set-weight", "Nobody", "3", data=data))


def test_a_weight_that_cannot_be_is_refused(data: Path) -> None:
    assert run("set-weight", "LabCo", "0", data=data).status == 2
