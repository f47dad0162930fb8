"""How a company has its assets processed: what of it can be set, for the API and the commands alike."""

from pydantic import Field

from domain.model import Company
from jobs.tag_field import find_tag_field, tag_field
from server.bodies.reading import Body, refused
from store.companies import change_company
from store.engine import Tx


class ProcessingSettings(Body):
    """What is done without being asked for each time."""

    processes_uploads: bool = Field(description="Whether uploads are processed with the profiles of their folders.")
    smart_tag_field: str | None = Field(description="The tag field that shows smart tags, by its name; null for none.")


def find_settings(tx: Tx, company: Company) -> ProcessingSettings:
    """Return the company's settings as they are now."""
    shown_in = tag_field(tx, company.id)
    return ProcessingSettings(
        processes_uploads=company.processes_uploads, smart_tag_field=shown_in.name if shown_in else None
    )


def save_settings(tx: Tx, company: Company, settings: ProcessingSettings) -> None:
    """Give the company these settings. Raises RefusedError. Smart tags that there are are shown when found again."""
    field = None
    if settings.smart_tag_field is not None:
        field = find_tag_field(tx, company.id, settings.smart_tag_field)
        if field is None:
            raise refused("smart_tag_field", f"images have no tag field {settings.smart_tag_field} in this company.")
    change_company(
        tx,
        company.id,
        processes_uploads=settings.processes_uploads,
        tag_field_id=field.id if field else None,
    )
