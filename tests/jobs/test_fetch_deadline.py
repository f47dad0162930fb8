"""A fetch ends in time though every wait is short: against a server that gives one byte after the other for ever."""

import ipaddress
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from domain.errors import Retryable
from jobs.outbound import OutboundRules, fetch, ping

NETWORKS = (ipaddress.ip_network("127.0.0.0/8"),)
DRIP_S = 0.02
HEAD = b"HTTP/1.1 200 OK\r\n"
Answer = Callable[[socket.socket], None]
_ended = threading.Event()


def rules(**changes: float) -> OutboundRules:
    return OutboundRules(allowed_networks=NETWORKS, **changes)  # type: ignore[arg-type]


def drip(connection: socket.socket) -> None:
    """Send one byte after the other until the other side goes or the server's end comes."""
    while not _ended.wait(DRIP_S):
        connection.sendall(b"x")


def header(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"X-Slow: ")
    drip(connection)


def body(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 1000000\r\n\r\n")
    drip(connection)


def body_without_length(connection: socket.socket) -> None:
    connection.sendall(b"HTTP/1.0 200 OK\r\n\r\n")
    drip(connection)


def chunked(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Transfer-Encoding: chunked\r\n\r\nFFFFF\r\n")
    drip(connection)


def redirects(connection: socket.socket) -> None:
    """Answer at the speed of the drip, each time with another address on this server."""
    _ended.wait(10 * DRIP_S)
    connection.sendall(b"HTTP/1.1 302 Found\r\nLocation: /again\r\nContent-Length: 0\r\n\r\n")


def handshake(connection: socket.socket) -> None:
    """Drip a record of TLS that says it will be long."""
    connection.sendall(b"\x16\x03\x03\x40\x00")
    drip(connection)


@contextmanager
def answering(answer: Answer) -> Iterator[int]:
    """Answer every connection with ``answer`` while the block runs; give the port."""
    _ended.clear()
    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=_serve, args=(listener, answer))
        thread.start()
        try:
            yield listener.getsockname()[1]
        finally:
            _ended.set()
            listener.shutdown(socket.SHUT_RDWR)
            thread.join()


def _serve(listener: socket.socket, answer: Answer) -> None:
    while not _ended.is_set():
        with suppress(OSError):
            connection, _address = listener.accept()
            with connection:
                connection.recv(65536)
                answer(connection)


@pytest.mark.parametrize("answer", [header, body, body_without_length, chunked, redirects])
def test_a_fetch_from_a_server_that_drips_is_ended(answer: Answer, tmp_path: Path) -> None:
    with answering(answer) as port, pytest.raises(Retryable, match=r"within 0\.5 seconds"):
        fetch(f"http://127.0.0.1:{port}/", tmp_path / "file", rules(fetch_timeout_s=0.5, max_redirects=1000))


def test_a_fetch_is_ended_while_it_shakes_hands(tmp_path: Path) -> None:
    with answering(handshake) as port, pytest.raises(Retryable, match=r"within 0\.5 seconds"):
        fetch(f"https://127.0.0.1:{port}/", tmp_path / "file", rules(fetch_timeout_s=0.5))


def test_a_ping_has_no_more_time_in_all_than_for_one_wait() -> None:
    with answering(header) as port, pytest.raises(Retryable, match=r"within 0\.5 seconds"):
        ping(f"http://127.0.0.1:{port}/", rules(timeout_s=0.5))


def test_what_comes_slowly_but_in_time_is_fetched_whole(tmp_path: Path) -> None:
    def slowly(connection: socket.socket) -> None:
        connection.sendall(HEAD + b"Content-Length: 10\r\n\r\n")
        for _byte in range(10):
            _ended.wait(DRIP_S)
            connection.sendall(b"x")

    with answering(slowly) as port:
        fetch(f"http://127.0.0.1:{port}/", tmp_path / "file", rules(fetch_timeout_s=60))

    assert (tmp_path / "file").read_bytes() == b"x" * 10
