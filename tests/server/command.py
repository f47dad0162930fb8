"""Runs a command of the command line: in this process where that is enough, else as an operator does."""

import os
import subprocess
import sys
import warnings
from dataclasses import dataclass
from pathlib import Path

from typer.testing import CliRunner

from tests.running_server import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore", ImportWarning)  # Spyne carries an old copy of six
    from server.cli import app

WATCHDOG_S = 60


@dataclass(frozen=True, slots=True)
class Said:
    """What a command wrote, and its exit status."""

    status: int
    stdout: str
    stderr: str


def run(*arguments: str, data: Path | None = None, stdin: str = "", **settings: str) -> Said:
    """Run a command in this process, with ``settings`` as REPRISE_* variables."""
    options = ["--data", str(data)] if data else []
    variables = {f"REPRISE_{name.upper()}": value for name, value in settings.items()}
    result = CliRunner().invoke(app, [*arguments, *options], input=stdin, env=variables)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return Said(result.exit_code, result.stdout, result.stderr)


def run_as_process(*arguments: str, data: Path, **settings: str) -> Said:
    """Run a command as a process in the folder that holds ``data``."""
    environment = {name: value for name, value in os.environ.items() if not name.startswith("REPRISE_")}
    environment |= {f"REPRISE_{name.upper()}": value for name, value in settings.items()}
    done = subprocess.run(
        [sys.executable, str(ROOT / "run_server.py"), *arguments, "--data", str(data)],
        cwd=data.parent,
        env=environment,
        capture_output=True,
        text=True,
        timeout=WATCHDOG_S,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


def complaint(said: Said) -> str:
    """Return the one line that a command that failed wrote to standard error."""
    assert said.status == 1, said
    (line,) = said.stderr.splitlines()
    return line
