"""What a person chooses to have done, and the stages that this comes to (the items of AEM's dialog and ours)."""

from collections.abc import Iterable, Mapping
from enum import StrEnum

from jobs.stages.port import Stage
from jobs.stages.registry import STAGES


class Choice(StrEnum):
    """What may be chosen for an advanced run."""

    PREVIEWS = "previews"
    METADATA = "metadata"
    PROFILES = "profiles"
    WORKFLOWS = "workflows"
    SMART_TAGS = "smart-tags"
    COLOUR_TAGS = "colour-tags"
    SMART_CROP = "smart-crop"
    OPTIONS = "options"


FULL = tuple(choice for choice in Choice if choice is not Choice.OPTIONS)
"""All that a full process does; it takes the options of the image pipeline from profiles."""
_STAGES: Mapping[Choice, tuple[str, ...]] = {
    Choice.PREVIEWS: ("renditions",),
    Choice.METADATA: ("metadata",),
    Choice.PROFILES: ("renditions", "named_renditions", "video", "sets"),
    Choice.WORKFLOWS: ("workflow",),
    Choice.SMART_TAGS: ("smart_tags",),
    Choice.COLOUR_TAGS: ("colour_tags",),
    Choice.SMART_CROP: ("smart_crop",),
    Choice.OPTIONS: ("renditions",),
}


def stages_of(choices: Iterable[Choice]) -> tuple[Stage, ...]:
    """Return the stages of the choices, in their order."""
    names = {name for choice in choices for name in _STAGES[choice]}
    return tuple(stage for stage in STAGES if stage.name in names)
