"""ReprocessAssetsJob: the pipeline again over a stored original. The original, the handle and the name stay."""

from domain.errors import Permanent, Superseded
from domain.model import Asset, AuxRow, Derivatives, Job, Task
from domain.states import TaskState
from jobs.crop_rules import Crop, decide_publish_mark, new_publish_mark
from jobs.kinds.picture import PROCESS_USER, Wanted, is_processed, make_picture
from jobs.kinds.port import JobKind, Subject, Tools, Work
from jobs.specs import FollowOnSpec, ReprocessSpec, from_json
from store.asset_changes import set_publish_mark
from store.assets import NewPicture, load_asset, save_picture
from store.engine import Tx
from store.ledger import Settlement
from store.projects import add_to_project

NAME = "reprocess"


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Make the asset's picture anew and switch the asset to it.

    Raises Permanent for an unknown or trashed asset and for an original that cannot be processed.
    """
    asset = _load(task, tools)
    spec = from_json(ReprocessSpec, job.options)
    subject = Subject(name=asset.file_name, type="MasterImage", asset_id=asset.id)
    if not is_processed(asset.type):
        return _nothing_to_do(asset, spec, subject)
    wanted = Wanted(original=asset.original, asset_type=asset.type, stored_crop=asset.crop, stored=asset.derivatives)
    made = make_picture(task, tools, wanted, spec.image)
    return Work(
        settlement=Settlement(
            state=TaskState.DONE, plan=made.plan, steps=made.steps, updated=True, warned=bool(made.aux)
        ),
        log_type="ReoptimizeSuccess",
        message=f"{asset.folder}{asset.file_name} was reprocessed.",
        subject=subject,
        aux=made.aux,
        apply=lambda tx: _switch(tx, asset, spec, (made.crop, made.derivatives)),
    )


def follow_on(job: Job) -> FollowOnSpec:
    """Return the publish that was asked for together with this job."""
    return from_json(ReprocessSpec, job.options).follow_on


def _load(task: Task, tools: Tools) -> Asset:
    with tools.database.read() as tx:
        asset = load_asset(tx, task.company_id, task.asset_id) if task.asset_id is not None else None
    if asset is None:
        raise Permanent(f"There is no asset with handle {task.input['handle']} in this company.")
    if asset.trash_state != "NotInTrash":
        raise Permanent("The asset is in the trash; restore it first.")
    return asset


def _nothing_to_do(asset: Asset, spec: ReprocessSpec, subject: Subject) -> Work:
    reason = f"Assets of type {asset.type} are kept as they are: there is nothing to optimise."
    return Work(
        settlement=Settlement(state=TaskState.DONE, warned=True),
        log_type="ReoptimizeSuccess",
        message=f"{asset.folder}{asset.file_name} has nothing to reprocess.",
        subject=subject,
        aux=(AuxRow(log_type="UploadWarning", message=reason),),
        apply=lambda tx: _switch(tx, asset, spec, (asset.crop, asset.derivatives)),
    )


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
    begin_message="Reprocessing has begun.",
    end="EndReoptimize",
    failure="ReoptimizeFailure",
    progress_message="Optimizing files",
    perform=perform,
    follow_on=follow_on,
)
