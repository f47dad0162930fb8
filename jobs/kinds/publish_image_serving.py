"""ImageServingPublishJob: the snapshots that the image server shows are brought to the marked assets' present state."""

from domain.errors import Permanent, Superseded
from domain.model import Asset, Job, Task
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
        is_wanted = asset is not None and _is_wanted(tx, asset, spec.context_id)
    if asset is None:
        raise Permanent("The asset no longer exists.")
    if is_wanted and (asset.derivatives is None or asset.derivatives.pyramid is None):
        raise Permanent("The asset has no optimised image to publish; reprocess it first.")
    return Work(
        settlement=Settlement(state=TaskState.DONE, updated=True),
        log_type="ImageServingPublishSuccess",
        message=f"{asset.name} was {'published' if is_wanted else 'withdrawn'}.",
        subject=Subject(name=asset.file_name, type="OptimizedImage", asset_id=asset.id),
        apply=lambda tx: _bring_up_to_date(tx, asset, spec.context_id, is_wanted=is_wanted),
    )


def follow_on(job: Job) -> FollowOnSpec:
    """Return the mail and the callback that were asked for; a publish is followed by no other job."""
    spec = from_json(PublishSpec, job.options)
    return FollowOnSpec(email_setting=spec.email_setting, callback_url=spec.callback_url)


def _is_wanted(tx: Tx, asset: Asset, context_id: int) -> bool:
    return context_id in find_marked_contexts(tx, asset) and asset.trash_state == "NotInTrash"


def _bring_up_to_date(tx: Tx, seen: Asset, context_id: int, *, is_wanted: bool) -> None:
    asset = load_asset(tx, seen.company_id, seen.id)
    if asset is None or asset.revision != seen.revision or _is_wanted(tx, asset, context_id) != is_wanted:
        raise Superseded("The asset changed while it was being published.")
    if is_wanted:
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
