"""Makes an asset's picture: decides the plan, runs the pipeline in a slot, and stores what it wrote."""

import json
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from domain.errors import Permanent
from domain.model import Asset, AuxRow, Derivatives, StepTiming, StoredFile, Task, Token
from domain.words import say, sentence
from imaging.errors import ImagingError
from imaging.facts import Outcome, RipOutcome
from imaging.pipeline import MASK, optimise, preview_pdf
from imaging.plan import Plan, plan_to_json
from imaging.rip import rip
from jobs.crop_rules import Crop
from jobs.kinds.files import MadeFiles, store_files
from jobs.kinds.pages import MadePages, clause_of, problem_of, store_pages
from jobs.kinds.planning import plan_for, profile_keys
from jobs.kinds.port import Tools
from jobs.specs import ImageOptions
from store.ledger import save_plan

Made = Outcome | RipOutcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to make a picture of: the original, its type, the crop that is stored with it, and what it has.

    ``pages`` are the assets that a document's pages are, by number.
    """

    original: StoredFile
    asset_type: str
    stored_crop: Crop | None = None
    stored: Derivatives | None = None
    pages: Mapping[int, Asset] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Picture:
    """What the pipeline made: the files, the plan that ran, its steps, remarks for the log.

    ``pages`` is None when no page was asked for.
    """

    files: MadeFiles
    plan: dict[str, object]
    steps: tuple[StepTiming, ...]
    aux: tuple[AuxRow, ...]
    pages: MadePages | None = None


def is_processed(asset_type: str) -> bool:
    """Return whether the pipeline can make anything of assets of this type."""
    return asset_type in ("Image", "Pdf")


def is_left_alone(asset_type: str, options: ImageOptions) -> bool:
    """Return whether the options say that nothing is to be made of assets of this type."""
    return asset_type == "Pdf" and options.pdf.process == "None"


def make_picture(task: Task, tools: Tools, wanted: Wanted, options: ImageOptions) -> Picture:
    """Return what the pipeline made of the original, its files already in the blob store.

    Raises Permanent when the original cannot be processed (damaged, too large, nothing left after the crop), Retryable
    when its slot was lost.
    """
    is_ripped = wanted.asset_type == "Pdf" and options.pdf.process == "Rasterize"
    page_crops = {number: asset.crop for number, asset in wanted.pages.items()} if is_ripped else None
    plan = plan_for(options, wanted.stored_crop, page_crops, tools.pdf_engine)
    with tools.database.write() as tx:
        save_plan(tx, task.token, json.loads(plan_to_json(plan)))
    with scratch_folder(tools, task) as folder, ExitStack() as stack:
        source = stack.enter_context(tools.blobs.as_file(wanted.original.key))
        profiles = {key: stack.enter_context(tools.blobs.as_file(key)) for key in profile_keys(plan)}
        run = _pipeline(wanted, plan, profiles)
        try:
            made = tools.slots.run(task.token, run, source, plan, folder, tools.limits)
        except ImagingError as error:
            raise Permanent(sentence(clause_of(error))) from error
        remarks = _remarks(wanted, options, made)
        if isinstance(made, RipOutcome):
            pages = store_pages(made, folder, tools)
            files = store_files(made.document, folder, tools)
            return Picture(files=files, plan=_json(plan), steps=_page_steps(made), aux=remarks, pages=pages)
        kept = {} if options.create_mask else _kept_mask(wanted.stored, made)
        files = store_files(made, folder, tools, kept)
        return Picture(files=files, plan=_json(plan), steps=_steps(made), aux=remarks)


def _pipeline(wanted: Wanted, plan: Plan, profiles: Mapping[str, Path]) -> Callable[..., Made]:
    if wanted.asset_type == "Image":
        return partial(optimise, profiles=profiles)
    return preview_pdf if plan.rip is None else partial(rip, profiles=profiles)


def scratch_of(scratch: Path, token: Token) -> Path:
    """Return the folder of an attempt below all of them, which is there while it runs."""
    return scratch / f"{token.task_id}.{token.attempt}"


@contextmanager
def scratch_folder(tools: Tools, task: Task) -> Iterator[Path]:
    """Give an empty folder of this attempt's own, removed when the block ends."""
    folder = scratch_of(tools.scratch, task.token)
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _kept_mask(stored: Derivatives | None, outcome: Outcome) -> dict[str, StoredFile]:
    """Return the mask that the asset has, which stays as long as it fits the picture."""
    if stored is None or stored.mask is None or (stored.width, stored.height) != (outcome.width, outcome.height):
        return {}
    return {"mask": stored.mask}


def _json(plan: Plan) -> dict[str, object]:
    stored: dict[str, object] = json.loads(plan_to_json(plan))
    return stored


def _steps(outcome: Outcome) -> tuple[StepTiming, ...]:
    return tuple(StepTiming(name=s.name, detail=s.detail, milliseconds=s.milliseconds) for s in outcome.steps)


def _page_steps(made: RipOutcome) -> tuple[StepTiming, ...]:
    """Return the steps of the document, and one for each page that was made."""
    pages = tuple(
        StepTiming(
            name=f"page {page.number}",
            detail="; ".join(f"{step.name}: {step.detail}" for step in page.outcome.steps),
            milliseconds=round(sum(step.milliseconds for step in page.outcome.steps), 3),
        )
        for page in made.pages
        if page.outcome
    )
    return _steps(made.document) + pages


def _remarks(wanted: Wanted, options: ImageOptions, made: Made) -> tuple[AuxRow, ...]:
    has_both = options.auto_color_crop is not None and options.auto_transparent_crop is not None
    warnings, problems = [], []
    if isinstance(made, RipOutcome):
        problems = [sentence(problem_of(page)) for page in made.pages if page.problem]
        trashed = [number for number, asset in wanted.pages.items() if asset.trash_state != "NotInTrash"]
        warnings += [say("Page {number} is in the trash and was left as it is.", number=n) for n in sorted(trashed)]
        outcomes = [page.outcome for page in made.pages if page.outcome]
    else:
        outcomes = [made] if wanted.asset_type == "Image" else []
    if options.create_mask and any(outcome.file(MASK) is None for outcome in outcomes):
        warnings.append(say("No mask was made: the picture has no transparency."))
    if outcomes and has_both:
        warnings.append(say("Two automatic crops were given; the one by colour counts."))
    return tuple(AuxRow(log_type="UploadError", message=words) for words in problems) + tuple(
        AuxRow(log_type="UploadWarning", message=words) for words in warnings
    )
