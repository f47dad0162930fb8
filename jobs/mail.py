"""Mails about finished jobs: when one is due by the job's emailSetting, what it says, and sending it by SMTP."""

import smtplib
import ssl
from dataclasses import dataclass, field
from email.message import EmailMessage
from urllib.parse import unquote, urlsplit

from domain.errors import Permanent, Retryable
from domain.model import Job, JsonObject, LogRow

TIMEOUT_S = 30
MOST_ROWS = 50
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True, slots=True, kw_only=True)
class MailServer:
    """Where mail is handed over. ``url`` is ``smtp://`` (with STARTTLS where offered) or ``smtps://``."""

    url: str = field(repr=False)
    sender: str


def is_due(setting: str, job: Job) -> bool:
    """Return whether the job's e-mail setting asks for a mail now that it has ended (vendor: Email Settings)."""
    has_errors, has_warnings = bool(job.counts.failed), bool(job.counts.warned)
    due = {
        "All": True,
        "JobCompletion": True,
        "Error": has_errors,
        "ErrorAndWarning": has_errors or has_warnings,
    }
    return due.get(setting, False)


def compose(job: Job, summary: str, problems: list[LogRow]) -> JsonObject:
    """Return a mail's subject and text as JSON-able data; at most fifty problems are spelled out."""
    lines = [f"Job: {job.name}", f"Run: {job.unique_name}", summary, ""]
    lines += [f"- {row.asset_name or ''}: {row.message}" for row in problems[:MOST_ROWS]]
    if len(problems) > MOST_ROWS:
        lines.append(f"and {len(problems) - MOST_ROWS} more; the job's log has them all.")
    return {"subject": f"{job.name}: {summary.partition(':')[0].lower()}", "text": "\n".join(lines).rstrip() + "\n"}


def send(server: MailServer, recipient: str, payload: JsonObject, message_id: str) -> None:
    """Hand the mail to the server. Raises Permanent when it refuses the mail for good, else Retryable."""
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
        raise Permanent("The mail server refuses the recipient.") from error
    except smtplib.SMTPResponseException as error:
        kind = Permanent if error.smtp_code >= 500 else Retryable
        raise kind(f"The mail server answered {error.smtp_code}.") from error
    except (OSError, smtplib.SMTPException) as error:
        raise Retryable(f"The mail server could not be reached: {type(error).__name__}.") from error


def _connect(scheme: str, host: str, port: int) -> smtplib.SMTP:
    if scheme == "smtps":
        return smtplib.SMTP_SSL(host, port, timeout=TIMEOUT_S, context=ssl.create_default_context())
    connection = smtplib.SMTP(host, port, timeout=TIMEOUT_S)
    connection.ehlo()
    if connection.has_extn("starttls"):
        connection.starttls(context=ssl.create_default_context())
    return connection
