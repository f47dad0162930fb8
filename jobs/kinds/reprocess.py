"""ReprocessAssetsJob: the pipeline again over a stored original. The original, the handle and the name stay."""

from collections.abc import Sequence

from domain.clock import utc_now
from domain.errors import Deferred, Permanent, Superseded
from domain.handles import asset_handle, parse_asset
from domain.model import Asset, AuxRow, Derivatives, Job, LogRow, NewTask, Order, Task
from domain.states import TaskState
from domain.words import Words, say
from jobs.crop_rules import Crop, decide_publish_mark, new_publish_mark
from jobs.kinds.files import PROCESS_USER
from jobs.kinds.own_crops import OwnCrops, find_own, save_own
from jobs.kinds.pages import PagesChange, page_assets, save_pages
from jobs.kinds.picture import Picture, Wanted, is_left_alone, is_processed, make_picture
from jobs.kinds.port import JobKind, Planned, Subject, Tools, Work
from jobs.specs import FollowOnSpec, ReprocessSpec, from_json, to_json
from store.asset_changes import set_publish_mark
from store.assets import NewPicture, find_names, load_asset, save_picture
from store.engine import Tx
from store.generated import document_ahead
from store.ledger import Settlement
from store.projects import add_to_project

NAME = "reprocess"


def order(spec: ReprocessSpec, handles: Sequence[str]) -> Order:
    """Return the order to reprocess the assets with these handles."""
    return Order(kind=NAME, options=to_json(spec), items=tuple({"handle": handle.strip()} for handle in handles))


