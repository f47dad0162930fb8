"""Requests meant to harm: none makes the server read a file, fetch anything, or fail without a typed fault."""

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from tests.running_server import RunningServer
from tests.soap.raw import send_in_pieces, soap_post
from tests.soap_call import ENDPOINT, Answer, auth, call, envelope, param, post, read

pytestmark = pytest.mark.usefixtures("no_surprises")

USER = "lab@example.com"
SECRET = "the-secret-of-this-file"
XSI = "http://www.w3.org/2001/XMLSchema-instance"


class Recorder(BaseHTTPRequestHandler):
    """Counts whoever comes."""

    def do_GET(self) -> None:
        assert isinstance(self.server, Listener)
        self.server.visits.append(self.path)
        self.send_error(404)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - the library's name
        """Say nothing."""


class Listener(ThreadingHTTPServer):
    """A server that nobody should visit."""

    visits: list[str]


@pytest.fixture
def listener() -> Iterator[Listener]:
    with Listener(("127.0.0.1", 0), Recorder) as found:
        found.visits = []
        thread = Thread(target=found.serve_forever)
        thread.start()
        yield found
        found.shutdown()
        thread.join()


def with_doctype(doctype: str, name: str = "LabCo") -> bytes:
    """Return a good question behind a DOCTYPE, asking for the company ``name``."""
    return doctype.encode() + envelope(param("getCompanyInfo", f"<companyName>{name}</companyName>"), auth(USER))


@pytest.mark.parametrize(
    "doctype",
    [
        "<!DOCTYPE x>",
        '<!DOCTYPE x [<!ENTITY e "LabCo">]>',
        '<!DOCTYPE x [<!ATTLIST x a CDATA "b">]>',
        '<!DOCTYPE x PUBLIC "-//X//X" "x.dtd">',
    ],
)
def test_a_request_with_a_doctype_is_refused_though_it_means_no_harm(server: RunningServer, doctype: str) -> None:
    answer = post(server, with_doctype(doctype))
    assert answer.fault[:2] == ("ipsApiFault", 30003)
    assert "DOCTYPE" in answer.fault[2]


def test_an_external_entity_shows_no_file(server: RunningServer, tmp_path: Path) -> None:
    file = tmp_path / "secret.txt"
    file.write_text(SECRET)
    answer = post(server, with_doctype(f'<!DOCTYPE x [<!ENTITY e SYSTEM "file://{file}">]>', "&e;"))
    assert answer.fault[:2] == ("ipsApiFault", 30003)
    assert SECRET not in answer.reply.text


@pytest.mark.parametrize(
    "doctype",
    [
        '<!DOCTYPE x SYSTEM "{}/dtd">',
        '<!DOCTYPE x [<!ENTITY % p SYSTEM "{}/parameter"> %p;]>',
        '<!DOCTYPE x [<!ENTITY e SYSTEM "{}/entity">]>',
    ],
)
def test_nothing_outside_is_fetched_for_a_document(server: RunningServer, listener: Listener, doctype: str) -> None:
    answer = post(server, with_doctype(doctype.format(f"http://127.0.0.1:{listener.server_port}")))
    assert answer.is_fault
    assert listener.visits == []


def test_xinclude_and_schema_locations_are_not_followed(server: RunningServer, listener: Listener) -> None:
    url = f"http://127.0.0.1:{listener.server_port}/x"
    include = f'<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="{url}" parse="text"/>'
    body = param("getCompanyInfo", f"<companyName>LabCo{include}</companyName>")
    located = body.replace(" xmlns", f' xmlns:i="{XSI}" i:schemaLocation="urn:x {url}" xmlns', 1)
    post(server, envelope(located, auth(USER)))
    assert listener.visits == []


