"""Puts together what a run is to do and starts it, unless another run is doing the same to the same folders."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from domain.model import Job, JsonObject, Schedule
from jobs.kinds import process
from jobs.processing.choices import Choice
from jobs.processing.criteria import Criteria, check_criteria
from jobs.processing.overlap import refuse_overlap
from jobs.processing.spec import ProcessSpec, keep, keep_assignments
from jobs.profiles.folders import load_folder_profiles
from jobs.profiles.library import find_version
from jobs.schedules import Times, add_once, add_recurring
from jobs.specs import NOTHING_FOLLOWS, FollowOnSpec
from jobs.submit import Submission, submit
from store.engine import Tx


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What a person asks for: which assets, what is done to them, with which profiles instead of their folders'."""

    criteria: Criteria
    choices: tuple[Choice, ...]
    profile_ids: tuple[int, ...] = ()
    options: Mapping[str, JsonObject] = field(default_factory=dict)
    """Of stages, by their names."""
    follow_on: FollowOnSpec = NOTHING_FOLLOWS


def prepare(tx: Tx, company_id: int, wanted: Wanted) -> ProcessSpec:
    """Return the spec of a run, with the profiles as they are now. Raises CriteriaError and ProfileError."""
    check_criteria(wanted.criteria)
    return ProcessSpec(
        criteria=wanted.criteria,
        choices=tuple(choice for choice in Choice if choice in wanted.choices),
        chosen=tuple(keep(find_version(tx, company_id, number)) for number in wanted.profile_ids),
        assigned=keep_assignments(load_folder_profiles(tx, company_id)),
        options=wanted.options,
        follow_on=wanted.follow_on,
    )


def start_run(tx: Tx, submission: Submission, spec: ProcessSpec, selection_id: int | None = None) -> Job:
    """Return the new job that does what the spec says to a frozen selection, or to what its criteria mean now.

    Raises OverlapError, and CriteriaError for a selection that has expired.
    """
    order = process.order(replace(spec, selection_id=selection_id))
    refuse_overlap(tx, submission.company_id, order)
    return submit(tx, submission, order)


def schedule_run(tx: Tx, submission: Submission, spec: ProcessSpec, times: Times) -> Schedule | None:
    """Return the schedule of a run; None when it would never fire.

    What it processes, and with which profiles of folders, is looked at each time. Raises QuartzError.
    """
    order = process.order(replace(spec, assigned=None))
    if times.expression is not None:
        return add_recurring(tx, submission, order, times.expression, times.zone)
    return add_once(tx, submission, order, times.at, times.zone) if times.at else None
