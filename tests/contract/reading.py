"""Reads a rendered WSDL back into plain values, in the shape of the files in ``facts``."""

import json
from functools import cache
from pathlib import Path
from typing import Any

from lxml import etree
from lxml.etree import _Element

from wsdl.render import render_wsdl
from wsdl.versions import Version

ADDRESS = "https://ips.example.test/scene7/services/IpsApiService"

NAMESPACES = {
    "wsdl": "http://schemas.xmlsoap.org/wsdl/",
    "xsd": "http://www.w3.org/2001/XMLSchema",
    "soap11": "http://schemas.xmlsoap.org/wsdl/soap/",
    "soap12": "http://schemas.xmlsoap.org/wsdl/soap12/",
}
XSD = "{http://www.w3.org/2001/XMLSchema}"

Fields = list[list[str | int]]


def facts(version: Version) -> dict[str, Any]:
    """Return what is known of a version that is not derived."""
    text = Path(__file__).with_name("facts").joinpath(f"contract-{version}.json").read_text(encoding="utf-8")
    known: dict[str, Any] = json.loads(text)
    return known


@cache
def rendered(version: Version) -> _Element:
    """Return the root of the WSDL that we serve for a version; it is not to be changed."""
    return etree.fromstring(render_wsdl(version, ADDRESS))


def found(root: _Element, path: str) -> list[_Element]:
    """Return the elements that an XPath finds, with the prefixes of NAMESPACES."""
    result = root.xpath(path, namespaces=NAMESPACES)
    assert isinstance(result, list)
    return [each for each in result if isinstance(each, _Element)]


def value(element: _Element, attribute: str) -> str:
    """Return an attribute that must be there."""
    text = element.get(attribute)
    assert text is not None, f"{element.tag!r} has no {attribute}"
    return text


def named(elements: list[_Element]) -> list[str]:
    """Return the name of each element."""
    return [value(each, "name") for each in elements]


def schema_of(root: _Element, namespace: str) -> _Element:
    """Return the one schema in a WSDL that has this target namespace."""
    (schema,) = found(root, f"wsdl:types/xsd:schema[@targetNamespace='{namespace}']")
    return schema


def types_in(schema: _Element) -> dict[str, Fields]:
    """Return the fields of each named type."""
    return {value(each, "name"): fields_in(each, schema) for each in found(schema, "xsd:complexType")}


def elements_in(schema: _Element) -> dict[str, Fields]:
    """Return the fields of each global element."""
    return {
        value(each, "name"): fields_in(each[0], schema)
        for each in found(schema, "xsd:element")
        if each[0].tag == f"{XSD}complexType"
    }


def fields_in(content: _Element, schema: _Element) -> Fields:
    """Return name, type, least and greatest number of each field; types with the prefix ``xsd`` or ``types``."""
    return [
        [
            value(each, "name"),
            _type(each, schema),
            int(each.get("minOccurs", "1")),
            "unbounded" if each.get("maxOccurs") == "unbounded" else int(each.get("maxOccurs", "1")),
        ]
        for each in found(content, "(xsd:sequence|xsd:all)/xsd:element")
    ]


def resolved(reference: str, element: _Element) -> tuple[str | None, str]:
    """Return namespace and local name of a prefixed reference that stands in ``element``."""
    prefix, _, local = reference.rpartition(":")
    return element.nsmap.get(prefix or None), local


def _type(field: _Element, schema: _Element) -> str:
    namespace, local = resolved(value(field, "type"), field)
    assert namespace in {XSD[1:-1], value(schema, "targetNamespace")}, f"{local} is not in the schema of its user"
    return f"{'xsd' if namespace == XSD[1:-1] else 'types'}:{local}"
