"""The tables beside AEM's name pages, operations, options and tests that there are."""

import re
from pathlib import Path

import pytest

from server.admin.application import PAGES
from server.api.application import ROUTES
from server.bodies.processing import CriteriaBody
from server.settings import Settings
from tests.server.command import run

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs/reference/parity.md"
ROWS = [
    [cell.strip() for cell in line.strip("|").split("|")]
    for line in PAGE.read_text().splitlines()
    if re.match(r"\| \d+ \|", line)
]
ANSWERED = {"id", "status", "started", "ended", "folder", "excluded", "choices", "profiles"}
"""Fields and words of the API that are no operation and no criterion."""
COMMANDS = ("reprocess", "executions", "profiles")


def quoted(column: int) -> set[str]:
    """Return what the column's cells have in code marks."""
    return {name for row in ROWS for name in re.findall(r"`([^`]+)`", row[column])}


def test_every_feature_is_named_once() -> None:
    numbers = [int(row[0]) for row in ROWS]

    assert numbers == [*range(1, 22), *range(1, 14)]


def test_the_pages_are_there() -> None:
    assert quoted(2) - set(Settings.model_fields) <= {page.rule for page in PAGES}


def test_the_operations_of_the_api_are_there() -> None:
    assert quoted(3) - ANSWERED <= {route.name for route in ROUTES} | set(CriteriaBody.model_fields)


@pytest.mark.parametrize("text", sorted(text for text in quoted(4) if text.split()[0] in COMMANDS))
def test_the_commands_and_their_options_are_there(text: str) -> None:
    options = [word for word in text.split() if word.startswith("--")]
    said = run(*(word for word in text.split() if word not in options), "--help")

    assert said.status == 0
    assert not [option for option in options if option not in said.stdout]


def test_the_tests_are_there() -> None:
    assert not [name for name in quoted(5) if not (ROOT / name).is_file()]
