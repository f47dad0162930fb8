"""What the API answers about executions: values of the server's own, in JSON's words."""

from collections.abc import Callable, Mapping, Sequence
from typing import Literal

from pydantic import AwareDatetime, BaseModel, JsonValue

from domain.errors import Permanent
from domain.handles import active_job_handle, asset_handle
from domain.model import Job, LogRow
from domain.words import Words
from jobs.control import can_control
from jobs.executions import Execution
from jobs.kinds import process
from jobs.kinds.registry import KINDS
from jobs.processing.criteria import criteria_to_json
from jobs.processing.spec import ProcessSpec
from jobs.restart import can_restart, can_restart_unsuccessful
from jobs.specs import from_json
from jobs.stages.registry import STAGES
from store.items import Item

Status = Literal["waiting", "in_progress", "paused", "completed", "completed_with_errors", "cancelled", "failed"]
ItemState = Literal["ready", "dispatched", "running", "done", "failed", "cancelled"]
Say = Callable[[Words], str]


class Counts(BaseModel):
    """How many items ended how; ``warned`` and ``updated`` ones are among the done."""

    total: int
    done: int
    failed: int
    cancelled: int
    warned: int
    updated: int
    duplicate: int


class StageCounts(BaseModel):
    """How many assets ended a stage how."""

    name: str
    title: str
    outcomes: dict[str, int]


class RunProfile(BaseModel):
    """A profile that was chosen for a run, at the version that it had."""

    id: int
    kind: str
    name: str
    version: int


class Run(BaseModel):
    """What a run of processing was asked to do."""

    criteria: dict[str, JsonValue]
    choices: tuple[str, ...]
    profiles: tuple[RunProfile, ...]
    options: dict[str, JsonValue]
    publishes: tuple[str, ...]
    """Those that follow it."""


class ExecutionValue(BaseModel):
    """One execution and where it stands. Times are ISO 8601, ``rate`` items per second, ``progress`` from 0 to 1."""

    id: int
    handle: str
    name: str
    unique_name: str
    description: str
    kind: str
    type: str
    status: Status
    folder: str
    excluded: tuple[str, ...]
    created_by: str
    created: AwareDatetime
    started: AwareDatetime | None
    ended: AwareDatetime | None
    last_progress: AwareDatetime
    counts: Counts
    progress: float
    rate: float | None
    seconds: float | None
    seconds_left: float | None
    held: str | None
    run: Run | None
    follows: int | None
    restart_of: int | None
    can_stop: bool
    can_pause: bool
    can_resume: bool
    can_restart: bool
    can_restart_failed: bool


class ExecutionPageValue(BaseModel):
    """Some executions, newest first. ``after`` asks for the next page; none on the last one."""

    executions: tuple[ExecutionValue, ...]
    after: int | None


class ExecutionDetail(ExecutionValue):
    """One execution with its stages, and the executions that ran its items again."""

    stages: tuple[StageCounts, ...]
    restarted_as: tuple[int, ...]


class ItemValue(BaseModel):
    """One item: how it stands, what was done to it and how long each step took."""

    number: int
    label: str
    asset: str | None
    name: str
    state: ItemState
    attempts: int
    reason: str
    error: str
    started: AwareDatetime | None
    ended: AwareDatetime | None
    steps: tuple[dict[str, JsonValue], ...]
    plan: dict[str, JsonValue] | None


class ItemPage(BaseModel):
    """Some items in their order. ``after`` asks for the next page; none on the last one."""

    items: tuple[ItemValue, ...]
    after: int | None


class LogLine(BaseModel):
    """One row of a log, in the reader's language."""

    at: AwareDatetime
    type: str
    asset: str | None
    name: str | None
    message: str
    remarks: tuple[str, ...]


class LogPage(BaseModel):
    """Some rows of a log, oldest first, from row ``offset`` on, of ``total``."""

    rows: tuple[LogLine, ...]
    offset: int
    total: int


def tell_execution(execution: Execution) -> ExecutionValue:
    """Return the execution in the API's words."""
    job, counts = execution.job, execution.job.counts
    is_active = can_control(job)
    return ExecutionValue(
        id=job.id,
        handle=active_job_handle(job.company_id, job.unique_name, job.id),
        name=job.name,
        unique_name=job.unique_name,
        description=job.description,
        kind=job.kind,
        type=KINDS[job.kind].vendor_type,
        status=execution.status.name.lower(),  # type: ignore[arg-type]  # pydantic looks at it
        folder=execution.folder,
        excluded=execution.excluded,
        created_by=job.submitter,
        created=job.created,
        started=job.started,
        ended=job.ended,
        last_progress=job.last_progress,
        counts=Counts(**{name: getattr(counts, name) for name in Counts.model_fields}),
        progress=execution.share,
        rate=execution.rate,
        seconds=execution.seconds,
        seconds_left=execution.seconds_left,
        held=job.hold_reason,
        run=_run(job),
        follows=job.parent_id,
        restart_of=job.restart_of,
        can_stop=is_active,
        can_pause=is_active and not job.is_paused,
        can_resume=is_active and job.is_paused,
        can_restart=can_restart(job),
        can_restart_failed=can_restart_unsuccessful(job),
    )


def tell_detail(
    execution: Execution, stages: Mapping[str, Mapping[str, int]], restarts: Sequence[Job], say: Say
) -> ExecutionDetail:
    """Return the execution with the numbers of its stages, in the order in which they run."""
    told = (
        StageCounts(name=stage.name, title=say(stage.title), outcomes=dict(stages[stage.name]))
        for stage in STAGES
        if stage.name in stages
    )
    return ExecutionDetail(
        **dict(tell_execution(execution)), stages=tuple(told), restarted_as=tuple(job.id for job in restarts)
    )


def tell_item(item: Item) -> ItemValue:
    """Return the item in the API's words."""
    return ItemValue(
        number=item.seq,
        label=item.label,
        asset=None if item.asset_id is None else asset_handle(item.asset_id),
        name=item.asset_name,
        state=item.state.name.lower(),  # type: ignore[arg-type]
        attempts=item.attempt,
        reason=item.reason,
        error=item.error,
        started=item.started,
        ended=item.ended,
        steps=tuple(dict(step) for step in item.steps),
        plan=None if item.plan is None else dict(item.plan),
    )


def tell_row(row: LogRow, say: Say) -> LogLine:
    """Return a row of a log, said by ``say``."""
    return LogLine(
        at=row.at,
        type=row.log_type,
        asset=None if row.asset_id is None else asset_handle(row.asset_id),
        name=row.asset_name,
        message=say(row.message),
        remarks=tuple(f"{aux.log_type}: {say(aux.message)}" for aux in row.aux),
    )


def _run(job: Job) -> Run | None:
    if job.kind != process.NAME:
        return None
    try:
        spec = from_json(ProcessSpec, job.options)
    except Permanent:  # another version stored it
        return None
    return Run(
        criteria=dict(criteria_to_json(spec.criteria)),
        choices=spec.choices,
        profiles=tuple(
            RunProfile(id=each.profile_id, kind=each.kind, name=each.name, version=each.version) for each in spec.chosen
        ),
        options={name: dict(options) for name, options in spec.options.items()},
        publishes=tuple(each.kind.removeprefix("publish_") for each in spec.follow_on.publishes),
    )
