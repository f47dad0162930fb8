"""The WSDL and the schemas of one version, written from its view of the contract.

Caching and the address under which the service is reached are the caller's affair.
"""

from lxml import etree
from lxml.etree import QName, SubElement, _Element

from wsdl.contract import AuthHeader, VersionedAuthHeader
from wsdl.declare import ArrayType, Kind, Message, Place, Scalar, WireField, declaration_of, type_name
from wsdl.versions import BASE_NAMESPACE, WSDL_NAMESPACE, Version
from wsdl.view import View, view

FAULTS = ("ipsApiFault", "authenticationFault", "authorizationFault")
"""The faults that every operation declares, by the names of their elements, messages and typed exceptions."""

_WSDL = "http://schemas.xmlsoap.org/wsdl/"
_XSD = "http://www.w3.org/2001/XMLSchema"
_SOAP_11 = "http://schemas.xmlsoap.org/wsdl/soap/"
_SOAP_12 = "http://schemas.xmlsoap.org/wsdl/soap12/"
_TRANSPORT = "http://schemas.xmlsoap.org/soap/http"
_BINDINGS = (
    (_SOAP_11, "IpsApiServiceSoapBinding", "IpsApiSoapPort"),
    (_SOAP_12, "IpsApiServiceSoap12Binding", "IpsApiSoap12Port"),
)
_DERIVED = (
    "Derived: the vendor's own WSDL of this version is not known. This one is worked out from those of 2013-02-15 and "
    "2014-04-03 and from the vendor's change log."
)


def render_wsdl(version: Version, address: str) -> bytes:
    """Return the WSDL of ``version`` as UTF-8, its two ports at ``address``; the same input gives the same bytes.

    Every operation takes one body part and the header ``authHeader``, and declares the three faults by name, which some
    toolkits (Axis 1) need on the binding too.
    """
    seen = view(version)
    header = VersionedAuthHeader if VersionedAuthHeader in seen.fields else AuthHeader
    nsmap = {
        "wsdl": _WSDL,
        "xsd": _XSD,
        "soap": _SOAP_11,
        "soap12": _SOAP_12,
        "tns": WSDL_NAMESPACE,
        "types": version.namespace,
        "hdr": _namespace(header, seen),
        "shared": BASE_NAMESPACE,
    }
    root = etree.Element(QName(_WSDL, "definitions"), {"name": "IpsApi", "targetNamespace": WSDL_NAMESPACE}, nsmap)
    if version.derived:
        _wsdl(root, "documentation").text = _DERIVED
    types = _wsdl(root, "types")
    for namespace in _namespaces(seen):
        types.append(_schema(namespace, seen))
    _add_messages(root, seen)
    _add_port_type(root, seen)
    for soap, binding, _ in _BINDINGS:
        _add_binding(root, soap, binding, seen)
    _add_service(root, address)
    return _document(root)


def render_schemas(version: Version) -> dict[str, bytes]:
    """Return the schema documents of ``version`` by target namespace: its types, and the elements of every version.

    The undated version has both in one namespace and hence one document. None of them needs another.
    """
    seen = view(version)
    return {namespace: _document(_schema(namespace, seen)) for namespace in _namespaces(seen)}


def _namespaces(seen: View) -> tuple[str, ...]:
    return tuple(dict.fromkeys((seen.namespace, BASE_NAMESPACE)))


def _schema(namespace: str, seen: View) -> _Element:
    """Return the schema of one namespace: named types, array types, then the elements."""
    attributes = {"targetNamespace": namespace, "elementFormDefault": "qualified"}
    root = etree.Element(QName(_XSD, "schema"), attributes, {"xsd": _XSD, "types": namespace})
    messages = [cls for cls in seen.fields if _namespace(cls, seen) == namespace]
    named = [cls for cls in messages if declaration_of(cls).place is Place.TYPE]
    for cls in named:
        _add_sequence(_xsd(root, "complexType", name=declaration_of(cls).name), seen.fields[cls])
    if named:
        for array in seen.arrays:
            _add_array(root, array)
    for cls in messages:
        if declaration_of(cls).place is not Place.TYPE:
            _add_element(root, cls, seen.fields[cls])
    return root


