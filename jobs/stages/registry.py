"""The stages that there are, in the order in which an asset goes through them."""

from jobs.stages import renditions, sets, video, workflow
from jobs.stages.port import Stage

STAGES: tuple[Stage, ...] = (renditions.STAGE, video.STAGE, sets.STAGE, workflow.STAGE)
