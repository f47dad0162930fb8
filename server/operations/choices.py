"""The vendor's string constants as values of ours."""

from collections.abc import Mapping
from typing import TypeVar

from domain.errors import invalid

T = TypeVar("T")

DIRECTIONS = {"Ascending": False, "Descending": True}


def choose(field: str, value: str | None, choices: Mapping[str, T], default: T) -> T:
    """Return what ``value`` stands for, ``default`` when it is absent or empty; ApiError 30001 for any other."""
    if not value:
        return default
    if value not in choices:
        raise invalid(field, f"{value} is not one of {', '.join(choices)}.")
    return choices[value]
