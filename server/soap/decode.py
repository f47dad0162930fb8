"""Decodes a bare document, such as a part of an upload, into a message of the contract, as leniently as a SOAP body."""

from dataclasses import dataclass
from typing import Any

from lxml import etree

from domain.errors import ApiError, FaultCode, invalid
from server.soap import request as requests
from server.soap.binding import to_message
from server.soap.models import Models
from server.soap.protocol import IpsSoap, WireFault
from server.soap.unknown import unknown_elements
from wsdl.declare import Message
from wsdl.versions import V2014_04_03, version_for


@dataclass(frozen=True, slots=True, kw_only=True)
class Decoded:
    """A message, the namespace to answer in, and the paths of elements that the contract does not know."""

    message: Any
    namespace: str
    unknown: tuple[str, ...]


class Decoder:
    """Decodes documents that hold one message of class ``cls``, in any version's namespace, as the newest has it."""

    def __init__(self, cls: Message) -> None:
        self._cls = cls
        self._model = Models().model_of(cls)
        self._protocol = IpsSoap(max_request_bytes=0)

    def decode(self, data: bytes) -> Decoded:
        """Return the message that the document is. Raises ApiError."""
        root = requests.parse(data, None)
        namespace = etree.QName(root).namespace or V2014_04_03.namespace
        if version_for(namespace) is None:
            raise ApiError(FaultCode.INVALID_REQUEST_XML, f"The namespace {namespace} is not one of this API.")
        try:
            model = self._protocol.from_element(None, self._model, root)
        except WireFault as error:
            raise error.error from error
        if model is None:
            raise invalid(str(etree.QName(root).localname), "must not be nil.")
        return Decoded(
            message=to_message(self._cls, model, V2014_04_03),
            namespace=namespace,
            unknown=unknown_elements(root, self._cls),
        )
