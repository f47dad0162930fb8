"""Runs a server as one process tree: the leader in this process, its slots and the HTTP workers as its children."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from domain.errors import RepriseError
from server.app import build_runner, build_worker, configure_logging, open_database
from server.http import reserve, serve
from server.settings import Settings
from store.engine import Database


class AlreadyRunningError(RepriseError):
    """Another server uses this data folder."""


class PortTakenError(RepriseError):
    """Another program listens on the port."""


def run(settings: Settings, on_listening: Callable[[Database, str], None]) -> None:
    """Serve until SIGTERM or SIGINT. ``on_listening`` gets the database and the URL just before the workers start.

    Raises AlreadyRunningError and PortTakenError. Only for the main thread.
    """
    configure_logging(settings)
    with _only_one(settings):
        database = open_database(settings)
        try:
            reserved = reserve(settings.host, settings.port)
        except OSError as error:
            raise PortTakenError(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.") from error
        with reserved.socket:
            runner = build_runner(settings, database)
            runner.start()
            try:
                on_listening(database, url_of(settings, reserved.port))
                serve(settings.model_copy(update={"port": reserved.port}), reserved.port, build_worker)
            finally:
                runner.close()
                database.close()


def url_of(settings: Settings, port: int) -> str:
    """Return the URL of a server that listens on ``port``."""
    scheme = "https" if settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{port}"


@contextmanager
def _only_one(settings: Settings) -> Iterator[None]:
    settings.data.mkdir(parents=True, exist_ok=True)
    descriptor = os.open(settings.data / "server.lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError as error:
        raise AlreadyRunningError(
            "A server is running on this data folder; stop it or choose another --data."
        ) from error
    finally:
        os.close(descriptor)
