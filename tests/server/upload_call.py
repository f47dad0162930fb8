"""Multipart bodies by hand, so that they can be as odd as those of real clients."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import requests
from lxml import etree

from tests.running_server import RunningServer
from tests.soap_call import NAMESPACE, auth

USER, COMPANY = "lab@example.com", "c|110"
BOUNDARY = "frontier"
OPTIONS = (
    "<uploadParams><overwrite>true</overwrite><readyForPublish>false</readyForPublish>"
    "<createMask>false</createMask><emailSetting>None</emailSetting></uploadParams>"
)


@dataclass(frozen=True, slots=True)
class Posted:
    """The answer to an upload: its status, its document's root, and the text as it came."""

    reply: requests.Response

    @property
    def root(self) -> etree._Element:
        """The answer's document, a bare element."""
        assert self.reply.headers["Content-Type"] == "text/xml;charset=utf-8"
        return etree.fromstring(self.reply.content)

    @property
    def handle(self) -> str:
        """The handle of the job."""
        assert self.reply.ok, self.reply.text
        return str(self.root.xpath("string(*[local-name()='jobHandle'])"))

    @property
    def fault(self) -> tuple[str, int, str]:
        """The fault's element name, code and reason."""
        name = etree.QName(self.root)
        assert name.namespace == "http://www.scene7.com/IpsApi/xsd"
        code, reason = (child.text or "" for child in self.root)
        return str(name.localname), int(code), reason


def auth_part(user: str = USER, **options: str) -> bytes:
    """Return the part that says who uploads; ``options`` as ``auth`` has them."""
    return part("auth", auth(user, **options).encode())


def params(*fields: str, namespace: str = NAMESPACE, root: str = "uploadPostParam", options: str = OPTIONS) -> bytes:
    """Return the part that says what to do; ``fields`` come after the company."""
    content = f"<companyHandle>{COMPANY}</companyHandle>{''.join(fields)}{options}"
    return part("uploadParams", f'<{root} xmlns="{namespace}">{content}</{root}>'.encode())


def file(name: str, content: bytes, field: str = "file1") -> bytes:
    """Return a part that is a file."""
    return part(field, content, f'; filename="{name}"', "Content-Type: application/octet-stream")


def part(name: str, content: bytes, disposition: str = "", *headers: str) -> bytes:
    """Return a part as it stands between two boundaries."""
    head = (f'Content-Disposition: form-data; name="{name}"{disposition}', *headers)
    return "\r\n".join((*head, "", "")).encode() + content + b"\r\n"


def body(parts: Iterable[bytes]) -> bytes:
    """Return a multipart body."""
    delimiter = b"--" + BOUNDARY.encode()
    return b"".join(delimiter + b"\r\n" + each for each in parts) + delimiter + b"--\r\n"


def post(server: RunningServer, *parts: bytes) -> Posted:
    """Post the parts."""
    return post_body(server, body(parts))


def post_body(server: RunningServer, data: bytes, media: str = "multipart/form-data", **headers: str) -> Posted:
    """Post a body of this media type."""
    sent = {"Content-Type": f"{media}; boundary={BOUNDARY}"} | {k.replace("_", "-"): v for k, v in headers.items()}
    return Posted(requests.post(f"{server.url}/scene7/UploadFile", data=data, headers=sent, timeout=60))


def named(name: str, *, end: bool = True) -> Sequence[str]:
    """Return the fields that begin a job of this name, and that end it unless told otherwise."""
    return (f"<jobName>{name}</jobName>", f"<endJob>{'true' if end else 'false'}</endJob>")
