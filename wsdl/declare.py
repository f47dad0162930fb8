"""The words in which the contract is written: messages, their fields, operations, and when each of them exists.

It holds no message itself; ``wsdl.contract`` is written in these words, ``wsdl.view`` and the server read them back
through :func:`wire_fields` and :func:`declaration_of`.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import Enum, StrEnum, auto
from functools import cache
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    Generic,
    TypeAlias,
    TypeVar,
    Union,
    dataclass_transform,
    get_args,
    get_origin,
    get_type_hints,
    overload,
)

from wsdl.versions import Lifetime, Version

T = TypeVar("T")
ParamT = TypeVar("ParamT")
ReturnT = TypeVar("ReturnT")


class Scalar(StrEnum):
    """The XML Schema types a value can have on the wire; the member's value is the schema's name for it."""

    STRING = "string"
    INT = "int"
    LONG = "long"
    DOUBLE = "double"
    BOOLEAN = "boolean"
    DATE_TIME = "dateTime"
    BASE64_BINARY = "base64Binary"


Message: TypeAlias = type[Any]
Kind: TypeAlias = Scalar | Message


class Place(Enum):
    """Where a message stands in the schemas."""

    TYPE = auto()
    """A named type in the version's namespace."""
    ELEMENT = auto()
    """A global element in the version's namespace."""
    SHARED_ELEMENT = auto()
    """A global element in the base namespace, the same for every version."""


@dataclass(frozen=True, slots=True)
class Since:
    """The first version that has what is annotated."""

    version: Version


@dataclass(frozen=True, slots=True)
class Until:
    """The last version that has what is annotated."""

    version: Version


@dataclass(frozen=True, slots=True)
class Required:
    """A field of a request that is None only in versions without it; a version that has it demands it."""


@dataclass(frozen=True, slots=True)
class Wire:
    """The name of a field on the wire, where it cannot be derived from the Python name."""

    name: str


@dataclass(frozen=True, slots=True)
class Items:
    """The array type of the annotated items, where it is not their name and ``Array``, without bounds."""

    name: str
    at_least: int = 0
    at_most: int | None = None


@dataclass(frozen=True, slots=True)
class Element:
    """A message that is a global element of this name; ``shared`` puts it into the base namespace."""

    name: str
    shared: bool = False


Handle = Annotated[str, Items("HandleArray")]
"""An opaque reference to a thing of a company, such as an asset or a job."""
Url = Annotated[str, Items("UrlArray", at_least=1, at_most=1000)]
Email = Annotated[str, Items("EmailArray", at_least=1, at_most=5)]
Long = Annotated[int, Scalar.LONG]
"""An integer of 64 bits; a plain ``int`` has 32 on the wire."""

_SCALARS: dict[type, Scalar] = {
    str: Scalar.STRING,
    int: Scalar.INT,
    float: Scalar.DOUBLE,
    bool: Scalar.BOOLEAN,
    datetime: Scalar.DATE_TIME,
    bytes: Scalar.BASE64_BINARY,
}


@dataclass(frozen=True, slots=True)
class Declaration:
    """What a message says of itself: its class, its wire name, its place in the schemas, the versions that have it."""

    cls: Message
    name: str
    place: Place
    lifetime: Lifetime


@dataclass(frozen=True, slots=True)
class ArrayType:
    """A named wire type whose only content is ``items``; ``at_most`` is None when their number has no upper bound."""

    name: str
    item: Kind
    at_least: int
    at_most: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class WireField:
    """One field of a message, as a reader or writer of XML needs it.

    ``kind`` is the value's type, or the type of one item when ``array`` is given. ``lifetime`` already lies within the
    lifetime of ``kind``.
    """

    python_name: str
    wire_name: str
    kind: Kind
    array: ArrayType | None
    required: bool
    lifetime: Lifetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Operation(Generic[ParamT, ReturnT]):
    """One operation of the API; ``roles`` are those the vendor documents for it, none when it is undocumented."""

    name: str
    python_name: str
    area: str
    param: type[ParamT]
    returns: type[ReturnT]
    roles: frozenset[str]
    lifetime: Lifetime


AnyOperation: TypeAlias = Operation[Any, Any]

_DECLARATION = "__wire_declaration__"


@overload
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def message(cls: type[T], /) -> type[T]: ...
@overload
@dataclass_transform(frozen_default=True, kw_only_default=True, field_specifiers=(field,))
def message(*words: Element | Since | Until) -> Callable[[type[T]], type[T]]: ...
def message(*args: Any) -> Any:
    """Make a class a message: a frozen, slotted dataclass with keyword-only fields and a :class:`Declaration`.

    Classes named ``…Param`` and ``…Return`` are elements, their names beginning in lower case; others are named types,
    unless an :class:`Element` says otherwise. A field of type ``T`` is required on the wire, ``T | None`` optional.
    """
    if len(args) == 1 and isinstance(args[0], type):
        return _declared(args[0], ())
    return lambda cls: _declared(cls, args)


