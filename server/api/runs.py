"""Choosing assets, seeing what a run would come to, and starting it."""

from typing import Annotated, Self

from pydantic import Field, model_validator

from domain.clock import utc_now
from jobs.executions import execution_of
from jobs.processing.criteria import Criteria
from jobs.processing.runs import Wanted
from jobs.submit import Submission
from server.api.answers import ExecutionValue, tell_execution
from server.api.previews import SelectionValue, tell_preview
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
RunName = Annotated[str, Field(min_length=1, max_length=MAX_NAME, pattern=r"\S")]


class SelectionBody(WorkBody):
    """Which assets, and what would be done to them."""

    criteria: CriteriaBody


class RunBody(WorkBody):
    """What is done, to a frozen selection or to what criteria choose now."""

    name: RunName = NAME
    description: str = ""
    selection_id: Id | None = None
    criteria: CriteriaBody | None = None

    @model_validator(mode="after")
    def refuse_both(self) -> Self:
        """Refuse a selection beside criteria, and neither of them."""
        if (self.selection_id is None) == (self.criteria is None):
            raise ValueError("selection_id, criteria: give one of the two")
        return self


def preview(call: ApiCall, body: SelectionBody) -> SelectionValue:
    """Freeze what the criteria choose now, and say what the run would do."""
    criteria = read_criteria(call.tx, call.company, body.criteria)
    wanted = wanted_of(call, criteria, body)
    _spec, seen = preview_run(call.tx, call.company, wanted, call.who)
    return tell_preview(seen, call.services.settings.selection_warning, speaker(call))


def start(call: ApiCall, body: RunBody) -> ExecutionValue:
    """Start the run; what was previewed is what runs."""
    if body.criteria is not None:
        criteria = read_criteria(call.tx, call.company, body.criteria)
        selection = None
    else:
        assert body.selection_id is not None
        selection, criteria = find_selection(call.tx, call.company, body.selection_id)
    wanted = wanted_of(call, criteria, body)
    job = start_selected(call.tx, submission_of(call, body.name, body.description), wanted, selection)
    return tell_execution(execution_of(job, utc_now()))


def wanted_of(call: ApiCall, criteria: Criteria, body: WorkBody) -> Wanted:
    """Return what is wanted of this server, as ``read_wanted``."""
    return read_wanted(call.tx, call.company, criteria, body, call.services.settings)


def submission_of(call: ApiCall, name: str, description: str) -> Submission:
    """Return who submits a job through this call, and under which name."""
    return Submission(
        company_id=call.company.id,
        name=name.strip(),
        submitter=call.who,
        server_name=call.services.server_name,
        client=call.origin.address,
        description=description,
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
