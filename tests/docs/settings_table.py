"""Writes the README's table of settings from the settings themselves.

``python -m tests.docs.settings_table`` prints it, with ``--write`` it replaces the one in README.md.
"""

import re
import sys
from ipaddress import IPv4Network
from pathlib import Path
from types import UnionType
from typing import Any, Literal, get_args, get_origin

from pydantic import SecretStr

from server.settings import Settings

README = Path(__file__).parents[2] / "README.md"
BEGIN, END = "<!-- settings -->", "<!-- /settings -->"
WORDS = {bool: "true, false", int: "number", float: "number", str: "text", SecretStr: "text", Path: "path"}
COMPUTED = {"slots": "the number of processors"}


def settings_table() -> str:
    """Return the table in Markdown: one row for each setting, in the order of the code."""
    lines = ["| setting | values | default | meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = COMPUTED.get(name) or _default(field.default)
        lines.append(f"| `{name}` | {_values(field.annotation)} | {default} | {field.description} |")
    return "\n".join(lines)


def replaced(readme: str) -> str:
    """Return the README with the present table between its marks."""
    pattern = f"(?<={re.escape(BEGIN)}\n).*?(?={re.escape(END)})"
    table = f"{settings_table()}\n"
    return re.sub(pattern, lambda _match: table, readme, flags=re.DOTALL)


def _values(annotation: Any) -> str:
    if get_origin(annotation) is Literal:
        return ", ".join(str(value) for value in get_args(annotation))
    if get_origin(annotation) is tuple:
        return "networks"
    if isinstance(annotation, UnionType) or get_origin(annotation) is not None:
        return _values(next(kind for kind in get_args(annotation) if kind not in {type(None), IPv4Network}))
    return WORDS[annotation]


def _default(value: Any) -> str:
    if value is None or value == ():
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    if sys.argv[1:] == ["--write"]:
        README.write_text(replaced(README.read_text()))
    else:
        sys.stdout.write(f"{settings_table()}\n")
