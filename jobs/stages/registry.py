"""The stages that there are, in the order in which an asset goes through them."""

from jobs.stages import (
    colour_tags,
    metadata,
    named_renditions,
    renditions,
    sets,
    smart_crop,
    smart_tags,
    video,
    workflow,
)
from jobs.stages.port import Stage

STAGES: tuple[Stage, ...] = (
    renditions.STAGE,
    metadata.STAGE,
    smart_crop.STAGE,
    colour_tags.STAGE,
    smart_tags.STAGE,
    named_renditions.STAGE,
    video.STAGE,
    sets.STAGE,
    workflow.STAGE,
)
