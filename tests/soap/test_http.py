"""The HTTP below SOAP, as old and odd stacks speak it: raw requests over a socket."""

import socket
from urllib.parse import urlsplit

import pytest
import requests

from tests.running_server import RunningServer
from tests.soap.raw import RawRequest, answer, is_closed_after, send, send_in_pieces, soap_post
from tests.soap_call import ENDPOINT, auth, envelope, param, read

pytestmark = pytest.mark.usefixtures("no_surprises")

BODY = envelope(param("getCompanyInfo", "<companyName>LabCo</companyName>"), auth("lab@example.com"))


def chunked(*chunks: bytes) -> bytes:
    """Return chunks as the chunked transfer coding has them, with an extension and a trailer."""
    return b"".join(b"%x;ext=1\r\n%s\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\nX-Trailer: 1\r\n\r\n"


def chunked_post(*chunks: bytes) -> RawRequest:
    headers = ("Host: x", "Content-Type: text/xml", "Transfer-Encoding: chunked")
    return RawRequest(f"POST {ENDPOINT} HTTP/1.1", headers, chunked(*chunks))


def test_http_1_0_is_served_and_the_connection_closed(server: RunningServer) -> None:
    request = soap_post(BODY, version="1.0")
    assert answer(server, request).text("companyInfo/name") == "LabCo"
    assert is_closed_after(server, request)


def test_http_1_0_is_not_answered_in_chunks(server: RunningServer) -> None:
    reply = send(server, soap_post(BODY, version="1.0"))
    assert "Transfer-Encoding" not in reply.headers
    assert int(reply.headers["Content-Length"]) == len(reply.content)


def test_connection_close_is_echoed(server: RunningServer) -> None:
    """A client that asks for it may hang up on an answer that does not say it."""
    reply = send(server, soap_post(BODY, "Connection: close"))
    assert reply.headers["Connection"].lower() == "close"
    assert not read(reply).is_fault


@pytest.mark.parametrize("header", ["Connection: close", "Connection: TE, close", "connection: Close"])
def test_a_client_that_asks_to_close_is_not_kept_waiting(server: RunningServer, header: str) -> None:
    assert is_closed_after(server, soap_post(BODY, header, "TE: trailers"))


@pytest.mark.parametrize("header", ["Connection: keep-alive", "Connection: Keep-Alive", "X-Nothing: 1"])
def test_a_connection_is_kept_for_the_next_request(server: RunningServer, header: str) -> None:
    assert not is_closed_after(server, soap_post(BODY, header))


def test_two_requests_on_one_connection_are_answered_in_order(server: RunningServer) -> None:
    broken = soap_post(b"<broken")
    parts = urlsplit(server.url)
    with socket.create_connection((parts.hostname or "", parts.port or 80), 30) as connection:
        for request in (broken, soap_post(BODY, "Connection: close")):
            connection.sendall(request.head + request.body)
        received = b""
        while piece := connection.recv(65536):
            received += piece
    assert received.count(b"HTTP/1.1 ") == 2
    assert received.index(b"30003") < received.index(b"LabCo/")


def test_expect_continue_gets_leave_before_the_body(server: RunningServer) -> None:
    assert answer(server, soap_post(BODY, "Expect: 100-continue")).text("companyInfo/name") == "LabCo"


@pytest.mark.parametrize("size", [1, 7, 100, 100_000])
def test_a_chunked_request_is_read(server: RunningServer, size: int) -> None:
    chunks = [BODY[n : n + size] for n in range(0, len(BODY), size)]
    assert answer(server, chunked_post(*chunks)).text("companyInfo/name") == "LabCo"


def test_a_body_that_ends_early_is_a_fault(server: RunningServer) -> None:
    reply = send_in_pieces(server, soap_post(BODY, length=len(BODY) + 100).head, BODY)
    assert read(reply).fault[:2] == ("ipsApiFault", 30003)


@pytest.mark.parametrize("data", [b"5\r\n<abc", b"zz\r\n<abc>\r\n0\r\n\r\n", b"5\r\n<abc>\r\n", b""])
def test_damaged_chunks_are_a_fault(server: RunningServer, data: bytes) -> None:
    assert read(send_in_pieces(server, chunked_post().head, data)).fault[:2] == ("ipsApiFault", 30003)


def test_the_server_is_well_after_clients_that_hang_up(server: RunningServer) -> None:
    parts = urlsplit(server.url)
    for cut in (0, 10, len(BODY) - 1):
        with socket.create_connection((parts.hostname or "", parts.port or 80), 30) as connection:
            connection.sendall(soap_post(BODY).head + BODY[:cut])
    assert answer(server, soap_post(BODY)).text("companyInfo/name") == "LabCo"


@pytest.mark.parametrize("case", ["Soapaction", "SOAPACTION", "soapaction"])
def test_header_names_are_of_any_case(server: RunningServer, case: str) -> None:
    assert not answer(server, soap_post(BODY, f'{case}: "getCompanyInfo"')).is_fault


def test_a_post_without_a_content_type_is_served(server: RunningServer) -> None:
    headers = ("Host: x", f"Content-Length: {len(BODY)}")
    assert not answer(server, RawRequest(f"POST {ENDPOINT} HTTP/1.1", headers, BODY)).is_fault


@pytest.mark.parametrize("length", ["Content-Length: 0", "X-No-Length: 1"])
def test_a_post_without_a_body_is_a_fault(server: RunningServer, length: str) -> None:
    found = answer(server, RawRequest(f"POST {ENDPOINT} HTTP/1.1", ("Host: x", length)))
    assert found.fault[:2] == ("ipsApiFault", 30003)


@pytest.mark.parametrize("path", [ENDPOINT + "/", ENDPOINT + "?x=1", ENDPOINT + "?wsdl"])
def test_the_endpoint_is_found_with_a_slash_or_a_query(server: RunningServer, path: str) -> None:
    headers = ("Host: x", f"Content-Length: {len(BODY)}")
    assert not answer(server, RawRequest(f"POST {path} HTTP/1.1", headers, BODY)).is_fault


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE", "PATCH"])
def test_only_post_is_allowed_at_the_endpoint(server: RunningServer, method: str) -> None:
    reply = requests.request(method, server.url + ENDPOINT, timeout=30)
    assert reply.status_code == 405
    assert "POST" in reply.headers["Allow"]


def test_an_absolute_request_line_as_proxies_send_it_is_served(server: RunningServer) -> None:
    headers = ("Host: x", f"Content-Length: {len(BODY)}")
    request = RawRequest(f"POST {server.url}{ENDPOINT} HTTP/1.1", headers, BODY)
    assert not answer(server, request).is_fault


@pytest.mark.parametrize("path", ["/", "/scene7", "/scene7/services/Other", "/admin.php"])
def test_what_is_not_there_is_404(server: RunningServer, path: str) -> None:
    assert requests.get(server.url + path, timeout=30).status_code == 404
    assert requests.post(server.url + path, timeout=30).status_code in (404, 405)


def test_no_answer_says_what_serves_it(server: RunningServer) -> None:
    reply = requests.get(server.url + "/livez", timeout=30)
    assert "Server" not in reply.headers or "/" not in reply.headers["Server"]