def attributes(count: int) -> str:
    """Return an element with many attributes."""
    return "<a " + " ".join(f'a{n}=""' for n in range(count)) + "/>"


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol" * 10}">' for n in range(10))
TOO_MUCH = {
    "a billion laughs": with_doctype(f"<!DOCTYPE x [{ENTITIES}]>", "&e9;"),
    "a quadratic blow-up": with_doctype(f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 5_000),
    "ten thousand levels": envelope(param("getCompanyInfo", "<a>" * 10_000 + "</a>" * 10_000), auth(USER)),
    "300 levels": envelope(param("getCompanyInfo", "<a>" * 300 + "</a>" * 300), auth(USER)),
    "33 attributes": envelope(param("getCompanyInfo", attributes(33)), auth(USER)),
    "2 MB of attributes": envelope(param("getCompanyInfo", attributes(200_000)), auth(USER)),
    "too many elements": envelope(param("getCompanyInfo", "<a/>" * 300_001), auth(USER)),
}


@pytest.mark.parametrize("document", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_document_beyond_the_limits_is_refused(server: RunningServer, document: bytes) -> None:
    assert post(server, document).fault[:2] == ("ipsApiFault", 30003)


def test_a_document_within_the_limits_may_be_large(server: RunningServer) -> None:
    items = "".join(f"<items>a|{number}</items>" for number in range(1_000_000, 1_080_000))
    content = f"<companyHandle>c|110</companyHandle><assetHandleArray>{items}</assetHandleArray>"
    assert call(server, "getAssets", content).texts("assetArray/items") == []


def test_a_type_in_the_request_cannot_replace_the_one_in_the_contract(server: RunningServer) -> None:
    handle = f'<companyHandle xmlns:i="{XSI}" i:type="HandleArray"><items>c|110</items></companyHandle>'
    assert call(server, "getFolders", handle).fault[0] in ("authorizationFault", "ipsApiFault")


def test_a_body_larger_than_the_limit_is_refused_by_its_length(server: RunningServer) -> None:
    answer = read(send_in_pieces(server, soap_post(b"", length=9 * 2**20).head))
    assert answer.fault[:2] == ("ipsApiFault", 30003)
    assert "larger" in answer.fault[2]


def test_a_chunked_body_is_counted_as_it_comes(server: RunningServer) -> None:
    answer = read(requests.post(server.url + ENDPOINT, data=iter([b" " * 2**20] * 9), timeout=60))
    assert answer.fault[:2] == ("ipsApiFault", 30003)
    assert "larger" in answer.fault[2]


def test_a_length_beyond_all_limits_is_refused_before_the_body_comes(server: RunningServer) -> None:
    reply = send_in_pieces(server, soap_post(b"<", length=2**40).head, b"<")
    assert reply.status_code == 413


def test_a_zipped_bomb_is_not_inflated(server: RunningServer) -> None:
    answer = post(server, gzip.compress(b" " * 200 * 2**20), Content_Encoding="gzip")
    assert answer.fault[:2] == ("ipsApiFault", 30003)


@pytest.mark.parametrize("media", ["multipart/related; boundary=x", 'multipart/related; type="text/xml"'])
def test_soap_with_attachments_is_refused(server: RunningServer, media: str) -> None:
    body = b"--x\r\nContent-Type: text/xml\r\n\r\n<a/>\r\n--x--\r\n"
    assert post(server, body, Content_Type=media).fault[:2] == ("ipsApiFault", 30003)


INJECTIONS = [
    "' OR '1'='1",
    "LabCo'; DROP TABLE asset; --",
    "%",
    "_abCo",
    "LabCo\\",
    "*",
    "${jndi:ldap://x}",
    "{{7*7}}",
]


@pytest.mark.parametrize("text", INJECTIONS)
def test_what_other_systems_would_run_is_plain_text(server: RunningServer, text: str) -> None:
    answer: Answer = call(server, "getCompanyInfo", f"<companyName>{text}</companyName>")
    assert answer.fault[:2] == ("authorizationFault", 20000)
    assert text in answer.fault[2]


@pytest.mark.parametrize("folder", ["%", "LabC_/", "%/%"])
def test_wildcards_of_sql_find_nothing(server: RunningServer, folder: str) -> None:
    answer = call(server, "getFolders", f"<companyHandle>c|110</companyHandle><folderPath>{folder}</folderPath>")
    assert answer.texts("folderArray/items") == []
