"""Finds what the tests say that they cover, by reading their source: no test is imported."""

import ast
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]


class UnreadableMarkError(Exception):
    """A covers mark whose names are not written out, so that the coverage page cannot see them."""


def covered_names(folder: Path = ROOT / "tests") -> frozenset[str]:
    """Return every name in a ``pytest.mark.covers`` of a test module below ``folder``."""
    modules = sorted(folder.rglob("test_*.py"))
    return frozenset(name for path in modules for name in _names(path))


def _names(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text(), str(path))):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "pytest.mark.covers":
            for argument in node.args:
                if not isinstance(argument, ast.Constant) or not isinstance(argument.value, str):
                    raise UnreadableMarkError(f"{path.name}:{node.lineno}: write the names of covers as plain strings.")
                yield argument.value
