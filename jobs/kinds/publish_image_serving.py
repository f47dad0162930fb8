"""ImageServingPublishJob: the snapshots that the image server shows are brought to the marked assets' present state."""

from domain.errors import Permanent
from domain.model import Job, Task
from domain.states import TaskState
from jobs.kinds.port import JobKind, Subject, Tools, Work
from jobs.specs import FollowOnSpec, PublishSpec, from_json
from store.asset_changes import find_marked_contexts
from store.assets import load_asset
from store.engine import Tx
from store.ledger import Settlement
from store.published import publish_asset, withdraw_asset

NAME = "publish_image_serving"


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Publish the asset if it is marked and outside the trash, or withdraw its snapshot.

    Raises Permanent when the asset is gone or has never been optimised.
    """
    spec = from_json(PublishSpec, job.options)
    with tools.database.read() as tx:
        asset = load_asset(tx, task.company_id, task.asset_id) if task.asset_id is not None else None
        is_marked = asset is not None and spec.context_id in find_marked_contexts(tx, asset)
    if asset is None:
        raise Permanent("The asset no longer exists.")
    wanted = is_marked and asset.trash_state == "NotInTrash"
    if wanted and (asset.derivatives is None or asset.derivatives.pyramid is None):
        raise Permanent("The asset has no optimised image to publish; reprocess it first.")
    return Work(
        settlement=Settlement(state=TaskState.DONE, updated=True),
        log_type="ImageServingPublishSuccess",
        message=f"{asset.name} was {'published' if wanted else 'withdrawn'}.",
        subject=Subject(name=asset.file_name, type="OptimizedImage", asset_id=asset.id),
        apply=lambda tx: _bring_up_to_date(tx, task, spec.context_id),
    )


def follow_on(job: Job) -> FollowOnSpec:
    """Return the mail and the callback that were asked for; a publish is followed by no other job."""
    spec = from_json(PublishSpec, job.options)
    return FollowOnSpec(email_setting=spec.email_setting, callback_url=spec.callback_url)


def _bring_up_to_date(tx: Tx, task: Task, context_id: int) -> None:
    asset = load_asset(tx, task.company_id, task.asset_id or 0)
    if asset is None:
        return
    marked = context_id in find_marked_contexts(tx, asset) and asset.trash_state == "NotInTrash"
    if marked and asset.derivatives is not None and asset.derivatives.pyramid is not None:
        publish_asset(tx, context_id, asset)
    else:
        withdraw_asset(tx, context_id, asset.id)


KIND = JobKind(
    name=NAME,
    vendor_type="ImageServingPublish",
    begin="BeginImageServingPublish",
    begin_message="Image serving publish has begun.",
    end="EndImageServingPublish",
    failure="ImageServingPublishError",
    progress_message="Publishing files",
    perform=perform,
    follow_on=follow_on,
)
