"""Who is calling: every form in which real clients send credentials, and every way in which these can be wrong."""

import base64
from datetime import UTC, datetime

import pytest
import sqlalchemy as sa

from server.passwords import Passwords
from store import tables as t
from tests.running_server import PASSWORD, RunningServer, add_account
from tests.soap_call import SOAP_11, SOAP_12, Answer, auth, call, envelope, param, post
from wsdl.versions import BASE_NAMESPACE, VERSIONS, WSDL_NAMESPACE

pytestmark = pytest.mark.usefixtures("no_surprises")

USER = "lab@example.com"
CHILDREN = f"<user>{USER}</user><password>{PASSWORD}</password>"
QUESTION = param("getCompanyInfo", "<companyName>LabCo</companyName>")
HEADER_NAMESPACES = [*(version.namespace for version in VERSIONS), WSDL_NAMESPACE]


def ask(server: RunningServer, header: str = "", soap: str = SOAP_11, **http: str) -> Answer:
    """Ask for the company with these SOAP headers and HTTP headers."""
    return post(server, envelope(QUESTION, header, soap), soap, **http)


def basic(user: str, password: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()


def account(server: RunningServer, email: str, **values: object) -> str:
    """Make a user of LabCo, change their row, and return the address."""
    database = server.database
    add_account(database, "LabCo", email)
    if values:
        with database.write() as tx:
            tx.execute(sa.update(t.user).where(t.user.c.email == email).values(**values))
    database.close()
    return email


@pytest.mark.parametrize("namespace", HEADER_NAMESPACES)
def test_an_auth_header_counts_in_any_namespace_of_the_api(server: RunningServer, namespace: str) -> None:
    assert ask(server, auth(USER, namespace=namespace)).text("companyInfo/name") == "LabCo"


FORMS = {
    "unqualified children": f'<p:authHeader xmlns:p="{BASE_NAMESPACE}">{CHILDREN}</p:authHeader>',
    "no application name": f'<authHeader xmlns="{BASE_NAMESPACE}">{CHILDREN}</authHeader>',
    "children in another order": f'<authHeader xmlns="{BASE_NAMESPACE}"><appName/><password>{PASSWORD}</password>'
    f"<user>{USER}</user></authHeader>",
    "children of a version": f'<authHeader xmlns="{WSDL_NAMESPACE}" xmlns:v="{BASE_NAMESPACE}/2014-04-03">'
    f"<v:user>{USER}</v:user><v:password>{PASSWORD}</v:password></authHeader>",
    "must be understood": f'<authHeader xmlns="{BASE_NAMESPACE}" e:mustUnderstand="1">{CHILDREN}</authHeader>',
    "must be understood in words": f'<authHeader xmlns="{BASE_NAMESPACE}" e:mustUnderstand="true">{CHILDREN}'
    "</authHeader>",
    "need not be understood": f'<authHeader xmlns="{BASE_NAMESPACE}" e:mustUnderstand="0">{CHILDREN}</authHeader>',
    "a type that does not exist": f'<n:authHeader xmlns:n="{BASE_NAMESPACE}" xsi:type="n:authHeader" '
    f'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">{CHILDREN}</n:authHeader>',
    "among unknown headers": f'<x xmlns="urn:x" e:mustUnderstand="1"/><authHeader xmlns="{BASE_NAMESPACE}">{CHILDREN}'
    "</authHeader>",
    "before version 3.8": f'<AuthUser xmlns="{WSDL_NAMESPACE}">{USER}</AuthUser>'
    f'<AuthPassword xmlns="{WSDL_NAMESPACE}">{PASSWORD}</AuthPassword>',
}


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
@pytest.mark.parametrize("header", FORMS.values(), ids=FORMS)
def test_an_auth_header_counts_in_every_form_of_real_clients(server: RunningServer, header: str, soap: str) -> None:
    assert ask(server, header, soap).text("companyInfo/name") == "LabCo"


def test_http_basic_counts_without_any_soap_header(server: RunningServer) -> None:
    document = f'<e:Envelope xmlns:e="{SOAP_11}"><e:Body>{QUESTION}</e:Body></e:Envelope>'.encode()
    assert not post(server, document, Authorization=basic(USER, PASSWORD)).is_fault


def test_an_auth_header_is_taken_before_http_basic(server: RunningServer) -> None:
    answer = ask(server, auth(USER, "wrong"), Authorization=basic(USER, PASSWORD))
    assert answer.fault[:2] == ("authenticationFault", 10001)


def test_an_auth_header_without_credentials_leaves_them_to_http_basic(server: RunningServer) -> None:
    header = f'<authHeader xmlns="{BASE_NAMESPACE}"><appName>x</appName></authHeader>'
    assert not ask(server, header, Authorization=basic(USER, PASSWORD)).is_fault


@pytest.mark.parametrize("soap", [SOAP_11, SOAP_12], ids=["soap11", "soap12"])
def test_a_request_without_credentials_is_answered_500_and_never_401(server: RunningServer, soap: str) -> None:
    answer = ask(server, soap=soap)
    assert answer.fault[:2] == ("authenticationFault", 10000)
    assert answer.reply.status_code == 500
    assert "WWW-Authenticate" not in answer.reply.headers


@pytest.mark.parametrize("header", ["Basic", "Basic !!!", "Basic bm9jb2xvbg==", "Bearer abc", "Basic /////w=="])
def test_an_authorization_header_that_is_no_basic_is_no_credentials(server: RunningServer, header: str) -> None:
    assert ask(server, Authorization=header).fault[:2] == ("authenticationFault", 10000)


def test_a_wrong_password_and_an_unknown_user_are_the_same_fault(server: RunningServer) -> None:
    wrong, unknown = ask(server, auth(USER, "wrong")), ask(server, auth("nobody@example.com"))
    assert wrong.fault == unknown.fault == ("authenticationFault", 10001, "Invalid username/password")


def test_an_empty_password_is_a_wrong_one(server: RunningServer) -> None:
    assert ask(server, auth(USER, "")).fault[:2] == ("authenticationFault", 10001)


def test_a_disabled_user_is_told_so_only_with_the_right_password(server: RunningServer) -> None:
    email = account(server, "disabled@example.com", is_valid=False)
    assert ask(server, auth(email)).fault[:2] == ("authenticationFault", 10002)
    assert ask(server, auth(email, "wrong")).fault[:2] == ("authenticationFault", 10001)


def test_an_expired_password_does_not_log_in(server: RunningServer) -> None:
    email = account(server, "expired@example.com", password_expires=datetime(2020, 1, 1, tzinfo=UTC))
    assert ask(server, auth(email)).fault[:2] == ("authenticationFault", 10002)


def test_a_password_that_expires_later_logs_in(server: RunningServer) -> None:
    email = account(server, "expires-later@example.com", password_expires=datetime(2090, 1, 1, tzinfo=UTC))
    assert not ask(server, auth(email)).is_fault


def test_the_letter_case_of_an_address_does_not_matter(server: RunningServer) -> None:
    assert not ask(server, auth("Lab@Example.COM")).is_fault


def test_a_user_without_an_active_company_is_an_authorization_fault(server: RunningServer) -> None:
    email = account(server, "leaver@example.com")
    database = server.database
    with database.write() as tx:
        mine = sa.select(t.user.c.id).where(t.user.c.email == email).scalar_subquery()
        tx.execute(sa.update(t.membership).where(t.membership.c.user_id == mine).values(is_active=False))
    database.close()
    assert ask(server, auth(email)).fault[:2] == ("authorizationFault", 20006)


def test_a_changed_password_counts_at_once_though_the_old_one_was_verified(server: RunningServer) -> None:
    email = account(server, "changer@example.com")
    for _ in range(4):  # often enough that every HTTP worker has verified it
        assert not call(server, "getCompanyInfo", "<companyName>LabCo</companyName>", email).is_fault
    account(server, email, password_hash=Passwords(0).hash("new-password"))

    assert ask(server, auth(email)).fault[:2] == ("authenticationFault", 10001)
    assert not ask(server, auth(email, "new-password")).is_fault


def test_a_user_disabled_after_logging_in_is_out_at_once(server: RunningServer) -> None:
    email = account(server, "out@example.com")
    assert not ask(server, auth(email)).is_fault
    account(server, email, is_valid=False)
    assert ask(server, auth(email)).fault[:2] == ("authenticationFault", 10002)


def test_an_access_token_is_refused_as_such(server: RunningServer) -> None:
    header = f'<authHeader xmlns="{BASE_NAMESPACE}"><accessToken>abc</accessToken></authHeader>'
    answer = ask(server, header)
    assert answer.fault[:2] == ("authenticationFault", 10001)
    assert "accessToken" in answer.fault[2]


def test_credentials_are_checked_before_the_company_is_looked_up(server: RunningServer) -> None:
    answer = call(server, "getFolders", "<companyHandle>c|99999999</companyHandle>", password="wrong")
    assert answer.fault[:2] == ("authenticationFault", 10001)
