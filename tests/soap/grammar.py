"""Requests made from the contract: the fields that an operation demands, and those that a test asks for besides."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from xml.sax.saxutils import escape

from wsdl.declare import AnyOperation, Message, Scalar, WireField, wire_fields
from wsdl.versions import V2014_04_03

BY_TYPE: Mapping[Scalar, str] = MappingProxyType(
    {
        Scalar.STRING: "x",
        Scalar.INT: "1",
        Scalar.LONG: "1",
        Scalar.DOUBLE: "0.5",
        Scalar.BOOLEAN: "false",
        Scalar.DATE_TIME: "2020-01-02T03:04:05Z",
        Scalar.BASE64_BINARY: "eA==",
    }
)
"""A valid value of each type."""
BY_NAME: Mapping[str, str] = MappingProxyType(
    {
        "publishState": "MarkedForPublish",
        "corner": "UpperLeft",
        "emailSetting": "None",
        "publishType": "Full",
        "fmt": "orig",
        "colorManagement": "Convert",
    }
)
"""Values of fields that take only the vendor's words."""
MOST_DEPTH = 5


@dataclass(frozen=True, slots=True)
class FieldPath:
    """A field of an operation's parameters, below the messages it lies in."""

    steps: tuple[str, ...]

    @property
    def name(self) -> str:
        """The field's own name."""
        return self.steps[-1]

    def __str__(self) -> str:
        return "/".join(self.steps)


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a request holds: the optional fields at ``paths``, and ``values`` by path or by name."""

    paths: tuple[str, ...]
    values: Mapping[str, str]

    def has(self, path: str) -> bool:
        """Tell whether the field at ``path`` is asked for, itself or for the sake of one below it."""
        return any(wanted == path or wanted.startswith(f"{path}/") for wanted in self.paths)

    def value(self, path: str, kind: Scalar) -> str:
        """Return the value of a scalar."""
        name = path.rpartition("/")[2]
        return self.values.get(path) or self.values.get(name) or BY_NAME.get(name) or BY_TYPE[kind]


def minimal(operation: AnyOperation, values: Mapping[str, str], *paths: str) -> str:
    """Return the content of a request with every required field, and with the optional ones at ``paths``.

    A key of ``values`` is a path below the parameters, or the name of a field wherever it occurs.
    """
    return _content(operation.param, Wanted(paths, values), "")


def current_fields(cls: Message) -> tuple[WireField, ...]:
    """Return the fields of a message that the newest version has."""
    return tuple(field for field in wire_fields(cls) if field.lifetime.covers(V2014_04_03))


def handle_fields(operation: AnyOperation) -> Iterator[FieldPath]:
    """Yield the fields of an operation that take handles, but for the company's."""
    for path in _paths(operation.param, ()):
        if path.name.endswith(("Handle", "HandleArray")) and path.name != "companyHandle":
            yield path


def _paths(cls: Message, above: tuple[str, ...]) -> Iterator[FieldPath]:
    for field in current_fields(cls):
        steps = (*above, field.wire_name)
        if isinstance(field.kind, Scalar):
            yield FieldPath(steps)
        elif len(steps) < MOST_DEPTH:
            yield from _paths(field.kind, steps)


def _content(cls: Message, wanted: Wanted, above: str) -> str:
    return "".join(
        element(field, _value(field, wanted, f"{above}{field.wire_name}"))
        for field in current_fields(cls)
        if field.required or wanted.has(f"{above}{field.wire_name}")
    )


def _value(field: WireField, wanted: Wanted, path: str) -> str:
    if isinstance(field.kind, Scalar):
        return escape(wanted.value(path, field.kind))
    if path.count("/") >= MOST_DEPTH:
        return ""
    return _content(field.kind, wanted, f"{path}/")


def element(field: WireField, content: str) -> str:
    """Return a field with this content; of an array, with one item of it."""
    inner = f"<items>{content}</items>" if field.array else content
    return f"<{field.wire_name}>{inner}</{field.wire_name}>"
