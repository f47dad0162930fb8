"""Makes an asset's picture: decides the plan, runs the pipeline in a slot, and stores what it wrote."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from domain.errors import Permanent
from domain.model import AuxRow, Derivatives, StepTiming, StoredFile, Task
from imaging.errors import ImagingError
from imaging.facts import Outcome
from imaging.pipeline import optimise, preview_pdf
from imaging.plan import CropInsets, Plan, plan_to_json
from jobs.crop_rules import Crop
from jobs.kinds.port import Tools
from store.ledger import save_plan

PROCESS_USER = "image optimization"
"""Who the vendor says changed an asset last, after the pipeline ran."""
NOT_RIPPED = AuxRow(
    log_type="UploadWarning",
    message="The pages were not made into images: this version makes a preview of the first page only.",
)
_PIPELINES = {"Image": optimise, "Pdf": preview_pdf}


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the pipeline made: the files, the plan that ran, its steps, and remarks for the log."""

    derivatives: Derivatives
    plan: dict[str, object]
    steps: tuple[StepTiming, ...]
    aux: tuple[AuxRow, ...]


def is_processed(asset_type: str) -> bool:
    """Return whether the pipeline makes anything of assets of this type."""
    return asset_type in _PIPELINES


def make_picture(task: Task, tools: Tools, original: StoredFile, asset_type: str, crop: Crop | None) -> Picture:
    """Return what the pipeline made of ``original`` with ``crop``, its files already in the blob store.

    Raises Permanent when the original cannot be processed (damaged, too large, nothing left after the crop), Retryable
    when its slot was lost.
    """
    plan = Plan(crop=_insets(crop), pdf_engine=tools.pdf_engine)
    with tools.database.write() as tx:
        save_plan(tx, task.token, json.loads(plan_to_json(plan)))
    with scratch_folder(tools, task) as folder, tools.blobs.as_file(original.key) as source:
        try:
            outcome = tools.slots.run(task.token, _PIPELINES[asset_type], source, plan, folder, tools.limits)
        except ImagingError as error:
            raise Permanent(str(error)) from error
        return _picture(plan, outcome, folder, tools)


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


def _picture(plan: Plan, outcome: Outcome, folder: Path, tools: Tools) -> Picture:
    files = {Path(made.name).stem: tools.blobs.put(folder / made.name) for made in outcome.files}
    derivatives = Derivatives(
        pyramid=files.get("pyramid"),
        thumbnail=files.get("thumbnail"),
        preview=files.get("preview"),
        width=outcome.width,
        height=outcome.height,
        resolution=outcome.source.resolution_ppi,
        has_alpha=outcome.source.has_alpha,
        colour_space=outcome.source.colour_space,
    )
    steps = tuple(StepTiming(name=s.name, detail=s.detail, milliseconds=s.milliseconds) for s in outcome.steps)
    return Picture(
        derivatives=derivatives,
        plan=json.loads(plan_to_json(plan)),
        steps=steps,
        aux=() if "pyramid" in files else (NOT_RIPPED,),
    )


def _insets(crop: Crop | None) -> CropInsets | None:
    return CropInsets(left=crop[0], right=crop[1], top=crop[2], bottom=crop[3]) if crop else None
