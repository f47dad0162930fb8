"""Who is calling and how to answer: the authHeader in any namespace, else the legacy headers, else HTTP Basic."""

import base64
import binascii
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

from wsdl.versions import WSDL_NAMESPACE

_TRUE = frozenset({"1", "true"})
_WITHOUT_BODY = frozenset({204, 205, 304})
"""Statuses with which HTTP carries no body, and so no fault."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """What a request says of its caller; None stands for "not said"."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    locale: str | None = None
    gzip_response: bool | None = None
    fault_status: int | None = None

    @property
    def has_credentials(self) -> bool:
        """Whether there is anything to check."""
        return bool((self.user and self.password is not None) or self.access_token)


def read_caller(headers: Iterable[etree._Element], authorization: str | None) -> Caller:
    """Return what the SOAP headers and the HTTP Authorization header say; never raises.

    The authHeader counts in any namespace, its children in any or none: real clients send all of these forms.
    """
    legacy: dict[str, str] = {}
    found = Caller()
    for header in headers:
        name = etree.QName(header)
        if name.localname == "authHeader":
            found = caller_from(header)
        elif name.namespace == WSDL_NAMESPACE and name.localname in ("AuthUser", "AuthPassword"):
            legacy[name.localname] = _text(header)
    if found.has_credentials:
        return found
    user, password = legacy.get("AuthUser"), legacy.get("AuthPassword")
    if user is None or password is None:
        user, password = _basic(authorization)
    if user is None or password is None:
        return found
    return Caller(
        user=user,
        password=password,
        locale=found.locale,
        gzip_response=found.gzip_response,
        fault_status=found.fault_status,
    )


def caller_from(header: etree._Element) -> Caller:
    """Return what an authHeader element says."""
    values = {etree.QName(child).localname: _text(child) for child in header if isinstance(child.tag, str)}
    gzip = values.get("gzipResponse", "").lower()
    return Caller(
        user=values.get("user"),
        password=values.get("password"),
        access_token=values.get("accessToken") or None,
        locale=values.get("locale") or None,
        gzip_response=(gzip in _TRUE) if gzip else None,
        fault_status=_status(values.get("faultHttpStatusCode", "")),
    )


def _status(text: str) -> int | None:
    if not (text.isascii() and text.isdigit() and len(text) == 3):
        return None
    return int(text) if 200 <= int(text) <= 599 and int(text) not in _WITHOUT_BODY else None


def _basic(authorization: str | None) -> tuple[str | None, str | None]:
    scheme, _, encoded = (authorization or "").strip().partition(" ")
    if scheme.lower() != "basic":
        return None, None
    try:
        user, colon, password = base64.b64decode(encoded.strip(), validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None, None
    return (user, password) if colon else (None, None)


def _text(element: etree._Element) -> str:
    return "".join(str(part) for part in element.itertext()).strip()
