"""The picture of an asset made anew: pyramid, preview and thumbnail, cropped and sharpened as its profile says."""

from dataclasses import replace

from domain.model import JsonObject, StepTiming
from domain.words import Words, say
from jobs.kinds.pages import page_assets
from jobs.kinds.picture import Wanted, is_left_alone, is_processed, make_picture
from jobs.kinds.reprocess import switch_all
from jobs.own_profiles import usual_colours
from jobs.profiles.definitions import ImageProfile, ProfileKind, ProfileVersion
from jobs.specs import NOTHING_FOLLOWS, ImageOptions, ReprocessSpec, from_json
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from store.companies import load_company

NAME = "renditions"


def image_options(asset_type: str, profile: ProfileVersion | None, given: JsonObject) -> ImageOptions:
    """Return the options of the pipeline: those of the run, else those of the image profile.

    A profile is about images alone (AEM applies none to documents); without it the stored crop stays.
    """
    if given:
        return from_json(ImageOptions, given)
    definition = profile.definition if profile and asset_type == "Image" else None
    if not isinstance(definition, ImageProfile):
        return ImageOptions()
    return ImageOptions(
        preserve_crop=definition.trim is None,
        manual_crop=definition.trim,
        unsharp=definition.unsharp,
    )


def skips(asset_type: str, profile: ProfileVersion | None, options: JsonObject) -> Words | None:
    """Return why assets of the type get no picture."""
    if is_processed(asset_type) and not is_left_alone(asset_type, image_options(asset_type, profile, options)):
        return None
    return say("Assets of type {type} are kept as they are: there is nothing to optimise.", type=asset_type)


def perform(call: StageCall) -> StageResult:
    """Make the picture and its pages. Raises Permanent for an original that cannot be processed."""
    asset, options = call.asset, image_options(call.asset.type, call.profile, call.options)
    with call.tools.database.read() as tx:
        pages = page_assets(tx, asset)
        company = load_company(tx, asset.company_id)
        if not call.options and company is not None:
            options = replace(options, colour=usual_colours(tx, company))
    wanted = Wanted(
        original=asset.original,
        asset_type=asset.type,
        stored_crop=asset.crop,
        stored=asset.derivatives,
        pages=pages,
    )
    made = make_picture(call.task, call.tools, wanted, options)
    problem = made.pages.problem if made.pages else None
    warning = next((row.message for row in made.aux if row.log_type == "UploadWarning"), None)
    outcome = StageOutcome.FAILED if problem else StageOutcome.WARNED if warning else StageOutcome.DONE
    spec = ReprocessSpec(image=options, follow_on=NOTHING_FOLLOWS)
    return StageResult(
        outcome=outcome,
        words=problem or warning or say("The picture was made."),
        asset=replace(asset, crop=made.files.crop, derivatives=made.files.derivatives),
        steps=tuple(
            StepTiming(name=f"{NAME}: {step.name}", detail=step.detail, milliseconds=step.milliseconds)
            for step in made.steps
        ),
        apply=lambda tx: switch_all(tx, asset, spec, (call.job, made, pages)),
    )


STAGE = Stage(
    name=NAME,
    title=say("Renditions"),
    skips=skips,
    perform=perform,
    profile_kind=ProfileKind.IMAGE,
)
