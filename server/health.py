"""Whether this server can do its work: rows are written, bytes are stored, a worker lives. Routes are in server.web."""

import secrets
import tempfile
import time
from collections.abc import Mapping
from datetime import timedelta
from pathlib import Path
from threading import Lock

import structlog

from domain.clock import utc_now
from domain.errors import RepriseError
from server.dispatch import Services
from store.health import write_problem
from store.jobs import find_hold_reasons
from store.workers import find_workers

FRESH_S = 1.0
"""For how long an answer is given again: whoever asks may not make the server write without end."""
PROBE_BYTES = 16

log = structlog.get_logger(__name__)


class Readiness:
    """The checks of one process, made for one asker at a time."""

    def __init__(self, services: Services) -> None:
        self._services = services
        self._turn = Lock()
        self._problems: Mapping[str, str] = {}
        self._until = 0.0

    def problems(self) -> Mapping[str, str]:
        """Return for each check what is wrong, empty when all is well."""
        with self._turn:
            if time.monotonic() >= self._until:
                self._problems = examine(self._services)
                self._until = time.monotonic() + FRESH_S
            return self._problems


def examine(services: Services) -> dict[str, str]:
    """Return for ``database``, ``blobs`` and ``workers`` what is wrong, empty when all is well."""
    database = write_problem(services.database)
    workers = "Not known: the database does not answer." if database else _worker_problem(services)
    blobs = _blob_problem(services) or ("" if database else _waiting_problem(services))
    return {"database": database, "blobs": blobs, "workers": workers}


def _worker_problem(services: Services) -> str:
    patience_s = services.settings.no_worker_s
    with services.database.read() as tx:
        alive = find_workers(tx, utc_now() - timedelta(seconds=patience_s))
    return "" if alive else f"No worker has been seen for {patience_s:g} seconds: jobs wait until one is started."


def _waiting_problem(services: Services) -> str:
    """Return what holds jobs: where a few bytes have room, a picture may have none."""
    with services.database.read() as tx:
        reasons = find_hold_reasons(tx)
    return f"Jobs wait: {' '.join(reasons)}" if reasons else ""


def _blob_problem(services: Services) -> str:
    try:
        services.scratch.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=services.scratch) as folder:
            path = Path(folder) / "probe"
            path.write_bytes(secrets.token_bytes(PROBE_BYTES))  # never the same: bytes that are there are not written
            stored = services.blobs.put(path)
        services.blobs.delete(stored.key, utc_now() + timedelta(minutes=1))
    except (OSError, RepriseError) as error:
        log.error("no bytes can be stored", error=str(error))  # noqa: TRY400 - it happens again at every look
        said = f"{error.strerror or type(error).__name__}." if isinstance(error, OSError) else str(error)
        return f"No bytes can be stored: {said}"
    return ""
