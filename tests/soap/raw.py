"""HTTP by hand over a socket, so that what a client library would tidy away goes out as it stands."""

import gzip
import socket
from contextlib import suppress
from dataclasses import dataclass
from http.client import HTTPResponse
from urllib.parse import urlsplit

import requests

from tests.running_server import RunningServer
from tests.soap_call import ENDPOINT, Answer, read

TIMEOUT_S = 30
CONTINUE = b"HTTP/1.1 100 "


@dataclass(frozen=True, slots=True)
class RawRequest:
    """A request as it goes out: its request line without the CR LF, its header lines, its body."""

    line: str
    headers: tuple[str, ...]
    body: bytes = b""

    @property
    def head(self) -> bytes:
        """Everything before the body."""
        return "\r\n".join((self.line, *self.headers, "", "")).encode("latin-1")

    def asks_to_continue(self) -> bool:
        """Tell whether the client waits for leave before it sends the body."""
        return any(line.lower().startswith("expect:") for line in self.headers)


def soap_post(body: bytes, *headers: str, version: str = "1.1", length: int | None = None) -> RawRequest:
    """Return a POST to the SOAP endpoint with a Content-Length (``length`` may lie) and further header lines."""
    size = len(body) if length is None else length
    fixed = ("Host: raw.example.com", "Content-Type: text/xml; charset=utf-8", f"Content-Length: {size}")
    return RawRequest(f"POST {ENDPOINT} HTTP/{version}", (*fixed, *headers), body)


def send(server: RunningServer, request: RawRequest, source: str = "") -> requests.Response:
    """Send the request on a connection of its own, from the address ``source`` if given, and return the reply."""
    with _connect(server, source) as connection:
        connection.sendall(request.head)
        if request.asks_to_continue():
            wait_for_leave(connection)
        connection.sendall(request.body)
        return _reply(connection)


def send_in_pieces(server: RunningServer, *pieces: bytes) -> requests.Response:
    """Send the pieces, close the sending side, and return the reply."""
    with _connect(server) as connection:
        for piece in pieces:
            connection.sendall(piece)
        with suppress(OSError):  # the server may have answered and closed already
            connection.shutdown(socket.SHUT_WR)
        return _reply(connection)


def is_closed_after(server: RunningServer, request: RawRequest) -> bool:
    """Tell whether the server closes the connection after its reply, within the time a client would wait."""
    with _connect(server) as connection:
        connection.sendall(request.head + request.body)
        _reply(connection)
        connection.settimeout(1)
        try:
            return connection.recv(1) == b""
        except TimeoutError:
            return False


def answer(server: RunningServer, request: RawRequest) -> Answer:
    """Send the request and return its SOAP answer, checked against its schema."""
    return read(send(server, request))


def wait_for_leave(connection: socket.socket) -> None:
    """Read the interim reply that gives leave to send the body."""
    received = b""
    while b"\r\n\r\n" not in received:
        piece = connection.recv(1)
        assert piece, received
        received += piece
    assert received.startswith(CONTINUE), received


def _connect(server: RunningServer, source: str = "") -> socket.socket:
    parts = urlsplit(server.url)
    assert parts.hostname is not None
    return socket.create_connection((parts.hostname, parts.port or 80), TIMEOUT_S, (source, 0) if source else None)


def _reply(connection: socket.socket) -> requests.Response:
    incoming = HTTPResponse(connection)
    incoming.begin()
    content = incoming.read()
    incoming.close()
    reply = requests.Response()
    reply.status_code = incoming.status
    reply.headers.update(incoming.getheaders())
    if reply.headers.get("Content-Encoding") == "gzip":
        content = gzip.decompress(content)
    reply._content = content
    return reply
