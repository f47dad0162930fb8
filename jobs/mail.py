"""Mails about finished jobs: when one is due by the job's emailSetting, what it says, and sending it by SMTP."""

import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from domain.errors import Permanent, Retryable, TaskError
from domain.model import Job, JsonObject, LogRow

TIMEOUT_S = 30
MOST_ROWS = 50
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


def compose(job: Job, summary: str, problems: int, rows: Sequence[LogRow]) -> JsonObject:
    """Return a mail's subject and text as JSON-able data. ``rows`` are the first ``MOST_ROWS`` of the problems."""
    lines = [f"Job: {job.name}", f"Run: {job.unique_name}", summary, ""]
    lines += [_line(row) for row in rows]
    if problems > len(rows):
        lines.append(f"and {problems - len(rows)} more; the job's log has them all.")
    subject = " ".join(f"{job.name}: {summary.partition(':')[0].lower()}".split())
    return {"subject": subject, "text": "\n".join(lines).rstrip() + "\n"}


def send(server: MailServer, recipient: str, payload: JsonObject, message_id: str) -> None:
    """Hand the mail to the server; two that share a ``message_id`` are one mail.

    Raises Permanent, with the server's words, when it refuses the mail for good, else Retryable.
    """
    parts = urlsplit(server.url)
    message = EmailMessage()
    message["From"], message["To"] = server.sender, recipient
    message["Subject"] = payload["subject"]
    message["Message-ID"] = f"<{message_id}@reprise>"
    message.set_content(payload["text"])
    port = parts.port or _PORTS.get(parts.scheme, 25)
    try:
        with _connect(parts.scheme, parts.hostname or "localhost", port) as connection:
            if parts.username:
                connection.login(unquote(parts.username), unquote(parts.password or ""))
            connection.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        raise _refusal("recipient", *error.recipients[recipient]) from error
    except smtplib.SMTPSenderRefused as error:
        raise _refusal("sender", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPDataError as error:
        raise _refusal("text", error.smtp_code, error.smtp_error) from error
    except smtplib.SMTPResponseException as error:  # says nothing of this mail: it may go through when that is mended
        raise Retryable(f"The mail server answered {error.smtp_code}.") from error
    except (OSError, smtplib.SMTPException) as error:
        if isinstance(error, smtplib.SMTPNotSupportedError) and not recipient.isascii():
            raise Permanent("The mail server takes no address with letters beyond ASCII.") from error
        raise Retryable(f"The mail server could not be reached: {type(error).__name__}.") from error


def _line(row: LogRow) -> str:
    said = "; ".join([row.message, *(remark.message for remark in row.aux)])
    return f"- {row.asset_name}: {said}" if row.asset_name else f"- {said}"


def _refusal(what: str, code: int, said: bytes | str) -> TaskError:
    """Return the error for a mail of which the server refuses a part: for good with a 5xx code, else for now."""
    kind = Permanent if code >= 500 else Retryable
    words = " ".join((said.decode(errors="replace") if isinstance(said, bytes) else said).split())
    return kind(f"The mail server refuses the {what} ({code} {words[:MOST_WORDS]}).")


def _connect(scheme: str, host: str, port: int) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
    return connection
