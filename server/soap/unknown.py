"""Finds what a request says that the contract does not know, so that nothing is dropped without a word."""

from collections.abc import Iterator
from functools import cache

from lxml import etree

from wsdl.declare import Declaration, Message, Scalar, WireField, declaration_of, wire_fields

MOST = 20


def unknown_elements(element: etree._Element, cls: Message) -> tuple[str, ...]:
    """Return the paths of elements below ``element`` that message ``cls`` has in no version; at most twenty."""
    found = []
    for path in _walk(element, declaration_of(cls), ""):
        found.append(path)
        if len(found) == MOST:
            break
    return tuple(found)


def _walk(element: etree._Element, declared: Declaration, prefix: str) -> Iterator[str]:
    fields = _fields(declared)
    for child in element:
        name = str(etree.QName(child).localname)
        field = fields.get(name)
        if field is None:
            yield prefix + name
        elif field.array is None:
            yield from _inner(child, field, f"{prefix}{name}/")
        else:
            for item in child:
                if etree.QName(item).localname == "items":
                    yield from _inner(item, field, f"{prefix}{name}/items/")
                else:
                    yield f"{prefix}{name}/{etree.QName(item).localname}"


def _inner(element: etree._Element, field: WireField, prefix: str) -> Iterator[str]:
    if not isinstance(field.kind, Scalar):
        yield from _walk(element, declaration_of(field.kind), prefix)


@cache
def _fields(declared: Declaration) -> dict[str, WireField]:
    return {field.wire_name: field for field in wire_fields(declared.cls)}
