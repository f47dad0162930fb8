"""A company's profiles as values: made, changed and ended by people, checked before they are kept."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from domain.errors import Permanent
from domain.findings import SWATCH
from domain.model import JsonObject
from domain.paths import MAX_PATH, is_plain, rooted
from jobs.outbound import check_url
from jobs.profiles.definitions import (
    DEFINITIONS,
    MOST_SMART_CROPS,
    STEP_OPTIONS,
    BatchSetPreset,
    Definition,
    ImageProfile,
    MetadataProfile,
    ProcessingProfile,
    ProfileError,
    ProfileKind,
    ProfileVersion,
    VideoProfile,
    Workflow,
)
from jobs.profiles.formats import follow_formats, keep_formats
from jobs.specs import from_json, to_json
from store.companies import load_company
from store.engine import Tx
from store.profiles import StoredProfile, add_profile, end_profile, load_profile, save_version

LARGEST_SIDE_PX = 16_000
MOST_WILDCARDS = 5
_LETTERS_OF_URLS = ":,/?&"
"""What the name of a smart crop must not have, because it stands in the URL of an image."""


def read_definition(kind: ProfileKind, data: JsonObject) -> Definition:
    """Return what a profile of the kind says. Raises ProfileError for fields that it cannot have."""
    try:
        return from_json(DEFINITIONS[kind], data)
    except Permanent as error:
        raise ProfileError("definition", f"it is no {kind} profile: {error.words}") from error


def create_profile(
    tx: Tx, company_id: int, named: tuple[ProfileKind, str], definition: Definition, author: str
) -> StoredProfile:
    """Return the company's new profile of a kind and name. Raises ProfileError."""
    kind, name = named
    if not name.strip():
        raise ProfileError("name", "give the profile a name.")
    check_definition(definition)
    definition = _kept(tx, company_id, definition)
    stored = add_profile(tx, (company_id, kind, name.strip()), to_json(definition), author)
    if stored is None:
        raise ProfileError("name", f"there is a {kind} profile named {name} already: change that one.")
    return stored


def change_profile(tx: Tx, profile: StoredProfile, definition: Definition, author: str) -> StoredProfile:
    """Return the profile at a new version, or as it is when nothing changes. Raises ProfileError.

    The assets that were processed with the old one stay as they are until they are processed again.
    """
    if profile.ended is not None:
        raise ProfileError("profile", "it was removed: make a new one.")
    check_definition(definition)
    definition = _kept(tx, profile.company_id, definition, profile)
    data = to_json(definition)
    if _plain(data) == _plain(profile.definition):
        return profile
    changed = save_version(tx, profile.id, data, author)
    follow_formats(tx, profile.company_id, author)
    return changed


def remove_profile(tx: Tx, profile: StoredProfile) -> None:
    """Take the profile from all folders and end it."""
    end_profile(tx, profile.id)


def find_version(tx: Tx, company_id: int, profile_id: int) -> ProfileVersion:
    """Return the company's profile at its newest version. Raises ProfileError for an unknown or removed one."""
    stored = load_profile(tx, company_id, profile_id)
    if stored is None or stored.ended is not None:
        raise ProfileError("profile", f"there is no profile {profile_id} in this company.")
    return version_of(stored)


def version_of(stored: StoredProfile) -> ProfileVersion:
    """Return the newest version of a stored profile."""
    kind = ProfileKind(stored.kind)
    return ProfileVersion(
        profile_id=stored.id,
        kind=kind,
        name=stored.name,
        version=stored.version,
        definition=read_definition(kind, stored.definition),
    )


def check_definition(definition: Definition) -> None:
    """Raise ProfileError for what a profile must not say."""
    match definition:
        case ImageProfile():
            _check_image(definition)
        case MetadataProfile():
            _check_unique("rules", [rule.field for rule in definition.rules])
        case VideoProfile():
            _check_unique("smart_crops", [crop.name for crop in definition.smart_crops])
        case ProcessingProfile():
            _check_processing(definition)
        case BatchSetPreset() if not definition.property_set.startswith("ps|"):
            raise ProfileError("property_set", "give the handle of the property set that holds the naming rules.")
        case Workflow():
            _check_workflow(definition)


