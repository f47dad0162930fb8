"""A real mail server of the tests' own, which keeps what it is given and can refuse, go away and come back."""

import email.message
import email.policy
import socket
import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from queue import Empty, Queue
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, Envelope, Session

WATCHDOG_S = 60
TAKEN = "250 OK"


@dataclass(frozen=True, slots=True)
class Mail:
    """A mail that has arrived, with the addresses it was handed over for."""

    recipients: tuple[str, ...]
    message: email.message.EmailMessage
    was_encrypted: bool
    was_logged_in: bool

    @property
    def text(self) -> str:
        """The text of the mail."""
        return self._part("plain")

    @property
    def html(self) -> str:
        """The same in HTML."""
        return self._part("html")

    def _part(self, kind: str) -> str:
        part = self.message.get_body((kind,))
        assert part is not None
        return str(part.get_content())


def _nothing() -> None:
    return None


@dataclass(slots=True)
class Postbox:
    """A mail server on a port of its own. ``replies`` are its answers to the next recipients; then all are taken."""

    port: int
    replies: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)
    mails: Queue[Mail] = field(default_factory=Queue)
    before_reply: Callable[[], object] = _nothing
    """Runs when a mail has been taken and the sender does not know yet."""
    controller: Controller | None = None

    def open(self) -> None:
        """Begin to listen."""
        self.controller = Controller(_Handler(self), hostname="127.0.0.1", port=self.port, **self.options)
        self.controller.start()

    def close(self) -> None:
        """Refuse connections."""
        if self.controller is not None:
            self.controller.stop()
            self.controller = None

    def next_mail(self) -> Mail:
        """Wait for the next mail."""
        return self.mails.get(timeout=WATCHDOG_S)

    @property
    def is_empty(self) -> bool:
        """Whether there is no mail that has not been looked at."""
        try:
            self.mails.get_nowait()
        except Empty:
            return True
        return False


class _Handler:
    """What the library calls, by its names."""

    def __init__(self, box: Postbox) -> None:
        self._box = box

    async def handle_RCPT(self, *request: Any) -> str:  # noqa: N802 - the library's name
        _server, _session, envelope, address, _options = request
        reply = self._box.replies.pop(0) if self._box.replies else TAKEN
        if reply == TAKEN:
            envelope.rcpt_tos.append(address)
        return reply

    async def handle_DATA(self, *request: Any) -> str:  # noqa: N802 - the library's name
        _server, session, envelope = request
        message = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(message, email.message.EmailMessage)
        is_encrypted = session.ssl is not None or "ssl_context" in self._box.options
        self._box.mails.put(Mail(tuple(envelope.rcpt_tos), message, is_encrypted, bool(session.authenticated)))
        self._box.before_reply()
        return TAKEN


@contextmanager
def postbox(*, is_open: bool = True, **options: Any) -> Iterator[Postbox]:
    """Give a mail server while the block runs; ``options`` are those of aiosmtpd's Controller."""
    box = Postbox(_free_port(), options=options)
    if is_open:
        box.open()
    try:
        yield box
    finally:
        box.close()


def accepts(user: str, password: str) -> Any:
    """Return an authenticator that lets one user in."""

    def authenticate(_server: Any, _session: Session, _envelope: Envelope, _mechanism: str, data: Any) -> AuthResult:
        is_right = (data.login, data.password) == (user.encode(), password.encode())
        return AuthResult(success=is_right, handled=is_right)

    return authenticate


def server_context(certificate: Any) -> ssl.SSLContext:
    """Return a TLS context that shows a certificate made by trustme."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    certificate.configure_cert(context)
    return context


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])
