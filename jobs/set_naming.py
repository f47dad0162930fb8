"""Naming rules: which set an asset belongs in by its name, and in which order the members of a set stand.

Pure: names in, names out. The expressions are RE2's, whose time grows only with the length of a name (decision 15).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import re2

from domain.errors import RepriseError
from domain.handles import parse_folder
from domain.paths import is_plain

TYPES = ("ImageSet", "SpinSet")
PROPERTIES = (
    "name", "type", "match", "matchMode", "baseName", "sequence", "includeDerived", "destFolder", "prefix", "suffix",
)  # fmt: skip
"""The named values of a set script; ``match.2``, ``match.3`` … are further expressions."""
MODES = ("MatchAll", "MatchAny")
MOST_CHARACTERS = 1000
"""How long one value may be."""
MOST_MATCHES = 20
MOST_SEQUENCE = 1000
_MATCH = re.compile(r"match(\.[1-9][0-9]?)?")
_PART = r"(?:\\.|\[(?:\\.|[^\]\\])*\]|\{[^}]*\}|[^,])+"
"""A part of a comma-separated list of expressions: a comma in brackets, in braces or behind a backslash is its own."""


class ScriptError(RepriseError):
    """A set script says something that cannot be followed; the message says what, and what would be right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SetScript:
    """What the named values of a set script come to."""

    name: str
    type: str
    matches: tuple[str, ...]
    match_any: bool = False
    base_name: str = ""
    sequence: tuple[str, ...] = ()
    include_derived: bool = True
    folder: str = ""
    """Where its sets go, with or without the company's root; empty for where each asset is."""
    prefix: str = ""
    suffix: str = ""


def script_of(properties: Mapping[str, str]) -> SetScript:
    """Return the script; raises ScriptError that names the property at fault and the remedy."""
    for name, value in properties.items():
        if name not in PROPERTIES and not _MATCH.fullmatch(name):
            raise ScriptError(f"a set script has no property {name}; it has {', '.join(PROPERTIES)} and match.2 ….")
        if len(value) > MOST_CHARACTERS:
            raise ScriptError(f"{name} has at most {MOST_CHARACTERS} characters.")
    script = SetScript(
        name=properties.get("name", "").strip(),
        type=_word(properties, "type", TYPES, TYPES[0]),
        matches=tuple(properties[name] for name in sorted(filter(_MATCH.fullmatch, properties), key=_natural)),
        match_any=_word(properties, "matchMode", MODES, MODES[0]) == "MatchAny",
        base_name=properties.get("baseName", ""),
        sequence=_listed(properties.get("sequence", "")),
        include_derived=_word(properties, "includeDerived", ("true", "false"), "true") == "true",
        folder=parse_folder(properties.get("destFolder", "")),
        prefix=properties.get("prefix", ""),
        suffix=properties.get("suffix", ""),
    )
    _check(script)
    return script


def set_name(script: SetScript, name: str) -> str | None:
    """Return the name of the set that an asset of this name belongs in; None when the script does not match it.

    Every expression must match the whole name, or with MatchAny one of them. The base is what ``baseName`` finds (its
    first group, if it has one), without it the first group of the first expression that matches and has one.
    """
    found = [match for text in script.matches if (match := _compiled(text).fullmatch(name))]
    if len(found) < (1 if script.match_any else len(script.matches)):
        return None
    if script.base_name:
        match = _compiled(script.base_name).search(name)
        base = (match[1] if match.re.groups else match[0]) if match else None
    else:
        base = next((match[1] for match in found if match.re.groups), None)
    return f"{script.prefix}{base}{script.suffix}" if base else None


def sort_key(script: SetScript, name: str) -> Any:
    """Return what members are sorted by: the first expression of the sequence that is found in it, then its name.

    Numbers in names count as numbers: view 2 comes before view 10. Those that no expression is found in come last.
    """
    ranks = (n for n, text in enumerate(script.sequence) if _compiled(text).search(name))
    return (next(ranks, len(script.sequence)), _natural(name))


def _check(script: SetScript) -> None:
    if not script.matches:
        raise ScriptError(r"match is required: an expression for the whole name of an asset, such as (\w+)-\w+.")
    if len(script.matches) > MOST_MATCHES or len(script.sequence) > MOST_SEQUENCE:
        raise ScriptError(f"match is given at most {MOST_MATCHES} times, sequence has at most {MOST_SEQUENCE} parts.")
    texts = {"baseName": script.base_name} if script.base_name else {}
    texts |= {f"match {n}": text for n, text in enumerate(script.matches, 1)}
    texts |= {f"sequence {n}": text for n, text in enumerate(script.sequence, 1)}
    for field, text in texts.items():
        try:
            _compiled(text)
        except re2.error as error:
            raise ScriptError(f"{field}: {text} is not an expression of RE2: {_reason(error)}.") from error
    needs_group = all if script.match_any else any
    if not script.base_name and not needs_group(_compiled(text).groups for text in script.matches):
        raise ScriptError("baseName is required where match has no group in parentheses that gives the base name.")
    if not is_plain(script.folder):
        raise ScriptError("destFolder: a folder path is names separated by slashes, without '.' or '..'.")
    for field, text in (("prefix", script.prefix), ("suffix", script.suffix)):
        if "/" in text or not text.isprintable():
            raise ScriptError(f"{field}: a name has no slash or control character.")


@lru_cache(maxsize=512)
def _compiled(text: str) -> Any:
    options = re2.Options()
    options.log_errors = False
    return re2.compile(text, options)


def _reason(error: Exception) -> str:
    reason = error.args[0]
    return reason.decode(errors="replace") if isinstance(reason, bytes) else str(reason)


def _word(properties: Mapping[str, str], name: str, words: tuple[str, ...], default: str) -> str:
    value = properties.get(name, "").strip() or default
    if value not in words:
        raise ScriptError(f"{name}: {value} is not one of {', '.join(words)}.")
    return value


def _listed(text: str) -> tuple[str, ...]:
    return tuple(part for each in _compiled(_PART).findall(text) if (part := each.strip()))


def _natural(name: str) -> tuple[tuple[int, int, str], ...]:
    parts = re.split("([0-9]+)", name)
    return (*((0, int(part), "") if n % 2 else (1, 0, part.casefold()) for n, part in enumerate(parts)), (-1, 0, name))
