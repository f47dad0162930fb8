"""The one guarded HTTP client for addresses that users name: it connects to public addresses only, once resolved.

The guard stands where connections are opened, so that no way of writing a URL, and no redirect, leads around it. An
exchange that is not over in time is cut off, however busily the other side drips. No proxy is asked, whatever the
environment says. Which addresses are public is in addresses.py.
"""

import ipaddress
import re
import socket
import ssl
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import Self

import httpcore
import httpx

from domain.errors import Permanent, Retryable
from domain.words import Words, say, verbatim
from jobs.addresses import Network, is_in, is_public, resolve

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
_HOST = re.compile(rb"[0-9A-Za-z._:-]+")
_FIRST_FREE_PORT = 1024
"""Below it are the ports of other protocols, which a user's URL must not speak to."""
_FAILURES = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
_HEADERS = {"User-Agent": "Reprise", "Accept": "*/*", "Accept-Encoding": "identity"}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRules:
    """Where the server may connect to on a user's word. Sizes in bytes, times in seconds."""

    allowed_networks: tuple[Network, ...] = ()
    """Networks to allow although they are not public, and there every port."""
    max_bytes: int = 2 * 2**30
    timeout_s: float = 60.0
    """For each wait on the other side; a ping or a post has no more in all."""
    fetch_timeout_s: float = 1800.0
    """For a fetch in all, redirects included."""
    max_redirects: int = 5
    resolve: Callable[[str, int], Iterable[str]] = resolve
    """From a host and a port to addresses, the preferred first; asked once for each connection."""


class ForbiddenAddressError(Permanent):
    """The URL leads to an address that the server does not connect to on a user's word."""


class TooLargeError(Permanent):
    """The URL gives more bytes than the rules allow."""


def fetch(url: str, into: Path, rules: OutboundRules) -> None:
    """Write the body of a GET of ``url`` to the file ``into``.

    Raises ForbiddenAddressError, TooLargeError, Permanent (a bad URL, a 4xx answer) or Retryable (5xx, network, time).
    """
    with _Guard(rules, rules.fetch_timeout_s) as guard:
        _get(url, guard, lambda reply: _save(reply, into, rules.max_bytes))


def ping(url: str, rules: OutboundRules) -> None:
    """GET ``url`` for its effect; what it answers is not read. Raises what ``fetch`` raises."""
    with _Guard(rules, rules.timeout_s) as guard:
        _get(url, guard, lambda _reply: None)


def post(url: str, body: bytes, headers: Mapping[str, str], rules: OutboundRules) -> int:
    """POST ``body`` to ``url`` and return the status of the answer, which is not read; a redirect is not followed.

    Raises ForbiddenAddressError, Permanent (a bad URL) or Retryable (network, time).
    """
    with _Guard(rules, rules.timeout_s) as guard, _asking(_parse(url), guard, body, headers) as reply:
        return reply.status


def ask(url: str, body: bytes, headers: Mapping[str, str], into: Path, rules: OutboundRules) -> None:
    """POST ``body`` to ``url`` and write the answer's body to the file ``into``; a redirect is not followed.

    Raises what ``fetch`` raises.
    """
    with _Guard(rules, rules.fetch_timeout_s) as guard, _asking(_parse(url), guard, body, headers) as reply:
        _check_status(reply.status)
        _save(reply, into, rules.max_bytes)


def check_url(url: str) -> str | None:
    """Return what is wrong with the form of a URL, None for nothing; where it leads is seen when it is asked."""
    try:
        _parse(url)
    except Permanent as error:
        return str(error)
    return None


