"""What the audit log says of a call that changes something: the things that its request names."""

from collections.abc import Iterator
from typing import Any

from wsdl.declare import wire_fields

MOST_CHARACTERS = 300
NAMING = ("Handle", "Name", "name", "Path", "Folder", "email")
"""How the wire names of fields end that say what is changed; no field that holds a secret ends so."""


def subject_of(param: Any) -> str:
    """Return what a call's parameters name, in their order: handles and names, and how many items arrays have."""
    return ", ".join(_subjects(param))[:MOST_CHARACTERS]


def _subjects(param: Any) -> Iterator[str]:
    for field in wire_fields(type(param)):
        value = getattr(param, field.python_name)
        if field.wire_name == "companyHandle" or not value:
            continue
        if isinstance(value, str) and field.wire_name.endswith(NAMING):
            yield f"{field.wire_name} {value}"
        elif isinstance(value, list | tuple):
            yield f"{field.wire_name}: {len(value)}"
