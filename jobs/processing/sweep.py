"""The sweep: a company's own schedule, which does again and again what its folders' profiles say and was not done.

AEM's takes up new and unprocessed assets every 15 minutes. This one is a schedule like others, to be seen and paused.
"""

from collections.abc import Mapping

from domain.model import Schedule
from jobs.processing.choices import FULL, Choice, stages_of
from jobs.processing.criteria import Criteria
from jobs.processing.runs import Wanted, prepare, schedule_run
from jobs.schedules import Times
from jobs.submit import Submission
from store.companies import change_company, load_company
from store.engine import Tx
from store.schedules import lock_schedule, set_next_fire
from store.usage import hold_company

NAME = "sweep"
EXPRESSIONS: Mapping[int, str] = {
    **{minutes: f"0 0/{minutes} * * * ?" for minutes in (5, 10, 15, 20, 30)},
    60: "0 0 * * * ?",
}
"""How often there can be a sweep, in minutes, and the Quartz expressions of that."""
CHOICES = tuple(
    choice
    for choice in FULL
    if choice is not Choice.PREVIEWS and any(stage.profile_kind is not None for stage in stages_of([choice]))
)
"""What a sweep does: what follows profiles."""


def sweep_minutes(tx: Tx, company_id: int) -> int | None:
    """Return how many minutes lie between two sweeps of the company; None when there is none, or its schedule ended."""
    schedule = _schedule(tx, company_id)
    if schedule is None or schedule.ended is not None:
        return None
    return next((minutes for minutes, text in EXPRESSIONS.items() if text == schedule.expression), None)


def set_sweep(tx: Tx, submission: Submission, minutes: int | None) -> None:
    """Let the submission's company have a sweep every so many minutes, one of EXPRESSIONS, or none."""
    company_id = submission.company_id
    hold_company(tx, company_id)
    if sweep_minutes(tx, company_id) == minutes:
        return
    former = _schedule(tx, company_id)
    if former is not None:
        set_next_fire(tx, former.id, None)
    made = None
    if minutes is not None:
        wanted = Wanted(criteria=Criteria(is_stale=True, is_sweep=True), choices=CHOICES)
        made = schedule_run(
            tx, submission, prepare(tx, company_id, wanted), Times(expression=EXPRESSIONS[minutes], zone="UTC")
        )
    change_company(tx, company_id, sweep_id=made.id if made else None)


def _schedule(tx: Tx, company_id: int) -> Schedule | None:
    company = load_company(tx, company_id)
    number = company.sweep_id if company else None
    return lock_schedule(tx, number) if number is not None else None
