"""How the guarded client speaks: to the pinned address under the URL's own name, within caps, and past no proxy."""

import ipaddress
import re
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import trustme

from domain.errors import Permanent, Retryable
from jobs.outbound import OutboundRules, TooLargeError, fetch, ping, post

RULES = OutboundRules(
    allowed_networks=(ipaddress.ip_network("127.0.0.0/8"),), resolve=lambda _host, _port: ("127.0.0.1",), timeout_s=20
)
GOOD = b"HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngood"


@contextmanager
def answering(answer: bytes, tls: ssl.SSLContext | None = None) -> Iterator[tuple[int, list[bytes]]]:
    """Give each connection the same answer while the block runs; give the port, and the requests as they came."""
    asked: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as listener:

        def serve() -> None:
            while True:
                try:
                    connection, _address = listener.accept()
                except OSError:
                    return
                with connection:
                    try:
                        stream = tls.wrap_socket(connection, server_side=True) if tls else connection
                        asked.append(request(stream))
                        stream.sendall(answer)
                        stream.close()
                    except OSError:  # the other side has gone
                        continue

        thread = threading.Thread(target=serve)
        thread.start()
        try:
            yield listener.getsockname()[1], asked
        finally:
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def request(connection: socket.socket) -> bytes:
    """Read a request, with as much of a body as its headers say."""
    with connection.makefile("rb") as file:
        head = b"".join(iter(file.readline, b"\r\n"))
        length = re.search(rb"content-length: (\d+)", head.lower())
        return head + b"\r\n" + file.read(int(length[1]) if length else 0)


@pytest.fixture
def authority(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.CA:
    """An authority that this machine trusts."""
    made = trustme.CA()
    made.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return made


def context(certificate: trustme.LeafCert, names: list[str]) -> ssl.SSLContext:
    """A server's context, which writes down the name that it is asked for."""
    made = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(made)
    made.sni_callback = lambda _socket, name, _context: names.append(str(name))
    return made


def test_the_host_is_named_as_in_the_url_and_nothing_of_us_is_told(tmp_path: Path) -> None:
    with answering(GOOD) as (port, asked):
        fetch(f"http://files.example:{port}/a%20b?x=[1]&y=%2F#part", tmp_path / "file", RULES)

    line, *headers = asked[0].decode().strip().split("\r\n")
    assert line == "GET /a%20b?x=[1]&y=%2F HTTP/1.1"
    assert headers == [
        f"Host: files.example:{port}",
        "User-Agent: Reprise",
        "Accept: */*",
        "Accept-Encoding: identity",
    ]
    assert (tmp_path / "file").read_bytes() == b"good"


def test_tls_asks_for_the_name_of_the_url_and_holds_the_certificate_to_it(
    authority: trustme.CA, tmp_path: Path
) -> None:
    names: list[str] = []
    with answering(GOOD, context(authority.issue_cert("files.example"), names)) as (port, _asked):
        fetch(f"https://files.example:{port}/", tmp_path / "file", RULES)

        with pytest.raises(Retryable, match=r"its certificate is not trusted .*other\.example"):
            fetch(f"https://other.example:{port}/", tmp_path / "file", RULES)

    assert names == ["files.example", "other.example"]


def test_a_certificate_of_an_unknown_authority_is_not_trusted(tmp_path: Path) -> None:
    certificate = trustme.CA().issue_cert("files.example")
    untrusted = pytest.raises(Retryable, match=r"could not be reached: its certificate is not trusted \(.+\)\.$")
    with answering(GOOD, context(certificate, [])) as (port, _asked), untrusted:
        fetch(f"https://files.example:{port}/", tmp_path / "file", RULES)


def test_no_proxy_is_taken_from_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with answering(GOOD) as (port, asked), answering(GOOD) as (proxy, diverted):
        for name in ("http_proxy", "HTTP_PROXY", "https_proxy", "all_proxy", "ALL_PROXY"):
            monkeypatch.setenv(name, f"http://127.0.0.1:{proxy}")

        fetch(f"http://files.example:{port}/", tmp_path / "file", RULES)

    assert (len(asked), len(diverted)) == (1, 0)


def test_an_address_that_does_not_answer_is_passed_over_for_the_next(tmp_path: Path) -> None:
    rules = OutboundRules(
        allowed_networks=RULES.allowed_networks, resolve=lambda _host, _port: ("127.0.0.9", "127.0.0.1")
    )
    with answering(GOOD) as (port, _asked):
        fetch(f"http://files.example:{port}/", tmp_path / "file", rules)

    assert (tmp_path / "file").read_bytes() == b"good"


@pytest.mark.parametrize("length", [b"Content-Length: 5000\r\n", b"", b"Transfer-Encoding: chunked\r\n"])
def test_a_body_is_cut_off_at_the_cap_whatever_the_headers_say(length: bytes, tmp_path: Path) -> None:
    body = b"1388\r\n" + b"x" * 5000 + b"\r\n0\r\n\r\n" if b"chunked" in length else b"x" * 5000
    rules = OutboundRules(allowed_networks=RULES.allowed_networks, resolve=RULES.resolve, max_bytes=4999)
    with answering(b"HTTP/1.1 200 OK\r\n" + length + b"\r\n" + body) as (port, _asked), pytest.raises(TooLargeError):
        fetch(f"http://files.example:{port}/", tmp_path / "file", rules)

    assert (tmp_path / "file").stat().st_size < 5000


def test_headers_without_an_end_are_cut_off() -> None:
    endless = b"HTTP/1.1 200 OK\r\n" + b"X-Long: " + b"x" * 200_000
    with answering(endless) as (port, _asked), pytest.raises(Retryable, match="could not be reached"):
        ping(f"http://files.example:{port}/", RULES)


def test_an_answer_that_was_packed_unasked_is_refused(tmp_path: Path) -> None:
    packed = b"HTTP/1.1 200 OK\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx"
    with answering(packed) as (port, _asked), pytest.raises(Permanent, match=r"not asked for \(br\)"):
        fetch(f"http://files.example:{port}/", tmp_path / "file", RULES)


@pytest.mark.parametrize("redirects", [0, 2])
def test_redirects_have_an_end(redirects: int) -> None:
    rules = OutboundRules(allowed_networks=RULES.allowed_networks, resolve=RULES.resolve, max_redirects=redirects)
    moved = b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"
    with answering(moved) as (port, asked), pytest.raises(Permanent, match=f"more than {redirects} times"):
        ping(f"http://files.example:{port}/", rules)

    assert len(asked) == redirects + 1


def test_a_post_is_not_redirected_and_tells_its_status() -> None:
    moved = b"HTTP/1.1 307 Moved\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n"
    with answering(moved) as (port, asked):
        status = post(f"http://files.example:{port}/hook", b'{"a": 1}', {"X-Own": "yes"}, RULES)

    assert (status, len(asked)) == (307, 1)
    head, _, body = asked[0].decode().partition("\r\n\r\n")
    assert head.startswith("POST /hook HTTP/1.1\r\n")
    assert "X-Own: yes" in head
    assert "Content-Length: 8" in head
    assert body == '{"a": 1}'


def test_a_host_name_that_is_not_known_may_be_known_later() -> None:
    def unknown(_host: str, _port: int) -> tuple[str, ...]:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    with pytest.raises(Retryable, match=r"The host name files\.example could not be resolved\."):
        ping("http://files.example/", OutboundRules(resolve=unknown))