def plan(tx: Tx, company_id: int, order: Order) -> Planned:
    """Return one task for each distinct asset, in the order given.

    A handle that names no asset of the company gets a task too, which will fail and say so. A handle that occurs twice
    runs once, with a warning in the log.
    """
    wanted = list(dict.fromkeys(item["handle"] for item in order.items))
    numbers = {handle: parse_asset(handle) for handle in wanted}
    names = find_names(tx, company_id, [n for n in numbers.values() if n is not None])
    tasks, seen = [], set[int]()
    for handle, number in numbers.items():
        known = number if number in names else None
        if known is not None and known in seen:
            continue
        seen |= {known} if known is not None else set()
        label = names[known] if known is not None else handle
        tasks.append(NewTask(label=label, asset_id=known))
    repeated = len(order.items) - len(tasks)
    message = say(
        "Repeated asset handles were left out, because each asset is processed once: {number}.", number=repeated
    )
    rows = (LogRow(log_type="UploadWarning", message=message, at=utc_now()),) if repeated else ()
    return Planned(tasks=tuple(tasks), rows=rows)


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Make the asset's picture anew and switch the asset to it.

    Raises Permanent for an unknown or trashed asset and for an original that cannot be processed.
    """
    asset, pages = _load(task, tools)
    spec = from_json(ReprocessSpec, job.options)
    subject = Subject(name=asset.file_name, type="MasterImage", asset_id=asset.id)
    if not is_processed(asset.type) or is_left_alone(asset.type, spec.image):
        own = find_own(job, task, tools, (asset, asset.derivatives), spec.smart_crops)
        return _nothing_to_do(asset, spec, subject, own.aux)
    wanted = Wanted(
        original=asset.original,
        asset_type=asset.type,
        stored_crop=asset.crop,
        stored=asset.derivatives,
        pages=pages,
    )
    made = make_picture(task, tools, wanted, spec.image)
    own = find_own(job, task, tools, (asset, made.files.derivatives), spec.smart_crops)
    aux = made.aux + own.aux
    problem = made.pages.problem if made.pages else None
    return Work(
        settlement=Settlement(
            state=TaskState.FAILED if problem else TaskState.DONE,
            error=str(problem) if problem else None,
            plan=made.plan,
            steps=made.steps,
            before=asset.derivatives.thumbnail if asset.derivatives else None,
            updated=True,
            warned=any(row.log_type == "UploadWarning" for row in aux),
        ),
        log_type="ReoptimizeFailure" if problem else "ReoptimizeSuccess",
        message=problem or _success(asset, made),
        subject=subject,
        aux=aux,
        apply=lambda tx: _switch_with_crops(tx, asset, spec, (job, made, pages), own),
    )


def follow_on(job: Job) -> FollowOnSpec:
    """Return the publish that was asked for together with this job."""
    return from_json(ReprocessSpec, job.options).follow_on


def _load(task: Task, tools: Tools) -> tuple[Asset, dict[int, Asset]]:
    """Return the asset, and those that are its pages by number."""
    with tools.database.read() as tx:
        asset = load_chosen(tx, task)
        return asset, page_assets(tx, asset)


def load_chosen(tx: Tx, task: Task) -> Asset:
    """Return the asset that a task of ``plan`` is about.

    Raises Permanent for one that is unknown or in the trash, and Deferred for a page whose document is still to come.
    """
    asset = load_asset(tx, task.company_id, task.asset_id) if task.asset_id is not None else None
    if asset is None or asset.trash_state == "InEmptiedTrash":
        handle = task.label if task.asset_id is None else asset_handle(task.asset_id)
        raise Permanent("There is no asset with handle {handle} in this company.", handle=handle)
    if asset.trash_state != "NotInTrash":
        raise Permanent("The asset is in the trash; restore it first.")
    if document_ahead(tx, task.job_id, asset.id) is not None:
        raise Deferred("The document that it is a page of comes first.")
    return asset


def _success(asset: Asset, made: Picture) -> Words:
    path = f"{asset.folder}{asset.file_name}"
    if made.pages is None:
        return say("{path} was reprocessed.", path=path)
    return say("{path} was reprocessed. Pages made into images: {number}.", path=path, number=made.pages.number)


def _nothing_to_do(asset: Asset, spec: ReprocessSpec, subject: Subject, aux: tuple[AuxRow, ...]) -> Work:
    reason = say("Assets of type {type} are kept as they are: there is nothing to optimise.", type=asset.type)
    aux += () if is_processed(asset.type) else (AuxRow(log_type="UploadWarning", message=reason),)
    return Work(
        settlement=Settlement(state=TaskState.DONE, warned=bool(aux)),
        log_type="ReoptimizeSuccess",
        message=say("{path} has nothing to reprocess.", path=f"{asset.folder}{asset.file_name}"),
        subject=subject,
        aux=aux,
        apply=lambda tx: _switch(tx, asset, spec, (asset.crop, asset.derivatives)),
    )


def _switch_with_crops(
    tx: Tx, asset: Asset, spec: ReprocessSpec, work: tuple[Job, Picture, dict[int, Asset]], own: OwnCrops
) -> None:
    switch_all(tx, asset, spec, work)
    save_own(tx, asset, own)


def switch_all(tx: Tx, asset: Asset, spec: ReprocessSpec, work: tuple[Job, Picture, dict[int, Asset]]) -> None:
    """Switch the asset to the picture that a job made, and its pages, of which some were seen before.

    Raises Superseded when the asset changed meanwhile.
    """
    job, made, seen = work
    _switch(tx, asset, spec, (made.files.crop, made.files.derivatives))
    if made.pages is not None:
        change = PagesChange(
            pages=made.pages, seen=seen, options=spec.image, project_ids=spec.project_ids, created_by=job.submitter
        )
        save_pages(tx, asset, change)


def _switch(tx: Tx, asset: Asset, spec: ReprocessSpec, made: tuple[Crop | None, Derivatives | None]) -> None:
    crop, derivatives = made
    now = load_asset(tx, asset.company_id, asset.id)
    stored_mark = now.ready_for_publish if now else False  # it may have been marked while the picture was made
    picture = NewPicture(
        crop=crop,
        derivatives=derivatives,
        ready_for_publish=decide_publish_mark(stored_mark, spec.image),
        changed_by=PROCESS_USER,
    )
    if not save_picture(tx, asset.id, asset.revision, picture):
        raise Superseded("The asset changed while it was being processed.")
    mark = new_publish_mark(spec.image)
    if mark is not None:
        set_publish_mark(tx, asset, None, is_marked=mark)
    for project_id in spec.project_ids:
        add_to_project(tx, project_id, asset.id)


KIND = JobKind(
    name=NAME,
    vendor_type="ReprocessAssets",
    begin="BeginReoptimize",
    begin_message=say("Reprocessing has begun."),
    end="EndReoptimize",
    failure="ReoptimizeFailure",
    progress_message=say("Optimizing files"),
    plan=plan,
    perform=perform,
    follow_on=follow_on,
)
