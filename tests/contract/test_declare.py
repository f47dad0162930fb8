"""The words of the contract: what a class declared with them means on the wire."""

from collections.abc import Sequence
from dataclasses import FrozenInstanceError, field
from datetime import UTC, datetime
from typing import Annotated, Any

import pytest

from wsdl import contract
from wsdl.declare import (
    Element,
    Handle,
    Items,
    Long,
    Place,
    Required,
    Scalar,
    Since,
    Until,
    Url,
    Wire,
    WireField,
    array_of,
    declaration_of,
    is_message,
    message,
    operation,
    snake_case,
    wire_fields,
)
from wsdl.versions import V2010_01_31, V2013_02_15, V2014_04_03, V_UNDATED, Lifetime


@message(Since(V2010_01_31), Until(V2013_02_15))
class Leaf:
    text: str


@message
class Branch:
    name: str
    size: Long
    factor: float
    count: int | None = None
    enabled: bool | None = None
    made: datetime | None = None
    packet: bytes | None = None
    pdf_options: Leaf | None = None
    leaf_array: Sequence[Leaf]
    handle_array: Sequence[Handle] | None = None
    word_array: Sequence[str] | None = None
    url_array: Sequence[Url]
    twig_array: Sequence[Annotated[Leaf, Items("TwigArray", at_least=1)]]
    branch_array: Sequence["Branch"] | None = None
    class_: str | None = None
    late: Annotated[str | None, Since(V2014_04_03), Required()] = None
    gone: Annotated[str, Until(V2013_02_15)]
    odd_name: Annotated[str | None, Wire("ODDName")] = None


@message
class GrowBranchParam:
    branch: Branch
    password: str = field(repr=False)


@message
class GrowBranchReturn:
    pass


FIELDS = {each.python_name: each for each in wire_fields(Branch)}


def branch(**more: Any) -> Branch:
    return Branch(name="b", size=1, factor=0.5, leaf_array=[], url_array=["u"], twig_array=[], gone="g", **more)


def test_fields_keep_the_order_of_their_declaration() -> None:
    assert list(FIELDS)[:4] == ["name", "size", "factor", "count"]


@pytest.mark.parametrize(
    ("name", "scalar"),
    [
        ("name", Scalar.STRING),
        ("size", Scalar.LONG),
        ("factor", Scalar.DOUBLE),
        ("count", Scalar.INT),
        ("enabled", Scalar.BOOLEAN),
        ("made", Scalar.DATE_TIME),
        ("packet", Scalar.BASE64_BINARY),
    ],
)
def test_a_python_type_names_a_schema_type(name: str, scalar: Scalar) -> None:
    assert FIELDS[name].kind is scalar


def test_a_field_is_required_unless_it_may_be_none() -> None:
    assert FIELDS["name"].required
    assert not FIELDS["count"].required


def test_a_field_that_only_some_versions_demand_may_be_none_and_is_required() -> None:
    assert FIELDS["late"].required
    assert FIELDS["late"].lifetime == Lifetime(since=V2014_04_03)
    assert branch().late is None


@pytest.mark.parametrize(
    ("name", "wire_name"),
    [("pdf_options", "pdfOptions"), ("class_", "class"), ("odd_name", "ODDName"), ("url_array", "urlArray")],
)
def test_the_wire_name_is_derived_or_given(name: str, wire_name: str) -> None:
    assert FIELDS[name].wire_name == wire_name


@pytest.mark.parametrize(
    ("name", "array", "bounds"),
    [
        ("leaf_array", "LeafArray", (0, None)),
        ("handle_array", "HandleArray", (0, None)),
        ("word_array", "StringArray", (0, None)),
        ("url_array", "UrlArray", (1, 1000)),
        ("twig_array", "TwigArray", (1, None)),
        ("branch_array", "BranchArray", (0, None)),
    ],
)
def test_an_array_has_the_name_and_bounds_of_its_items(name: str, array: str, bounds: tuple[int, int | None]) -> None:
    found = FIELDS[name].array
    assert found is not None
    assert (found.name, (found.at_least, found.at_most)) == (array, bounds)
    assert found.item is FIELDS[name].kind


