"""Profiles as they are sent and kept in files: kind, name, and what the profile says, by its kind."""

from typing import Annotated, Literal

from pydantic import Field, RootModel

from domain.model import Company
from jobs.processing.criteria import find_stale
from jobs.profiles.definitions import (
    BatchSetPreset,
    ImageProfile,
    MetadataProfile,
    ProcessingProfile,
    ProfileError,
    ProfileKind,
    VideoProfile,
    Workflow,
)
from jobs.profiles.library import change_profile, create_profile, find_version
from server.bodies.reading import Body
from store.asset_search import AssetQuery
from store.engine import Tx
from store.profiles import Assignment, StoredProfile, assign, find_profile, unassign
from store.selections import AssetFilter, count_assets

Name = Annotated[str, Field(min_length=1, max_length=255)]


class MetadataBody(Body):
    """A profile that fills metadata fields."""

    kind: Literal[ProfileKind.METADATA]
    name: Name
    definition: MetadataProfile


class ImageBody(Body):
    """A profile of how images are cropped and sharpened."""

    kind: Literal[ProfileKind.IMAGE]
    name: Name
    definition: ImageProfile


class VideoBody(Body):
    """A profile of how videos are encoded."""

    kind: Literal[ProfileKind.VIDEO]
    name: Name
    definition: VideoProfile


class ProcessingBody(Body):
    """A profile of the renditions that are made beside the default ones."""

    kind: Literal[ProfileKind.PROCESSING]
    name: Name
    definition: ProcessingProfile


class BatchSetBody(Body):
    """A preset of the rules that put assets into sets."""

    kind: Literal[ProfileKind.BATCH_SET]
    name: Name
    definition: BatchSetPreset


class WorkflowBody(Body):
    """Steps that follow the processing of an asset."""

    kind: Literal[ProfileKind.WORKFLOW]
    name: Name
    definition: Workflow


AnyBody = MetadataBody | ImageBody | VideoBody | ProcessingBody | BatchSetBody | WorkflowBody


class ProfileBody(RootModel[Annotated[AnyBody, Field(discriminator="kind")]]):
    """A profile of any kind; what its definition may say depends on the kind."""


def save_profile(tx: Tx, company: Company, body: AnyBody, author: str) -> StoredProfile:
    """Return the company's profile of this kind and name, made or changed as the body says. Raises ProfileError."""
    stored = find_profile(tx, company.id, body.kind, body.name.strip())
    if stored is None:
        return create_profile(tx, company.id, (body.kind, body.name), body.definition, author)
    return change_profile(tx, stored, body.definition, author)


def assign_profile(tx: Tx, company: Company, kind: ProfileKind, folder: str, profile_id: int | None) -> None:
    """Let the profile hold for the folder (a path) and those below, or with None no profile of the kind.

    It takes the place of others, but for batch set presets, of which a folder has any number. Raises ProfileError for
    a profile that is unknown, or of another kind.
    """
    if profile_id is not None and find_version(tx, company.id, profile_id).kind is not kind:
        raise ProfileError("kind", f"profile {profile_id} is no {kind} profile.")
    is_added = kind is ProfileKind.BATCH_SET and profile_id is not None
    if is_added:
        unassign(tx, company.id, Assignment(folder=folder, kind=kind, profile_id=None))
    assign(tx, company.id, Assignment(folder=folder, kind=kind, profile_id=profile_id), keeps_others=is_added)


def count_stale(tx: Tx, company: Company, profile_id: int) -> int:
    """Return how many assets of the profile's folders were not processed with its newest version."""
    stale = tuple(find_stale(tx, company.id, profile_id))
    return count_assets(tx, AssetFilter(query=AssetQuery(company_id=company.id), stale=stale)) if stale else 0
