"""The publish jobs: the snapshots of one publish context are brought to the present state of the assets marked in it.

An image serving publish decides what the image server shows, a server directory publish which files are in a folder of
the operator's. Nothing serves what the other kinds publish yet.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from domain.clock import utc_now
from domain.errors import Permanent, Superseded
from domain.model import Asset, Job, LogRow, NewTask, Order, Task
from domain.states import TaskState
from domain.words import Words, listed, say
from jobs.kinds.placed_files import company_folder, place_file, remove_file
from jobs.kinds.port import JobKind, Planned, Subject, Tools, Work
from jobs.specs import FollowOnSpec, PublishSpec, from_json, to_json
from store.asset_changes import find_marked_contexts
from store.assets import count_by_type, load_asset
from store.engine import Tx
from store.ledger import Settlement
from store.published import count_unpublishable, find_to_publish, publish_asset, published_name, withdraw_asset

IMAGE_SERVING, IMAGE_RENDERING, VIDEO = "publish_image_serving", "publish_image_rendering", "publish_video"
SERVER_DIRECTORY = "publish_server_directory"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What a kind of publish is about: the type of its contexts, and the types of the assets that it concerns.

    Without types it concerns every asset that has an optimised image; with ``is_placed`` that is put into a folder.
    """

    context_type: str
    begin_message: Words
    asset_types: tuple[str, ...] = ()
    is_placed: bool = False


TARGETS: Mapping[str, Target] = {
    IMAGE_SERVING: Target(context_type="ImageServing", begin_message=say("Image serving publish has begun.")),
    IMAGE_RENDERING: Target(
        context_type="ImageRendering",
        begin_message=say("Image rendering publish has begun."),
        asset_types=("Vignette", "Cabinet", "WindowsCovering"),
    ),
    VIDEO: Target(
        context_type="Video", begin_message=say("Video publish has begun."), asset_types=("Video", "MasterVideo")
    ),
    SERVER_DIRECTORY: Target(
        context_type="ServerDirectory", begin_message=say("Server directory publish has begun."), is_placed=True
    ),
}
"""The kinds of publish, in the order in which those that follow the same job are submitted."""
FILE_TYPES = {"WindowsCovering": "WindowCovering", "MasterVideo": "Video"}
"""The job log file type of an asset type that is spelt otherwise."""


def order(spec: PublishSpec) -> Order:
    """Return the order to publish what is marked in a context."""
    return Order(kind=spec.kind, options=to_json(spec))


def plan(tx: Tx, company_id: int, order: Order) -> Planned:
    """Return one task for each asset to publish or to withdraw.

    The log says how many marked assets have nothing to publish, or how many assets of its types the company has.
    """
    spec = from_json(PublishSpec, order.options)
    types = TARGETS[spec.kind].asset_types
    changed_only = spec.publish_type == "Incremental"
    found = find_to_publish(tx, company_id, spec.context_id, types, changed_only=changed_only)
    tasks = tuple(NewTask(label=name, asset_id=asset_id) for asset_id, name in found)
    return Planned(tasks=tasks, rows=_what_is_there(tx, company_id, TARGETS[spec.kind]))


