"""How a company has its assets processed: what of it can be set, for the API and the commands alike."""

from socket import gethostname

from pydantic import Field

from domain.model import Company
from jobs.processing.sweep import EXPRESSIONS, set_sweep, sweep_minutes
from jobs.processing.sweep import NAME as SWEEP
from jobs.submit import Submission
from jobs.tag_field import find_tag_field, tag_field
from server.bodies.reading import Body, refused
from store.companies import change_company
from store.engine import Tx

_OFTEN = f"every {', '.join(map(str, EXPRESSIONS))} minutes"


class ProcessingSettings(Body):
    """What is done without being asked for each time."""

    processes_uploads: bool = Field(description="Whether uploads are processed with the profiles of their folders.")
    smart_tag_field: str | None = Field(description="The tag field that shows smart tags, by its name; null for none.")
    sweep_minutes: int | None = Field(
        description=f"How often what is stale in folders with profiles is processed: {_OFTEN}; null for never."
    )


def find_settings(tx: Tx, company: Company) -> ProcessingSettings:
    """Return the company's settings as they are now."""
    shown_in = tag_field(tx, company.id)
    return ProcessingSettings(
        processes_uploads=company.processes_uploads,
        smart_tag_field=shown_in.name if shown_in else None,
        sweep_minutes=sweep_minutes(tx, company.id),
    )


def save_settings(tx: Tx, company: Company, settings: ProcessingSettings, author: str) -> None:
    """Give the company these settings. Raises RefusedError. Smart tags that there are are shown when found again.

    A sweep is submitted in the name of its ``author``, and stays the former one's while nothing of it changes.
    """
    field = None
    if settings.smart_tag_field is not None:
        field = find_tag_field(tx, company.id, settings.smart_tag_field)
        if field is None:
            raise refused("smart_tag_field", f"images have no tag field {settings.smart_tag_field} in this company.")
    if settings.sweep_minutes is not None and settings.sweep_minutes not in EXPRESSIONS:
        raise refused("sweep_minutes", f"{settings.sweep_minutes} is none of those that divide an hour: {_OFTEN}.")
    submission = Submission(company_id=company.id, name=SWEEP, submitter=author, server_name=gethostname())
    set_sweep(tx, submission, settings.sweep_minutes)
    change_company(
        tx,
        company.id,
        processes_uploads=settings.processes_uploads,
        tag_field_id=field.id if field else None,
    )
