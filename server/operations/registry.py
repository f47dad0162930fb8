"""Which function carries out which operation. An operation without one answers a fault that names it."""

from collections.abc import Mapping

from server.dispatch import Implementation
from server.operations import (
    asset_metadata,
    assets,
    cdn,
    companies,
    company_settings,
    folders,
    generation,
    job_control,
    job_logs,
    jobs,
    metadata_fields,
    metadata_search,
    presets,
    processing,
    projects,
    property_sets,
    publishing,
    search,
    sets,
    system,
    tag_fields,
    trash,
    users,
    xmp,
)

_AREAS = (
    cdn,
    asset_metadata,
    assets,
    companies,
    company_settings,
    folders,
    generation,
    job_control,
    job_logs,
    jobs,
    metadata_fields,
    metadata_search,
    presets,
    processing,
    projects,
    property_sets,
    publishing,
    search,
    sets,
    system,
    tag_fields,
    trash,
    users,
    xmp,
)


def implementations() -> Mapping[str, Implementation]:
    """Return the implementations by the wire name of their operation."""
    marked = (vars(value).get("implementation") for area in _AREAS for value in vars(area).values() if callable(value))
    return {found.operation.name: found for found in marked if isinstance(found, Implementation)}
