"""Runs a server in its role as one process tree: what leads in this process, everything else as its children.

Slots, HTTP workers and a token worker end with this process.
"""

import ctypes
import fcntl
import multiprocessing
import os
import signal
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from threading import Event, Thread

import structlog

from domain.errors import RepriseError
from server.app import build_leader, build_worker, clear_leftovers, configure_logging, open_database, run_worker
from server.http import Reserved, reserve, serve
from server.settings import Settings
from store.engine import Database

_PR_SET_PDEATHSIG = 1
LOOK_SECONDS = 0.5

log = structlog.get_logger(__name__)


class AlreadyRunningError(RepriseError):
    """Another server uses this data folder."""


class PortTakenError(RepriseError):
    """Another program listens on the port."""


def run(settings: Settings, on_listening: Callable[[Database, str], None]) -> None:
    """Serve in the role of the settings until SIGTERM or SIGINT.

    ``on_listening`` gets the database and the URL just before the HTTP workers start. Raises AlreadyRunningError and
    PortTakenError. Only for the main thread.
    """
    configure_logging(settings)
    with only_one(settings), closing(open_database(settings)) as database, ExitStack() as stack:
        clear_leftovers(settings)
        reserved = stack.enter_context(_port(settings)) if settings.role in ("all", "front") else None
        log.info("starting", pid=os.getpid(), role=settings.role, engine=settings.engine)
        if settings.role in ("all", "leader"):
            stack.enter_context(_leading(settings, database))
        if settings.role == "all" and settings.engine == "celery":
            stack.enter_context(_working(settings))
        if reserved is not None:
            on_listening(database, url_of(settings, reserved.port))
            serve(settings.model_copy(update={"port": reserved.port}), reserved.port, build_worker)
        elif settings.role == "worker":
            run_worker(settings, database)
        else:
            _wait_for_signal()


def url_of(settings: Settings, port: int) -> str:
    """Return the URL of a server that listens on ``port``."""
    scheme = "https" if settings.tls_cert else "http"
    host = f"[{settings.host}]" if ":" in settings.host else settings.host
    return f"{scheme}://{host}:{port}"


def work_below(settings: Settings, parent: int) -> None:
    """Run the tasks that Celery brings, in a child process of ``parent`` that ends with it."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == parent:
        configure_logging(settings)
        with closing(open_database(settings)) as database:
            run_worker(settings, database)


@contextmanager
def _port(settings: Settings) -> Iterator[Reserved]:
    try:
        reserved = reserve(settings.host, settings.port)
    except OSError as error:
        raise PortTakenError(f"Cannot listen on {settings.host}:{settings.port}: {error.strerror}.") from error
    with reserved.socket:
        yield reserved


@contextmanager
def _leading(settings: Settings, database: Database) -> Iterator[None]:
    leader = build_leader(settings, database)
    leader.start()
    try:
        yield
    finally:
        leader.close()


@contextmanager
def _working(settings: Settings) -> Iterator[None]:
    """Keep a worker process running: one that dies is replaced."""
    stopping = Event()

    def keep_one() -> None:
        while not stopping.is_set():
            child = multiprocessing.get_context("spawn").Process(target=work_below, args=(settings, os.getpid()))
            child.start()
            while child.is_alive() and not stopping.wait(LOOK_SECONDS):
                pass
            child.terminate()
            child.join()

    keeper = Thread(target=keep_one, name="worker process")
    keeper.start()
    try:
        yield
    finally:
        stopping.set()
        keeper.join()


def _wait_for_signal() -> None:
    reader, writer = os.pipe()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: os.write(writer, b"."))
    os.read(reader, 1)


@contextmanager
def only_one(settings: Settings) -> Iterator[None]:
    """Hold the data folder for the length of a ``with`` block; raises AlreadyRunningError while a server does."""
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
