"""The stage that has the operator's model say what is to be seen on an asset's picture."""

import time

from domain.model import JsonObject, StepTiming
from domain.words import Words, say
from imaging.tagging import score_labels
from jobs.profiles.definitions import ProfileVersion
from jobs.stages.pictures import check_unchanged, look
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from jobs.tag_field import show_tags
from jobs.vocabulary import tags_of
from store.engine import Tx
from store.tags import save_smart_tags

NO_MODEL = say("This server has no model for smart tags; its operator sets smart_tags_model and smart_tags_labels.")
"""Why the stage skips every asset, and is not offered, where there is no ``Tools.tag_model``."""

PROCESS_USER = "smart tags"
"""Who changed an asset last after this stage has."""


def skips(asset_type: str, _profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    """Return why no smart tags are looked for on assets of a type; whether there is a model is seen when it runs."""
    if asset_type != "Image":
        return say("Smart tags are found on images, not on assets of type {type}.", type=asset_type)
    return None


def perform(call: StageCall) -> StageResult:
    """Find the tags of the picture; what people said of tags stays, unless the option ``reset`` is true."""
    model = call.tools.tag_model
    reason = NO_MODEL if model is None else skips(call.asset.type, call.profile, call.options)
    if model is None or reason is not None:
        return StageResult(outcome=StageOutcome.SKIPPED, words=reason or NO_MODEL)
    started = time.perf_counter()
    scored = look(call, score_labels, model.path, model.vocabulary.preparation)
    tags = tags_of(scored, model.labels, model.vocabulary)
    spent = round((time.perf_counter() - started) * 1000, 3)

    def apply(tx: Tx) -> None:
        check_unchanged(tx, call.asset)
        save_smart_tags(tx, call.asset.id, tags, reset=call.options.get("reset") is True)
        show_tags(tx, call.asset, PROCESS_USER)

    return StageResult(
        outcome=StageOutcome.DONE,
        words=say("Smart tags found: {number}.", number=len(tags)),
        steps=(StepTiming(name="smart tags", detail=f"{scored.model}: {len(tags)}", milliseconds=spent),),
        apply=apply,
    )


STAGE = Stage(name="smart_tags", title=say("Smart tags"), skips=skips, perform=perform)
