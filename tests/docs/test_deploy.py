"""The files under deploy/ are well-formed, and the server takes the command lines and settings in them."""

import configparser
import re
import shlex
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import typer
import yaml

from server.cli import app
from server.settings import Settings
from tests.docs.markers import ROOT

DEPLOY = ROOT / "deploy"
ROLES = ("front", "leader", "worker")
Line = tuple[Sequence[str], Mapping[str, str]]
"""The words behind run_server.py, and the environment."""


def compose_lines() -> Iterator[Line]:
    document = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
    for service in document["services"].values():
        if service["image"] == "reprise":
            yield service["command"], service["environment"]


def kubernetes_lines() -> Iterator[Line]:
    documents = list(yaml.safe_load_all((DEPLOY / "kubernetes.yaml").read_text()))
    given = {d["kind"]: d.get("stringData") or d.get("data") for d in documents if d["kind"] in ("Secret", "ConfigMap")}
    shared = given["Secret"] | given["ConfigMap"]
    for container in (d["spec"]["template"]["spec"]["containers"][0] for d in documents if d["kind"] == "Deployment"):
        yield container["args"], shared | {item["name"]: item["value"] for item in container.get("env", [])}


def systemd_lines() -> Iterator[Line]:
    unit = configparser.ConfigParser(interpolation=None)
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read(DEPLOY / "systemd" / "reprise@.service")
    lines = (DEPLOY / "systemd" / "reprise.env").read_text().splitlines()
    environment = dict(line.split("=", 1) for line in lines if not line.startswith("#"))
    for role in ROLES:
        words = shlex.split(unit["Service"]["ExecStart"].replace("%i", role))
        yield words[words.index("run_server.py") + 1 :], environment


@pytest.mark.parametrize("lines", [compose_lines, kubernetes_lines, systemd_lines])
def test_there_is_a_command_line_for_every_role(lines: Any) -> None:
    assert sorted(words[words.index("--role") + 1] for words, _environment in lines()) == sorted(ROLES)


@pytest.mark.parametrize(("words", "environment"), [*compose_lines(), *kubernetes_lines(), *systemd_lines()])
def test_the_server_takes_the_command_line_and_the_settings(
    words: Sequence[str], environment: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, value in environment.items():
        if name.startswith("REPRISE_"):
            monkeypatch.setenv(name, re.sub(r"\$\{\w+:\?\}", "secret", value))
    command, *arguments = words
    commands: Any = typer.main.get_command(app)

    given = commands.commands[command].make_context(command, arguments).params

    settings = Settings(**{name: value for name, value in given.items() if value is not None})
    assert settings.role in ROLES


def test_the_image_starts_the_server_by_its_command_line() -> None:
    steps = dict(line.split(" ", 1) for line in (DEPLOY / "Dockerfile").read_text().splitlines() if line)

    assert steps["ENTRYPOINT"] == '["python", "run_server.py"]'


@pytest.mark.parametrize("name", ["Dockerfile", "compose.yaml", "kubernetes.yaml", "systemd/reprise@.service"], ids=str)
def test_what_nobody_has_run_here_says_so(name: str) -> None:
    assert "Not run here" in (DEPLOY / name).read_text()
