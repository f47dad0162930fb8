"""Mails about finished jobs: when one is due by the job's emailSetting, and sending it by SMTP.

What a mail says is left to ``jobs.letter``.
"""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.utils import parseaddr
from urllib.parse import unquote, urlsplit

from domain.clock import utc_now
from domain.errors import Permanent, Retryable, TaskError
from domain.model import Job, JsonObject
from domain.words import say

TIMEOUT_S = 30
MOST_WORDS = 300
"""Characters of a mail server's answer that are told."""
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over. ``url`` is ``smtp://`` (with STARTTLS where offered) or ``smtps://``."""

    url: str = field(repr=False)
    sender: str


def is_due(setting: str, job: Job, problems: int) -> bool:
    """Return whether the job's e-mail setting asks for a mail now that it has ended (vendor: Email Settings).

    ``problems`` is the number of errors and warnings in its log.
    """
    due = {
        "All": True,
        "JobCompletion": True,
        "Error": bool(job.counts.failed),
        "ErrorAndWarning": bool(problems),
    }
    return due.get(setting, False)


def send(server: MailServer, recipient: str, payload: JsonObject, message_id: str) -> None:
    """Hand the mail, as ``jobs.letter`` wrote it, to the server; two that share a ``message_id`` are one mail.

    Raises Permanent, with the server's words, when it refuses the mail for good, else Retryable.
    """
    parts = urlsplit(server.url)
    message = EmailMessage()
    message["From"], message["To"] = server.sender, recipient
    message["Subject"] = payload["subject"]
    message["Date"] = utc_now()
    message["Message-ID"] = f"<{message_id}@{parseaddr(server.sender)[1].rpartition('@')[2] or 'reprise'}>"
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(payload["text"])
    message.add_alternative(payload["html"], subtype="html")
    message["Content-Language"] = payload["language"]
    port = parts.port or _PORTS.get(parts.scheme, 25)
    try:
        with _connect(parts.scheme, parts.hostname or "localhost", port) as connection:
            if parts.username:
                connection.login(unquote(parts.username), unquote(parts.password or ""))
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, said = error.recipients[recipient]
        words = say("The mail server refuses the recipient ({answer}).", answer=_answer(code, said))
        raise _refusal(code)(words) from error
    except smtplib.SMTPSenderRefused as error:
        words = say("The mail server refuses the sender ({answer}).", answer=_answer(error.smtp_code, error.smtp_error))
        raise _refusal(error.smtp_code)(words) from error
    except smtplib.SMTPDataError as error:
        words = say("The mail server refuses the text ({answer}).", answer=_answer(error.smtp_code, error.smtp_error))
        raise _refusal(error.smtp_code)(words) from error
    except smtplib.SMTPResponseException as error:  # says nothing of this mail: it may go through when that is mended
        raise Retryable("The mail server answered {code}.", code=str(error.smtp_code)) from error
    except (OSError, smtplib.SMTPException) as error:
        if isinstance(error, smtplib.SMTPNotSupportedError) and not recipient.isascii():
            raise Permanent("The mail server takes no address with letters beyond ASCII.") from error
        raise Retryable("The mail server could not be reached: {error}.", error=type(error).__name__) from error


def _refusal(code: int) -> type[TaskError]:
    """Return the error for a mail of which the server refuses a part: for good with a 5xx code, else for now."""
    return Permanent if code >= 500 else Retryable


def _answer(code: int, said: bytes | str) -> str:
    words = " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())
    return f"{code} {words[:MOST_WORDS]}"


def _connect(scheme: str, host: str, port: int) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
    return connection
