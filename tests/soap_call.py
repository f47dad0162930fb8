"""SOAP by hand: builds envelopes, posts them, and checks every answer against its version's own schema."""

from dataclasses import dataclass, field
from functools import cache
from typing import Any

import requests
from lxml import etree

from tests.running_server import PASSWORD, RunningServer
from wsdl.render import render_schemas
from wsdl.versions import BASE_NAMESPACE, V2014_04_03, Version, version_for

SOAP_11 = "http://schemas.xmlsoap.org/soap/envelope/"
SOAP_12 = "http://www.w3.org/2003/05/soap-envelope"
ENDPOINT = "/scene7/services/IpsApiService"
NAMESPACE = V2014_04_03.namespace


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back: the HTTP reply, and the one element in the SOAP body."""

    reply: requests.Response = field(repr=False)
    body: etree._Element

    @property
    def is_fault(self) -> bool:
        """Whether the answer is a SOAP fault."""
        return etree.QName(self.body).localname == "Fault"

    @property
    def fault(self) -> tuple[str, int, str]:
        """The fault's element name, code and reason."""
        assert self.is_fault, etree.tostring(self.body)
        detail = self.body.xpath("*[local-name()='detail' or local-name()='Detail']/*")[0]
        return str(etree.QName(detail).localname), int(detail[0].text), str(detail[1].text)

    def texts(self, path: str) -> list[str]:
        """The texts of the elements at a slash path of local names below the Return element."""
        steps = "/".join(f"*[local-name()='{step}']" for step in path.split("/"))
        return [element.text or "" for element in self.body.xpath(steps)]

    def text(self, path: str) -> str:
        """The text of the one element at ``path``."""
        (found,) = self.texts(path)
        return found


def auth(user: str, password: str = PASSWORD, namespace: str = BASE_NAMESPACE, extra: str = "") -> str:
    """Return an authHeader."""
    return (
        f'<authHeader xmlns="{namespace}"><user>{user}</user><password>{password}</password>'
        f"<appName>tests</appName><appVersion>1</appVersion>{extra}</authHeader>"
    )


def envelope(body: str, header: str = "", soap: str = SOAP_11) -> bytes:
    """Return a request document."""
    return f'<e:Envelope xmlns:e="{soap}"><e:Header>{header}</e:Header><e:Body>{body}</e:Body></e:Envelope>'.encode()


def param(operation: str, content: str = "", namespace: str = NAMESPACE) -> str:
    """Return the body element of an operation's request."""
    return f'<{operation}Param xmlns="{namespace}">{content}</{operation}Param>'


def post(server: RunningServer, document: bytes, soap: str = SOAP_11, **headers: str) -> Answer:
    """Post a request document and return the answer, checked against its schema."""
    media = "text/xml" if soap == SOAP_11 else "application/soap+xml"
    sent = {"Content-Type": f"{media}; charset=utf-8"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return read(requests.post(server.url + ENDPOINT, data=document, headers=sent, timeout=60, verify=False))


def call(
    server: RunningServer, operation: str, content: str = "", user: str = "lab@example.com", **options: Any
) -> Answer:
    """Call an operation as ``user``. Options: ``namespace``, ``soap``, ``password``, ``header_extra``."""
    namespace, soap = options.get("namespace", NAMESPACE), options.get("soap", SOAP_11)
    header = auth(user, options.get("password", PASSWORD), extra=options.get("header_extra", ""))
    return post(server, envelope(param(operation, content, namespace), header, soap), soap)


def read(reply: requests.Response) -> Answer:
    """Return the answer in an HTTP reply; it must be an envelope whose body is valid by its version's schema."""
    root = etree.fromstring(reply.content)
    soap = etree.QName(root).namespace
    assert etree.QName(root).localname == "Envelope"
    assert reply.headers["Content-Type"].startswith("text/xml" if soap == SOAP_11 else "application/soap+xml")
    (body,) = root.findall(f"{{{soap}}}Body/*")
    if etree.QName(body).localname == "Fault":
        (detail,) = body.xpath("*[local-name()='detail' or local-name()='Detail']/*")
        _check(detail, V2014_04_03)
    else:
        _check_return(body)
    return Answer(reply, body)


def _check_return(body: etree._Element) -> None:
    namespace = str(etree.QName(body).namespace)
    version = version_for(namespace)
    assert version is not None, namespace
    document = etree.tostring(body).replace(f'"{namespace}"'.encode(), f'"{version.namespace}"'.encode())
    _check(etree.fromstring(document), version)


def _check(element: etree._Element, version: Version) -> None:
    namespace = str(etree.QName(element).namespace)
    schema = _schema(version, namespace)
    document = etree.fromstring(etree.tostring(element))
    assert schema.validate(document), (
        f"{schema.error_log}\n{etree.tostring(element, pretty_print=True).decode()[:2000]}"
    )


@cache
def _schema(version: Version, namespace: str) -> etree.XMLSchema:
    return etree.XMLSchema(etree.fromstring(render_schemas(version)[namespace]))
