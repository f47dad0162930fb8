"""Delivers what finished jobs owe: mails and callbacks, tried again for a day, then given up with a row in the log."""

from datetime import timedelta
from threading import Event

import structlog

from domain.clock import utc_now
from domain.errors import Permanent, Retryable, TaskError
from domain.model import Job, LogRow
from jobs import mail
from jobs.kinds.registry import KINDS
from jobs.outbound import OutboundRules, ping
from jobs.specs import FollowOnSpec
from store.engine import Database, Tx
from store.job_logs import add_rows, find_problems
from store.outbox import Message, add_message, find_due, mark_failed, mark_sent

MAIL, CALLBACK = "mail", "callback"
FIRST_DELAY_S, LONGEST_DELAY_S = 5, 3600
GIVE_UP_AFTER = timedelta(hours=24)
PROBLEMS = ("UploadWarning", *sorted({kind.failure for kind in KINDS.values()}))
"""The log types of rows that tell of a problem."""

log = structlog.get_logger(__name__)


def owe(tx: Tx, job: Job, wanted: FollowOnSpec, summary: str) -> None:
    """Write down the mail and the callback that the end of ``job`` calls for, in the transaction that ends it."""
    if wanted.email_setting != "None":
        problems, rows = find_problems(tx, job.id, PROBLEMS, mail.MOST_ROWS)
        if mail.is_due(wanted.email_setting, job, problems):
            add_message(tx, job.id, MAIL, job.submitter, mail.compose(job, summary, problems, rows))
    if wanted.callback_url and not (wanted.only_if_files and not job.counts.processed):
        add_message(tx, job.id, CALLBACK, wanted.callback_url, {})


class Outbox:
    """Delivers due messages, one after the other; at least once each, so a crash in between may send one twice."""

    def __init__(self, database: Database, server: mail.MailServer | None, rules: OutboundRules) -> None:
        self._database = database
        self._server = server
        self._rules = rules
        self._stopped = Event()

    def deliver_due(self) -> None:
        """Try every message that is due."""
        with self._database.read() as tx:
            due = find_due(tx, utc_now())
        for message in due:
            if self._stopped.is_set():
                return
            self._deliver(message)

    def stop(self) -> None:
        """Begin no further delivery; what is owed stays owed."""
        self._stopped.set()

    def _deliver(self, message: Message) -> None:
        try:
            self._send(message)
        except TaskError as error:
            self._note_failure(message, error)
            return
        except Exception:
            log.exception("delivery raised", message=message.id, job=message.job_id, kind=message.kind)
            self._note_failure(message, Retryable("An unexpected error occurred; the server's log has the details."))
            return
        with self._database.write() as tx:
            mark_sent(tx, message)

    def _send(self, message: Message) -> None:
        if message.kind == CALLBACK:
            ping(message.target, self._rules)
        elif self._server is None:
            raise Permanent("The server has no mail server to hand it to (setting smtp_url).")
        else:
            mail.send(self._server, message.target, message.payload, message.dedup_key.replace(":", "."))

    def _note_failure(self, message: Message, error: TaskError) -> None:
        now = utc_now()
        delay = min(FIRST_DELAY_S * 2**message.tries, LONGEST_DELAY_S)
        next_try = now + timedelta(seconds=delay)
        is_over = isinstance(error, Permanent) or next_try - message.created > GIVE_UP_AFTER
        log.warning("delivery failed", message=message.id, job=message.job_id, kind=message.kind, reason=str(error))
        with self._database.write() as tx:
            mark_failed(tx, message, str(error), None if is_over else next_try)
            if is_over:
                text = f"The {message.kind} was given up (tries: {message.tries + 1}): {error}"
                add_rows(tx, message.job_id, [LogRow(log_type="UploadWarning", message=text, at=now)])
