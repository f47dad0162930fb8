"""The stage that finds smart crops: the parts of a picture for the named sizes of an image profile, and its swatch."""

import time

from domain.findings import SWATCH, Fraction, SmartCrop
from domain.model import JsonObject, StepTiming
from domain.words import Words, say, sentence
from imaging.attention import Cropped, find_crops
from imaging.errors import UnsuitableImage
from imaging.view import Box
from jobs.kinds.pages import clause_of
from jobs.profiles.definitions import ImageProfile, ProfileKind, ProfileVersion
from jobs.stages.pictures import check_unchanged, look
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from store.engine import Tx
from store.smart_crops import save_crops


def skips(asset_type: str, profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    """Return why no smart crops are made of assets of a type."""
    if asset_type != "Image":
        return say("Smart crops are made of images, not of assets of type {type}.", type=asset_type)
    if not _asks(profile):
        return say("There is no image profile with smart crops or a swatch.")
    return None


def perform(call: StageCall) -> StageResult:
    """Find the crops that the profile names; what people drew stays, unless the option ``reset`` is true."""
    reason = skips(call.asset.type, call.profile, call.options)
    if reason is not None:
        return StageResult(outcome=StageOutcome.SKIPPED, words=reason)
    assert call.profile is not None
    profile = call.profile.definition
    assert isinstance(profile, ImageProfile)
    started = time.perf_counter()
    try:
        crops = find(call, profile)
    except UnsuitableImage as error:
        return StageResult(outcome=StageOutcome.SKIPPED, words=sentence(clause_of(error)))
    spent = round((time.perf_counter() - started) * 1000, 3)

    def apply(tx: Tx) -> None:
        check_unchanged(tx, call.asset)
        save_crops(tx, call.asset.id, crops, reset=call.options.get("reset") is True)

    return StageResult(
        outcome=StageOutcome.DONE,
        words=say("Smart crops found: {number}.", number=len(crops)),
        steps=(StepTiming(name="smart crop", detail=", ".join(crop.name for crop in crops), milliseconds=spent),),
        apply=apply,
    )


def find(call: StageCall, profile: ImageProfile) -> tuple[SmartCrop, ...]:
    """Return the crops that ``profile`` names; raises what ``look`` raises."""
    swatch = (profile.swatch.width, profile.swatch.height) if profile.swatch else None
    sizes = tuple((size.width, size.height) for size in profile.smart_crops)
    with call.tools.blobs.as_file(call.asset.original.key) as original:
        found = look(call, find_crops, original, sizes, swatch, preserves_content=profile.preserves_content)
    return _crops(call.profile, profile, found)


def _asks(profile: ProfileVersion | None) -> bool:
    definition = profile.definition if profile else None
    return isinstance(definition, ImageProfile) and bool(definition.smart_crops or definition.swatch)


def _crops(version: ProfileVersion | None, profile: ImageProfile, found: Cropped) -> tuple[SmartCrop, ...]:
    said_by = (version.profile_id, version.version) if version else (None, None)
    made = [
        SmartCrop(
            name=size.name,
            width=size.width,
            height=size.height,
            area=_fraction(part),
            profile_id=said_by[0],
            profile_version=said_by[1],
        )
        for size, part in zip(profile.smart_crops, found.parts, strict=True)
    ]
    if profile.swatch and found.swatch:
        swatch = SmartCrop(
            name=SWATCH,
            width=profile.swatch.width,
            height=profile.swatch.height,
            area=_fraction(found.swatch),
            colour=found.swatch_colour if profile.swatch.is_colour else None,
            profile_id=said_by[0],
            profile_version=said_by[1],
        )
        made.append(swatch)
    return tuple(made)


def _fraction(part: Box) -> Fraction:
    return Fraction(left=part.left, top=part.top, width=part.width, height=part.height)


STAGE = Stage(
    name="smart_crop",
    title=say("Smart crop"),
    skips=skips,
    perform=perform,
    profile_kind=ProfileKind.IMAGE,
)
