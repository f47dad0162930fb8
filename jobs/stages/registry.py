"""The stages that there are, in the order in which an asset goes through them."""

from jobs.profiles.definitions import ProfileVersion
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


def stages_following(profile: ProfileVersion, asset_type: str) -> frozenset[str]:
    """Return the names of the stages in which the profile has something to do for assets of the type."""
    following = (stage for stage in STAGES if stage.profile_kind is profile.kind)
    return frozenset(stage.name for stage in following if stage.skips(asset_type, profile, {}) is None)
