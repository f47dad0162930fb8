"""ExportJob: originals or converted pictures, kept together for their client to fetch as one zip file.

What is packed stays apart in the blob store; the zip is written while it is fetched (``server.exports``).
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import PurePosixPath
from urllib.parse import quote

from domain.clock import utc_now
from domain.errors import Permanent
from domain.model import Asset, Job, Order, StoredFile, Task
from domain.states import TaskState
from domain.words import Words, say, sentence
from imaging.errors import ImagingError
from imaging.render import render
from jobs.kinds import reprocess
from jobs.kinds.pages import clause_of
from jobs.kinds.picture import scratch_folder
from jobs.kinds.port import JobKind, Subject, Tools, Work
from jobs.specs import ExportSpec, FollowOnSpec, from_json, to_json
from publishing.conversion import conversion_of
from publishing.image_errors import ImageRequestError
from store.asset_sets import SET_TYPES
from store.engine import Tx
from store.exports import ExportedFile, add_exported_file
from store.ledger import Settlement

NAME = "export"
PATH = "/scene7/export"


def order(spec: ExportSpec, handles: Sequence[str]) -> Order:
    """Return the order to export the assets with these handles."""
    return Order(kind=NAME, options=to_json(spec), items=tuple({"handle": handle.strip()} for handle in handles))


def with_macro(modifiers: str | None, macro: str | None) -> str:
    """Return modifiers and the image format that follows them and so wins, as one query."""
    return "&".join(part for part in (modifiers, f"${quote(macro)}$" if macro else None) if part)


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Put the asset's original, or the picture made of it, beside the other files of the export.

    Raises Permanent for an asset that is unknown, in the trash or a set, and for a picture that cannot be made.
    """
    with tools.database.read() as tx:
        asset = reprocess.load_chosen(tx, task)
    if asset.type in SET_TYPES:  # the vendor exports none of them
        raise Permanent(
            "{name} is of type {type}, which has no file to export; export its members.",
            name=asset.name,
            type=asset.type,
        )
    spec = from_json(ExportSpec, job.options)
    file = _original(asset) if spec.modifiers is None else _converted(task, tools, asset, spec)
    expires = utc_now() + timedelta(days=spec.days)
    return Work(
        settlement=Settlement(state=TaskState.DONE),
        log_type="ReturnSuccess",
        message=say("{path} is in the export as {name}.", path=f"{asset.folder}{asset.file_name}", name=file.name),
        subject=Subject(name=asset.file_name, type="MasterImage", asset_id=asset.id),
        apply=lambda tx: _add(tx, job, file, expires),
    )


def follow_on(job: Job) -> FollowOnSpec:
    """Return the mail that was asked for; an export is followed by nothing else."""
    return FollowOnSpec(publishes=(), email_setting=from_json(ExportSpec, job.options).email_setting)


def link(job: Job) -> Words | None:
    """Return the words that say where the files are; nothing when there are none."""
    if not job.counts.done:
        return None
    spec = from_json(ExportSpec, job.options)
    url = f"{spec.base_url}{PATH}/{job.id}/{spec.token}.zip"
    return say("Fetch the files within {days} days: {url}", days=spec.days, url=url)


def _original(asset: Asset) -> ExportedFile:
    suffix = PurePosixPath(asset.original_path).suffix
    return ExportedFile(name=f"{asset.name}{suffix}", stored=asset.original)


def _converted(task: Task, tools: Tools, asset: Asset, spec: ExportSpec) -> ExportedFile:
    made = asset.derivatives
    if made is None or made.pyramid is None:
        raise Permanent("{name} has no optimised image to convert; export it with fmt orig.", name=asset.name)
    try:
        formats = dict(spec.formats)
        asked = with_macro(spec.modifiers, spec.macro)
        conversion = conversion_of(asked, (made.width, made.height), lambda name: formats.get(name.casefold()))
        with tools.blobs.as_file(made.pyramid.key) as pyramid:
            picture = tools.slots.run(task.token, render, pyramid, conversion.view)
    except ImageRequestError as error:
        raise Permanent("{name} cannot be converted: {reason}.", name=asset.name, reason=str(error)) from error
    except ImagingError as error:
        raise Permanent(sentence(clause_of(error))) from error
    return ExportedFile(name=f"{asset.name}.{conversion.suffix}", stored=_stored(task, tools, picture.body))


def _stored(task: Task, tools: Tools, body: bytes) -> StoredFile:
    with scratch_folder(tools, task) as folder:
        made = folder / "converted"
        made.write_bytes(body)
        return tools.blobs.put(made)


def _add(tx: Tx, job: Job, file: ExportedFile, expires: datetime) -> None:
    add_exported_file(tx, job.id, file, expires)


KIND = JobKind(
    name=NAME,
    vendor_type="Export",
    begin="BeginGet",
    begin_message=say("Export has begun."),
    end="EndGet",
    failure="GetFailure",
    progress_message=say("Exporting files"),
    plan=reprocess.plan,
    perform=perform,
    follow_on=follow_on,
    closing_words=link,
)
