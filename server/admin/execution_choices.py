"""What a run of processing was asked to do and how far each stage is; and what ended otherwise than the time before."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from flask import abort

from domain.errors import Permanent
from domain.model import Job
from domain.words import Words
from jobs.executions import load_execution
from jobs.kinds import process
from jobs.processing.spec import KeptProfile, ProcessSpec
from jobs.specs import from_json
from server.admin.processing import conditions_of, follows_of
from server.admin.run_form import name_of
from server.admin.visits import Answer, Page, Visit
from store.comparison import compare_items, find_previous
from store.engine import Tx
from store.stage_counts import find_stage_counts
from wsdl import contract


@dataclass(frozen=True, slots=True, kw_only=True)
class StageProgress:
    """How many assets ended a stage how. ``total`` is how many the run has."""

    title: Words
    done: int
    warned: int
    skipped: int
    failed: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Chosen:
    """What a run was asked to do."""

    folders: tuple[str, ...]
    excluded: tuple[str, ...]
    conditions: dict[str, str]
    done: str
    """In words, what is done."""
    follows: Sequence[str]
    choices: tuple[str, ...]
    chosen: tuple[KeptProfile, ...]
    assigned: tuple[tuple[str, KeptProfile], ...]
    """Profiles of folders, each with its folder."""
    stages: tuple[StageProgress, ...]


def chosen_of(tx: Tx, job: Job) -> Chosen | None:
    """Return what the job was asked to do, None for one that is no run of processing."""
    if job.kind != process.NAME:
        return None
    try:
        spec = from_json(ProcessSpec, job.options)
    except Permanent:
        return None
    criteria = spec.criteria
    return Chosen(
        folders=criteria.folders,
        excluded=criteria.excluded,
        conditions=dict(conditions_of(criteria)),
        done=name_of(spec.choices),
        follows=follows_of(spec.follow_on),
        choices=tuple(choice.value for choice in spec.choices),
        chosen=spec.chosen,
        assigned=tuple(_assigned(spec)),
        stages=tuple(_stages(tx, job, spec)),
    )


def feature_of(job: Job) -> str:
    """Return what the run does, as the list of executions says it; empty for a job of another kind."""
    return name_of(job.options.get("choices", ())) if job.kind == process.NAME else ""


def compare(visit: Visit, job_id: int) -> Answer:
    """Show which assets ended otherwise than in the run before."""
    with visit.read() as tx:
        found = load_execution(tx, visit.company.id, job_id) or abort(404)
        previous = find_previous(tx, found.job)
        if previous is None or previous.company_id != visit.company.id:
            abort(404, "There is no earlier run that chose the same.")
        before = load_execution(tx, visit.company.id, previous.id) or abort(404)
        changes = compare_items(tx, job_id, previous.id)
    return visit.page("compare.html", execution=found, before=before, changes=changes)


def _assigned(spec: ProcessSpec) -> Iterator[tuple[str, KeptProfile]]:
    """Yield the profiles of folders that hold for some of the run's folders, of the kinds that its stages follow."""
    kinds = {stage.profile_kind for stage in spec.stages}
    folders = spec.criteria.folders
    for assignment in spec.assigned or ():
        is_near = (
            assignment.is_rule
            or not folders
            or any(folder.startswith(assignment.folder) or assignment.folder.startswith(folder) for folder in folders)
        )
        if is_near and assignment.kind in kinds:
            yield from ((assignment.folder, profile) for profile in assignment.profiles)


def _stages(tx: Tx, job: Job, spec: ProcessSpec) -> Iterator[StageProgress]:
    counted = find_stage_counts(tx, job.id)
    for stage in spec.stages:
        numbers = counted.get(stage.name, {})
        yield StageProgress(
            title=stage.title,
            done=numbers.get("done", 0),
            warned=numbers.get("warned", 0),
            skipped=numbers.get("skipped", 0),
            failed=numbers.get("failed", 0),
            total=job.counts.total,
        )


PAGES = (Page(rule="executions/<int:job_id>/compare", view=compare, needs=contract.GET_JOB_LOG_DETAILS),)
