"""Makes an asset's picture: decides the plan, runs the pipeline in a slot, and stores what it wrote."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from domain.errors import Permanent
from domain.model import AuxRow, Derivatives, StepTiming, StoredFile, Task
from imaging.errors import ImagingError
from imaging.facts import Outcome
from imaging.pipeline import optimise, preview_pdf
from imaging.plan import Plan, plan_to_json
from jobs.crop_rules import Crop
from jobs.kinds.planning import plan_for, profile_keys
from jobs.kinds.port import Tools
from jobs.specs import ImageOptions
from store.ledger import save_plan

PROCESS_USER = "image optimization"
"""Who the vendor says changed an asset last, after the pipeline ran."""
_PIPELINES = {"Image": optimise, "Pdf": preview_pdf}


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to make a picture of: the original, its type, the crop that is stored with it, and the mask it has."""

    original: StoredFile
    asset_type: str
    stored_crop: Crop | None = None
    stored: Derivatives | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the pipeline made: the files, the crop that holds now, the plan that ran, its steps, remarks for the log."""

    derivatives: Derivatives
    crop: Crop | None
    plan: dict[str, object]
    steps: tuple[StepTiming, ...]
    aux: tuple[AuxRow, ...]


def is_processed(asset_type: str) -> bool:
    """Return whether the pipeline makes anything of assets of this type."""
    return asset_type in _PIPELINES


def make_picture(task: Task, tools: Tools, wanted: Wanted, options: ImageOptions) -> Picture:
    """Return what the pipeline made of the original, its files already in the blob store.

    Raises Permanent when the original cannot be processed (damaged, too large, nothing left after the crop), Retryable
    when its slot was lost.
    """
    plan = plan_for(options, wanted.stored_crop, tools.pdf_engine)
    with tools.database.write() as tx:
        save_plan(tx, task.token, json.loads(plan_to_json(plan)))
    with scratch_folder(tools, task) as folder, ExitStack() as stack:
        source = stack.enter_context(tools.blobs.as_file(wanted.original.key))
        profiles = {key: stack.enter_context(tools.blobs.as_file(key)) for key in profile_keys(plan)}
        function = partial(_PIPELINES[wanted.asset_type], source, plan, folder, tools.limits)
        try:
            outcome = tools.slots.run(task.token, _run, function, profiles if wanted.asset_type == "Image" else None)
        except ImagingError as error:
            raise Permanent(str(error)) from error
        files = _store(outcome, folder, tools)
        if not options.create_mask:
            files |= _kept_mask(wanted.stored, outcome)
        return _picture(plan, outcome, files, _remarks(wanted, options, outcome))


def _run(pipeline: Callable[..., Outcome], profiles: Mapping[str, Path] | None) -> Outcome:
    return pipeline() if profiles is None else pipeline(profiles=profiles)


@contextmanager
def scratch_folder(tools: Tools, task: Task) -> Iterator[Path]:
    """Give an empty folder of this attempt's own, removed when the block ends."""
    folder = tools.scratch / f"{task.id}.{task.attempt}"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _store(outcome: Outcome, folder: Path, tools: Tools) -> dict[str, StoredFile]:
    return {Path(made.name).stem: tools.blobs.put(folder / made.name) for made in outcome.files}


def _kept_mask(stored: Derivatives | None, outcome: Outcome) -> dict[str, StoredFile]:
    """Return the mask that the asset has, which stays as long as it fits the picture."""
    if stored is None or stored.mask is None or (stored.width, stored.height) != (outcome.width, outcome.height):
        return {}
    return {"mask": stored.mask}


def _picture(plan: Plan, outcome: Outcome, files: Mapping[str, StoredFile], remarks: tuple[AuxRow, ...]) -> Picture:
    derivatives = Derivatives(
        pyramid=files.get("pyramid"),
        thumbnail=files.get("thumbnail"),
        preview=files.get("preview"),
        mask=files.get("mask"),
        width=outcome.width,
        height=outcome.height,
        resolution=outcome.source.resolution_ppi,
        has_alpha=outcome.has_alpha,
        colour_space=outcome.colour_space,
    )
    crop = plan.crop or outcome.auto_crop
    return Picture(
        derivatives=derivatives,
        crop=(crop.left, crop.right, crop.top, crop.bottom) if crop else None,
        plan=json.loads(plan_to_json(plan)),
        steps=tuple(StepTiming(name=s.name, detail=s.detail, milliseconds=s.milliseconds) for s in outcome.steps),
        aux=remarks,
    )


def _remarks(wanted: Wanted, options: ImageOptions, outcome: Outcome) -> tuple[AuxRow, ...]:
    written = {Path(made.name).stem for made in outcome.files}
    has_both = options.auto_color_crop is not None and options.auto_transparent_crop is not None
    texts = []
    if wanted.asset_type == "Pdf":
        texts.append("The pages were not made into images: this version makes a preview of the first page only.")
    elif options.create_mask and "mask" not in written:
        texts.append("No mask was made: the picture has no transparency.")
    if wanted.asset_type == "Image" and has_both:
        texts.append("Two automatic crops were given; the one by colour counts.")
    return tuple(AuxRow(log_type="UploadWarning", message=text) for text in texts)
