"""Where uploadUrlsJob never connects: every way of writing an address of this machine or of a private network.

The server of these tests may fetch from 127.0.0.2 alone, where a page redirects to what is forbidden; a socket that
listens everywhere sees whoever connects.
"""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from html import escape

import pytest

from tests.jobs.flow import Row, upload_urls
from tests.jobs.own_server import own_server
from tests.jobs.web_host import Page, serving

URLS = (
    "http://127.0.0.1:PORT/",
    "HTTP://127.0.0.1:PORT/",
    "https://127.0.0.1:PORT/",
    "http://127.1:PORT/",
    "http://127.0.0.3:PORT/",
    "http://127.255.255.254:PORT/",
    "http://0:PORT/",
    "http://0.0.0.0:PORT/",
    "http://2130706433:PORT/",
    "http://0x7f000001:PORT/",
    "http://0x7f.0.0.1:PORT/",
    "http://0177.0.0.1:PORT/",
    "http://017700000001:PORT/",
    "http://localhost:PORT/",
    "http://LOCALHOST:PORT/",
    "http://[::1]:PORT/",
    "http://[::]:PORT/",
    "http://[0:0:0:0:0:0:0:1]:PORT/",
    "http://[::ffff:127.0.0.1]:PORT/",
    "http://[::ffff:7f00:1]:PORT/",
    "http://[::ffff:127.0.0.2]:PORT/",
    "http://[::127.0.0.1]:PORT/",
    "http://[64:ff9b::7f00:1]:PORT/",
    "http://[64:ff9b:1::7f00:1]:PORT/",
    "http://[2002:7f00:1::]:PORT/",
    "http://[2001:0:7f00:1::1]:PORT/",
    "http://[fe80::1]:PORT/",
    "http://[fc00::1]:PORT/",
    "http://[ff02::1]:PORT/",
    "http://169.254.169.254/latest/meta-data/",
    "http://10.0.0.1:PORT/",
    "http://172.16.0.1:PORT/",
    "http://192.168.1.1:PORT/",
    "http://100.64.0.1:PORT/",
    "http://224.0.0.1:PORT/",
    "http://255.255.255.255:PORT/",
    "http://１２７.0.0.1:PORT/",  # noqa: RUF001 - full-width digits
    "http://127。0。0。1:PORT/",
    "http://127.0.0.1:PORT#@127.0.0.2/",
    "http://127.0.0.2:PAGES/to-loopback",
    "http://127.0.0.2:PAGES/to-decimal",
    "http://127.0.0.2:PAGES/to-metadata",
    "http://127.0.0.2:PAGES/to-no-scheme",
    "http://user@127.0.0.2:PAGES/good.png",
    "http://user:password@127.0.0.1:PORT/",
    "http://127.0.0.2@127.0.0.1:PORT/",
    "http://127.0.0.1:PORT\\@127.0.0.2/",
    "file:///etc/passwd",
    "file://127.0.0.1/etc/passwd",
    "gopher://127.0.0.1:PORT/_GET",
    "ftp://127.0.0.1:PORT/a.png",
    "//127.0.0.1:PORT/a.png",
    "http:127.0.0.1:PORT/a.png",
    "http:///a.png",
    "http://127.0.0.1:99999/a.png",
    "http://127.0.0.2:PAGES/to-file",
    "http://127.0.0.2:PAGES/to-user",
)
PAGES = {
    "/to-loopback": "http://127.0.0.1:{port}/",
    "/to-decimal": "http://2130706433:{port}/",
    "/to-metadata": "http://169.254.169.254/latest/meta-data/",
    "/to-no-scheme": "//127.0.0.1:{port}/",
    "/to-file": "file:///etc/passwd",
    "/to-user": "http://user@127.0.0.2/",
}


@dataclass(frozen=True, slots=True)
class Attempt:
    """What the log says of each URL, and how many connections arrived."""

    rows: Mapping[str, Row]
    connections: int


@pytest.fixture(scope="module")
def attempt(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Attempt]:
    """One job that asks for every URL above."""
    data = tmp_path_factory.mktemp("forbidden") / "data"
    with (
        socket.create_server(("", 0), family=socket.AF_INET6, dualstack_ipv6=True, backlog=128) as listener,
        own_server(data, allowed_networks='["127.0.0.2/32"]') as client,
    ):
        port = listener.getsockname()[1]
        pages = {path: Page(status=302, location=target.format(port=port)) for path, target in PAGES.items()}
        with serving(pages, "127.0.0.2") as host:
            urls = [url.replace("PORT", str(port)).replace("PAGES", str(host.port)) for url in URLS]
            name = client.run(upload_urls([(escape(url), f"{n}.png") for n, url in enumerate(urls)]))
        rows = {row.name: row for row in client.rows(name, "UploadError", "UploadSuccess")}
        yield Attempt({url: rows[f"{n}.png"] for n, url in enumerate(URLS)}, arrived(listener))


def arrived(listener: socket.socket) -> int:
    """Take the connections that wait on a socket and return their number."""
    listener.setblocking(False)
    number = 0
    while True:
        try:
            connection, _address = listener.accept()
        except BlockingIOError:
            return number
        connection.close()
        number += 1


def test_nothing_connects_to_a_forbidden_address(attempt: Attempt) -> None:
    assert attempt.connections == 0


@pytest.mark.parametrize("url", URLS)
def test_the_url_is_refused_for_good(attempt: Attempt, url: str) -> None:
    row = attempt.rows[url]
    reasons = ("it is not a public address", "is not well-formed", "must be http or https")
    assert (row.type, any(reason in row.message for reason in reasons)) == ("UploadError", True), row.message
