"""The one guarded HTTP client for addresses that users name: it connects to public addresses only, once resolved.

Each hop is resolved once, checked, and connected to by that very address, so a name that answers differently the second
time gains nothing. Redirects are followed by hand and checked like the first URL. An exchange that is not over in time
is cut off, however busily the other side drips.
"""

import ipaddress
import socket
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import Any, Self
from urllib.parse import urljoin, urlsplit

import httpx

from domain.errors import Permanent, Retryable

_REDIRECTS = frozenset({301, 302, 303, 307, 308})
_PORTS = {"http": 80, "https": 443}
Network = ipaddress.IPv4Network | ipaddress.IPv6Network
_CARRIERS = tuple(ipaddress.ip_network(text) for text in ("::/96", "64:ff9b::/96", "64:ff9b:1::/48"))
"""Networks of IPv6 whose addresses stand for ones of IPv4: IPv4-compatible, and NAT64 (RFC 6052, RFC 8215)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OutboundRules:
    """Where the server may connect to on a user's word. Sizes in bytes, times in seconds."""

    allowed_networks: tuple[Network, ...] = ()
    """Networks to allow although they are not public."""
    max_bytes: int = 2 * 2**30
    timeout_s: float = 60.0
    """For each wait on the other side; a ping has no more in all."""
    fetch_timeout_s: float = 1800.0
    """For a fetch in all, redirects included."""
    max_redirects: int = 5


class ForbiddenAddressError(Permanent):
    """The URL leads to an address that the server does not connect to on a user's word."""


class TooLargeError(Permanent):
    """The URL gives more bytes than the rules allow."""


def fetch(url: str, into: Path, rules: OutboundRules) -> None:
    """Write the body of a GET of ``url`` to the file ``into``.

    Raises ForbiddenAddressError, TooLargeError, Permanent (a bad URL, a 4xx answer) or Retryable (5xx, network, time).
    """
    with _Watch(rules.fetch_timeout_s) as watch:
        _get(url, rules, watch, lambda reply: _save(reply, into, rules.max_bytes))


def ping(url: str, rules: OutboundRules) -> None:
    """GET ``url`` for its effect; what it answers is not read. Raises what ``fetch`` raises."""
    with _Watch(rules.timeout_s) as watch:
        _get(url, rules, watch, lambda _reply: None)


class _Watch:
    """Cuts the connection of an exchange when its time is up, so that whatever waits on it ends."""

    def __init__(self, seconds: float) -> None:
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

    def trace(self, event: str, info: Mapping[str, Any]) -> None:
        """Take note of a new connection; httpx calls this with each event of httpcore."""
        if event == "connection.connect_tcp.complete":
            self._hold(info["return_value"].get_extra_info("socket").dup())  # TLS takes the socket itself away

    def check(self) -> None:
        """Raise Retryable when the time is up: what has come may lack its end."""
        if self._is_over:
            raise Retryable(f"The URL did not give all it had within {self._seconds:g} seconds.")

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


def _get(url: str, rules: OutboundRules, watch: _Watch, take: Callable[[httpx.Response], None]) -> None:
    for _hop in range(rules.max_redirects + 1):
        location = _get_hop(url, rules, watch, take)
        if location is None:
            return
        url = urljoin(url, location)
    raise Permanent(f"The URL redirects more than {rules.max_redirects} times.")


def _get_hop(url: str, rules: OutboundRules, watch: _Watch, take: Callable[[httpx.Response], None]) -> str | None:
    watch.check()
    target, host = _pin(url, rules.allowed_networks)
    extensions: dict[str, Any] = {"trace": watch.trace}
    if url.lower().startswith("https"):
        extensions["sni_hostname"] = host
    try:
        with (
            httpx.Client(trust_env=False, timeout=rules.timeout_s, follow_redirects=False) as client,
            client.stream("GET", target, headers={"Host": urlsplit(url).netloc}, extensions=extensions) as reply,
        ):
            if reply.status_code in _REDIRECTS and "location" in reply.headers:
                return reply.headers["location"]
            _check_status(reply.status_code)
            take(reply)
            watch.check()
    except httpx.HTTPError as error:
        watch.check()
        raise Retryable(f"The URL could not be fetched: {type(error).__name__}.") from error
    return None


def _check_status(status: int) -> None:
    if status >= 500 or status in (408, 429):
        raise Retryable(f"The URL answered with status {status}.")
    if not 200 <= status < 300:
        raise Permanent(f"The URL answered with status {status}.")


def _save(reply: httpx.Response, into: Path, max_bytes: int) -> None:
    size = 0
    with into.open("wb") as file:
        for chunk in reply.iter_bytes(65536):
            size += len(chunk)
            if size > max_bytes:
                raise TooLargeError(f"The URL gives more than {max_bytes} bytes.")
            file.write(chunk)


def _pin(url: str, allowed: Sequence[Network]) -> tuple[httpx.URL, str]:
    try:
        parts = urlsplit(url)
        host, scheme = parts.hostname, parts.scheme.lower()
        port = parts.port or _PORTS.get(scheme)
        parsed = httpx.URL(url)
    except (ValueError, httpx.InvalidURL) as error:
        raise Permanent("The URL is not well-formed.") from error
    if scheme not in _PORTS or not host or parts.username is not None:
        raise Permanent("The URL must be http or https, with a host and without credentials.")
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise Retryable(f"The host name {host} could not be resolved.") from error
    for *_rest, address in found:
        if _is_allowed(str(address[0]), allowed):
            return parsed.copy_with(host=str(address[0])), host
    raise ForbiddenAddressError(f"The server does not connect to {host}: it is not a public address.")


def _is_allowed(text: str, allowed: Sequence[Network]) -> bool:
    address = ipaddress.ip_address(text.partition("%")[0])
    if any(address.version == network.version and address in network for network in allowed):
        return True
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped is not None or getattr(address, "teredo", None) is not None:
        return False
    if any(address.version == network.version and address in network for network in _CARRIERS):
        return False
    return address.is_global and not address.is_multicast
