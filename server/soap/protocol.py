"""The protocol object that Spyne drives: our parser, dispatch by local name, our writers; Spyne decodes the parameters.

Everything that one request needs is in ``ctx.udc``, an :class:`Exchange`; the object itself is shared by all threads.
"""

import base64
import gzip
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

import structlog
from lxml import etree
from spyne import Boolean, ByteArray, DateTime, Double, Fault, Integer
from spyne.error import RequestTooLongError, ValidationError
from spyne.protocol.soap import Soap11
from werkzeug.http import parse_accept_header

from domain.errors import ApiError, FaultCode, invalid
from server.soap import request as requests
from server.soap.faults import envelope, soap_fault
from server.soap.header import Caller, read_caller
from server.soap.request import SOAP_11, SOAP_12, Envelope
from server.soap.serialize import write_message
from wsdl.view import view

XSI_NIL = "{http://www.w3.org/2001/XMLSchema-instance}nil"
GZIP_FROM_BYTES = 1400
_INTEGER = re.compile(r"[+-]?[0-9]{1,100}")
_DOUBLE = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?")

log = structlog.get_logger(__name__)


class WireFault(Fault):  # type: ignore[misc]  # Spyne is untyped
    """Carries an ApiError through Spyne, whose own faults know nothing of codes."""

    def __init__(self, error: ApiError) -> None:
        super().__init__("Client", error.reason)
        self.error = error


@dataclass(slots=True)
class Exchange:
    """What is known of one request while it is served."""

    soap: str = SOAP_11
    envelope: Envelope | None = None
    caller: Caller = field(default_factory=Caller)
    unknown: tuple[str, ...] = ()


class IpsSoap(Soap11):  # type: ignore[misc]  # Spyne is untyped
    """SOAP 1.1 and 1.2 at one URL, for all namespaces of the API."""

    def __init__(self, max_request_bytes: int) -> None:
        super().__init__(parse_xsi_type=False)
        self._max_bytes = max_request_bytes
        self._from_unicode_handlers[Boolean] = _boolean
        self._from_unicode_handlers[DateTime] = self._date_time
        self._from_unicode_handlers[Integer] = _integer
        self._from_unicode_handlers[Double] = _double
        self._from_unicode_handlers[ByteArray] = _base64

    def create_in_document(self, ctx: Any, charset: str | None = None) -> None:
        """Parse the request's bytes; the exchange knows the SOAP version as soon as anything does."""
        ctx.udc = exchange = Exchange()
        environ = ctx.transport.req_env
        if "application/soap+xml" in environ.get("CONTENT_TYPE", "").lower():
            exchange.soap = SOAP_12
        try:
            data = self._whole(ctx.in_string)
            if "gzip" in environ.get("HTTP_CONTENT_ENCODING", "").lower():
                data = requests.unzip(data, self._max_bytes)
            ctx.in_document = requests.parse(data, charset)
        except ApiError as error:
            raise WireFault(error) from error
        except OSError as error:
            raise WireFault(ApiError(FaultCode.INVALID_REQUEST_XML, "The request's body ended early.")) from error

    def _whole(self, pieces: Iterable[bytes]) -> bytes:
        try:
            data = b"".join(pieces)
        except RequestTooLongError as error:
            raise requests.too_large(self._max_bytes) from error
        if len(data) > self._max_bytes:
            raise requests.too_large(self._max_bytes)
        return data

    def decompose_incoming_envelope(self, ctx: Any, message: Any = Soap11.REQUEST) -> None:  # noqa: ARG002
        """Find headers, body and operation."""
        exchange: Exchange = ctx.udc
        exchange.soap = requests.soap_version_of(ctx.in_document)
        try:
            envelope = requests.read_envelope(ctx.in_document)
            exchange.envelope = envelope
            exchange.caller = read_caller(envelope.headers, ctx.transport.req_env.get("HTTP_AUTHORIZATION"))
            _check_known(envelope)
        except ApiError as error:
            raise WireFault(error) from error
        ctx.in_header_doc = None  # read_caller has read them
        ctx.in_body_doc = envelope.body
        ctx.method_request_string = envelope.operation

    def get_call_handles(self, ctx: Any) -> Any:
        """Return the operation's descriptor, by local name: the version is data."""
        handles = self.app.interface.service_method_map
        return handles.get(f"{{{self.app.tns}}}{ctx.method_request_string}Param", [])

    def from_element(self, ctx: Any, cls: Any, element: Any) -> Any:
        """Decode an element; ``xsi:nil`` empties it only when it is true."""
        nil = element.attrib.pop(XSI_NIL, None)
        if nil is not None and nil.strip() in ("1", "true"):
            return None
        try:
            return super().from_element(ctx, cls, element)
        except ValidationError as error:
            name = etree.QName(element).localname
            problem = invalid(str(name), f"the text is not a value of this field's type ({cls.get_type_name()}).")
            raise WireFault(problem) from error

    def serialize(self, ctx: Any, message: Any) -> None:  # noqa: ARG002 - Spyne's signature
        """Write the answer or the fault, and its HTTP status and headers."""
        exchange: Exchange = ctx.udc or Exchange()
        error = _error_of(ctx.out_error)
        body = ""
        if error is None:
            try:
                body = _answer(ctx.out_object[0], exchange)
            except Exception:  # an answer that cannot be written must still be a fault
                log.exception("answer could not be written", operation=ctx.method_request_string)
                error = ApiError(FaultCode.EXCEPTION, "The server failed while writing its answer.")
        if error is not None:
            body = soap_fault(error, exchange.soap)
        _set_http(ctx.transport, exchange, error)
        ctx.out_document = None
        ctx.out_string = [_zipped(ctx.transport, exchange, envelope(exchange.soap, body))]

    def create_out_string(self, ctx: Any, charset: Any = None) -> None:
        """Do nothing: ``serialize`` has made the bytes."""

    def _date_time(self, cls: Any, text: str) -> Any:
        text = text.strip()
        try:
            return self.datetime_from_unicode_iso(cls, text) if text else None
        except ValueError as error:
            raise ValidationError(text) from error


