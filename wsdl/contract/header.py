"""The header that says who is calling and how to answer."""

from dataclasses import field
from typing import Annotated

from wsdl.declare import Element, Since, message
from wsdl.versions import V2008_01_15, V2014_04_03


@message(Element("authHeader", shared=True))
class AuthHeader:
    """Who is calling and how to answer: by user and password or by token; in a language, compressed, with a status."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    locale: Annotated[str | None, Since(V2008_01_15)] = None
    app_name: Annotated[str | None, Since(V2008_01_15)] = None
    app_version: Annotated[str | None, Since(V2008_01_15)] = None
    gzip_response: Annotated[bool | None, Since(V2008_01_15)] = None
    fault_http_status_code: Annotated[int | None, Since(V2008_01_15)] = None


@message(Element("authHeader"), Since(V2014_04_03))
class VersionedAuthHeader:
    """The same header as 2014 declares it in its own namespace: in order, the caller's application named."""

    user: str | None = None
    password: str | None = field(default=None, repr=False)
    access_token: str | None = field(default=None, repr=False)
    locale: str | None = None
    app_name: str
    app_version: str
    gzip_response: bool | None = None
    fault_http_status_code: int | None = None
