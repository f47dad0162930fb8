"""Reads a request's bytes into an envelope: safely, leniently where real clients differ, and never past its limits.

No DTD, no entities, no network; bytes, elements, attributes and depth are bounded. What the body means is for the
protocol and the binding.
"""

import gc
import zlib
from dataclasses import dataclass, field

from lxml import etree

from domain.errors import ApiError, FaultCode
from server.soap.names import forget_names
from wsdl.versions import Version, version_for

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
MAX_ELEMENTS = 300_000
MAX_ATTRIBUTES = 32
_ALIASES = {"knockoutBackground": "knockoutBackgroundOptions"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Envelope:
    """A request, parsed: its SOAP version, the API version and namespace of its body, its headers and its body."""

    soap: str
    namespace: str
    version: Version
    headers: tuple[etree._Element, ...] = field(repr=False)
    body: etree._Element = field(repr=False)

    @property
    def operation(self) -> str:
        """The name of the operation, from the body's element."""
        return str(etree.QName(self.body).localname).removesuffix("Param")


def unzip(data: bytes, limit: int) -> bytes:
    """Return the content of a gzip body; ApiError when it is damaged or larger than ``limit`` bytes."""
    inflater = zlib.decompressobj(31)
    try:
        content = inflater.decompress(data, limit + 1)
    except zlib.error as error:
        raise _bad("The request is marked as gzip but is not.") from error
    if len(content) > limit or inflater.unconsumed_tail:
        raise too_large(limit)
    if not inflater.eof:
        raise _bad("The gzip body of the request ends early.")
    return content


def too_large(limit: int) -> ApiError:
    """Return the fault for a request of more than ``limit`` bytes, unzipped."""
    return _bad(f"The request is larger than {limit} bytes.")


def parse(data: bytes, charset: str | None) -> etree._Element:
    """Return the root of the document in ``data``; ApiError when it is not well-formed, has a DTD or is too large.

    ``charset`` is the Content-Type's; it counts only when the document has no declaration of its own.
    """
    declared = data.lstrip()[:5] == b"<?xml" or data[:2] in (b"\xff\xfe", b"\xfe\xff") or data[:3] == b"\xef\xbb\xbf"
    encoding = None if declared or not charset else charset
    try:
        if len(data) > MAX_ELEMENTS * len("<a/>"):
            gc.collect()  # an earlier large document may still hang in the references of its request
            _count_elements(data, encoding)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
            encoding=encoding,
        )
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, LookupError, ValueError) as error:
        raise _bad("The request is not well-formed XML.") from error
    finally:
        forget_names()
    _check_shape(root)
    return root


def read_envelope(root: etree._Element) -> Envelope:
    """Return the envelope that ``root`` is; ApiError when it is none, or names no operation of this API."""
    name = etree.QName(root)
    if name.localname != "Envelope" or name.namespace not in (SOAP_11, SOAP_12):
        raise _bad("The request is not a SOAP 1.1 or 1.2 envelope.")
    soap = str(name.namespace)
    bodies = root.findall(f"{{{soap}}}Body")
    if len(bodies) != 1 or len(bodies[0]) != 1:
        raise _bad("The SOAP Body must hold exactly one element: the operation's parameters.")
    body = bodies[0][0]
    namespace = etree.QName(body).namespace or ""
    version = version_for(namespace)
    if version is None:
        raise _bad(f"The namespace of {etree.QName(body).localname} is not one of this API.")
    for alias, known in _ALIASES.items():
        for element in body.iter(f"{{*}}{alias}"):
            element.tag = f"{{{namespace}}}{known}"
    headers = root.find(f"{{{soap}}}Header")
    return Envelope(
        soap=soap,
        namespace=namespace,
        version=version,
        headers=tuple(headers) if headers is not None else (),
        body=body,
    )


def soap_version_of(root: etree._Element) -> str:
    """Return the namespace of the envelope, SOAP 1.1 when it is something else."""
    return SOAP_12 if etree.QName(root).namespace == SOAP_12 else SOAP_11


class _ElementCount:
    """Refuses a document with too many elements as it is parsed."""

    def __init__(self) -> None:
        self._count = 0

    def start(self, _tag: str, _attributes: object) -> None:
        """Count an element."""
        self._count += 1
        if self._count > MAX_ELEMENTS:
            raise _bad(f"The request has more than {MAX_ELEMENTS} elements.")

    def close(self) -> None:
        """End the document."""


def _count_elements(data: bytes, encoding: str | None) -> None:
    """Raise ApiError for too many elements before there is a tree of them, which takes forty times the bytes."""
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
        encoding=encoding,
        target=_ElementCount(),  # type: ignore[call-overload]  # the stubs know complete targets alone
    )
    etree.fromstring(data, parser)


def _check_shape(root: etree._Element) -> None:
    if root.getroottree().docinfo.doctype:
        raise _bad("The request has a DOCTYPE; it must not.")
    if root.xpath(f"boolean(//*[@*[{MAX_ATTRIBUTES + 1}]])"):
        raise _bad(f"An element of the request has more than {MAX_ATTRIBUTES} attributes.")


def _bad(reason: str) -> ApiError:
    return ApiError(FaultCode.INVALID_REQUEST_XML, reason)