def _boolean(_cls: Any, text: str) -> bool | None:
    word = text.strip().lower()
    if word in ("1", "true"):
        return True
    if word in ("0", "false"):
        return False
    if not word:
        return None
    raise ValidationError(text)


def _integer(_cls: Any, text: str) -> int | None:
    word = text.strip()
    if word and not _INTEGER.fullmatch(word):
        raise ValidationError(text)
    return int(word) if word else None


def _double(_cls: Any, text: str) -> float | None:
    word = text.strip()
    if word and not _DOUBLE.fullmatch(word):
        raise ValidationError(text)
    return float(word) if word else None


def _base64(_cls: Any, text: str, _encoding: Any) -> bytes:
    try:
        return base64.b64decode("".join(text.split()), validate=True)
    except ValueError as error:  # of which binascii.Error is one kind
        raise ValidationError(text) from error


def _check_known(envelope: Envelope) -> None:
    name = str(etree.QName(envelope.body).localname)
    if not name.endswith("Param") or envelope.operation not in view(envelope.version).operations:
        raise ApiError(
            FaultCode.INVALID_REQUEST_XML, f"{name} is not the request of an operation of version {envelope.version}."
        )


def _error_of(fault: Any) -> ApiError | None:
    if fault is None:
        return None
    if isinstance(fault, WireFault):
        return fault.error
    if isinstance(fault, ValidationError):
        return ApiError(FaultCode.INVALID_PARAMETER, "A value of the request is not of its field's type.")
    return ApiError(FaultCode.EXCEPTION, "The server failed while serving the request; its log has the details.")


def _answer(value: Any, exchange: Exchange) -> str:
    assert exchange.envelope is not None
    return write_message(value, exchange.envelope.version, exchange.envelope.namespace)


def _set_http(transport: Any, exchange: Exchange, error: ApiError | None) -> None:
    media = "application/soap+xml" if exchange.soap == SOAP_12 else "text/xml"
    transport.resp_headers["Content-Type"] = f"{media};charset=UTF-8"
    status = 200 if error is None else exchange.caller.fault_status or 500
    transport.resp_code = f"{status} {'OK' if status == 200 else 'Fault'}"


def _zipped(transport: Any, exchange: Exchange, data: bytes) -> bytes:
    accepted = parse_accept_header(transport.req_env.get("HTTP_ACCEPT_ENCODING", ""))["gzip"] > 0
    wanted = exchange.caller.gzip_response
    transport.resp_headers["Vary"] = "Accept-Encoding"
    if wanted is False or (wanted is None and not (accepted and len(data) >= GZIP_FROM_BYTES)):
        return data
    transport.resp_headers["Content-Encoding"] = "gzip"
    return gzip.compress(data, 1)
