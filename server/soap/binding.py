"""Turns what Spyne decoded into the contract's messages, and says which required value is missing or out of range."""

import math
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cache
from typing import Any

from domain.errors import invalid, missing
from wsdl.declare import Declaration, Message, Scalar, WireField, declaration_of, wire_fields
from wsdl.versions import Version

LENIENT: dict[str, object] = {"createMask": False, "emailSetting": "None", "includeSubfolders": False}
"""What a missing required field stands for where real clients leave it out."""

_FIRST_MOMENT, _LAST_MOMENT = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)
_INT_RANGE = range(-(2**31), 2**31)
_LONG_RANGE = range(-(2**63), 2**63)
Reader = Callable[[Any, str], Any]


def to_message(cls: Message, model: Any, version: Version, *, strict: bool = False) -> Any:
    """Return the message of class ``cls`` that ``model`` holds.

    A field that the request's version does not have is read all the same; it is only never demanded. A handle that is
    empty or blank names nothing, and counts as missing. Raises ApiError 30002 for a missing required field and 30001
    for a value out of range, naming the field by its path. ``strict`` allows no missing field at all.
    """
    return _reader(declaration_of(cls), version, strict)(model, "")


@cache
def _reader(declared: Declaration, version: Version, strict: bool) -> Reader:
    cls = declared.cls
    fields = [(f.python_name, f.wire_name, _field_reader(f, version, strict)) for f in wire_fields(cls)]

    def read(model: Any, path: str) -> Any:
        prefix = f"{path}." if path else ""
        values = {python: read_field(getattr(model, wire, None), prefix + wire) for python, wire, read_field in fields}
        return cls(**values)

    return read


def _field_reader(field: WireField, version: Version, strict: bool) -> Reader:
    read_value = _array_reader(field, version, strict) if field.array else _value_reader(field, version, strict)
    is_demanded = field.required and field.lifetime.covers(version)
    default = None if strict else LENIENT.get(field.wire_name)
    is_handle = field.array is None and field.wire_name.endswith("Handle")

    def read(value: Any, path: str) -> Any:
        if value is not None and not (is_handle and not value.strip()):
            return read_value(value, path)
        if is_demanded and default is None:
            raise missing(path)
        return default if is_demanded else None

    return read


def _array_reader(field: WireField, version: Version, strict: bool) -> Reader:
    read_item = _value_reader(field, version, strict)

    def read(array: Any, path: str) -> tuple[Any, ...]:
        items = array.items or ()
        return tuple(read_item(item, f"{path}.items[{n}]") for n, item in enumerate(items) if item is not None)

    return read


def _value_reader(field: WireField, version: Version, strict: bool) -> Reader:
    if isinstance(field.kind, Scalar):
        return _CHECKS.get(field.kind, _as_is)
    kind: Message = field.kind

    def read(model: Any, path: str) -> Any:  # the reader is made on first use, because Folder contains itself
        return _reader(declaration_of(kind), version, strict)(model, path)

    return read


def _as_is(value: Any, _path: str) -> Any:
    return value


def _int(value: int, path: str) -> int:
    if value not in _INT_RANGE:
        raise invalid(path, "must be a whole number of 32 bits.")
    return int(value)


def _long(value: int, path: str) -> int:
    if value not in _LONG_RANGE:
        raise invalid(path, "must be a whole number of 64 bits.")
    return int(value)


def _double(value: float, path: str) -> float:
    if not math.isfinite(value):
        raise invalid(path, "must be a finite number.")
    return float(value)


def _time(value: datetime, _path: str) -> datetime:
    try:
        return value.astimezone(UTC)
    except (OverflowError, ValueError):  # an end of all time, as .NET sends it for "no limit", is not one in UTC
        return _FIRST_MOMENT if value.year == 1 else _LAST_MOMENT


_CHECKS: dict[Scalar, Reader] = {
    Scalar.INT: _int,
    Scalar.LONG: _long,
    Scalar.DOUBLE: _double,
    Scalar.DATE_TIME: _time,
}
