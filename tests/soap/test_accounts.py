"""checkLogin, getCompanyInfo, getUserInfo, getCompanyMembership, and the properties of the system."""

from collections.abc import Iterator

import pytest

from tests.running_server import PASSWORD, RunningServer, add_account
from tests.soap_call import call
from wsdl.roles import Role
from wsdl.versions import V2010_01_31, V2013_02_15, V_UNDATED, Version

LAB, COLLEAGUE = "lab@example.com", "colleague@example.com"


@pytest.fixture(scope="module", autouse=True)
def _colleague(server: RunningServer) -> None:
    """Make a user of LabCo, who is also one of OtherCo."""
    database = server.database
    add_account(database, "OtherCo", COLLEAGUE, role=Role.IPS_COMPANY_ADMIN)
    add_account(database, "LabCo", COLLEAGUE, role=Role.IPS_USER)
    database.close()


@pytest.mark.covers("checkLogin")
@pytest.mark.parametrize(
    ("email", "password", "company", "status"),
    [
        (COLLEAGUE, PASSWORD, "", "ValidLogin"),
        (COLLEAGUE, PASSWORD, "c|110", "ValidLogin"),
        (COLLEAGUE, "wrong", "", "InvalidLogin"),
        (COLLEAGUE, "", "", "InvalidLogin"),
        ("nobody@example.com", PASSWORD, "", "InvalidLogin"),
        ("other@example.com", PASSWORD, "c|110", "InvalidLogin"),
    ],
)
def test_a_login_is_checked_without_logging_in(
    server: RunningServer, email: str, password: str, company: str, status: str
) -> None:
    handle = f"<companyHandle>{company}</companyHandle>" if company else ""
    answer = call(server, "checkLogin", f"{handle}<email>{email}</email><password>{password}</password>")
    assert answer.text("status") == status


@pytest.mark.covers("getCompanyInfo")
@pytest.mark.parametrize(
    "question", ["<companyName>LabCo</companyName>", "<companyHandle>c|110</companyHandle>"], ids=["name", "handle"]
)
def test_a_company_is_told_by_name_or_handle(server: RunningServer, question: str) -> None:
    answer = call(server, "getCompanyInfo", question)
    assert answer.text("companyInfo/companyHandle") == "c|110"
    assert answer.text("companyInfo/name") == "LabCo"
    assert answer.text("companyInfo/rootPath") == "LabCo/"
    assert answer.text("companyInfo/expires") == "2100-01-01T00:00:00.000Z"


@pytest.mark.covers("getCompanyInfo")
@pytest.mark.parametrize("question", ["", "<companyName/>"])
def test_a_company_must_be_named(server: RunningServer, question: str) -> None:
    assert call(server, "getCompanyInfo", question).fault[:2] == ("ipsApiFault", 30002)


def test_a_company_cannot_be_named_by_its_ims_organisation_yet(server: RunningServer) -> None:
    reason = call(server, "getCompanyInfo", "<imsOrgId>1234@Org</imsOrgId>").fault[2]
    assert reason.startswith("imsOrgId of getCompanyInfo is not supported")


@pytest.mark.covers("getUserInfo")
def test_a_user_is_told_about_themselves(server: RunningServer) -> None:
    answer = call(server, "getUserInfo")
    assert answer.text("userInfo/email") == LAB
    assert answer.text("userInfo/userHandle").endswith(f"|{LAB}")
    assert answer.text("userInfo/isValid") == "true"
    assert answer.text("userInfo/isIpsAdmin") == "false"


@pytest.mark.covers("getUserInfo")
def test_a_colleague_is_found_by_address_and_by_handle(server: RunningServer) -> None:
    by_address = call(server, "getUserInfo", f"<email>{COLLEAGUE}</email>")
    handle = by_address.text("userInfo/userHandle")
    assert call(server, "getUserInfo", f"<userHandle>{handle}</userHandle>").text("userInfo/email") == COLLEAGUE


@pytest.mark.covers("getUserInfo")
@pytest.mark.parametrize(("version", "field"), [(V_UNDATED, "role"), (V2013_02_15, "defaultRole")], ids=str)
def test_older_versions_tell_one_role(server: RunningServer, version: Version, field: str) -> None:
    answer = call(server, "getUserInfo", namespace=version.namespace)
    assert answer.text(f"userInfo/{field}") == "IpsCompanyAdmin"


@pytest.mark.covers("getUserInfo")
@pytest.mark.parametrize(
    ("question", "code"),
    [
        ("<userHandle>u|99999|x@example.com</userHandle>", 20002),
        ("<userHandle>nonsense</userHandle>", 20002),
        ("<email>nobody@example.com</email>", 20001),
    ],
)
def test_an_unknown_user_is_an_authorization_fault(server: RunningServer, question: str, code: int) -> None:
    assert call(server, "getUserInfo", question).fault[:2] == ("authorizationFault", code)


@pytest.mark.covers("getCompanyMembership")
def test_a_user_is_told_their_companies_and_roles(server: RunningServer) -> None:
    answer = call(server, "getCompanyMembership", user=COLLEAGUE)
    told = zip(
        answer.texts("membershipArray/items/company/name"), answer.texts("membershipArray/items/role"), strict=True
    )
    assert dict(told) == {"LabCo": "IpsUser", "OtherCo": "IpsCompanyAdmin"}


@pytest.mark.covers("getCompanyMembership")
def test_of_a_colleague_only_shared_companies_are_told(server: RunningServer) -> None:
    handle = call(server, "getUserInfo", user=COLLEAGUE).text("userInfo/userHandle")
    answer = call(server, "getCompanyMembership", f"<userHandle>{handle}</userHandle>")
    assert answer.texts("membershipArray/items/company/name") == ["LabCo"]


@pytest.mark.covers("getCompanyMembership")
def test_before_roles_were_per_company_the_companies_alone_are_told(server: RunningServer) -> None:
    answer = call(server, "getCompanyMembership", namespace=V2010_01_31.namespace)
    assert answer.texts("companyArray/items/companyHandle") == ["c|110"]


def properties(server: RunningServer) -> Iterator[tuple[str, str]]:
    answer = call(server, "getSystemProperties")
    return zip(answer.texts("propertyArray/items/name"), answer.texts("propertyArray/items/value"), strict=True)


@pytest.mark.covers("getSystemProperties")
def test_the_properties_tell_our_image_server_and_our_upload_limit(server: RunningServer) -> None:
    told = dict(properties(server))
    assert told["IpsImageServerUrl"] == f"{server.url}/is/image"
    assert told["UploadPostMaxFileSize"] == str(2 * 2**30)
    assert told["SystemMessage"] == ""


@pytest.mark.covers("getProperty")
def test_each_property_can_be_asked_alone(server: RunningServer) -> None:
    for name, value in properties(server):
        assert call(server, "getProperty", f"<name>{name}</name>").text("value") == value


@pytest.mark.covers("getProperty")
def test_an_unknown_property_is_a_fault_that_says_which_there_are(server: RunningServer) -> None:
    element, code, reason = call(server, "getProperty", "<name>Colour</name>").fault
    assert (element, code) == ("ipsApiFault", 30001)
    assert "IpsImageServerUrl" in reason
