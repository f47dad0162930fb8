"""Choosing assets, seeing what a run would come to, and starting it."""

from typing import Annotated, Self

from pydantic import BaseModel, Field, model_validator

from domain.clock import utc_now
from jobs.executions import execution_of
from jobs.processing.preview import Preview
from jobs.submit import Submission
from server.api.answers import ExecutionValue, tell_execution
from server.api.route import ApiCall, Route
from server.api.speaking import speaker
from server.bodies.processing import (
    CriteriaBody,
    WorkBody,
    find_selection,
    preview_run,
    read_criteria,
    read_wanted,
    start_selected,
)
from server.bodies.reading import Id
from server.operations.jobs import MAX_NAME
from wsdl import contract

NAME = "reprocess"


class SelectionBody(WorkBody):
    """Which assets, and what would be done to them."""

    criteria: CriteriaBody


class RunBody(WorkBody):
    """What is done, to a frozen selection or to what criteria choose now."""

    name: Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=r"\S")] = NAME
    description: str = ""
    selection_id: Id | None = None
    criteria: CriteriaBody | None = None

    @model_validator(mode="after")
    def refuse_both(self) -> Self:
        """Refuse a selection beside criteria, and neither of them."""
        if (self.selection_id is None) == (self.criteria is None):
            raise ValueError("selection_id, criteria: give one of the two")
        return self


class TypeValue(BaseModel):
    """Assets of one type: how many, the bytes of their originals, seconds that one takes by what was measured."""

    type: str
    number: int
    bytes: int
    seconds_each: float | None


class StageValue(BaseModel):
    """What a stage would do: to how many, with which profiles, and how many it leaves out for which reason."""

    name: str
    title: str
    runs: int
    profiles: dict[str, int]
    skipped: dict[str, int]


class SelectionValue(BaseModel):
    """A frozen selection and what a run would do to it; ``id`` starts that run. ``untouched`` no stage does a thing to.

    ``warning`` says that the selection is larger than the server's setting finds usual.
    """

    id: int
    total: int
    types: tuple[TypeValue, ...]
    stages: tuple[StageValue, ...]
    untouched: int
    seconds: float | None
    warning: str | None


def preview(call: ApiCall, body: SelectionBody) -> SelectionValue:
    """Freeze what the criteria choose now, and say what the run would do."""
    criteria = read_criteria(call.tx, call.company, body.criteria)
    wanted = read_wanted(call.tx, call.company, criteria, body)
    _spec, seen = preview_run(call.tx, call.company, wanted, call.who)
    return _tell(call, seen)


def start(call: ApiCall, body: RunBody) -> ExecutionValue:
    """Start the run; what was previewed is what runs."""
    if body.criteria is not None:
        criteria = read_criteria(call.tx, call.company, body.criteria)
        selection = None
    else:
        assert body.selection_id is not None
        selection, criteria = find_selection(call.tx, call.company, body.selection_id)
    wanted = read_wanted(call.tx, call.company, criteria, body)
    submission = Submission(
        company_id=call.company.id,
        name=body.name.strip(),
        submitter=call.who,
        server_name=call.services.server_name,
        client=call.origin.address,
        description=body.description,
    )
    job = start_selected(call.tx, submission, wanted, selection)
    return tell_execution(execution_of(job, utc_now()))


def _tell(call: ApiCall, seen: Preview) -> SelectionValue:
    say, usual = speaker(call), call.services.settings.selection_warning
    total = seen.selection.total
    return SelectionValue(
        id=seen.selection.id,
        total=total,
        types=tuple(
            TypeValue(type=each.type, number=each.number, bytes=each.size, seconds_each=each.seconds_each)
            for each in seen.types
        ),
        stages=tuple(
            StageValue(
                name=each.name,
                title=say(each.title),
                runs=each.runs,
                profiles=dict(each.profiles),
                skipped=dict(each.skipped),
            )
            for each in seen.stages
        ),
        untouched=seen.untouched,
        seconds=seen.seconds,
        warning=f"{total} assets are more than {usual}: make sure that all are meant." if total > usual else None,
    )


ROUTES = (
    Route(
        method="POST",
        path="selections",
        name="createSelection",
        summary="Freeze the assets that criteria choose and preview a run over them",
        needs=contract.SUBMIT_JOB,
        handler=preview,
        takes=SelectionBody,
        gives=SelectionValue,
        status=201,
        writes=True,
    ),
    Route(
        method="POST",
        path="executions",
        name="startExecution",
        summary="Start a run over a selection, or over what criteria choose now",
        needs=contract.SUBMIT_JOB,
        handler=start,
        takes=RunBody,
        gives=ExecutionValue,
        status=201,
        writes=True,
    ),
)
