"""The stage that finds the dominant colours of an asset's picture."""

import time

from domain.errors import Permanent
from domain.findings import ColourTag
from domain.model import JsonObject, StepTiming
from domain.words import Words, say
from imaging.colours import MOST_COLOURS, dominant_colours
from jobs.profiles.definitions import ProfileVersion
from jobs.stages.pictures import check_unchanged, look
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from store.engine import Tx
from store.tags import save_colours

USUAL_LIMIT = 10
"""How many colours are kept unless the option ``limit`` says another number; AEM's."""


def skips(asset_type: str, _profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    """Return why no colours are looked for on assets of a type."""
    if asset_type != "Image":
        return say("Colours are found on images, not on assets of type {type}.", type=asset_type)
    return None


def perform(call: StageCall) -> StageResult:
    """Find the dominant colours, at most as many as the option ``limit`` says, 1 to 40."""
    if (reason := skips(call.asset.type, call.profile, call.options)) is not None:
        return StageResult(outcome=StageOutcome.SKIPPED, words=reason)
    limit = call.options.get("limit", USUAL_LIMIT)
    if type(limit) is not int or not 1 <= limit <= MOST_COLOURS:
        raise Permanent("The option limit of colour tags must be a number from 1 to {most}.", most=MOST_COLOURS)
    started = time.perf_counter()
    found = look(call, dominant_colours, limit)
    colours = tuple(ColourTag(name=each.name, colour=each.colour, share=each.share) for each in found)
    spent = round((time.perf_counter() - started) * 1000, 3)

    def apply(tx: Tx) -> None:
        check_unchanged(tx, call.asset)
        save_colours(tx, call.asset.id, colours)

    return StageResult(
        outcome=StageOutcome.DONE,
        words=say("Colours found: {number}.", number=len(colours)),
        steps=(StepTiming(name="colour tags", detail=", ".join(c.name for c in colours), milliseconds=spent),),
        apply=apply,
    )


STAGE = Stage(name="colour_tags", title=say("Colour tags"), skips=skips, perform=perform)