def operation(
    param: type[ParamT], returns: type[ReturnT], *words: Since | Until, roles: frozenset[str] = frozenset()
) -> Operation[ParamT, ReturnT]:
    """Declare the operation that takes ``param``; its names and area follow from the name and module of that class."""
    name = declaration_of(param).name.removesuffix("Param")
    return Operation(
        name=name,
        python_name=snake_case(name),
        area=param.__module__.rpartition(".")[2],
        param=param,
        returns=returns,
        roles=roles,
        lifetime=_lifetime(words),
    )


def is_message(value: object) -> bool:
    """Tell whether ``value`` is a class made by :func:`message`."""
    return isinstance(value, type) and _DECLARATION in vars(value)


def declaration_of(cls: Message) -> Declaration:
    """Return what a message class says of itself; TypeError when it is not a message."""
    if not is_message(cls):
        raise TypeError(f"{cls.__qualname__} is not a message of the contract: declare it with @message.")
    found: Declaration = getattr(cls, _DECLARATION)
    return found


def wire_fields(cls: Message) -> tuple[WireField, ...]:
    """Return the fields of a message in wire order, whatever version has them; they are read once."""
    return _wire_fields(declaration_of(cls))


def array_of(item: Any) -> ArrayType:
    """Return the array type that holds items of the annotated type ``item``."""
    base, words = _unwrapped(item)
    kind = _kind(base, words)
    named = _first(words, Items)
    if named is not None:
        return ArrayType(named.name, kind, named.at_least, named.at_most)
    return ArrayType(f"{type_name(kind)[0].upper()}{type_name(kind)[1:]}Array", kind, 0, None)


def type_name(kind: Kind) -> str:
    """Return the local name of a value's type on the wire."""
    return kind.value if isinstance(kind, Scalar) else declaration_of(kind).name


def snake_case(name: str) -> str:
    """Return a wire name as Python spells it: ``getXMPPacket`` as ``get_xmp_packet``."""
    words = re.sub(r"([A-Z]+)([A-Z][a-z])", r"\1_\2", name)
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()


def _declared(cls: type[T], words: Sequence[object]) -> type[T]:
    made = dataclass(frozen=True, slots=True, kw_only=True)(cls)
    element = _first(words, Element)
    if element is not None:
        name, place = element.name, Place.SHARED_ELEMENT if element.shared else Place.ELEMENT
    elif cls.__name__.endswith(("Param", "Return")):
        name, place = cls.__name__[0].lower() + cls.__name__[1:], Place.ELEMENT
    else:
        name, place = cls.__name__, Place.TYPE
    setattr(made, _DECLARATION, Declaration(made, name, place, _lifetime(words)))
    return made


@cache
def _wire_fields(declared: Declaration) -> tuple[WireField, ...]:
    hints = get_type_hints(declared.cls, include_extras=True)
    return tuple(_wire_field(name, hint) for name, hint in hints.items())


def _wire_field(python_name: str, hint: Any) -> WireField:
    outer, words = _unwrapped(hint)
    optional = get_origin(outer) in {Union, UnionType}
    if optional:
        (inner,) = (part for part in get_args(outer) if part is not NoneType)
        outer, inner_words = _unwrapped(inner)
        words += inner_words
    array = array_of(get_args(outer)[0]) if get_origin(outer) is Sequence else None
    kind = array.item if array else _kind(outer, words)
    lifetime = _lifetime(words)
    named = _first(words, Wire)
    return WireField(
        python_name=python_name,
        wire_name=named.name if named else _camel_case(python_name),
        kind=kind,
        array=array,
        required=not optional or Required() in words,
        lifetime=lifetime if isinstance(kind, Scalar) else lifetime.within(declaration_of(kind).lifetime),
    )


def _unwrapped(hint: Any) -> tuple[Any, tuple[object, ...]]:
    return (hint.__origin__, hint.__metadata__) if get_origin(hint) is Annotated else (hint, ())


def _kind(base: Any, words: Sequence[object]) -> Kind:
    return _first(words, Scalar) or _SCALARS.get(base) or _message(base)


def _message(base: Any) -> Message:
    declaration_of(base)
    found: Message = base
    return found


def _lifetime(words: Sequence[object]) -> Lifetime:
    since, until, always = _first(words, Since), _first(words, Until), Lifetime()
    return Lifetime(since.version if since else always.since, until.version if until else always.until)


def _first(words: Sequence[object], sort: type[T]) -> T | None:
    return next((word for word in words if isinstance(word, sort)), None)


def _camel_case(name: str) -> str:
    first, *rest = name.removesuffix("_").split("_")
    return first + "".join(word[0].upper() + word[1:] for word in rest)
