"""Who may do what: roles, and the wall between companies."""

from dataclasses import dataclass

import pytest

from domain.handles import asset_handle
from domain.model import StoredFile
from store.assets import NewAsset, add_asset
from store.companies import find_company
from store.users import find_user
from tests.running_server import RunningServer, add_account
from tests.soap_call import Answer, call
from wsdl.roles import Role

LAB, OTHER = "lab@example.com", "other@example.com"
ASKED_BY_COMPANY = ["getCompanyInfo", "getFolders", "getFolderTree", "searchAssets", "getActiveJobs"]
MAY_CREATE_FOLDERS = {
    Role.IPS_ADMIN,
    Role.IPS_COMPANY_ADMIN,
    Role.IPS_USER,
    Role.IMAGE_PORTAL_ADMIN,
    Role.IMAGE_PORTAL_CONTRIB,
    Role.IMAGE_PORTAL_CONTRIB_USER,
}


@dataclass(frozen=True, slots=True)
class Foreign:
    """The handles of the other company, its user and its asset."""

    company: str
    user: str
    asset: str


@pytest.fixture(scope="module")
def foreign(server: RunningServer) -> Foreign:
    """An asset and a user that the user of LabCo must not see."""
    database = server.database
    with database.write() as tx:
        company, user = find_company(tx, "OtherCo"), find_user(tx, OTHER)
        assert company is not None
        assert user is not None
        asset = add_asset(
            tx,
            NewAsset(
                company_id=company.id,
                folder="OtherCo/",
                name="secret-thing",
                file_name="secret-thing.png",
                type="Image",
                original=StoredFile(key="0" * 64, size=1),
                ready_for_publish=False,
                created_by=OTHER,
            ),
        )
    database.close()
    return Foreign(f"c|{company.id}", f"u|{user.id}|{OTHER}", asset_handle(asset.id))


def folders(server: RunningServer, company: str, user: str = LAB) -> Answer:
    return call(server, "getFolders", f"<companyHandle>{company}</companyHandle>", user)


@pytest.mark.parametrize("operation", ASKED_BY_COMPANY)
def test_an_unknown_and_a_foreign_company_are_the_same_fault(
    server: RunningServer, foreign: Foreign, operation: str
) -> None:
    extra = "<depth>1</depth>" if operation == "getFolderTree" else ""
    unknown, other = (
        call(server, operation, f"<companyHandle>{company}</companyHandle>{extra}").fault
        for company in ("c|99999999", foreign.company)
    )
    assert unknown[:2] == other[:2] == ("authorizationFault", 20000)
    assert unknown[2].replace("c|99999999", "") == other[2].replace(foreign.company, "")


@pytest.mark.covers("getCompanyInfo")
def test_an_unknown_and_a_foreign_company_name_are_the_same_fault(server: RunningServer) -> None:
    faults = [
        call(server, "getCompanyInfo", f"<companyName>{name}</companyName>").fault for name in ("OtherCo", "NoSuchCo")
    ]
    assert [fault[:2] for fault in faults] == [("authorizationFault", 20000)] * 2
    assert faults[0][2].replace("OtherCo", "") == faults[1][2].replace("NoSuchCo", "")


@pytest.mark.parametrize("handle", ["c|", "|", "c|abc", "c|110|x", "c|-110", "LabCo", "c|999999999999999999999", "'"])
def test_a_handle_that_is_none_is_an_unknown_company(server: RunningServer, handle: str) -> None:
    assert folders(server, handle).fault[:2] == ("authorizationFault", 20000)


@pytest.mark.covers("getAssets")
def test_a_foreign_asset_is_left_out_like_an_unknown_one(server: RunningServer, foreign: Foreign) -> None:
    items = f"<items>{foreign.asset}</items><items>a|99999999</items><items>nonsense</items>"
    content = f"<companyHandle>c|110</companyHandle><assetHandleArray>{items}</assetHandleArray>"
    assert call(server, "getAssets", content).texts("assetArray/items") == []


@pytest.mark.covers("getAssetsByName")
def test_a_foreign_asset_is_not_found_by_its_name(server: RunningServer, foreign: Foreign) -> None:
    content = "<companyHandle>c|110</companyHandle><nameArray><items>secret-thing</items></nameArray>"
    assert call(server, "getAssetsByName", content).texts("assetArray/items") == []


