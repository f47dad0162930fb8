"""What /metrics says, in Prometheus' text format: sums over the ledger, so that every HTTP worker says the same."""

import hmac
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric

from domain.clock import utc_now
from domain.states import TaskState
from server.dispatch import Services
from store.figures import Figures, read_figures
from store.outbox import count_by_state
from store.workers import WorkerRow, find_workers


def metrics_text(services: Services) -> bytes:
    """Return every metric as it stands."""
    registry = CollectorRegistry()
    registry.register(_Ledger(services))
    return generate_latest(registry)


def may_see(services: Services, authorization: str) -> bool:
    """Return whether a request with this Authorization header may see the metrics."""
    token = services.settings.metrics_token
    if token is None:
        return True
    return hmac.compare_digest(f"Bearer {token.get_secret_value()}".encode(), authorization.encode())


class _Ledger:
    """A collector in prometheus-client's sense."""

    def __init__(self, services: Services) -> None:
        self._services = services

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        now = utc_now()
        with self._services.database.read() as tx:
            figures = read_figures(tx)
            workers = find_workers(tx, now - timedelta(seconds=self._services.settings.no_worker_s))
            deliveries = count_by_state(tx)
        yield from _work(figures, now)
        yield from _places(figures, workers)
        yield _family(
            GaugeMetricFamily("reprise_deliveries", "Mails, callbacks and webhooks", labels=["state"]),
            {state.value: number for state, number in deliveries.items()},
        )


def _work(figures: Figures, now: datetime) -> Iterator[Metric]:
    yield _family(
        GaugeMetricFamily("reprise_jobs", "Jobs that have not ended", labels=["state"]),
        {state.value: number for state, number in figures.jobs.items()},
    )
    yield GaugeMetricFamily("reprise_jobs_paused", "Jobs that are paused", value=figures.paused_jobs)
    yield _family(
        GaugeMetricFamily("reprise_tasks", "Tasks that have not ended", labels=["state"]),
        {state.name.lower(): number for state, number in figures.tasks.items()},
    )
    yield _family(
        CounterMetricFamily("reprise_tasks_settled", "Tasks that have ended", labels=["state"]),
        {state.name.lower(): number for state, number in figures.settled.items()},
    )
    yield _family(
        CounterMetricFamily("reprise_failures", "Tasks that have failed, by the class of the error", labels=["reason"]),
        figures.failures,
    )
    age_s = (now - figures.oldest_ready).total_seconds() if figures.oldest_ready else 0.0
    yield GaugeMetricFamily(
        "reprise_oldest_ready_task_age_seconds",
        "Seconds since the oldest job was submitted of which a task could run now",
        value=max(age_s, 0.0),
    )


def _places(figures: Figures, workers: tuple[WorkerRow, ...]) -> Iterator[Metric]:
    slots = sum(worker.slots for worker in workers)
    yield GaugeMetricFamily("reprise_workers", "Workers that live", value=len(workers))
    yield GaugeMetricFamily("reprise_slots", "Slots of the workers that live", value=slots)
    yield GaugeMetricFamily(
        "reprise_slots_in_use",
        "Running tasks, as far as there are slots; the others fetch, store or wait for a slot",
        value=min(slots, figures.tasks[TaskState.RUNNING]),
    )


def _family(
    family: GaugeMetricFamily | CounterMetricFamily, values: Mapping[str, int]
) -> GaugeMetricFamily | CounterMetricFamily:
    for label, value in values.items():
        family.add_metric([label], value)
    return family
