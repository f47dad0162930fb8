"""The contract as Spyne's classes, for its deserialiser alone: one canonical superset that every version shares.

Spyne matches elements by local name, so one set of classes reads all eight namespaces.
"""

from typing import Any

from spyne import Boolean, ByteArray, ComplexModel, DateTime, Double, Integer, Unicode
from spyne.model.complex import ComplexModelMeta

from wsdl.declare import ArrayType, Message, Scalar, WireField, declaration_of, wire_fields
from wsdl.versions import BASE_NAMESPACE

_SCALARS: dict[Scalar, Any] = {
    Scalar.STRING: Unicode,
    Scalar.INT: Integer,
    Scalar.LONG: Integer,
    Scalar.DOUBLE: Double,
    Scalar.BOOLEAN: Boolean,
    Scalar.DATE_TIME: DateTime,
    Scalar.BASE64_BINARY: ByteArray,
}


class Models:
    """Makes each class once; a wire name must mean one class throughout a Spyne application."""

    def __init__(self) -> None:
        self._made: dict[Message | ArrayType, Any] = {}

    def model_of(self, cls: Message | ArrayType) -> Any:
        """Return the Spyne class of a message or an array type.

        Fields of a message that lead back to itself (Folder has subfolders) are added once it exists.
        """
        if cls in self._made:
            return self._made[cls]
        if isinstance(cls, ArrayType):
            item = self._plain(cls.item).customize(min_occurs=0, max_occurs="unbounded")
            return self._made.setdefault(cls, _complex(cls.name, [("items", item)]))  # its item may have made it
        fields = wire_fields(cls)
        direct = [(f.wire_name, self._field(f)) for f in fields if f.kind is not cls]
        model = self._made[cls] = _complex(declaration_of(cls).name, direct)
        for position, field in enumerate(fields):
            if field.kind is cls:
                model.insert_field(position, field.wire_name, self._field(field))
        return model

    def _field(self, field: WireField) -> Any:
        model = self.model_of(field.array) if field.array else self._plain(field.kind)
        return model.customize(min_occurs=0, nillable=True)

    def _plain(self, kind: Scalar | Message) -> Any:
        return _SCALARS[kind] if isinstance(kind, Scalar) else self.model_of(kind)


def _complex(name: str, fields: list[tuple[str, Any]]) -> Any:
    return ComplexModelMeta(name, (ComplexModel,), {"__namespace__": BASE_NAMESPACE, "_type_info": fields})