@pytest.mark.covers("searchAssets")
@pytest.mark.parametrize("folder", ["OtherCo/", "/", "LabCo/../OtherCo", "f|OtherCo/"])
def test_a_search_never_leaves_the_company(server: RunningServer, foreign: Foreign, folder: str) -> None:
    content = (
        f"<companyHandle>c|110</companyHandle><folder>{folder}</folder><includeSubfolders>true</includeSubfolders>"
    )
    answer = call(server, "searchAssets", content)
    assert answer.is_fault or "secret-thing" not in answer.texts("assetArray/items/name")


@pytest.mark.covers("getUserInfo")
def test_a_user_who_shares_no_company_is_unknown(server: RunningServer, foreign: Foreign) -> None:
    assert call(server, "getUserInfo", f"<userHandle>{foreign.user}</userHandle>").fault[:2] == (
        "authorizationFault",
        20002,
    )
    assert call(server, "getUserInfo", f"<email>{OTHER}</email>").fault[:2] == ("authorizationFault", 20001)


@pytest.mark.covers("getCompanyMembership")
def test_the_memberships_of_a_stranger_are_not_told(server: RunningServer, foreign: Foreign) -> None:
    answer = call(server, "getCompanyMembership", f"<userHandle>{foreign.user}</userHandle>")
    assert answer.fault[:2] == ("authorizationFault", 20002)


@pytest.mark.parametrize("role", Role, ids=str)
def test_a_role_that_may_not_create_folders_gets_20003(server: RunningServer, role: Role) -> None:
    email = f"{role.lower()}@example.com"
    database = server.database
    add_account(database, "LabCo", email, role=role)
    database.close()

    content = f"<companyHandle>c|110</companyHandle><folderPath>LabCo/roles/{role}</folderPath>"
    answer = call(server, "createFolder", content, email)

    if role in MAY_CREATE_FOLDERS:
        assert not answer.is_fault
    else:
        assert answer.fault[:2] == ("authorizationFault", 20003)
        assert "'createFolder'" in answer.fault[2]


def test_a_role_counts_only_in_its_own_company(server: RunningServer) -> None:
    email = "two-hats@example.com"
    database = server.database
    other = add_account(database, "OtherCo", email, role=Role.IPS_COMPANY_ADMIN)
    add_account(database, "LabCo", email, role=Role.IMAGE_PORTAL_USER)
    database.close()

    here, there = (
        call(server, "createFolder", f"<companyHandle>{c}</companyHandle><folderPath>hats</folderPath>", email)
        for c in ("c|110", f"c|{other}")
    )

    assert here.fault[:2] == ("authorizationFault", 20003)
    assert not there.is_fault


def test_a_system_administrator_sees_every_company(server: RunningServer, foreign: Foreign) -> None:
    database = server.database
    add_account(database, "OtherCo", "chief@example.com", is_admin=True)
    database.close()
    assert not folders(server, "c|110", "chief@example.com").is_fault
    assert not folders(server, foreign.company, "chief@example.com").is_fault


@pytest.mark.parametrize("field", ["accessUserHandle", "accessGroupHandle"])
def test_looking_with_the_permissions_of_another_is_refused_by_name(server: RunningServer, field: str) -> None:
    content = f"<companyHandle>c|110</companyHandle><{field}>x|1</{field}>"
    fault = call(server, "getFolders", content).fault
    assert fault[0] == "ipsApiFault"
    assert field in fault[2]


def test_a_foreign_user_is_told_of_like_an_unknown_one_when_logs_are_asked_for(server: RunningServer) -> None:
    database = server.database
    with database.read() as tx:
        foreign = find_user(tx, "other@example.com")
    database.close()
    assert foreign is not None

    answers = [
        call(server, "getJobLogs", f"<companyHandle>c|110</companyHandle><userHandle>{handle}</userHandle>").fault
        for handle in (f"u|{foreign.id}|other@example.com", "u|999999|nobody@example.com")
    ]

    assert [(element, code) for element, code, _reason in answers] == [("authorizationFault", 20002)] * 2
