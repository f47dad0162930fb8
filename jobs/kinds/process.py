"""Processing as its users think of it: each asset of a selection goes through the chosen stages.

A stage that fails fails its asset, and says so; what the other stages made of it is kept all the same.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from time import perf_counter

from domain.errors import Permanent, Retryable, Superseded
from domain.model import Asset, AuxRow, Job, Order, StepTiming, Task
from domain.states import TaskState
from domain.words import Words, say
from jobs.kinds.port import MAX_FAILURES, JobKind, Planned, Subject, Tools, Work
from jobs.kinds.reprocess import load_chosen
from jobs.processing.criteria import RUN, CriteriaError, criteria_to_json, find_filter
from jobs.processing.spec import ProcessSpec, Profiles
from jobs.profiles.definitions import ProfileVersion
from jobs.specs import FollowOnSpec, from_json, to_json
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from jobs.stages.registry import stages_following
from store.assets import load_asset
from store.engine import Tx
from store.ledger import Settlement
from store.profiles import record_applied
from store.selections import Selection, freeze, load_selection
from store.stage_counts import count_stages

NAME = RUN


@dataclass(frozen=True, slots=True, kw_only=True)
class _Ended:
    """One asset's turn at a stage, over."""

    stage: Stage
    profile: ProfileVersion | None
    result: StageResult
    milliseconds: float


def order(spec: ProcessSpec) -> Order:
    """Return the order to process what the spec selects."""
    return Order(kind=NAME, options=to_json(spec))


def plan(tx: Tx, company_id: int, order: Order) -> Planned:
    """Return one task for each asset of the selection that was previewed, else of what the criteria mean now.

    Raises CriteriaError for a selection that has expired.
    """
    spec = from_json(ProcessSpec, order.options)
    return Planned(selection=_selection(tx, company_id, spec))


def _selection(tx: Tx, company_id: int, spec: ProcessSpec) -> Selection:
    if spec.selection_id is None:
        return freeze(tx, find_filter(tx, company_id, spec.criteria), criteria_to_json(spec.criteria), NAME)
    found = load_selection(tx, company_id, spec.selection_id)
    if found is None:
        raise CriteriaError("selection", "it is unknown, used or has expired: preview the run again.")
    return found


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Take the asset through the stages. Raises Permanent for one that is gone, Retryable when all is to run again."""
    with tools.database.read() as tx:
        asset = load_chosen(tx, task)
        spec = from_json(ProcessSpec, job.options)
        profiles = Profiles(tx, job.company_id, spec)
    ended = tuple(_run_stages(StageCall(job=job, task=task, tools=tools, asset=asset), spec, profiles))
    outcomes = {each.result.outcome for each in ended}
    failed = next((each for each in ended if each.result.outcome is StageOutcome.FAILED), None)
    problem = say("{stage}: {reason}", stage=failed.stage.title, reason=failed.result.words) if failed else None
    return Work(
        settlement=Settlement(
            state=TaskState.FAILED if failed else TaskState.DONE,
            error=str(problem) if problem else None,
            steps=tuple(_timings(ended)),
            before=asset.derivatives.thumbnail if asset.derivatives else None,
            updated=bool(outcomes & {StageOutcome.DONE, StageOutcome.WARNED}),
            warned=StageOutcome.WARNED in outcomes,
        ),
        log_type="ReoptimizeFailure" if failed else "ReoptimizeSuccess",
        message=problem or _success(asset, outcomes),
        subject=Subject(name=asset.file_name, type="MasterImage", asset_id=asset.id),
        aux=tuple(_remarks(ended)),
        apply=lambda tx: _apply(tx, (job, spec), asset, ended),
    )


def _run_stages(call: StageCall, spec: ProcessSpec, profiles: Profiles) -> Iterator[_Ended]:
    asset = call.asset
    for stage in spec.stages:
        for profile in profiles.calls(stage, asset.folder):
            began = perf_counter()
            turn = StageCall(
                job=call.job,
                task=call.task,
                tools=call.tools,
                asset=asset,
                profile=profile,
                options=spec.options_of(stage),
            )
            result = _run(stage, turn, spec.skips(stage, asset.type, profile))
            asset = result.asset or asset
            spent = round((perf_counter() - began) * 1000, 3)
            yield _Ended(stage=stage, profile=profile, result=result, milliseconds=spent)


def _run(stage: Stage, call: StageCall, reason: Words | None) -> StageResult:
    if reason is not None:
        return StageResult(outcome=StageOutcome.SKIPPED, words=reason)
    try:
        return stage.perform(call)
    except Permanent as error:
        return StageResult(outcome=StageOutcome.FAILED, words=error.words)
    except Retryable as error:
        if not error.counts_as_failure or call.task.failures + 1 < MAX_FAILURES:
            raise
        return StageResult(outcome=StageOutcome.FAILED, words=error.words)


def _apply(tx: Tx, run: tuple[Job, ProcessSpec], asset: Asset, ended: tuple[_Ended, ...]) -> None:
    job, spec = run
    now = load_asset(tx, asset.company_id, asset.id)
    if now is None or now.revision != asset.revision:
        raise Superseded("The asset changed while it was being processed.")
    for each in ended:
        each.result.apply(tx)
    count_stages(tx, job.id, [(each.stage.name, each.result.outcome.value) for each in ended])
    record_applied(tx, asset.id, job.id, _applied(asset, spec, ended))


def _applied(asset: Asset, spec: ProcessSpec, ended: tuple[_Ended, ...]) -> dict[int, int]:
    """Return the version of each profile that all stages which it has something to do in were done with.

    A stage to which the run gave options of its own did not follow the profile.
    """
    followed = [
        each for each in ended if each.result.outcome is not StageOutcome.FAILED and not spec.options_of(each.stage)
    ]
    versions = {each.profile.profile_id: each.profile for each in ended if each.profile is not None}
    return {
        number: profile.version
        for number, profile in versions.items()
        if stages_following(profile, asset.type) <= {each.stage.name for each in followed if each.profile == profile}
    }


def _timings(ended: tuple[_Ended, ...]) -> Iterator[StepTiming]:
    for each in ended:
        profile = f" ({each.profile.name}, version {each.profile.version})" if each.profile else ""
        detail = f"{each.result.outcome.value}{profile}: {each.result.words}"
        yield StepTiming(name=each.stage.name, detail=detail, milliseconds=each.milliseconds)
        yield from each.result.steps


def _remarks(ended: tuple[_Ended, ...]) -> Iterator[AuxRow]:
    types = {StageOutcome.FAILED: "UploadError", StageOutcome.WARNED: "UploadWarning"}
    for each in ended:
        if each.result.outcome in types:
            words = say("{stage}: {reason}", stage=each.stage.title, reason=each.result.words)
            yield AuxRow(log_type=types[each.result.outcome], message=words)


def _success(asset: Asset, outcomes: set[StageOutcome]) -> Words:
    path = f"{asset.folder}{asset.file_name}"
    if outcomes <= {StageOutcome.SKIPPED}:
        return say("{path} has nothing to reprocess.", path=path)
    return say("{path} was reprocessed.", path=path)


def follow_on(job: Job) -> FollowOnSpec:
    """Return what was asked for to follow the run."""
    return from_json(ProcessSpec, job.options).follow_on


KIND = JobKind(
    name=NAME,
    vendor_type="ReprocessAssets",
    begin="BeginReoptimize",
    begin_message=say("Reprocessing has begun."),
    end="EndReoptimize",
    failure="ReoptimizeFailure",
    progress_message=say("Optimizing files"),
    plan=plan,
    perform=perform,
    follow_on=follow_on,
)