class _Guard(httpcore.NetworkBackend):
    """Opens the connections of one exchange, to addresses that the rules allow, and cuts them when its time is up."""

    def __init__(self, rules: OutboundRules, seconds: float) -> None:
        self.rules = rules
        self._dialler = httpcore.SyncBackend()
        self._seconds = seconds
        self._timer = Timer(seconds, self._end)
        self._lock = Lock()
        self._connection: socket.socket | None = None
        self._is_over = False

    def __enter__(self) -> Self:
        self._timer.daemon = True
        self._timer.start()
        return self

    def __exit__(self, *_raised: object) -> None:
        self._timer.cancel()
        self._hold(None)

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        """Return a connection to the first address of ``host`` that answers; ForbiddenAddressError when none may."""
        failure: Exception | None = None
        for address in self._addresses(host, port):
            self.check()
            try:
                stream = self._dialler.connect_tcp(address, port, timeout, local_address, socket_options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                failure = failure or error
                continue
            self._hold(stream.get_extra_info("socket").dup())  # TLS takes the socket itself away
            return stream
        raise failure or ForbiddenAddressError(
            "The server does not connect to {host}: it is not a public address.", host=host
        )

    def check(self) -> None:
        """Raise Retryable when the time is up: what has come may lack its end."""
        if self._is_over:
            raise Retryable("The URL did not give all it had within {seconds} seconds.", seconds=self._seconds)

    def _addresses(self, host: str, port: int) -> Iterator[str]:
        try:
            found = list(self.rules.resolve(host, port))
        except UnicodeError as error:  # a label that is empty or too long
            raise Permanent("The host name {host} is not well-formed.", host=host) from error
        except OSError as error:
            raise Retryable("The host name {host} could not be resolved.", host=host) from error
        for text in found:
            address = ipaddress.ip_address(text.partition("%")[0])
            if is_in(address, self.rules.allowed_networks):
                yield text
            elif is_public(address):
                if port not in _PORTS.values() and port < _FIRST_FREE_PORT:
                    raise ForbiddenAddressError(
                        "The server does not connect to port {port} of {host}.", port=str(port), host=host
                    )
                yield text

    def _hold(self, connection: socket.socket | None) -> None:
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = connection
            if self._is_over:
                self._cut()

    def _end(self) -> None:
        with self._lock:
            self._is_over = True
            self._cut()

    def _cut(self) -> None:
        if self._connection is not None:
            with suppress(OSError):  # the other side may have gone already
                self._connection.shutdown(socket.SHUT_RDWR)


def _get(url: str, guard: _Guard, take: Callable[[httpcore.Response], None]) -> None:
    target = _parse(url)
    for _hop in range(guard.rules.max_redirects + 1):
        with _asking(target, guard) as reply:
            location = _header(reply, b"location")
            if reply.status not in _REDIRECTS or location is None:
                _check_status(reply.status)
                take(reply)
                return
        target = _parse(location, target)
    raise Permanent("The URL redirects more than {number} times.", number=guard.rules.max_redirects)


@contextmanager
def _asking(
    url: httpx.URL, guard: _Guard, body: bytes | None = None, headers: Mapping[str, str] | None = None
) -> Iterator[httpcore.Response]:
    """Send one request and give its answer; every failure of network, protocol or time is Retryable."""
    guard.check()
    target = httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
    waits = dict.fromkeys(("connect", "read", "write", "pool"), guard.rules.timeout_s)
    sent = list((_HEADERS | dict(headers or {})).items())
    try:
        with (
            httpcore.ConnectionPool(_trust() if url.scheme == "https" else None, network_backend=guard) as pool,
            pool.stream(
                "GET" if body is None else "POST", target, headers=sent, content=body, extensions={"timeout": waits}
            ) as reply,
        ):
            yield reply
            guard.check()
    except _FAILURES as error:
        guard.check()
        raise Retryable("The URL could not be reached: {reason}.", reason=_reason(error)) from error


def _parse(url: str, base: httpx.URL | None = None) -> httpx.URL:
    try:
        parsed = base.join(url) if base else httpx.URL(url.strip())
    except (ValueError, httpx.InvalidURL) as error:
        raise Permanent("The URL is not well-formed.") from error
    if parsed.scheme not in _PORTS or not parsed.raw_host or parsed.userinfo:
        raise Permanent("The URL must be http or https, with a host and without credentials.")
    port = _PORTS[parsed.scheme] if parsed.port is None else parsed.port
    if not 0 < port < 65536 or not _HOST.fullmatch(parsed.raw_host):
        raise Permanent("The URL is not well-formed.")
    return parsed


def _trust() -> ssl.SSLContext:
    """Return a context that trusts the public authorities and those of the machine."""
    context = httpcore.default_ssl_context()
    context.load_default_certs()
    return context


def _reason(error: Exception) -> Words:
    if isinstance(error.__context__, ssl.SSLCertVerificationError):
        return say("its certificate is not trusted ({reason})", reason=error.__context__.verify_message)
    return verbatim(type(error).__name__)


def _header(reply: httpcore.Response, name: bytes) -> str | None:
    return next((value.decode("utf-8", "replace") for key, value in reply.headers if key.lower() == name), None)


def _check_status(status: int) -> None:
    if status >= 500 or status in (408, 429):
        raise Retryable("The URL answered with status {status}.", status=str(status))
    if not 200 <= status < 300:
        raise Permanent("The URL answered with status {status}.", status=str(status))


def _save(reply: httpcore.Response, into: Path, max_bytes: int) -> None:
    if (encoding := _header(reply, b"content-encoding") or "identity").lower() != "identity":
        raise Permanent("The URL answered in an encoding that was not asked for ({encoding}).", encoding=encoding)
    size = 0
    with into.open("wb") as file:
        for chunk in reply.iter_stream():
            size += len(chunk)
            if size > max_bytes:
                raise TooLargeError("The URL gives more than {number} bytes.", number=max_bytes)
            file.write(chunk)