def _namespace(cls: Message, seen: View) -> str:
    return BASE_NAMESPACE if declaration_of(cls).place is Place.SHARED_ELEMENT else seen.namespace


def _add_element(schema: _Element, cls: Message, fields: tuple[WireField, ...]) -> None:
    """Add a global element with a type of its own; headers and faults also take attributes of other namespaces."""
    content = _xsd(_xsd(schema, "element", name=declaration_of(cls).name), "complexType")
    _add_sequence(content, fields, compositor="all" if cls is AuthHeader else "sequence")
    if cls is VersionedAuthHeader or declaration_of(cls).place is Place.SHARED_ELEMENT:
        _xsd(content, "anyAttribute", namespace="##other", processContents="lax")


def _add_sequence(content: _Element, fields: tuple[WireField, ...], compositor: str = "sequence") -> None:
    """Add the fields to a complex type; one without fields stays empty."""
    if not fields:
        return
    group = _xsd(content, compositor)
    for field in fields:
        reference = f"types:{field.array.name}" if field.array else _reference(field.kind)
        occurs = {} if field.required else {"minOccurs": "0"}
        _xsd(group, "element", name=field.wire_name, type=reference, **occurs)


def _add_array(schema: _Element, array: ArrayType) -> None:
    group = _xsd(_xsd(schema, "complexType", name=array.name), "sequence")
    bounds = {
        "minOccurs": str(array.at_least),
        "maxOccurs": "unbounded" if array.at_most is None else str(array.at_most),
    }
    _xsd(group, "element", name="items", type=_reference(array.item), **bounds)


def _reference(kind: Kind) -> str:
    return f"{'xsd' if isinstance(kind, Scalar) else 'types'}:{type_name(kind)}"


def _add_messages(root: _Element, seen: View) -> None:
    for name in seen.operations:
        _add_message(root, name, "input", f"types:{name}Param")
        _add_message(root, f"{name}Response", "output", f"types:{name}Return")
    _add_message(root, "authHeader", "authHeader", "hdr:authHeader")
    for fault in FAULTS:
        _add_message(root, fault, "fault", f"shared:{fault}")


def _add_message(root: _Element, name: str, part: str, element: str) -> None:
    _wsdl(_wsdl(root, "message", name=name), "part", name=part, element=element)


def _add_port_type(root: _Element, seen: View) -> None:
    port_type = _wsdl(root, "portType", name="IpsApiPortType")
    for name in seen.operations:
        operation = _wsdl(port_type, "operation", name=name)
        _wsdl(operation, "input", message=f"tns:{name}")
        _wsdl(operation, "output", message=f"tns:{name}Response")
        for fault in FAULTS:
            _wsdl(operation, "fault", name=fault, message=f"tns:{fault}")


def _add_binding(root: _Element, soap: str, name: str, seen: View) -> None:
    binding = _wsdl(root, "binding", name=name, type="tns:IpsApiPortType")
    _child(binding, soap, "binding", style="document", transport=_TRANSPORT)
    for each in seen.operations:
        operation = _wsdl(binding, "operation", name=each)
        _child(operation, soap, "operation", soapAction=each, style="document")
        request = _wsdl(operation, "input")
        _child(request, soap, "header", message="tns:authHeader", part="authHeader", use="literal")
        _child(request, soap, "body", use="literal")
        _child(_wsdl(operation, "output"), soap, "body", use="literal")
        for fault in FAULTS:
            _child(_wsdl(operation, "fault", name=fault), soap, "fault", name=fault, use="literal")


def _add_service(root: _Element, address: str) -> None:
    service = _wsdl(root, "service", name="IpsApiService")
    for soap, binding, name in _BINDINGS:
        port = _wsdl(service, "port", name=name, binding=f"tns:{binding}")
        _child(port, soap, "address", location=address)


def _wsdl(parent: _Element, tag: str, **attributes: str) -> _Element:
    return _child(parent, _WSDL, tag, **attributes)


def _xsd(parent: _Element, tag: str, **attributes: str) -> _Element:
    return _child(parent, _XSD, tag, **attributes)


def _child(parent: _Element, namespace: str, tag: str, /, **attributes: str) -> _Element:
    return SubElement(parent, QName(namespace, tag), attributes)


def _document(root: _Element) -> bytes:
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", pretty_print=True)
