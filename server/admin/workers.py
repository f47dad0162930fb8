"""Workers and the queue: who works, what they have in hand of the company's, what waits, and how fast it goes."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from domain.clock import utc_now
from server.admin.visits import Answer, Page, Visit
from store.throughput import Minute, count_waiting, find_in_hand, find_minutes
from store.workers import find_workers
from wsdl import contract

MINUTES = 30
HEIGHT = 100


def workers(visit: Visit) -> Answer:
    """Show the page."""
    return visit.page("workers.html", **_shown(visit))


def workers_live(visit: Visit) -> Answer:
    """Show just what changes, for the page that is open already."""
    return visit.page("_workers.html", **_shown(visit))


def _shown(visit: Visit) -> dict[str, Any]:
    now, settings = utc_now(), visit.services.settings
    with visit.read() as tx:
        alive = find_workers(tx, now - timedelta(seconds=settings.no_worker_s))
        in_hand = find_in_hand(tx, visit.company.id)
        waiting, oldest = count_waiting(tx, visit.company.id)
        minutes = find_minutes(tx, visit.company.id, now, MINUTES)
    return {
        "workers": alive,
        "slots": sum(worker.slots for worker in alive),
        "in_hand": in_hand,
        "waiting": max(waiting - len(in_hand), 0),
        "oldest": oldest,
        "now": now,
        "minutes": minutes,
        "bars": _bars(minutes),
        "most": max(minute.done + minute.unsuccessful for minute in minutes),
        "ended": sum(minute.done + minute.unsuccessful for minute in minutes),
        "patience_s": settings.no_worker_s,
    }


def _bars(minutes: Sequence[Minute]) -> list[dict[str, Any]]:
    """Return for each minute where its two bars stand in a picture that is HEIGHT high and 10 wide for each."""
    most = max((minute.done + minute.unsuccessful for minute in minutes), default=0) or 1
    bars = []
    for place, minute in enumerate(minutes):
        done, bad = (HEIGHT * number / most for number in (minute.done, minute.unsuccessful))
        bars.append({"x": place * 10 + 1, "done": done, "bad": bad, "minute": minute})
    return bars


PAGES = (
    Page(rule="workers", view=workers, needs=contract.GET_ACTIVE_JOBS),
    Page(rule="workers/live", view=workers_live, needs=contract.GET_ACTIVE_JOBS),
)
