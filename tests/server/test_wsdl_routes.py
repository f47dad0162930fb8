"""Where the WSDLs are, and which address they tell clients to use."""

from collections.abc import Iterator

import pytest
import requests
from lxml import etree

from tests.running_server import RunningServer, add_account
from tests.soap_call import ENDPOINT
from wsdl.render import render_wsdl
from wsdl.versions import V2014_04_03, VERSIONS, Version

SOAP_ADDRESSES = "//*[local-name()='address']/@location"


def file_name(version: Version) -> str:
    return f"IpsApi-{version.date}.wsdl" if version.date else "IpsApi.wsdl"


def addresses(reply: requests.Response) -> set[str]:
    """Return the addresses of the ports, of which there are two."""
    assert reply.ok, reply.text
    assert reply.headers["Content-Type"].startswith("text/xml")
    found = [str(address) for address in etree.fromstring(reply.content).xpath(SOAP_ADDRESSES)]
    assert len(found) == 2
    return set(found)


def fetch(server: RunningServer, query: str = "", **headers: str) -> requests.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return requests.get(f"{server.url}/scene7/webservice/IpsApi-2014-04-03.wsdl{query}", headers=sent, timeout=30)


def started(folder: pytest.TempPathFactory, settings: dict[str, str]) -> RunningServer:
    running = RunningServer(folder.mktemp("wsdl") / "data", settings)
    database = running.database
    add_account(database, "LabCo", "lab@example.com")
    database.close()
    return running.start()


@pytest.fixture(scope="module")
def behind_a_proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that believes its proxy."""
    running = started(tmp_path_factory, {"trust_forwarded": "true"})
    yield running
    running.stop()


@pytest.fixture(scope="module")
def with_public_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server that was told its address."""
    running = started(tmp_path_factory, {"public_url": "https://ips.example.com/", "trust_forwarded": "true"})
    yield running
    running.stop()


@pytest.mark.parametrize("folder", ["/scene7/webservice", "/scene7"])
@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_every_version_is_at_both_of_its_paths(server: RunningServer, version: Version, folder: str) -> None:
    reply = requests.get(f"{server.url}{folder}/{file_name(version)}", timeout=30)
    assert reply.content == render_wsdl(version, server.url + ENDPOINT)


@pytest.mark.parametrize("query", ["?wsdl", "?WSDL", "?wsdl=1", "?singleWsdl&wsdl"])
def test_the_endpoint_shows_the_newest_wsdl(server: RunningServer, query: str) -> None:
    reply = requests.get(server.url + ENDPOINT + query, timeout=30)
    assert reply.content == render_wsdl(V2014_04_03, server.url + ENDPOINT)


@pytest.mark.parametrize("name", ["IpsApi-2014-04-04.wsdl", "IpsApi-undated.wsdl", "Other.wsdl", "..%2FIpsApi.wsdl"])
def test_an_unknown_wsdl_is_404_and_says_which_there_are(server: RunningServer, name: str) -> None:
    reply = requests.get(f"{server.url}/scene7/webservice/{name}", timeout=30)
    assert reply.status_code == 404


def test_the_address_is_the_host_that_the_client_used(server: RunningServer) -> None:
    assert addresses(fetch(server, Host="ips.local:8081")) == {f"http://ips.local:8081{ENDPOINT}"}


def test_a_host_cannot_break_out_of_the_document(server: RunningServer) -> None:
    reply = fetch(server, Host="a\"><x y='")
    assert not reply.ok or etree.fromstring(reply.content).xpath("count(//x)") == 0


def test_credentials_do_not_matter_for_a_wsdl(server: RunningServer) -> None:
    url = f"{server.url}/scene7/IpsApi-2014-04-03.wsdl"
    assert addresses(requests.get(url, auth=("nobody", "wrong"), timeout=30)) == {server.url + ENDPOINT}


def test_forwarded_headers_are_not_believed_unasked(server: RunningServer) -> None:
    reply = fetch(server, X_Forwarded_Host="evil.example.com", X_Forwarded_Proto="https")
    assert addresses(reply) == {server.url + ENDPOINT}


def test_forwarded_headers_are_believed_when_trusted(behind_a_proxy: RunningServer) -> None:
    reply = fetch(behind_a_proxy, X_Forwarded_Host="front.example.com, inner", X_Forwarded_Proto="https, http")
    assert addresses(reply) == {f"https://front.example.com{ENDPOINT}"}


def test_a_trusted_proxy_that_says_nothing_changes_nothing(behind_a_proxy: RunningServer) -> None:
    assert addresses(fetch(behind_a_proxy)) == {behind_a_proxy.url + ENDPOINT}


def test_the_public_url_wins_over_every_header(with_public_url: RunningServer) -> None:
    reply = fetch(with_public_url, Host="x", X_Forwarded_Host="front.example.com", X_Forwarded_Proto="http")
    assert addresses(reply) == {f"https://ips.example.com{ENDPOINT}"}


@pytest.mark.parametrize(
    ("given", "address"),
    [
        ("http://localhost:8081", f"http://localhost:8081{ENDPOINT}"),
        ("http://localhost:8081/", f"http://localhost:8081{ENDPOINT}"),
        ("https://debug.example.com/a/b", "https://debug.example.com/a/b"),
    ],
)
@pytest.mark.parametrize("name", ["serviceUrl", "serviceurl"])
def test_service_url_names_a_debugging_proxy(server: RunningServer, given: str, address: str, name: str) -> None:
    assert addresses(fetch(server, f"?{name}={given}")) == {address}


def test_service_url_counts_at_the_endpoint_too(server: RunningServer) -> None:
    reply = requests.get(f"{server.url}{ENDPOINT}?wsdl&serviceUrl=http://localhost:1", timeout=30)
    assert addresses(reply) == {f"http://localhost:1{ENDPOINT}"}


@pytest.mark.parametrize("given", ["ftp://x", "javascript:alert(1)", "/relative", "http://", "http://[x"])
def test_a_service_url_that_is_no_url_is_400(server: RunningServer, given: str) -> None:
    assert fetch(server, f"?serviceUrl={given}").status_code == 400


def test_head_is_answered_like_get_without_the_document(server: RunningServer) -> None:
    reply = requests.head(f"{server.url}/scene7/IpsApi.wsdl", timeout=30)
    assert (reply.status_code, reply.content) == (200, b"")


@pytest.mark.parametrize("authorization", ["Basic bGFiQGV4YW1wbGUuY29tOndyb25n", "Basic !!!", "Bearer x"])
def test_a_wsdl_is_for_everybody_whatever_credentials_come_with_the_question(
    server: RunningServer, authorization: str
) -> None:
    assert addresses(fetch(server, Authorization=authorization)) == {server.url + ENDPOINT}
