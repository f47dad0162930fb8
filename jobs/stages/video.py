"""Videos under a video profile. This version makes no encodings, and says so of each video that should have some."""

from domain.model import JsonObject
from domain.words import Words, say
from jobs.profiles.definitions import ProfileKind, ProfileVersion
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult

NAME = "video"


def skips(asset_type: str, profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    """Return why there is nothing to encode."""
    if asset_type not in ("Video", "MasterVideo"):
        return say("Assets of type {type} are no videos.", type=asset_type)
    return None if profile else say("No video profile is assigned to the folder, and none was chosen.")


def perform(call: StageCall) -> StageResult:
    """Warn that the encodings of the profile are not made."""
    assert call.profile is not None
    words = say("This version makes no video encodings; the profile {name} asks for some.", name=call.profile.name)
    return StageResult(outcome=StageOutcome.WARNED, words=words)


STAGE = Stage(name=NAME, title=say("Video"), skips=skips, perform=perform, profile_kind=ProfileKind.VIDEO)
