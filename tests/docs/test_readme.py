"""The README and the pages beside it name every setting, command and make target, and every link of theirs leads on."""

import re
from pathlib import Path

import pytest

from server.settings import Settings
from tests.docs.markers import ROOT
from tests.docs.settings_table import BEGIN, END, replaced, settings_table
from tests.server.command import run

PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
README = (ROOT / "README.md").read_text()
TEXT = "\n".join(page.read_text() for page in PAGES)


def test_the_table_of_settings_is_that_of_the_code() -> None:
    assert replaced(README) == README, "run `make docs`"
    assert README.split(BEGIN)[1].split(END)[0].strip() == settings_table()


def test_every_setting_has_a_row_and_a_meaning() -> None:
    rows = [line for line in settings_table().splitlines() if line.startswith("| `")]

    assert [row.split("`")[1] for row in rows] == list(Settings.model_fields)
    assert all(field.description for field in Settings.model_fields.values())


def test_every_command_is_named() -> None:
    commands = re.findall(r"^\W+([a-z]+(?:-[a-z]+)*)  ", run("--help").stdout.split("Commands")[1], re.MULTILINE)

    assert {"serve", "demo", "doctor"} <= set(commands)
    missing = [name for name in commands if not re.search(rf"(run_server\.py|make) {name}\b", TEXT)]
    assert not missing


def test_every_make_target_is_named() -> None:
    targets = re.findall(r"^([a-z]+):.*##", (ROOT / "Makefile").read_text(), re.MULTILINE)

    assert {"demo", "test", "venv", "docs"} <= set(targets)
    assert not [name for name in targets if f"make {name}" not in TEXT]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_to_a_file_leads_to_one(page: Path) -> None:
    links = re.findall(r"\]\((?!https?:)([^)#]+)", page.read_text())

    assert not [link for link in links if not (page.parent / link).exists()]
