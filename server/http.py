"""Serves a WSGI application with granian: worker processes for HTTP that end with this process, which may run threads.

Granian's own request body breaks PEP 3333 and hides a body that was cut short; every request's body is wrapped here.
"""

import ctypes
import gc
import io
import os
import signal
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import partial
from typing import Any

from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings

from server.settings import Settings, forget_environment

_PR_SET_PDEATHSIG = 1
BUFFER = 64 * 1024
STOP_S = 30
Wsgi = Callable[[Any, Any], Iterable[bytes]]
Build = Callable[[Settings], Wsgi]


class BodyTruncatedError(OSError):
    """The client went away before it had sent the whole body."""


@dataclass(frozen=True, slots=True)
class Reserved:
    """A port that is ours: bound, never listening, so that no second server starts on it unnoticed."""

    socket: socket.socket

    @property
    def port(self) -> int:
        """The number of the port."""
        return int(self.socket.getsockname()[1])


def reserve(host: str, port: int) -> Reserved:
    """Return the port to listen on, a free one for 0; OSError when somebody listens there already."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind((host, port))
        port = probe.getsockname()[1]
    held = socket.socket(family, socket.SOCK_STREAM)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
    held.bind((host, port))
    return Reserved(held)


def serve(settings: Settings, port: int, build: Build) -> None:
    """Serve until SIGTERM or SIGINT; ``build`` runs once in each worker process. Only for the main thread."""
    server = Granian(
        target="reprise",
        address=settings.host,
        port=port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=settings.http_workers,
        blocking_threads=settings.http_threads,
        blocking_threads_idle_timeout=300,
        backpressure=max(256, 4 * settings.http_threads),
        http1_settings=HTTP1Settings(header_read_timeout=30_000, max_buffer_size=131_072),
        ssl_cert=settings.tls_cert,
        ssl_key=settings.tls_key,
        ssl_protocol_min=SSLProtocols.tls12,
        respawn_failed_workers=True,
        workers_kill_timeout=STOP_S,
        log_enabled=False,
    )
    server.serve(target_loader=partial(_load, settings, build, os.getpid()), wrap_loader=False)


def _load(settings: Settings, build: Build, parent: int) -> Wsgi:
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)  # granian's SIGTERM can wait on itself
    if os.getppid() != parent:
        raise SystemExit(1)
    forget_environment()
    application = build(settings)
    gc.freeze()  # what lasts as long as the process need not be looked through for garbage
    return conforming(application, settings.max_upload_bytes + 2**20)


def conforming(application: Wsgi, max_bytes: int) -> Wsgi:
    """Return ``application`` behind a body that can be read as PEP 3333 says and ends at ``max_bytes``."""

    def wrapped(environ: Any, start_response: Any) -> Iterable[bytes]:
        length = environ.get("CONTENT_LENGTH", "")
        known = int(length) if length.isascii() and length.isdigit() else None
        if known is not None and known > max_bytes:
            start_response("413 Content Too Large", [("Content-Type", "text/plain"), ("Connection", "close")])
            return [f"The request is larger than {max_bytes} bytes.\n".encode()]
        body = _Body(environ["wsgi.input"].read, known, max_bytes)
        environ["wsgi.input"] = io.BufferedReader(body, BUFFER)
        environ["SERVER_PROTOCOL"] = {"HTTP/1": "HTTP/1.0"}.get(environ["SERVER_PROTOCOL"], environ["SERVER_PROTOCOL"])
        return application(environ, start_response)

    return wrapped


class _Body(io.RawIOBase):
    """A request body of ``length`` bytes, or of a chunked request's own length when that is None."""

    def __init__(self, read: Callable[[int], bytes], length: int | None, max_bytes: int) -> None:
        self._read = read
        self._is_sized = length is not None
        self._left = max_bytes if length is None else length

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        if self._left <= 0:
            if self._is_sized:
                return 0
            raise BodyTruncatedError("The chunked request is too large.")
        data = self._read(min(len(into), self._left))
        if not data and self._is_sized:
            raise BodyTruncatedError("The request's body ended early.")
        self._left -= len(data)
        into[: len(data)] = data
        return len(data)
