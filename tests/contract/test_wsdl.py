"""The WSDL around the schemas: messages, port type, two bindings, three faults, the header and the service."""

import pytest
from lxml import etree

from tests.contract.reading import ADDRESS, NAMESPACES, elements_in, found, named, rendered, resolved, schema_of, value
from wsdl.render import render_schemas, render_wsdl
from wsdl.versions import BASE_NAMESPACE, V2013_02_15, V2014_04_03, V_UNDATED, VERSIONS, WSDL_NAMESPACE, Version
from wsdl.view import view

FAULTS = ["ipsApiFault", "authenticationFault", "authorizationFault"]
BINDINGS = pytest.mark.parametrize(
    ("prefix", "binding"),
    [("soap11", "IpsApiServiceSoapBinding"), ("soap12", "IpsApiServiceSoap12Binding")],
)
EVERY = pytest.mark.parametrize("version", VERSIONS, ids=str)


@EVERY
def test_rendering_is_deterministic(version: Version) -> None:
    assert render_wsdl(version, ADDRESS) == render_wsdl(version, ADDRESS)


@EVERY
def test_the_schemas_compile_and_every_name_resolves(version: Version) -> None:
    for document in render_schemas(version).values():
        etree.XMLSchema(etree.fromstring(document))


@EVERY
def test_the_schemas_are_those_inside_the_wsdl(version: Version) -> None:
    root = rendered(version)
    for namespace, document in render_schemas(version).items():
        assert elements_in(etree.fromstring(document)) == elements_in(schema_of(root, namespace))


def test_the_undated_version_has_one_schema_and_the_others_two() -> None:
    assert [len(render_schemas(version)) for version in VERSIONS] == [1, 2, 2, 2, 2, 2, 2, 2]
    assert list(render_schemas(V_UNDATED)) == [BASE_NAMESPACE]


@EVERY
def test_every_schema_qualifies_its_elements(version: Version) -> None:
    for schema in found(rendered(version), "wsdl:types/xsd:schema"):
        assert schema.get("elementFormDefault") == "qualified"


@EVERY
def test_each_operation_has_an_input_an_output_and_three_named_faults(version: Version) -> None:
    for operation in found(rendered(version), "wsdl:portType/wsdl:operation"):
        name = value(operation, "name")
        messages = [resolved(value(each, "message"), each)[1] for each in operation]
        assert messages == [name, f"{name}Response", *FAULTS]
        assert named(found(operation, "wsdl:fault")) == FAULTS


@EVERY
def test_messages_have_one_part_that_refers_to_a_declared_element(version: Version) -> None:
    root = rendered(version)
    declared = {namespace: set(elements_in(schema_of(root, namespace))) for namespace in render_schemas(version)}
    parts = {value(each, "name"): each[0] for each in found(root, "wsdl:message")}
    for part in parts.values():
        namespace, local = resolved(value(part, "element"), part)
        assert namespace is not None
        assert local in declared[namespace]
    assert value(parts["submitJob"], "name") == "input"
    assert value(parts["submitJobResponse"], "name") == "output"
    assert [value(parts[fault], "name") for fault in FAULTS] == ["fault"] * 3
    assert value(parts["authHeader"], "name") == "authHeader"


@EVERY
@BINDINGS
def test_a_binding_carries_header_body_action_and_fault_names(version: Version, prefix: str, binding: str) -> None:
    (bound,) = found(rendered(version), f"wsdl:binding[@name='{binding}']")
    (style,) = found(bound, f"{prefix}:binding")
    assert dict(style.items()) == {"style": "document", "transport": "http://schemas.xmlsoap.org/soap/http"}
    operations = found(bound, "wsdl:operation")
    assert named(operations) == list(view(version).operations)
    for operation in operations:
        (action,) = found(operation, f"{prefix}:operation")
        assert value(action, "soapAction") == value(operation, "name")
        (header,) = found(operation, f"wsdl:input/{prefix}:header")
        assert (resolved(value(header, "message"), header), value(header, "part")) == (
            (WSDL_NAMESPACE, "authHeader"),
            "authHeader",
        )
        assert len(found(operation, f"(wsdl:input|wsdl:output)/{prefix}:body[@use='literal']")) == 2
        assert named(found(operation, "wsdl:fault")) == FAULTS
        assert named(found(operation, f"wsdl:fault/{prefix}:fault[@use='literal']")) == FAULTS


@EVERY
def test_the_service_has_two_ports_at_the_given_address(version: Version) -> None:
    root = rendered(version)
    assert (root.get("name"), root.get("targetNamespace")) == ("IpsApi", WSDL_NAMESPACE)
    assert named(found(root, "wsdl:service")) == ["IpsApiService"]
    assert named(found(root, "wsdl:service/wsdl:port")) == ["IpsApiSoapPort", "IpsApiSoap12Port"]
    addresses = found(root, "wsdl:service/wsdl:port/*")
    assert [etree.QName(each).namespace for each in addresses] == [NAMESPACES["soap11"], NAMESPACES["soap12"]]
    assert [each.get("location") for each in addresses] == [ADDRESS, ADDRESS]


def test_an_address_with_markup_in_it_stays_one_address() -> None:
    address = 'http://proxy.test/?a=1&b="<x>"'
    root = etree.fromstring(render_wsdl(V2014_04_03, address))
    assert {each.get("location") for each in found(root, "wsdl:service/wsdl:port/*")} == {address}


@EVERY
def test_the_header_is_the_base_one_in_every_version_but_2014(version: Version) -> None:
    root = rendered(version)
    (part,) = found(root, "wsdl:message[@name='authHeader']/wsdl:part")
    expected = version.namespace if version == V2014_04_03 else BASE_NAMESPACE
    assert resolved(value(part, "element"), part) == (expected, "authHeader")


def test_2014_demands_the_application_in_its_own_header_and_not_in_the_base_one() -> None:
    root = rendered(V2014_04_03)
    own = elements_in(schema_of(root, V2014_04_03.namespace))["authHeader"]
    base = elements_in(schema_of(root, BASE_NAMESPACE))["authHeader"]
    assert [field[0] for field in own if field[2] == 1] == ["appName", "appVersion"]
    assert [field[0] for field in own] == [field[0] for field in base]
    assert all(field[2] == 0 for field in base)


@pytest.mark.parametrize("name", [*FAULTS, "authHeader"])
def test_faults_and_headers_take_foreign_attributes(name: str) -> None:
    (wildcard,) = found(
        schema_of(rendered(V2013_02_15), BASE_NAMESPACE), f"xsd:element[@name='{name}']/*/xsd:anyAttribute"
    )
    assert dict(wildcard.items()) == {"namespace": "##other", "processContents": "lax"}


def test_the_base_header_may_come_in_any_order_and_the_one_of_2014_may_not() -> None:
    children = "<h:appVersion>1</h:appVersion><h:appName>a</h:appName><h:user>u</h:user>"
    schemas = render_schemas(V2014_04_03)
    for namespace, accepted in ((BASE_NAMESPACE, True), (V2014_04_03.namespace, False)):
        header = etree.fromstring(f'<h:authHeader xmlns:h="{namespace}">{children}</h:authHeader>')
        assert etree.XMLSchema(etree.fromstring(schemas[namespace])).validate(header) is accepted
