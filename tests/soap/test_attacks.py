"""Requests meant to harm: none makes the server read a file, fetch anything, or fail without a typed fault."""

import gzip
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
import requests

from tests.conftest import LAB_COMPANY
from tests.process_tree import cpu_limited, peak_bytes
from tests.running_server import RunningServer, add_account
from tests.soap.raw import send_in_pieces, soap_post
from tests.soap_call import ENDPOINT, Answer, auth, call, envelope, param, post, read

pytestmark = pytest.mark.usefixtures("no_surprises")

USER = "lab@example.com"
SECRET = "the-secret-of-this-file"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MOST_CPU_S = 15
"""Processor time that an attack may cost each process (RLIMIT_CPU); stock Spyne used 173 s on 2 MB of attributes."""
MOST_MEMORY = 400 * 2**20
"""Memory that an attack may add to the server; stock Spyne took 1.9 GB for 96 MB of tiny elements."""
GENEROUS = 128 * 2**20


@pytest.fixture(autouse=True)
def _bounded(server: RunningServer) -> Iterator[None]:
    """No attack keeps the server's processors busy, or makes it large."""
    peak = peak_bytes(server)
    with cpu_limited(server, MOST_CPU_S):
        yield
    assert peak_bytes(server) - peak < MOST_MEMORY


@pytest.fixture(scope="module")
def generous(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServer]:
    """A server whose operator allows requests of 128 MB."""
    settings = {"max_request_bytes": str(GENEROUS), "http_workers": "1", "slots": "1"}
    running = RunningServer(tmp_path_factory.mktemp("generous") / "data", settings)
    database = running.database
    add_account(database, "LabCo", USER, company_id=LAB_COMPANY)
    database.close()
    yield running.start()
    running.stop()


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


def prefixes(count: int, number: int = 0) -> str:
    """Return the start of an element that declares many namespaces."""
    return "<a " + " ".join(f'xmlns:p{number}x{n}="u{n}"' for n in range(count)) + ">"


def company(content: str) -> bytes:
    """Return a question for the company, with this content."""
    return envelope(param("getCompanyInfo", content), auth(USER))


ENTITIES = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10 if n else "lol" * 10}">' for n in range(10))
TOO_MUCH = {
    "a billion laughs": with_doctype(f"<!DOCTYPE x [{ENTITIES}]>", "&e9;"),
    "a quadratic blow-up": with_doctype(f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>', "&a;" * 5_000),
    "a quadratic blow-up in an attribute": with_doctype(
        f'<!DOCTYPE x [<!ENTITY a "{"a" * 50_000}">]>', f'<a b="{"&a;" * 5_000}"/>'
    ),
    "ten thousand levels": envelope(param("getCompanyInfo", "<a>" * 10_000 + "</a>" * 10_000), auth(USER)),
    "300 levels": envelope(param("getCompanyInfo", "<a>" * 300 + "</a>" * 300), auth(USER)),
    "33 attributes": envelope(param("getCompanyInfo", attributes(33)), auth(USER)),
    "2 MB of attributes": envelope(param("getCompanyInfo", attributes(200_000)), auth(USER)),
    "7 MB of attributes": envelope(param("getCompanyInfo", attributes(600_000)), auth(USER)),
    "too many elements": envelope(param("getCompanyInfo", "<a/>" * 300_001), auth(USER)),
    "8 MB of elements": envelope(param("getCompanyInfo", "<a/>" * 2_000_000), auth(USER)),
    "8 MB of elements in another encoding": (
        '<?xml version="1.0" encoding="cp037"?>' + envelope(param("getCompanyInfo", "<a/>" * 2_000_000)).decode()
    ).encode("cp037"),
}


@pytest.mark.parametrize("document", TOO_MUCH.values(), ids=TOO_MUCH)
def test_a_document_beyond_the_limits_is_refused(server: RunningServer, document: bytes) -> None:
    assert post(server, document).fault[:2] == ("ipsApiFault", 30003)


TOO_MUCH_FOR_LIBXML2 = {
    "a text of more than 10 MB": company(f"<companyName>{'x' * 11 * 2**20}</companyName>"),
    "an attribute of more than 10 MB": company(f'<a b="{"x" * 11 * 2**20}"/>'),
    "96 MB of tiny elements": company("<a/>" * (96 * 2**20 // 4)),
}


@pytest.mark.parametrize("document", TOO_MUCH_FOR_LIBXML2.values(), ids=TOO_MUCH_FOR_LIBXML2)
def test_a_large_limit_of_bytes_leaves_the_other_limits_in_force(generous: RunningServer, document: bytes) -> None:
    peak = peak_bytes(generous)
    with cpu_limited(generous, MOST_CPU_S):
        assert post(generous, document).fault[:2] == ("ipsApiFault", 30003)
    assert peak_bytes(generous) - peak < MOST_MEMORY


HARMLESS = {
    "80,000 elements that nobody knows": "<a/>" * 80_000,
    "many declarations of namespaces": f"{prefixes(10_000)}</a>",
    "declarations at every level": "".join(prefixes(100, n) for n in range(200)) + "<p0x0:x/>" * 9_000 + "</a>" * 200,
    "comments": "<!-- -->" * 500_000,
    "processing instructions": "<?a?>" * 500_000,
    "marked sections": f"<note>{'<![CDATA[x]]>' * 200_000}</note>",
    "references to characters": f"<note>{'&#65;' * 500_000}</note>",
}


@pytest.mark.parametrize("content", HARMLESS.values(), ids=HARMLESS)
def test_what_is_large_but_allowed_costs_little(server: RunningServer, content: str) -> None:
    assert post(server, company(f"{content}<companyName>LabCo</companyName>")).text("companyInfo/name") == "LabCo"


LONG = "9" * 7_000_000
LONG_VALUES = {
    "a number": ("searchAssets", f"<companyHandle>c|110</companyHandle><recordsPerPage>{LONG}</recordsPerPage>", 30001),
    "a time": ("getJobLogs", f"<companyHandle>c|110</companyHandle><startDate>{LONG}</startDate>", 30001),
    "a handle": ("getFolders", f"<companyHandle>c|{LONG}</companyHandle>", 20000),
}


@pytest.mark.parametrize(("operation", "content", "code"), LONG_VALUES.values(), ids=LONG_VALUES)
def test_a_value_of_megabytes_is_refused_cheaply(
    server: RunningServer, operation: str, content: str, code: int
) -> None:
    assert call(server, operation, content).fault[1] == code


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
