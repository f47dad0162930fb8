"""Turns a job's image options and an asset's stored crop into the plan that the pipeline runs."""

from collections.abc import Mapping
from typing import Any, cast

from imaging.plan import AutoCrop, ColourManagement, CropInsets, Knockout, PageCrop, Plan, Rip, UnsharpMask
from jobs.crop_rules import Crop, decide_crop
from jobs.specs import AutoCropSpec, ColourSpec, ImageOptions, KnockoutSpec, UnsharpSpec


def plan_for(
    options: ImageOptions, stored_crop: Crop | None, pages: Mapping[int, Crop | None] | None, pdf_engine: str
) -> Plan:
    """Return the plan for an asset whose stored crop definition is ``stored_crop``.

    ``pages`` is None for what is not to be ripped, else the stored crops of a document's pages by number.
    """
    decision = decide_crop(stored_crop, options)
    return Plan(
        crop=_insets(decision.insets) if decision.insets else None,
        auto_crop=auto_crop_for(decision.auto) if decision.auto else None,
        colour=_colour(options.colour) if options.colour else None,
        knockout=_knockout(options.knockout) if options.knockout else None,
        create_mask=options.create_mask,
        unsharp=_unsharp(options.unsharp) if options.unsharp else None,
        rip=None if pages is None else _rip(options, pages),
        pdf_engine=pdf_engine,
    )


def profile_keys(plan: Plan) -> frozenset[str]:
    """Return the blob keys of the profiles that the plan names."""
    if plan.colour is None:
        return frozenset()
    return frozenset(key for key in (plan.colour.source_profile, plan.colour.output_profile) if key)


def _rip(options: ImageOptions, pages: Mapping[int, Crop | None]) -> Rip:
    decided = {number: decide_crop(crop, options).insets for number, crop in sorted(pages.items())}
    return Rip(
        dpi=options.pdf.resolution,
        colour_space=cast("Any", options.pdf.colour_space),
        extract_words=options.pdf.extract_words,
        extract_links=options.pdf.extract_links,
        crops=tuple(PageCrop(page=n, crop=_insets(crop)) for n, crop in decided.items() if crop),
    )


def _insets(crop: Crop) -> CropInsets:
    return CropInsets(left=crop[0], right=crop[1], top=crop[2], bottom=crop[3])


def auto_crop_for(spec: AutoCropSpec) -> AutoCrop:
    """Return the automatic crop that a spec asks for."""
    return AutoCrop(tolerance=spec.tolerance, corner=cast("Any", spec.corner))


def _colour(spec: ColourSpec) -> ColourManagement | None:
    if not spec.source_profile and not spec.output_profile:
        return None
    return ColourManagement(
        mode=cast("Any", spec.mode), source_profile=spec.source_profile, output_profile=spec.output_profile
    )


def _knockout(spec: KnockoutSpec) -> Knockout:
    return Knockout(corner=cast("Any", spec.corner), fill=cast("Any", spec.fill_method), tolerance=spec.tolerance)


def _unsharp(spec: UnsharpSpec) -> UnsharpMask:
    given = {"radius": spec.radius, "threshold": spec.threshold}
    chosen: dict[str, Any] = {name: value for name, value in given.items() if value is not None}
    return UnsharpMask(amount=spec.amount, is_monochrome=spec.monochrome, **chosen)