def _check_image(profile: ImageProfile) -> None:
    sizes = [(crop.width, crop.height) for crop in profile.smart_crops]
    if profile.trim is not None and (profile.smart_crops or profile.swatch):
        raise ProfileError("trim", "trim pixels or make smart crops: a profile does one of the two.")
    if len(sizes) > MOST_SMART_CROPS:
        raise ProfileError("smart_crops", f"give at most {MOST_SMART_CROPS}.")
    if not all(1 <= side <= LARGEST_SIDE_PX for size in sizes for side in size):
        raise ProfileError("smart_crops", f"width and height are from 1 to {LARGEST_SIDE_PX} pixels.")
    if len(set(sizes)) < len(sizes):
        raise ProfileError("smart_crops", "two of them have the same width and height.")
    _check_unique("smart_crops", [crop.name for crop in profile.smart_crops], reserved=SWATCH)
    if not all(crop.name.isprintable() and not set(crop.name) & set(_LETTERS_OF_URLS) for crop in profile.smart_crops):
        raise ProfileError("smart_crops", f"a name has none of {_LETTERS_OF_URLS} in it, as it stands in a URL.")
    swatch = profile.swatch
    if swatch is not None and not all(1 <= side <= LARGEST_SIDE_PX for side in (swatch.width, swatch.height)):
        raise ProfileError("swatch", f"width and height are from 1 to {LARGEST_SIDE_PX} pixels.")
    _check_unsharp(profile)


def _check_unsharp(profile: ImageProfile) -> None:
    unsharp = profile.unsharp
    if unsharp is None:
        return
    for field, value, most in (("amount", unsharp.amount, 5), ("radius", unsharp.radius, 250)):
        if value is not None and not 0 <= value <= most:
            raise ProfileError(f"unsharp.{field}", f"give a number from 0 to {most}.")
    if unsharp.threshold is not None and not 0 <= unsharp.threshold <= 255:
        raise ProfileError("unsharp.threshold", "give a whole number from 0 to 255.")


def _check_processing(profile: ProcessingProfile) -> None:
    names = [each.name for each in profile.renditions] + [each.name for each in profile.workers]
    if not names:
        raise ProfileError("renditions", "give at least one rendition or worker.")
    _check_unique("renditions", names)
    for rendition in profile.renditions:
        if rendition.quality is not None and not 1 <= rendition.quality <= 100:
            raise ProfileError("quality", f"of {rendition.name}: give a whole number from 1 to 100.")
        sides = [side for side in (rendition.width, rendition.height) if side is not None]
        if not all(1 <= side <= LARGEST_SIDE_PX for side in sides):
            raise ProfileError("width, height", f"of {rendition.name}: give 1 to {LARGEST_SIDE_PX} pixels.")
    for worker in profile.workers:
        if (problem := check_url(worker.url)) is not None:
            raise ProfileError("url", f"of {worker.name}: {problem}")


def _check_workflow(workflow: Workflow) -> None:
    if not workflow.steps:
        raise ProfileError("steps", "give the workflow at least one step.")
    for path in workflow.paths:
        if not path.strip("/ ") or not is_plain(path) or len(path) > MAX_PATH or path.count("*") > MOST_WILDCARDS:
            why = f"a path is names of folders with slashes between them, and at most {MOST_WILDCARDS} times *."
            raise ProfileError("paths", f"{path[:100]}: {why}")
    for step in workflow.steps:
        needed = STEP_OPTIONS.get(step.name)
        if needed is None:
            raise ProfileError("steps", f"there is no step {step.name}, but {', '.join(sorted(STEP_OPTIONS))}.")
        if {name for name, value in step.options if value} != needed:
            raise ProfileError("steps", f"{step.name} needs {', '.join(sorted(needed)) or 'no option'}, and no more.")
        if step.name == "set-publish-state" and dict(step.options)["state"] not in ("marked", "unmarked"):
            raise ProfileError("steps", "state: give marked or unmarked.")


def _kept(tx: Tx, company_id: int, definition: Definition, before: StoredProfile | None = None) -> Definition:
    """Return the definition as the company keeps it: renditions with their formats, paths from the company's root."""
    if isinstance(definition, ProcessingProfile):
        return keep_formats(tx, company_id, definition, before)
    if isinstance(definition, Workflow):
        company = load_company(tx, company_id)
        assert company is not None
        return replace(definition, paths=tuple(rooted(company.root, path.strip("/")) for path in definition.paths))
    return definition


def _check_unique(field: str, names: Sequence[str], reserved: str = "") -> None:
    if not all(name.strip() for name in names):
        raise ProfileError(field, "each needs a name.")
    if len({name.casefold() for name in names}) < len(names):
        raise ProfileError(field, "two of them have the same name.")
    if reserved.casefold() in {name.casefold() for name in names}:
        raise ProfileError(field, f"the name {reserved} is reserved.")


def _plain(data: Any) -> Any:
    """Return JSON-able data with lists where it has tuples, as it comes back from a row."""
    if isinstance(data, dict):
        return {name: _plain(value) for name, value in data.items()}
    return [_plain(value) for value in data] if isinstance(data, list | tuple) else data
