"""The two versions whose WSDL is known are rendered exactly: every operation, element, type and field, in order."""

import pytest

from tests.contract.reading import elements_in, facts, fields_in, found, named, rendered, schema_of, types_in, value
from wsdl import contract
from wsdl.declare import snake_case, type_name
from wsdl.versions import BASE_NAMESPACE, V2013_02_15, V2014_04_03, Version
from wsdl.view import view

KNOWN = pytest.mark.parametrize("version", [V2013_02_15, V2014_04_03], ids=str)


@KNOWN
def test_port_type_lists_the_operations_in_the_known_order(version: Version) -> None:
    assert named(found(rendered(version), "wsdl:portType/wsdl:operation")) == facts(version)["operations"]


@KNOWN
def test_every_named_type_has_the_known_fields_in_order(version: Version) -> None:
    assert types_in(schema_of(rendered(version), version.namespace)) == facts(version)["types"]


@KNOWN
def test_every_element_has_the_known_fields_in_order(version: Version) -> None:
    assert elements_in(schema_of(rendered(version), version.namespace)) == facts(version)["elements"]


@KNOWN
def test_faults_and_header_of_the_base_namespace_are_the_known_ones(version: Version) -> None:
    assert elements_in(schema_of(rendered(version), BASE_NAMESPACE)) == facts(version)["sharedElements"]


@KNOWN
def test_a_version_has_76_array_types_of_items_alone(version: Version) -> None:
    schema = schema_of(rendered(version), version.namespace)
    arrays = [each for each in found(schema, "xsd:complexType") if value(each, "name").endswith("Array")]
    assert len(arrays) == 76
    assert {field[0] for each in arrays for field in fields_in(each, schema)} == {"items"}


def test_the_two_known_versions_together_have_166_operations_and_224_types() -> None:
    views = [view(V2013_02_15), view(V2014_04_03)]
    types = {name for each in views for name in (*map(type_name, each.types), *(array.name for array in each.arrays))}
    assert len(contract.OPERATIONS) == 166
    assert {name for each in views for name in each.operations} == set(contract.OPERATIONS)
    assert len(types) == 224


def test_every_operation_has_a_constant_by_its_python_name() -> None:
    for name, operation in contract.OPERATIONS.items():
        assert operation.python_name == snake_case(name)
        assert getattr(contract, operation.python_name.upper()) is operation


def test_param_and_return_carry_the_name_of_their_operation() -> None:
    for name, operation in contract.OPERATIONS.items():
        assert type_name(operation.param) == f"{name}Param"
        assert type_name(operation.returns) == f"{name}Return"
