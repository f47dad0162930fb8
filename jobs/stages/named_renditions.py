"""The stage that makes the renditions of a processing profile: those in boxes itself, others by asking services."""

import mimetypes
import time
from collections.abc import Iterable
from fnmatch import fnmatchcase
from pathlib import Path

from domain.clock import utc_now
from domain.errors import Permanent
from domain.findings import NamedRendition
from domain.model import JsonObject, StepTiming
from domain.words import Words, listed, say
from imaging.facts import WrittenFile
from imaging.renditions import Wanted, sniff_mime, write_renditions
from imaging.view import View
from jobs.kinds.picture import scratch_folder
from jobs.profiles.definitions import ExternalWorker, ProcessingProfile, ProfileKind, ProfileVersion, Rendition
from jobs.profiles.formats import commands_of
from jobs.stages.external_worker import ask_worker
from jobs.stages.pictures import check_unchanged, look
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from publishing.conversion import kept_conversion
from publishing.image_errors import ImageRequestError
from store.asset_sets import SET_TYPES
from store.engine import Tx
from store.renditions import save_renditions

ANY_MIME = "application/octet-stream"
Made = tuple[str, WrittenFile]


def skips(asset_type: str, profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    """Return why no renditions are made of assets of a type; services are asked about all that have a file."""
    definition = profile.definition if profile else None
    if not isinstance(definition, ProcessingProfile) or not (definition.renditions or definition.workers):
        return say("There is no processing profile with renditions.")
    if asset_type in SET_TYPES or (asset_type != "Image" and not definition.workers):
        return say("Renditions are made of images, not of assets of type {type}.", type=asset_type)
    return None


def is_wanted(rendition: Rendition | ExternalWorker, mime: str) -> bool:
    """Return whether a rendition is made of files of a media type: excluded ones are looked at first, as in AEM."""
    if any(fnmatchcase(mime, pattern.strip().lower()) for pattern in rendition.excluded):
        return False
    return not rendition.included or any(fnmatchcase(mime, pattern.strip().lower()) for pattern in rendition.included)


def perform(call: StageCall) -> StageResult:
    """Make the renditions that the profile names for files of the asset's media type; earlier ones of others stay.

    One that cannot be made is a warning beside those that can; Permanent when none can.
    """
    reason = skips(call.asset.type, call.profile, call.options)
    if reason is not None:
        return StageResult(outcome=StageOutcome.SKIPPED, words=reason)
    assert call.profile is not None
    version, profile = call.profile, call.profile.definition
    assert isinstance(profile, ProcessingProfile)
    started = time.perf_counter()
    mime = _mime_of(call)
    boxed = [each for each in profile.renditions if is_wanted(each, mime) and call.asset.type == "Image"]
    workers = [each for each in profile.workers if is_wanted(each, mime)]
    if not boxed and not workers:
        words = say("The processing profile makes no rendition of files of type {mime}.", mime=mime)
        return StageResult(outcome=StageOutcome.SKIPPED, words=words)
    with scratch_folder(call.tools, call.task) as folder:
        problems: list[Words] = []
        made = list(_box(call, boxed, folder)) if boxed else []
        for number, worker in enumerate(workers):
            try:
                made.append((worker.name, ask_worker(call, version, worker, mime, folder / f"worker-{number}")))
            except Permanent as error:
                problems.append(say("{name}: {problem}", name=worker.name, problem=error.words))
        if not made:
            raise Permanent(listed(problems))
        renditions = tuple(_stored(call, version, each, folder) for each in made)
    spent = round((time.perf_counter() - started) * 1000, 3)
    return _result(call, renditions, problems, spent)


def _result(call: StageCall, made: tuple[NamedRendition, ...], problems: list[Words], spent: float) -> StageResult:
    def apply(tx: Tx) -> None:
        check_unchanged(tx, call.asset)
        save_renditions(tx, call.asset.id, made)

    words = say("Renditions made: {number}.", number=len(made))
    if problems:
        words = say("{made} Not made: {problems}", made=words, problems=listed(problems))
    return StageResult(
        outcome=StageOutcome.WARNED if problems else StageOutcome.DONE,
        words=words,
        steps=(StepTiming(name="renditions", detail=", ".join(each.name for each in made), milliseconds=spent),),
        apply=apply,
    )


def _mime_of(call: StageCall) -> str:
    """Return the media type of the original: by its first bytes or, where they say nothing, by its name."""
    with call.tools.blobs.as_file(call.asset.original.key) as source:
        known = call.tools.slots.run(call.task.token, sniff_mime, source)
    return known or mimetypes.guess_type(call.asset.file_name)[0] or ANY_MIME


def _box(call: StageCall, renditions: Iterable[Rendition], folder: Path) -> Iterable[Made]:
    wanted = tuple(Wanted(file=f"box-{n}", view=_view(call, each)) for n, each in enumerate(renditions))
    return zip((each.name for each in renditions), look(call, write_renditions, wanted, folder), strict=True)


def _view(call: StageCall, rendition: Rendition) -> View:
    made = call.asset.derivatives
    try:
        return kept_conversion(commands_of(rendition), (made.width, made.height) if made else None).view
    except ImageRequestError as error:
        raise Permanent("{name} cannot be converted: {reason}.", name=rendition.name, reason=str(error)) from error


def _stored(call: StageCall, version: ProfileVersion, made: Made, folder: Path) -> NamedRendition:
    name, written = made
    return NamedRendition(
        name=name,
        file=call.tools.blobs.put(folder / written.name),
        mime=written.mime,
        width=written.width,
        height=written.height,
        profile_id=version.profile_id,
        profile_version=version.version,
        made=utc_now(),
    )


STAGE = Stage(
    name="named_renditions",
    title=say("Named renditions"),
    skips=skips,
    perform=perform,
    profile_kind=ProfileKind.PROCESSING,
)