def _what_is_there(tx: Tx, company_id: int, target: Target) -> tuple[LogRow, ...]:
    if types := target.asset_types:
        counts = count_by_type(tx, company_id)
        there = listed([say("{number} of type {type}", number=counts.get(name, 0), type=name) for name in types])
        message = say("Assets outside the trash that this publish concerns, marked or not: {there}.", there=there)
        return (LogRow(log_type="FileProgress", message=message, at=utc_now()),)
    hidden = count_unpublishable(tx, company_id)
    message = say("Marked assets without an optimised image were left out: {number}.", number=hidden)
    return (LogRow(log_type=f"{target.context_type}PublishWarning", message=message, at=utc_now()),) if hidden else ()


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Publish the asset if it is marked and outside the trash, or withdraw its snapshot.

    Raises Permanent when the asset is gone, or has no optimised image to serve; and what placing a file raises.
    """
    spec = from_json(PublishSpec, job.options)
    target = TARGETS[spec.kind]
    with tools.database.read() as tx:
        asset = load_asset(tx, task.company_id, task.asset_id) if task.asset_id is not None else None
        is_wanted = asset is not None and _is_wanted(tx, asset, spec)
        former_name = published_name(tx, spec.context_id, asset.id) if asset is not None else None
    if asset is None:
        raise Permanent("The asset no longer exists.")
    if is_wanted and not target.asset_types and (asset.derivatives is None or asset.derivatives.pyramid is None):
        raise Permanent("The asset has no optimised image to publish; reprocess it first.")
    if target.is_placed:
        _bring_file(task, tools, asset if is_wanted else None, former_name)
    file_type = FILE_TYPES.get(asset.type, asset.type) if target.asset_types else "OptimizedImage"
    return Work(
        settlement=Settlement(state=TaskState.DONE, updated=True),
        log_type=f"{target.context_type}PublishSuccess",
        message=_message(asset, target, is_wanted=is_wanted),
        subject=Subject(name=asset.file_name, type=file_type, asset_id=asset.id),
        apply=lambda tx: _bring_up_to_date(tx, asset, spec, is_wanted=is_wanted),
    )


def follow_on(job: Job) -> FollowOnSpec:
    """Return the mail and the callback that were asked for; a publish is followed by no other job."""
    spec = from_json(PublishSpec, job.options)
    return FollowOnSpec(publishes=(), email_setting=spec.email_setting, callback_url=spec.callback_url)


def _bring_file(task: Task, tools: Tools, asset: Asset | None, former_name: str | None) -> None:
    """Put the asset's optimised image, if there is an asset, in the place of the file of its last publish."""
    folder = company_folder(task, tools)
    if asset is not None and asset.derivatives is not None and asset.derivatives.pyramid is not None:
        with tools.blobs.as_file(asset.derivatives.pyramid.key) as pyramid:
            place_file(task, pyramid, folder, f"{asset.name}.tif")
    if former_name is not None and (asset is None or asset.name != former_name):
        remove_file(folder, f"{former_name}.tif")


def _is_wanted(tx: Tx, asset: Asset, spec: PublishSpec) -> bool:
    types = TARGETS[spec.kind].asset_types
    if asset.trash_state != "NotInTrash" or (types and asset.type not in types):
        return False
    return spec.context_id in find_marked_contexts(tx, asset)


def _message(asset: Asset, target: Target, *, is_wanted: bool) -> Words:
    if not is_wanted:
        return say("{name} was withdrawn.", name=asset.name)
    if target.asset_types:
        return say(
            "{name} is noted as published; this version serves no assets of type {type} yet.",
            name=asset.name,
            type=asset.type,
        )
    return say("{name} was published.", name=asset.name)


def _bring_up_to_date(tx: Tx, seen: Asset, spec: PublishSpec, *, is_wanted: bool) -> None:
    asset = load_asset(tx, seen.company_id, seen.id)
    if asset is None or asset.revision != seen.revision or _is_wanted(tx, asset, spec) != is_wanted:
        raise Superseded("The asset changed while it was being published.")
    if is_wanted:
        publish_asset(tx, spec.context_id, asset)
    else:
        withdraw_asset(tx, spec.context_id, asset.id)


def _kind(name: str, target: Target) -> JobKind:
    """Return the kind; the vendor makes the words of a publish of the type of its contexts."""
    word = f"{target.context_type}Publish"
    return JobKind(
        name=name,
        vendor_type=word,
        begin=f"Begin{word}",
        begin_message=target.begin_message,
        end=f"End{word}",
        failure=f"{word}Error",
        progress_message=say("Publishing files"),
        plan=plan,
        perform=perform,
        follow_on=follow_on,
    )


KINDS = tuple(_kind(name, target) for name, target in TARGETS.items())
