"""Requests that no honest client sends: made from the contract with things wrong, or recorded ones with bytes changed.

Every category is a function of a source of chance; the same seed makes the same requests.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from random import Random
from xml.sax.saxutils import escape

from server.operations.registry import implementations
from tests.soap.grammar import BY_TYPE, element
from tests.soap_call import SOAP_11, SOAP_12, auth, envelope
from wsdl.contract import OPERATIONS
from wsdl.declare import AnyOperation, Message, Scalar, wire_fields
from wsdl.versions import VERSIONS

RECORDED = sorted((Path(__file__).parent / "recorded").glob("*/*.http"))
USER, PASSWORD = "lab@example.com", "secret"
MOST_DEPTH = 4
ONCE, SPARSE, MANY = range(1, 2), range(2), range(4)
"""How often a field is given."""
WORDS = (
    *("", " ", "x", "0", "-1", "1e400", "NaN", "INF", "true", "TRUE", "2", "99999999999999999999", "-2147483649"),
    *("2020-01-01T00:00:00", "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00", "24:00:00", "=", "e\u0301"),
    *("c|110", "c|110|", "a|1234", "a|", "a|1234|1|1", "p|110|x", "p|110", "f|LabCo/", "f|..", "u|1|x", "u|1|", "pc|1"),
    *("j|110||x|1", "j|110|%zz|", "j|110|||", "j||||", "LabCo/", "LabCo/../x", "//", "\\", "'", '"', "%", "%00", "_"),
    *("MarkedForPublish", "All", "None", "Full", "Name", "Ascending", "Image", "UpperLeft", "Between", "Equals"),
    *("http://", "http://[", "http://x:99999/", "file:///x", "x" * 5000, "\U0001f9e2", "\ufffd", "\u202e", "\x85"),
)
"""Values that readers of numbers, dates, handles, paths and URLs have been known to stumble over."""
NAMESPACES = ("", "urn:x", "http://www.scene7.com/IpsApi/xsd/0000-00-00", "http://www.scene7.com/IpsApi/xsd/", SOAP_11)
XML: Mapping[str, str] = {"Content-Type": "text/xml; charset=utf-8"}


@dataclass(frozen=True, slots=True)
class Garbled:
    """A request body and the headers it is posted with."""

    body: bytes
    headers: Mapping[str, str]


def well_typed(chance: Random) -> Garbled:
    """Valid requests of any size, in any version."""
    operation, version = _operation(chance), chance.choice(VERSIONS)
    return _post(chance, operation.name, _content(operation.param, chance, _valid), version.namespace)


def random_values(chance: Random) -> Garbled:
    """Every value drawn without regard to its type."""
    operation = _operation(chance)
    return _post(chance, operation.name, _content(operation.param, chance, _any_value(chance)))


def missing_fields(chance: Random) -> Garbled:
    """Fields left out, required ones too."""
    operation = _operation(chance)
    return _post(chance, operation.name, _content(operation.param, chance, _valid, SPARSE))


def doubled_fields(chance: Random) -> Garbled:
    """Fields given up to three times, in any order."""
    operation = _operation(chance)
    return _post(chance, operation.name, _content(operation.param, chance, _any_value(chance), MANY))


def foreign_fields(chance: Random) -> Garbled:
    """The fields of another operation."""
    other = chance.choice(list(OPERATIONS.values()))
    return _post(chance, _operation(chance).name, _content(other.param, chance, _valid))


def unbuilt_operations(chance: Random) -> Garbled:
    """Any operation of the contract, and some that it does not have."""
    operation = chance.choice(list(OPERATIONS.values()))
    name = operation.name + chance.choice(("", "", "", "s", "Param", "-", "\u0430"))
    return _post(chance, name, _content(operation.param, chance, _any_value(chance)))


def odd_nesting(chance: Random) -> Garbled:
    """Elements where text belongs, text where elements belong, nil, comments, CDATA, and depth."""
    operation, depth = _operation(chance), chance.randrange(1, 300)
    odd = (
        "<!-- x --><![CDATA[x]]>",
        "<?x y?>",
        f"{'<a>' * depth}{'</a>' * depth}",
        "<items><items/></items>",
        '<x xmlns:i="http://www.w3.org/2001/XMLSchema-instance" i:nil="true"/>',
        "&#x10FFFF;&#9;",
        "&undefined;",
    )
    content = _content(operation.param, chance, lambda _: chance.choice(odd))
    return _post(chance, operation.name, content + chance.choice(odd))


def odd_namespaces(chance: Random) -> Garbled:
    """A body, or single fields, in a namespace that is not theirs."""
    operation = _operation(chance)
    content = _content(operation.param, chance, _valid)
    if chance.random() < 0.5:
        content = content.replace("Handle>", f'Handle xmlns="{chance.choice(NAMESPACES)}">', 1)
    namespace = chance.choice((*NAMESPACES, *(each.namespace for each in VERSIONS)))
    return _post(chance, operation.name, content, namespace)


def odd_headers(chance: Random) -> Garbled:
    """Credentials doubled, misplaced, incomplete, in any namespace, or with odd values."""
    operation, value = _operation(chance), _any_value(chance)
    names = (
        "user",
        "password",
        "appName",
        "appVersion",
        "gzipResponse",
        "faultHttpStatusCode",
        "locale",
        "accessToken",
    )
    chosen = chance.choices(names, k=3)
    fields = "".join(f"<{name}>{value(Scalar.STRING)}</{name}>" for name in chosen)
    pieces = (auth(USER, PASSWORD, extra=fields), auth(USER, PASSWORD, chance.choice(NAMESPACES)), f"<x>{fields}</x>")
    header = "".join(chance.choices(pieces, k=chance.randrange(4)))
    body = _element(operation.name, _content(operation.param, chance, _valid), VERSIONS[-1].namespace)
    return Garbled(envelope(body, header, chance.choice((SOAP_11, SOAP_12))), XML)


def odd_http_headers(chance: Random) -> Garbled:
    """Content types, character sets, codings and actions that do not fit the body."""
    operation = _operation(chance)
    types = ("", "text/plain", "text/xml; charset=utf-16", "text/xml; charset=x", "multipart/related; boundary=x", ";;")
    odd = {
        "Content-Type": chance.choice(types),
        "Content-Encoding": chance.choice(("", "gzip", "deflate", "x")),
        "SOAPAction": chance.choice(("", '"', "getNothing", "x" * 3000)),
        "Accept-Encoding": chance.choice(("", "*;q=x", "gzip;q=2", ",,;;==")),
        "Authorization": chance.choice(("", "Basic", "Basic =", "Basic OjpiYWQ=", "Bearer x")),
    }
    return Garbled(_post(chance, operation.name, _content(operation.param, chance, _valid)).body, odd)


def flipped_bytes(chance: Random) -> Garbled:
    """A recorded request with up to eight bytes changed."""
    body, headers = _recorded(chance)
    for _ in range(chance.randrange(1, 9)):
        body[chance.randrange(len(body))] = chance.randrange(256)
    return Garbled(bytes(body), headers)


def cut_bytes(chance: Random) -> Garbled:
    """A recorded request with a piece taken out, or that ends early."""
    body, headers = _recorded(chance)
    start = chance.randrange(len(body))
    del body[start : start + chance.choice((1, 2, 20, len(body)))]
    return Garbled(bytes(body), headers)


def inserted_bytes(chance: Random) -> Garbled:
    """A recorded request with bytes put in."""
    body, headers = _recorded(chance)
    pieces = (
        chance.randbytes(4),
        b"<",
        b"&",
        b"]]>",
        b"\0",
        b"<!DOCTYPE a>",
        b"<x>",
        b"\xff\xfe",
        b'"',
        b"&#0;",
        b"\n",
    )
    for _ in range(chance.randrange(1, 4)):
        place = chance.randrange(len(body))
        body[place:place] = chance.choice(pieces)
    return Garbled(bytes(body), headers)


def repeated_bytes(chance: Random) -> Garbled:
    """A recorded request with a piece of it repeated."""
    body, headers = _recorded(chance)
    start = chance.randrange(len(body))
    piece = body[start : start + chance.randrange(1, 200)]
    body[start:start] = piece * chance.choice((1, 2, 50))
    return Garbled(bytes(body), headers)


def _by_name(*made: Callable[[Random], Garbled]) -> Mapping[str, Callable[[Random], Garbled]]:
    return {each.__name__: each for each in made}


GRAMMAR = _by_name(
    *(well_typed, random_values, missing_fields, doubled_fields, foreign_fields, unbuilt_operations, odd_nesting),
    *(odd_namespaces, odd_headers, odd_http_headers),
)
"""The categories that are made from the contract, by name."""
MUTATED = _by_name(flipped_bytes, cut_bytes, inserted_bytes, repeated_bytes)
"""The categories that are recorded requests with bytes changed, by name."""
CATEGORIES = {**GRAMMAR, **MUTATED}


def _operation(chance: Random) -> AnyOperation:
    return chance.choice([found.operation for found in implementations().values()])


def _valid(kind: Scalar) -> str:
    return BY_TYPE[kind]


def _any_value(chance: Random) -> Callable[[Scalar], str]:
    return lambda _: escape(chance.choice(WORDS))


def _content(cls: Message, chance: Random, value: Callable[[Scalar], str], counts: range = ONCE, depth: int = 0) -> str:
    """Return fields of a message, each as often as ``counts`` allows; optional ones more rarely the deeper they lie."""
    made = []
    for field in wire_fields(cls):
        is_wanted = field.required or chance.random() < 0.3 / (depth + 1)
        for _ in range(chance.choice(counts) if is_wanted else 0):
            if field.wire_name == "companyHandle" and chance.random() < 0.9:
                content = "c|110"
            elif isinstance(field.kind, Scalar):
                content = value(field.kind)
            else:
                content = _content(field.kind, chance, value, counts, depth + 1) if depth < MOST_DEPTH else ""
            made.append(element(field, content))
    if counts is MANY:
        chance.shuffle(made)
    return "".join(made)


def _element(name: str, content: str, namespace: str) -> str:
    return f'<{name}Param xmlns="{namespace}">{content}</{name}Param>'


def _post(chance: Random, name: str, content: str, namespace: str = VERSIONS[-1].namespace) -> Garbled:
    soap = chance.choice((SOAP_11, SOAP_11, SOAP_12))
    return Garbled(envelope(_element(name, content, namespace), auth(USER, PASSWORD), soap), XML)


def _recorded(chance: Random) -> tuple[bytearray, Mapping[str, str]]:
    head, _, body = chance.choice(RECORDED).read_bytes().partition(b"\r\n\r\n")
    lines = (line.partition(": ") for line in head.decode().split("\r\n")[1:])
    kept = {"content-type", "soapaction", "accept", "accept-encoding", "user-agent", "authorization"}
    return bytearray(body), {key: value for key, _, value in lines if key.lower() in kept}
