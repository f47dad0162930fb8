"""A real server, started as a process by the README's command, with accounts made before it starts."""

import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from server.passwords import Passwords
from store.companies import add_company, find_company
from store.engine import Database, sqlite_url
from store.schema import upgrade_schema
from store.users import add_user, find_user, set_membership

ROOT = Path(__file__).parents[1]
WATCHDOG_S = 60
PASSWORD = "correct-horse"


@dataclass(slots=True)
class RunningServer:
    """A server on a data folder of its own, with one HTTP worker, which starts sooner than several.

    ``settings`` become REPRISE_* variables; ``role`` is of HTTP or not.
    """

    data: Path
    settings: Mapping[str, str] = field(default_factory=dict)
    arguments: tuple[str, ...] = ()
    url: str = ""
    role: str = "all"
    process: subprocess.Popen[str] | None = None

    @property
    def database(self) -> Database:
        """The server's database, opened a second time."""
        self.data.mkdir(parents=True, exist_ok=True)
        database = Database(self.settings.get("database_url") or sqlite_url(self.data / "reprise.db"))
        upgrade_schema(database)
        return database

    def start(self) -> "RunningServer":
        """Start the server and wait until it answers; the port stays the same over restarts."""
        self.launch()
        self.wait_until_ready()
        return self

    def launch(self) -> None:
        """Start the server's process."""
        port = self.url.rpartition(":")[2] or "0"
        environment = {k: v for k, v in os.environ.items() if not k.startswith("REPRISE_")}
        settings = {"http_workers": "1"} | dict(self.settings)
        environment |= {f"REPRISE_{name.upper()}": value for name, value in settings.items()}
        command = [sys.executable, "run_server.py", "serve", "--role", self.role, "--port", port]
        command += ["--data", str(self.data), *self.arguments]
        log = (self.data.parent / f"{self.data.name}.log").open("a")
        self.process = subprocess.Popen(
            command, cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=log, text=True
        )
        log.close()

    def wait_until_ready(self) -> None:
        """Return when a server that was launched serves."""
        if self.role not in ("all", "front"):
            self._wait_until_started()
            return
        assert self.process is not None
        assert self.process.stdout is not None
        for line in self.process.stdout:
            if found := re.search(r"listens on (\S+)", line):
                self.url = found[1]
                break
        self._wait_until_it_answers()

    def _wait_until_started(self) -> None:
        until = time.monotonic() + WATCHDOG_S
        assert self.process is not None
        while f'"pid": {self.process.pid},' not in self.log():
            assert self.process.poll() is None, self.log()
            assert time.monotonic() < until, self.log()
            time.sleep(0.05)

    def _wait_until_it_answers(self) -> None:
        until = time.monotonic() + WATCHDOG_S
        while time.monotonic() < until:
            assert self.process is not None
            assert self.process.poll() is None, self.log()
            try:
                if requests.get(f"{self.url}/readyz", timeout=5, verify=False).ok:
                    return
            except requests.RequestException:
                time.sleep(0.05)
        raise AssertionError(f"the server did not become ready:\n{self.log()}")

    def log(self) -> str:
        """Everything the server has written to standard error."""
        return (self.data.parent / f"{self.data.name}.log").read_text()

    def stop(self) -> int:
        """End the server as an operator does and return its exit status."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self._reap()

    def kill(self) -> None:
        """End the server as a power cut does: kill -9 of its main process."""
        assert self.process is not None
        self.process.kill()
        self._reap()

    def _reap(self) -> int:
        assert self.process is not None
        status = self.process.wait(WATCHDOG_S)
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.process = None
        return status


def add_account(database: Database, company: str, email: str, **options: Any) -> int:
    """Add a user with a company (made when missing) and return the company's number.

    Options: ``password``, ``role``, ``company_id``, ``is_admin``.
    """
    password_hash = Passwords(0).hash(options.get("password", PASSWORD))
    with database.write() as tx:
        found = find_company(tx, company) or add_company(
            tx, name=company, root=company, company_id=options.get("company_id")
        )
        user = find_user(tx, email) or add_user(
            tx,
            email=email,
            names=("Test", "User"),
            password_hash=password_hash,
            is_admin=options.get("is_admin", False),
        )
        role = options.get("role", "IpsCompanyAdmin")
        set_membership(tx, company_id=found.id, user_id=user.id, role=role)
    return found.id
