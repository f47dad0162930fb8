"""Writes the contract's messages as XML: tables compiled once for each version turn values into text, in wire order.

An optional field that is None is left out, a required one that is None is a defect of the handler and raises.
"""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any
from xml.sax.saxutils import escape

from wsdl.declare import Declaration, Scalar, WireField, declaration_of
from wsdl.versions import Version
from wsdl.view import view

Emit = Callable[[str], None]
Writer = Callable[[Any, Emit], None]

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class MissingValueError(Exception):
    """A handler left a required field of its answer empty."""


def write_message(value: object, version: Version, namespace: str) -> str:
    """Return the element of an operation's return ``value`` as ``version`` has it, in the request's ``namespace``."""
    declared = declaration_of(type(value))
    name = declared.name
    parts = [f'<{name} xmlns="{escape(namespace)}">']
    _writer(version, declared)(value, parts.append)
    parts.append(f"</{name}>")
    return "".join(parts)


def write_text(text: str) -> str:
    """Return ``text`` with what XML reserves escaped and what it forbids replaced."""
    if text.isprintable():
        return escape(text)
    return escape(_ILLEGAL.sub("\ufffd", text), {"\r": "&#13;"})


def write_time(value: datetime) -> str:
    """Return an aware datetime as UTC with milliseconds, as the service has always written it."""
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
def _writer(version: Version, declared: Declaration) -> Writer:
    fields = [(field.python_name, _field_writer(version, field)) for field in view(version).fields[declared.cls]]

    def write(value: Any, emit: Emit) -> None:
        for name, write_field in fields:
            write_field(getattr(value, name), emit)

    return write


def _field_writer(version: Version, field: WireField) -> Writer:
    write = _array_writer(version, field) if field.array else _value_writer(version, field, field.wire_name)

    def write_optional(value: Any, emit: Emit) -> None:
        if value is not None:
            write(value, emit)

    def write_required(value: Any, emit: Emit) -> None:
        if value is None:
            raise MissingValueError(field.wire_name)
        write(value, emit)

    return write_required if field.required else write_optional


def _array_writer(version: Version, field: WireField) -> Writer:
    start, end, empty = f"<{field.wire_name}>", f"</{field.wire_name}>", f"<{field.wire_name}/>"
    write_item = _value_writer(version, field, "items")

    def write(values: Any, emit: Emit) -> None:
        if not values:
            emit(empty)
            return
        emit(start)
        for value in values:
            write_item(value, emit)
        emit(end)

    return write


def _value_writer(version: Version, field: WireField, name: str) -> Writer:
    start, end = f"<{name}>", f"</{name}>"
    if isinstance(field.kind, Scalar):
        to_text = _SCALARS[field.kind]

        def write_scalar(value: Any, emit: Emit) -> None:
            emit(start + to_text(value) + end)

        return write_scalar
    declared = declaration_of(field.kind)

    def write_message_value(value: Any, emit: Emit) -> None:
        emit(start)
        _writer(version, declared)(value, emit)
        emit(end)

    return write_message_value
