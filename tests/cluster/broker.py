"""A real Redis on a port of its own."""

import shutil
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from redis import Redis, RedisError

WATCHDOG_S = 30


@dataclass(slots=True)
class Broker:
    """A Redis server that keeps nothing on disk."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://127.0.0.1:{self.port}/0"

    def start(self) -> "Broker":
        """Start Redis and wait until it answers; the port stays the same over restarts."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self.port = self.port or _free_port()
        program = shutil.which("redis-server")
        assert program, "redis-server is missing: install deploy/debian-packages.txt"
        options = {"port": str(self.port), "bind": "127.0.0.1", "dir": str(self.folder), "save": "", "appendonly": "no"}
        arguments = [word for name, value in options.items() for word in (f"--{name}", value)]
        log = (self.folder / "redis.log").open("ab")
        self.process = subprocess.Popen([program, *arguments], stdout=log, stderr=log)
        log.close()
        until = time.monotonic() + WATCHDOG_S
        while not self._answers():
            assert time.monotonic() < until, (self.folder / "redis.log").read_text()
            time.sleep(0.02)
        return self

    def forget_everything(self) -> None:
        """Empty every database, as an operator's slip does."""
        with Redis.from_url(self.url) as client:
            client.flushall()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait(WATCHDOG_S)
        self.process = None

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as client:
                return bool(client.ping())
        except RedisError:
            return False


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