def test_a_scalar_array_without_a_name_of_its_own_is_named_after_the_scalar() -> None:
    assert array_of(Long).name == "LongArray"


def test_a_message_may_contain_itself() -> None:
    assert FIELDS["branch_array"].kind is Branch


def test_a_field_lives_no_longer_than_its_type() -> None:
    assert FIELDS["pdf_options"].lifetime == Lifetime(V2010_01_31, V2013_02_15)
    assert FIELDS["leaf_array"].lifetime == Lifetime(V2010_01_31, V2013_02_15)
    assert FIELDS["gone"].lifetime == Lifetime(V_UNDATED, V2013_02_15)


def test_any_sequence_may_be_given_for_an_array() -> None:
    assert list(branch(word_array=["a"]).word_array or ()) == list(branch(word_array=("a",)).word_array or ())


def test_messages_cannot_be_changed() -> None:
    with pytest.raises(FrozenInstanceError):
        branch().name = "other"  # type: ignore[misc]


def test_messages_take_no_positional_and_no_unknown_values() -> None:
    with pytest.raises(TypeError):
        Leaf("text")  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Leaf(text="text", other=1)  # type: ignore[call-arg]


def test_secrets_stay_out_of_the_text_form() -> None:
    assert "hunter2" not in repr(GrowBranchParam(branch=branch(), password="hunter2"))


@pytest.mark.parametrize(
    "made",
    [
        contract.AuthHeader(user="u", password="hunter2", access_token="hunter2"),
        contract.CheckLoginParam(email="e", password="hunter2"),
        contract.SetPasswordParam(password="hunter2", password_expires=datetime(2030, 1, 1, tzinfo=UTC)),
        contract.GeneratePasswordReturn(password="hunter2"),
    ],
    ids=lambda made: type(made).__name__,
)
def test_no_message_of_the_contract_prints_a_password(made: object) -> None:
    assert "hunter2" not in repr(made)


def test_param_and_return_are_elements_and_others_are_types() -> None:
    assert declaration_of(GrowBranchParam).name == "growBranchParam"
    assert declaration_of(GrowBranchParam).place is Place.ELEMENT
    assert declaration_of(Branch).place is Place.TYPE


def test_an_element_may_be_shared_by_all_versions() -> None:
    @message(Element("twigFault", shared=True))
    class TwigFault:
        code: int

    assert (declaration_of(TwigFault).name, declaration_of(TwigFault).place) == ("twigFault", Place.SHARED_ELEMENT)


def test_an_operation_is_named_after_its_param_and_found_in_its_area() -> None:
    grow = operation(GrowBranchParam, GrowBranchReturn, Since(V2010_01_31), roles=frozenset({"IpsUser"}))
    assert (grow.name, grow.python_name, grow.area) == ("growBranch", "grow_branch", "test_declare")
    assert grow.lifetime == Lifetime(since=V2010_01_31)
    assert contract.SUBMIT_JOB.area == "jobs"


def test_a_class_that_is_no_message_has_no_fields() -> None:
    class Plain:
        pass

    assert not is_message(Plain)
    with pytest.raises(TypeError, match="declare it with @message"):
        wire_fields(Plain)


@pytest.mark.parametrize(
    ("wire_name", "python_name"),
    [("getXMPPacket", "get_xmp_packet"), ("submitJob", "submit_job"), ("xOffset", "x_offset"), ("string1", "string1")],
)
def test_wire_names_are_spelled_as_python_does(wire_name: str, python_name: str) -> None:
    assert snake_case(wire_name) == python_name


def test_fields_of_a_message_are_read_once() -> None:
    first: tuple[WireField, ...] = wire_fields(contract.Asset)
    assert wire_fields(contract.Asset) is first
