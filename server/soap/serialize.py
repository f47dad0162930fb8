"""Writes the contract's messages as XML: tables compiled once for each version turn values into text, in wire order.

An optional field that is None is left out, a required one that is None is a defect of the handler and raises.
"""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache, lru_cache, partial
from typing import Any
from xml.sax.saxutils import escape

from wsdl.declare import Declaration, Scalar, WireField, declaration_of
from wsdl.versions import Version
from wsdl.view import view

ContentOf = Callable[[Any], str]
"""Returns what stands between the tags of an element that holds the value."""

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class MissingValueError(Exception):
    """A handler left a required field of its answer empty."""


def write_message(value: object, version: Version, namespace: str) -> str:
    """Return the element of an operation's return ``value`` as ``version`` has it, in the request's ``namespace``."""
    declared = declaration_of(type(value))
    content = _message_content(version, declared)(value)
    return f'<{declared.name} xmlns="{escape(namespace)}">{content}</{declared.name}>'


def write_text(text: str) -> str:
    """Return ``text`` with what XML reserves escaped and what it forbids replaced."""
    if text.isprintable():
        return escape(text)
    return escape(_ILLEGAL.sub("\ufffd", text), {"\r": "&#13;"})


@lru_cache(maxsize=4096)
def write_time(value: datetime) -> str:
    """Return an aware datetime as UTC with milliseconds, as the service has always written it.

    Formatting is a quarter of the time an answer takes, and each time of a job occurs twice in it and in every poll.
    """
    return value.astimezone(UTC).isoformat(timespec="milliseconds")[: -len("+00:00")] + "Z"


def _write_bytes(value: bytes) -> str:
    return base64.b64encode(value).decode()


_SCALARS: dict[Scalar, Callable[[Any], str]] = {
    Scalar.STRING: write_text,
    Scalar.INT: str,
    Scalar.LONG: str,
    Scalar.DOUBLE: repr,
    Scalar.BOOLEAN: lambda value: "true" if value else "false",
    Scalar.DATE_TIME: write_time,
    Scalar.BASE64_BINARY: _write_bytes,
}


@cache
def _message_content(version: Version, declared: Declaration) -> ContentOf:
    fields = [
        (
            field.python_name,
            f"<{field.wire_name}>",
            _field_content(version, field),
            f"</{field.wire_name}>",
            field.required,
        )
        for field in view(version).fields[declared.cls]
    ]

    def content_of(message: Any) -> str:
        parts = []
        for name, start, inner_content, end, is_required in fields:
            value = getattr(message, name)
            if value is not None:
                parts.append(f"{start}{inner_content(value)}{end}")
            elif is_required:
                raise MissingValueError(f"{declared.name}.{name}")
        return "".join(parts)

    return content_of


def _field_content(version: Version, field: WireField) -> ContentOf:
    item_content = _value_content(version, field)
    if not field.array:
        return item_content
    return lambda values: "".join([f"<items>{item_content(value)}</items>" for value in values])


def _value_content(version: Version, field: WireField) -> ContentOf:
    if isinstance(field.kind, Scalar):
        return _SCALARS[field.kind]
    made_on_first_use = cache(partial(_message_content, version, declaration_of(field.kind)))

    def content_of(message: Any) -> str:  # not made here, because Folder contains itself
        return made_on_first_use()(message)

    return content_of
