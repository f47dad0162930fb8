"""Handing a mail over: encrypted where the server offers it, logged in where the URL says so, and what is an error."""

from pathlib import Path
from typing import Any

import pytest
import trustme

from domain.errors import Permanent, Retryable
from jobs.mail import MailServer, send
from tests.jobs.postbox import Postbox, accepts, postbox, server_context

PAYLOAD = {
    "subject": "nightly: completed — größer",
    "text": "Grüße\n.\nlast line\n",
    "html": '<html lang="de"><p>Grüße</p></html>\n',
    "language": "de",
}


@pytest.fixture
def certificate(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> trustme.LeafCert:
    """A certificate of localhost that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "ca.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "ca.pem"))
    return authority.issue_cert("localhost")


def hand_over(box: Postbox, scheme: str = "smtp", login: str = "") -> None:
    """Send the mail to a mail server."""
    server = MailServer(url=f"{scheme}://{login}localhost:{box.port}", sender="jobs@example.com")
    send(server, "lab@example.com", PAYLOAD, "7.20261121160000000000")


def test_the_mail_arrives_as_it_was_written() -> None:
    with postbox() as box:
        hand_over(box)

        mail = box.next_mail()

    assert mail.message["Subject"] == PAYLOAD["subject"]
    assert mail.text.splitlines() == PAYLOAD["text"].splitlines()
    assert mail.html.splitlines() == PAYLOAD["html"].splitlines()
    assert mail.message.get_content_type() == "multipart/alternative"
    assert mail.message["Message-ID"] == "<7.20261121160000000000@example.com>"
    assert mail.message["Content-Language"] == "de"
    assert not mail.was_encrypted


def test_a_server_that_offers_encryption_gets_the_mail_encrypted(certificate: trustme.LeafCert) -> None:
    with postbox(tls_context=server_context(certificate)) as box:
        hand_over(box)

        mail = box.next_mail()

    assert mail.was_encrypted


def test_smtps_is_encrypted_from_the_first_byte(certificate: trustme.LeafCert) -> None:
    with postbox(ssl_context=server_context(certificate)) as box:
        hand_over(box, "smtps")

        mail = box.next_mail()

    assert mail.was_encrypted


@pytest.mark.parametrize(("scheme", "option"), [("smtp", "tls_context"), ("smtps", "ssl_context")])
def test_a_certificate_that_is_not_trusted_gets_no_mail(scheme: str, option: str) -> None:
    options: dict[str, Any] = {option: server_context(trustme.CA().issue_cert("localhost"))}
    unreachable = pytest.raises(Retryable, match="could not be reached: SSLCertVerificationError")
    with postbox(**options) as box, unreachable:
        hand_over(box, scheme)

    assert box.is_empty


def test_the_user_of_the_url_is_logged_in(certificate: trustme.LeafCert) -> None:
    options = {"authenticator": accepts("jobs", "p@ss:word"), "auth_required": True}
    with postbox(tls_context=server_context(certificate), **options) as box:
        hand_over(box, login="jobs:p%40ss%3Aword@")

        mail = box.next_mail()

    assert mail.was_logged_in


def test_a_login_that_fails_may_be_mended_and_says_no_password(certificate: trustme.LeafCert) -> None:
    options = {"authenticator": accepts("jobs", "right"), "auth_required": True}
    refused = pytest.raises(Retryable, match=r"^The mail server answered 535\.$")
    with postbox(tls_context=server_context(certificate), **options) as box, refused:
        hand_over(box, login="jobs:wrong@")


@pytest.mark.parametrize(
    ("reply", "error"), [("550 no such mailbox", Permanent), ("450 later", Retryable), ("421 busy", Retryable)]
)
def test_a_refused_recipient_is_given_up_or_not_by_the_servers_word(reply: str, error: type[Exception]) -> None:
    with postbox() as box:
        box.replies.append(reply)

        with pytest.raises(error, match=f"refuses the recipient \\({reply}\\)"):
            hand_over(box)


def test_the_servers_words_are_told_in_one_line_of_a_certain_length() -> None:
    with postbox() as box:
        box.replies.append(f"550-5.1.1 no such\r\n550 mailbox {'x' * 400}")

        with pytest.raises(Permanent, match=r"\(550 5\.1\.1 no such mailbox x{270,290}\)\.$"):
            hand_over(box)


def test_an_address_that_the_server_cannot_write_is_given_up() -> None:
    with postbox(enable_SMTPUTF8=False) as box, pytest.raises(Permanent, match="beyond ASCII"):
        send(
            MailServer(url=f"smtp://localhost:{box.port}", sender="jobs@example.com"), "größe@example.com", PAYLOAD, "7"
        )


def test_a_server_that_is_not_there_is_tried_again() -> None:
    with postbox(is_open=False) as box, pytest.raises(Retryable, match="could not be reached: ConnectionRefusedError"):
        hand_over(box)
