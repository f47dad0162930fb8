"""Takes one uploaded file in: which asset it becomes or replaces, its picture, and its place in the company."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import PurePosixPath

from domain.errors import Permanent, Superseded
from domain.model import Asset, AuxRow, Job, StoredFile, Task
from domain.states import TaskState
from domain.words import Words, say
from imaging.codecs.raster import sniff
from imaging.errors import UnsupportedFormat
from jobs.crop_rules import decide_publish_mark, new_publish_mark
from jobs.kinds.keywords import Keyworded, add_keywords, save_keywords
from jobs.kinds.pages import NO_PAGES, PagesChange, clause_of, page_assets, save_pages
from jobs.kinds.picture import Picture, Wanted, is_left_alone, is_processed, make_picture
from jobs.kinds.port import Subject, Tools, Work
from jobs.specs import ImageOptions, UploadSpec, from_json
from store.asset_changes import change_type, set_publish_mark
from store.assets import (
    NewAsset,
    NewPicture,
    add_asset,
    find_by_file_name,
    names_taken,
    replace_original,
    save_picture,
)
from store.companies import load_company
from store.engine import Tx
from store.folders import ensure_folder, touch_folders
from store.ledger import Settlement
from store.projects import add_to_project

KEPT_TYPES = {
    "icc": "IccProfile",
    "icm": "IccProfile",
    "otf": "Font",
    "svg": "Svg",
    "ttf": "Font",
    "xml": "Xml",
    "xsl": "Xsl",
    "xslt": "Xsl",
    "zip": "Zip",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A file that has arrived: its bytes, and where its uploader wants it. ``folder`` ends with a slash."""

    folder: str
    file_name: str
    original: StoredFile

    @property
    def path(self) -> str:
        """The folder and the name."""
        return f"{self.folder}{self.file_name}"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Target:
    existing: Asset | None
    is_duplicate: bool
    pages: Mapping[int, Asset] = field(default_factory=dict)
    """The assets that are the pages of the existing document, by number."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Made:
    asset_type: str
    picture: Picture | None = None
    aux: tuple[AuxRow, ...] = ()
    problem: Words | None = None
    keyworded: Keyworded | None = None
    """The file's metadata, where its uploader gave keywords."""


def ingest(job: Job, task: Task, tools: Tools, arrival: Arrival) -> Work:
    """Make an asset of the file, or a new original of the asset that the company's overwrite mode says it replaces.

    A new file that cannot be decoded is kept as an asset without an optimised image, and fails; an existing asset is
    never replaced by such a file. Raises Permanent for a file of a type that is not taken in.
    """
    spec = from_json(UploadSpec, job.options)
    with tools.database.read() as tx:
        target = _find_target(tx, job.company_id, arrival, overwrite=spec.overwrite)
    if target.is_duplicate:
        return _skip(arrival, target)
    wanted = Wanted(
        original=arrival.original,
        asset_type=_type_of(tools, arrival),
        stored_crop=target.existing.crop if target.existing else None,
        pages=target.pages,
    )
    made = _make(task, tools, wanted, spec.image)
    if made.problem and target.existing is not None:
        raise Permanent("{problem} The existing asset was left as it is.", problem=made.problem)
    if spec.keywords:
        keyworded = add_keywords(task, tools, arrival.original, (target.existing, spec.keywords))
        made = replace(made, keyworded=keyworded)
    return Work(
        settlement=Settlement(
            state=TaskState.FAILED if made.problem else TaskState.DONE,
            error=str(made.problem) if made.problem else None,
            plan=made.picture.plan if made.picture else None,
            steps=made.picture.steps if made.picture else (),
            warned=any(row.log_type == "UploadWarning" for row in made.aux),
            updated=target.existing is not None,
        ),
        log_type=_log_type(made, target),
        message=made.problem or say("{path} was processed into IPS", path=arrival.path),
        subject=Subject(name=arrival.file_name, type="MasterImage"),
        aux=made.aux,
        apply=lambda tx: _take_in(tx, job, arrival, spec, (target, made)),
    )


def _log_type(made: _Made, target: _Target) -> str:
    if made.problem:
        return "UploadError"
    return "FileUpdated" if target.existing else "UploadSuccess"


def _skip(arrival: Arrival, target: _Target) -> Work:
    assert target.existing is not None
    return Work(
        settlement=Settlement(state=TaskState.DONE, duplicate=True),
        log_type="DuplicateSkipped",
        message=say("{path} exists already and overwrite is false.", path=arrival.path),
        subject=Subject(name=arrival.file_name, asset_id=target.existing.id),
    )


def _type_of(tools: Tools, arrival: Arrival) -> str:
    with tools.blobs.as_file(arrival.original.key) as path:
        try:
            return "Pdf" if sniff(path).name == "PDF" else "Image"
        except UnsupportedFormat as error:
            extension = PurePosixPath(arrival.file_name).suffix.lower().lstrip(".")
            if extension not in KEPT_TYPES:
                raise Permanent("Not taken in: {reason}.", reason=clause_of(error)) from error
            return KEPT_TYPES[extension]


