"""The contract as one version sees it: its operations, its types, and the fields that it has of each message.

Readers and writers of XML are compiled from a view; what the contract says at all is in ``wsdl.contract``.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from types import MappingProxyType

from wsdl import contract
from wsdl.declare import (
    AnyOperation,
    ArrayType,
    Message,
    Place,
    Scalar,
    WireField,
    declaration_of,
    is_message,
    wire_fields,
)
from wsdl.versions import Version


@dataclass(frozen=True, slots=True, kw_only=True)
class View:
    """What one version has: operations by wire name in contract order, named types, array types, fields by message.

    ``fields`` has an entry for every message of the version (named types, params, returns, faults and headers), each
    with the fields that this version has, in wire order. A message without an entry does not exist in the version.
    ``elements`` finds the params and returns by the local name of their element.
    """

    version: Version
    operations: Mapping[str, AnyOperation]
    types: tuple[Message, ...]
    arrays: tuple[ArrayType, ...]
    fields: Mapping[Message, tuple[WireField, ...]]
    elements: Mapping[str, Message]

    @property
    def namespace(self) -> str:
        """The namespace of the version's types, params and returns."""
        return self.version.namespace


@cache
def view(version: Version) -> View:
    """Return the contract as ``version`` sees it."""
    operations = {name: op for name, op in contract.OPERATIONS.items() if op.lifetime.covers(version)}
    bodies = _bodies(operations.values())
    standing = tuple(cls for cls in _standing() if _exists(cls, version))
    fields = {cls: _fields(cls, version) for cls in (*standing, *bodies)}
    return View(
        version=version,
        operations=MappingProxyType(operations),
        types=tuple(cls for cls in standing if declaration_of(cls).place is Place.TYPE),
        arrays=tuple(_arrays(version, fields.values())),
        fields=MappingProxyType(fields),
        elements=MappingProxyType({declaration_of(cls).name: cls for cls in bodies}),
    )


def _standing() -> tuple[Message, ...]:
    """Return the messages that stand for themselves: all but the params and returns, which live as their operations."""
    bodies = set(_bodies(contract.OPERATIONS.values()))
    return tuple(value for value in vars(contract).values() if is_message(value) and value not in bodies)


def _bodies(operations: Iterable[AnyOperation]) -> tuple[Message, ...]:
    return tuple(cls for operation in operations for cls in (operation.param, operation.returns))


def _fields(cls: Message, version: Version) -> tuple[WireField, ...]:
    return tuple(field for field in wire_fields(cls) if field.lifetime.covers(version))


def _arrays(version: Version, fields: Iterable[tuple[WireField, ...]]) -> Iterator[ArrayType]:
    """Yield the array types of a version, each once.

    An array of messages lives as long as its items do, even where no field uses it any more (2014 has such arrays). An
    array of scalars lives while a field uses it, or always when the contract declares it by itself.
    """
    used = {field.array for each in fields for field in each if field.array}
    declared = [value for value in vars(contract).values() if isinstance(value, ArrayType)]
    messages = (*_standing(), *_bodies(contract.OPERATIONS.values()))
    known = [field.array for cls in messages for field in wire_fields(cls) if field.array]
    for array in dict.fromkeys((*known, *declared)):
        if array in used or (array in declared if isinstance(array.item, Scalar) else _exists(array.item, version)):
            yield array


def _exists(cls: Message, version: Version) -> bool:
    return declaration_of(cls).lifetime.covers(version)
