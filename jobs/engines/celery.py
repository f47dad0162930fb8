"""The Celery engine: tokens travel through a broker to workers on any machine, which share the ledger and the blobs.

The broker is trusted with nothing: it may lose, repeat and reorder tokens. Celery's own results, retries and remote
control are off.
"""

from collections.abc import Callable, Sequence
from threading import Thread
from typing import Any

import structlog
from celery import Celery, signals
from celery.worker.request import Request
from kombu.exceptions import KombuError, OperationalError

from domain.model import Token
from jobs.worker import Worker
from store.engine import Tx

QUEUE = "reprise"
TASK = "reprise.run_task"
BROKER_TIMEOUT_S = 5
_REDIS_OPTIONS = {"socket_connect_timeout": BROKER_TIMEOUT_S, "socket_timeout": 4 * BROKER_TIMEOUT_S}

log = structlog.get_logger(__name__)


class CeleryEngine:
    """The leader's end: puts tokens on the queue."""

    def __init__(self, broker_url: str) -> None:
        self._app = _application(broker_url)

    def recover(self, tx: Tx) -> int:  # noqa: ARG002
        """Put back nothing: the workers run on without a leader, and their leases say for how long."""
        return 0

    def start(self, on_idle: Callable[[], None]) -> None:
        """Do nothing: the workers are other processes, and the ledger tells the leader what they did."""

    def take(self, tx: Tx, tokens: Sequence[Token]) -> None:
        """Leave the tasks as they are: the workers claim them."""

    def send(self, tokens: Sequence[Token]) -> None:
        """Put the tokens on the queue; while the broker cannot be reached, leave them to their leases."""
        try:
            with self._app.producer_or_acquire() as producer:
                for token in tokens:
                    self._app.send_task(
                        TASK, args=(token.task_id, token.attempt), queue=QUEUE, producer=producer, retry=False
                    )
        except (OperationalError, KombuError, OSError) as error:
            log.warning("the broker does not take tokens", tokens=len(tokens), reason=str(error))

    def close(self) -> None:
        """Close the connection to the broker."""
        self._app.close()


def serve_tokens(worker: Worker, broker_url: str) -> None:
    """Run the tasks of the tokens that come, until SIGTERM or SIGINT; only for the main thread."""
    app = _application(broker_url)

    @app.task(name=TASK, Request=_TokenRequest)  # type: ignore[untyped-decorator]
    def run_task(task_id: int, attempt: int) -> None:
        worker.run_token(Token(task_id=task_id, attempt=attempt))

    closing = Thread(target=worker.close, name="closing")

    def close(**_kwargs: Any) -> None:
        if closing.ident is None:
            closing.start()

    signals.worker_shutting_down.connect(close)
    worker.start()
    app.Worker(
        pool="threads",
        concurrency=worker.places,
        hostname=worker.name,
        queues=[QUEUE],
        without_gossip=True,
        without_mingle=True,
        without_heartbeat=True,
        quiet=True,
    ).start()
    closing.join()


class _TokenRequest(Request):  # type: ignore[misc]
    """A token on its way through a worker.

    When the broker goes away before a token is acknowledged, Celery logs it, counts the token on among those that
    the worker holds, and may so never ask for another one. Here no error is one to log: it ends the connection, and a
    new one is made.
    """

    acknowledged: bool

    def acknowledge(self) -> None:
        if not self.acknowledged:
            self._on_ack(log, ())
            self.acknowledged = True


def _application(broker_url: str) -> Celery:
    app = Celery("reprise", broker=broker_url, set_as_current=False)
    is_redis = broker_url.startswith("redis")
    app.conf.update(
        task_ignore_result=True,
        task_serializer="json",
        accept_content=["json"],
        task_acks_late=True,  # a worker then holds as many tokens as it has threads, and no more
        worker_prefetch_multiplier=1,
        worker_enable_remote_control=False,
        worker_hijack_root_logger=False,
        worker_redirect_stdouts=False,
        worker_cancel_long_running_tasks_on_connection_loss=False,
        broker_connection_retry_on_startup=True,
        broker_connection_max_retries=None,
        broker_connection_timeout=BROKER_TIMEOUT_S,
        broker_transport_options=_REDIS_OPTIONS if is_redis else {},
    )
    return app