def _make(task: Task, tools: Tools, wanted: Wanted, options: ImageOptions) -> _Made:
    asset_type = wanted.asset_type
    if is_left_alone(asset_type, options):
        return _Made(asset_type=asset_type, aux=_stale_pages(wanted))
    if not is_processed(asset_type):
        words = say("Stored; nothing is made of files of type {type}.", type=asset_type)
        return _Made(asset_type=asset_type, aux=(AuxRow(log_type="UploadWarning", message=words),))
    try:
        picture = make_picture(task, tools, wanted, options)
    except Permanent as error:
        return _Made(asset_type=asset_type, problem=error.words)
    problem = picture.pages.problem if picture.pages else None
    aux = picture.aux if picture.pages else picture.aux + _stale_pages(wanted)
    return _Made(asset_type=asset_type, picture=picture, aux=aux, problem=problem)


def _stale_pages(wanted: Wanted) -> tuple[AuxRow, ...]:
    if wanted.asset_type != "Pdf" or not wanted.pages:
        return ()
    words = say("The images of the pages were not made anew: they show the document that was there before.")
    return (AuxRow(log_type="UploadWarning", message=words),)


def _find_target(tx: Tx, company_id: int, arrival: Arrival, *, overwrite: bool) -> _Target:
    company = load_company(tx, company_id)
    assert company is not None
    mode = company.overwrite_mode
    folder = None if mode.endswith("AnyFolder") else arrival.folder
    found = [
        asset
        for asset in find_by_file_name(tx, company_id, _stem(arrival.file_name), folder)
        if "AnyExt" in mode or asset.file_name == arrival.file_name
    ]
    if not found:
        return _Target(existing=None, is_duplicate=False)
    nearest = min(found, key=lambda a: (a.folder != arrival.folder, a.file_name != arrival.file_name, a.id))
    return _Target(existing=nearest, is_duplicate=not overwrite, pages=page_assets(tx, nearest))


def _take_in(tx: Tx, job: Job, arrival: Arrival, spec: UploadSpec, work: tuple[_Target, _Made]) -> Subject:
    target, made = work
    existing = _find_target(tx, job.company_id, arrival, overwrite=spec.overwrite).existing
    if _identity(existing) != _identity(target.existing):
        raise Superseded("Another upload took this file name meanwhile.")
    if existing is None:
        asset, marked = _add(tx, job, arrival, made), bool(spec.image.ready_for_publish)
    else:
        asset, marked = existing, decide_publish_mark(existing.ready_for_publish, spec.image)
        _replace(tx, job, arrival, spec, (existing, made))
    _save_picture(tx, job, (asset, existing is not None), made, is_marked=marked)
    _save_pages(tx, replace(asset, ready_for_publish=marked), spec, (job, target, made))
    if made.keyworded is not None:
        save_keywords(tx, asset, made.keyworded, spec.keywords)
    touch_folders(tx, job.company_id, [asset.folder])
    for project_id in spec.project_ids:
        add_to_project(tx, project_id, asset.id)
    return Subject(name=arrival.file_name, type="MasterImage", asset_id=asset.id)


def _save_picture(tx: Tx, job: Job, target: tuple[Asset, bool], made: _Made, *, is_marked: bool) -> None:
    asset, is_replaced = target
    files = made.picture.files if made.picture else None
    picture = NewPicture(
        crop=files.crop if files else None,
        derivatives=files.derivatives if files else None,
        ready_for_publish=is_marked,
        changed_by=job.submitter,
    )
    saved = save_picture(tx, asset.id, asset.revision + is_replaced, picture)
    assert saved, "the revision was read in this very transaction"


def _save_pages(tx: Tx, document: Asset, spec: UploadSpec, work: tuple[Job, _Target, _Made]) -> None:
    job, target, made = work
    pages = made.picture.pages if made.picture else None
    if pages is None and made.asset_type == "Pdf":
        return
    change = PagesChange(
        pages=pages or NO_PAGES,
        seen=target.pages,
        options=spec.image,
        project_ids=spec.project_ids,
        created_by=job.submitter,
    )
    save_pages(tx, document, change)


def _replace(tx: Tx, job: Job, arrival: Arrival, spec: UploadSpec, what: tuple[Asset, _Made]) -> None:
    asset, made = what
    replace_original(tx, asset, original=arrival.original, file_name=arrival.file_name, changed_by=job.submitter)
    if made.asset_type != asset.type:
        change_type(tx, asset, made.asset_type)
    mark = new_publish_mark(spec.image)
    if mark is not None:
        set_publish_mark(tx, asset, None, is_marked=mark)


def _add(tx: Tx, job: Job, arrival: Arrival, made: _Made) -> Asset:
    ensure_folder(tx, job.company_id, arrival.folder)
    stem = _stem(arrival.file_name)
    new = NewAsset(
        company_id=job.company_id,
        folder=arrival.folder,
        name=_free_name(stem, names_taken(tx, job.company_id, stem)),
        file_name=arrival.file_name,
        type=made.asset_type,
        original=arrival.original,
        ready_for_publish=False,
        created_by=job.submitter,
    )
    return add_asset(tx, new)


def _free_name(stem: str, taken: frozenset[str]) -> str:
    if stem not in taken:
        return stem
    return next(name for n in range(1, len(taken) + 2) if (name := f"{stem}-{n}") not in taken)


def _stem(file_name: str) -> str:
    return PurePosixPath(file_name).stem


def _identity(asset: Asset | None) -> tuple[int, int] | None:
    return (asset.id, asset.revision) if asset else None
