"""Delivers what finished jobs owe, mails, callbacks and webhooks: tried again for a day, then given up with a row."""

import random
from collections import defaultdict
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from datetime import timedelta
from threading import Event

import structlog

from domain.clock import utc_now
from domain.errors import Permanent, Retryable, TaskError
from domain.model import Job, LogRow
from domain.states import JobOutcome
from domain.words import Words, say
from jobs import letter, mail, webhooks
from jobs.kinds.registry import KINDS
from jobs.outbound import OutboundRules, ping
from jobs.specs import FollowOnSpec
from store.engine import Database, Tx
from store.job_logs import add_rows, find_problems
from store.jobs import load_job
from store.outbox import Message, NewMessage, add_message, find_due, mark_failed, mark_sent, revive
from store.webhooks import find_secret, find_webhooks

MAIL, CALLBACK, WEBHOOK = "mail", "callback", "webhook"
FIRST_DELAY_S, LONGEST_DELAY_S = 5, 3600
JITTER = 0.25
"""By how much of itself a delay may be longer, so that what failed together is not tried again together."""
GIVE_UP_AFTER = timedelta(hours=24)
RECEIVERS_AT_ONCE = 4
PROBLEMS = ("ImageServingPublishWarning", "UploadWarning", *sorted({kind.failure for kind in KINDS.values()}))
"""The log types of rows that tell of a problem."""

log = structlog.get_logger(__name__)


def owe(tx: Tx, job: Job, wanted: FollowOnSpec, end: tuple[JobOutcome, Words]) -> None:
    """Write down what the end of ``job`` calls for, mail, callback and webhooks, in the transaction that ends it.

    ``end`` is how it ended, and the words that say so.
    """
    if wanted.email_setting != "None":
        problems, rows = find_problems(tx, job.id, PROBLEMS, letter.MOST_ROWS)
        if mail.is_due(wanted.email_setting, job, problems):
            written = letter.compose(job, end, problems, rows)
            add_message(tx, job.id, NewMessage(kind=MAIL, target=job.submitter, payload=written))
    if wanted.callback_url and not (wanted.only_if_files and not job.counts.processed):
        add_message(tx, job.id, NewMessage(kind=CALLBACK, target=wanted.callback_url, payload={}))
    if hooks := find_webhooks(tx, job.company_id):
        ended = load_job(tx, job.id)
        assert ended is not None
        told = webhooks.compose(tx, ended)
        for hook in hooks:
            add_message(tx, job.id, NewMessage(kind=WEBHOOK, target=hook.url, payload=told))


def replay(tx: Tx, numbers: Sequence[int] | None) -> tuple[Message, ...]:
    """Owe deliveries that were given up once more, with a row in their jobs' logs, and return them; None for all."""
    revived = revive(tx, numbers)
    for message in revived:
        words = _revived(message)
        add_rows(tx, message.job_id, [LogRow(log_type="UploadWarning", message=words, at=utc_now())])
    return revived


class Outbox:
    """Delivers due messages: to one receiver one after the other, to several receivers at once.

    Each is delivered at least once; a crash in between may send one twice.
    """

    def __init__(self, database: Database, server: mail.MailServer | None, rules: OutboundRules) -> None:
        self._database = database
        self._server = server
        self._rules = rules
        self._stopped = Event()
        self._threads = ThreadPoolExecutor(RECEIVERS_AT_ONCE, thread_name_prefix="outbox")
        self._busy: dict[str, Future[None]] = {}

    def deliver_due(self) -> Sequence[Future[None]]:
        """Begin to try what is due, but for receivers whose last turn still runs; return the turns that have begun.

        For one thread at a time.
        """
        self._busy = {receiver: turn for receiver, turn in self._busy.items() if not turn.done()}
        with self._database.read() as tx:  # after the look at who is busy: what is done by now is not due any more
            due = find_due(tx, utc_now())
        messages = defaultdict[str, list[Message]](list)
        for message in due:
            messages[_receiver(message)].append(message)
        free = messages.keys() - self._busy.keys()
        begun = {
            name: self._threads.submit(self._deliver_all, found) for name, found in messages.items() if name in free
        }
        self._busy |= begun
        return tuple(begun.values())

    def stop(self) -> None:
        """Begin no further delivery; what is owed stays owed."""
        self._stopped.set()

    def close(self) -> None:
        """Stop, and return when no delivery runs any more."""
        self.stop()
        self._threads.shutdown(wait=True)

    def _deliver_all(self, messages: Sequence[Message]) -> None:
        for message in messages:
            if self._stopped.is_set():
                return
            self._deliver(message)

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
        elif message.kind == WEBHOOK:
            self._tell(message)
        elif self._server is None:
            raise Permanent("The server has no mail server to hand it to (setting smtp_url).")
        else:
            mail.send(self._server, message.target, message.payload, message.uid)

    def _tell(self, message: Message) -> None:
        with self._database.read() as tx:
            secret = find_secret(tx, message.job_id, message.target)
        if secret is None:
            raise Permanent("The company has this webhook no more.")
        webhooks.send(message.target, secret, message.uid, message.payload, self._rules)

    def _note_failure(self, message: Message, error: TaskError) -> None:
        now = utc_now()
        delay: float = min(FIRST_DELAY_S * 2**message.tries, LONGEST_DELAY_S)
        delay *= random.uniform(1, 1 + JITTER)  # noqa: S311 - no secret
        next_try = now + timedelta(seconds=delay)
        is_over = isinstance(error, Permanent) or next_try - message.created > GIVE_UP_AFTER
        log.warning("delivery failed", message=message.id, job=message.job_id, kind=message.kind, reason=str(error))
        with self._database.write() as tx:
            mark_failed(tx, message, str(error), None if is_over else next_try)
            if is_over:
                words = _given_up(message, error.words)
                add_rows(tx, message.job_id, [LogRow(log_type="UploadWarning", message=words, at=now)])


def _receiver(message: Message) -> str:
    return MAIL if message.kind == MAIL else message.target.partition("://")[2].partition("/")[0]


def _given_up(message: Message, reason: Words) -> Words:
    """Name only a webhook by its host: a job owes one mail and one callback."""
    tries = message.tries + 1
    if message.kind == MAIL:
        return say("The mail was given up (tries: {tries}): {reason}", tries=tries, reason=reason)
    if message.kind == CALLBACK:
        return say("The callback was given up (tries: {tries}): {reason}", tries=tries, reason=reason)
    return say(
        "The webhook to {host} was given up (tries: {tries}): {reason}",
        host=_receiver(message),
        tries=tries,
        reason=reason,
    )


def _revived(message: Message) -> Words:
    if message.kind == MAIL:
        return say("The mail that was given up is tried again.")
    if message.kind == CALLBACK:
        return say("The callback that was given up is tried again.")
    return say("The webhook to {host} that was given up is tried again.", host=_receiver(message))
