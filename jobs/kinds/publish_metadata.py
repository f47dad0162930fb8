"""MetadataPublishJob: what is known of each asset, as one JSON file in a folder of the operator's.

The vendor pushes to a metadata server of its own; here whatever reads the folder (a search engine, a catalogue) is one.
"""

import json

from domain.errors import Permanent, Superseded
from domain.handles import asset_handle
from domain.model import Asset, Job, NewTask, Order, Task
from domain.states import TaskState
from domain.words import Words, say
from jobs.kinds.picture import scratch_folder
from jobs.kinds.placed_files import company_folder, place_file, remove_file
from jobs.kinds.port import JobKind, Planned, Subject, Tools, Work
from jobs.specs import FollowOnSpec, MetadataSpec, from_json, to_json
from store.assets import load_asset
from store.engine import Tx
from store.ledger import Settlement
from store.metadata_fields import find_fields
from store.metadata_values import load_held
from store.published_metadata import find_to_tell, note_forgotten, note_told, told_name

NAME = "publish_metadata"
FOLDER = "metadata"


def order(spec: MetadataSpec) -> Order:
    """Return the order to publish metadata."""
    return Order(kind=NAME, options=to_json(spec))


def plan(tx: Tx, company_id: int, order: Order) -> Planned:
    """Return one task for each asset to tell of, or to tell of no more."""
    everything = from_json(MetadataSpec, order.options).everything
    found = find_to_tell(tx, company_id, changed_only=not everything)
    return Planned(tasks=tuple(NewTask(label=name, asset_id=number) for number, name in found))


def perform(_job: Job, task: Task, tools: Tools) -> Work:
    """Write the asset's file, or remove it when the asset is not outside the trash any more.

    Raises Permanent when the asset is gone, and what placing a file raises.
    """
    with tools.database.read() as tx:
        asset = load_asset(tx, task.company_id, task.asset_id) if task.asset_id is not None else None
        former_name = told_name(tx, asset.id) if asset is not None else None
        said = _said(tx, asset) if asset is not None else {}
    if asset is None:
        raise Permanent("The asset no longer exists.")
    is_there = asset.trash_state == "NotInTrash"
    folder = company_folder(task, tools, FOLDER)
    if is_there:
        with scratch_folder(tools, task) as scratch:
            written = scratch / "metadata"
            written.write_text(json.dumps(_metadata(asset) | said, ensure_ascii=False, indent=1))
            place_file(task, written, folder, f"{asset.name}.json")
    if former_name is not None and (not is_there or asset.name != former_name):
        remove_file(folder, f"{former_name}.json")
    return Work(
        settlement=Settlement(state=TaskState.DONE, updated=True),
        log_type="MetadataSuccess",
        message=_message(asset, is_there=is_there),
        subject=Subject(name=asset.file_name, type="NoType", asset_id=asset.id),
        apply=lambda tx: _note(tx, asset),
    )


def _message(asset: Asset, *, is_there: bool) -> Words:
    if is_there:
        return say("The metadata of {name} was published.", name=asset.name)
    return say("The metadata of {name} was withdrawn.", name=asset.name)


def follow_on(_job: Job) -> FollowOnSpec:
    """Return nothing: the vendor's job knows neither a mail nor a callback."""
    return FollowOnSpec(publishes=())


def _metadata(asset: Asset) -> dict[str, object]:
    """Return what changes the time of the asset's last change when it changes itself; marks and projects do not."""
    made = asset.derivatives
    picture = {"width": made.width, "height": made.height, "colorSpace": made.colour_space} if made else {}
    return {
        "assetHandle": asset_handle(asset.id),
        "name": asset.name,
        "type": asset.type,
        "fileName": asset.file_name,
        "folder": asset.folder,
        "fileSize": asset.original.size,
        "created": asset.created.isoformat(),
        "createUser": asset.created_by,
        "lastModified": asset.last_modified.isoformat(),
        "lastModifyUser": asset.last_modified_by,
        **picture,
    }


def _said(tx: Tx, asset: Asset) -> dict[str, object]:
    """Return the values of the asset's metadata: of the company's own fields by name, of its file's by key."""
    held = load_held(tx, [asset.id]).get(asset.id, {})
    fields = {field.key: field for field in find_fields(tx, asset.company_id, asset.type)}
    own = {fields[key].name: list(each.texts) for key, each in held.items() if key in fields}
    return {"fields": own, "metadata": {key: list(each.texts) for key, each in held.items() if key not in fields}}


def _note(tx: Tx, seen: Asset) -> None:
    asset = load_asset(tx, seen.company_id, seen.id)
    if asset is None or asset.last_modified != seen.last_modified:
        raise Superseded("The asset changed while its metadata was being published.")
    if asset.trash_state == "NotInTrash":
        note_told(tx, asset)
    else:
        note_forgotten(tx, asset.id)


KIND = JobKind(
    name=NAME,
    vendor_type="MetadataPublish",
    begin="BeginMetadata",
    begin_message=say("Metadata publish has begun."),
    end="EndMetadata",
    failure="MetadataFailure",
    progress_message=say("Publishing metadata"),
    plan=plan,
    perform=perform,
    follow_on=follow_on,
)
