"""The stage "metadata": reads what an asset's original says of itself and fills the asset's metadata by its profile."""

import time
from collections.abc import Mapping
from dataclasses import dataclass, replace

from domain.errors import Permanent, Superseded
from domain.metadata import Field, Held, Origin
from domain.model import Asset, JsonObject, StepTiming, StoredFile
from domain.words import Words, say, sentence
from imaging.errors import DamagedImage
from imaging.metadata import FileMetadata, keys_of, read_metadata
from jobs.kinds.pages import clause_of
from jobs.kinds.picture import scratch_folder
from jobs.profiles.definitions import MetadataProfile, MetadataRule, ProfileKind, ProfileVersion
from jobs.stages.metadata_filling import Filling, Vocabulary, fill
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from store.asset_changes import note_change
from store.assets import NO_FILE, load_asset
from store.engine import Tx
from store.metadata_fields import add_tags, find_fields, load_dictionary
from store.metadata_values import load_held, load_packet, save_held, save_packet

PROCESS_USER = "metadata extraction"
"""Who changed an asset last after this stage has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class _Seen:
    """What the store had of an asset's metadata when the stage began."""

    held: Mapping[str, Held]
    packet: tuple[StoredFile, Origin] | None
    fields: tuple[Field, ...]
    vocabulary: Vocabulary


def perform(call: StageCall) -> StageResult:
    """Read the original's metadata and say what it changes; Permanent when it cannot be read at all."""
    begun = time.monotonic()
    with call.tools.database.read() as tx:
        seen = _look(tx, call.asset)
    said, packet = _read(call, seen)
    read = time.monotonic()
    filling = fill(_rules(call.profile), said, seen.held, seen.vocabulary)
    step = StepTiming(
        name="read metadata", detail=f"{len(said.tags)} tags", milliseconds=round((read - begun) * 1000, 3)
    )
    return StageResult(
        outcome=StageOutcome.WARNED if filling.empty or filling.unusable or filling.unknown else StageOutcome.DONE,
        words=_words(filling),
        steps=(step,),
        apply=lambda tx: _apply(tx, call.asset, seen, filling, packet),
    )


def find_change(tx: Tx, asset: Asset, rule: MetadataRule) -> dict[str, Held]:
    """Return what one rule alone changes, by key. Raises Permanent for a field, or a value, that there cannot be."""
    seen = _look(tx, asset)
    filling = fill((rule,), FileMetadata(), seen.held, seen.vocabulary)
    if filling.unknown or filling.unusable:
        raise Permanent("The field {field} cannot have this value, or is unknown.", field=rule.field)
    own = seen.vocabulary.fields.get(rule.field)
    key = own.key if own else rule.field
    return {key: filling.changes[key]} if key in filling.changes else {}


def apply_change(tx: Tx, asset: Asset, rule: MetadataRule) -> None:
    """Write down what one rule alone changes now. Raises Superseded when the field is gone, or is another by now."""
    try:
        changes = find_change(tx, asset, rule)
    except Permanent as error:
        raise Superseded("The asset's metadata changed while it was being read.") from error
    if not changes:
        return
    note_change(tx, asset, PROCESS_USER)
    for each in find_fields(tx, asset.company_id, asset.type):
        if each.is_tag and each.key in changes:
            add_tags(tx, each, changes[each.key].texts)
    save_held(tx, asset, changes)


def _never_skips(_asset_type: str, _profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    return None


STAGE = Stage(
    name="metadata",
    title=say("Metadata"),
    skips=_never_skips,
    perform=perform,
    profile_kind=ProfileKind.METADATA,
)


def _rules(profile: ProfileVersion | None) -> tuple[MetadataRule, ...]:
    if profile is None:
        return ()
    assert isinstance(profile.definition, MetadataProfile)
    return profile.definition.rules


def _look(tx: Tx, asset: Asset) -> _Seen:
    """Return what the store has; of two fields of one name the one of the asset's own type counts."""
    fields = find_fields(tx, asset.company_id, asset.type)
    ordered = sorted(fields, key=lambda each: each.asset_type == asset.type)
    dictionaries = {each.key: load_dictionary(tx, each) for each in fields if each.is_fixed}
    return _Seen(
        held=load_held(tx, [asset.id]).get(asset.id, {}),
        packet=load_packet(tx, asset.id),
        fields=fields,
        vocabulary=Vocabulary(fields={each.name: each for each in ordered}, dictionaries=dictionaries),
    )


def _read(call: StageCall, seen: _Seen) -> tuple[FileMetadata, StoredFile | None]:
    """Return what the original says, and its packet in the blob store; a person's packet stands in the place of it."""
    tools = call.tools
    said = _of_file(call)
    if seen.packet is not None and seen.packet[1] is Origin.PERSON:
        with tools.blobs.as_file(seen.packet[0].key) as path:
            packet = path.read_bytes()
        return replace(said, packet=packet, keys=keys_of(packet, said.tags)), seen.packet[0]
    if said.packet is None:
        return said, None
    with scratch_folder(tools, call.task) as folder:
        written = folder / "packet"
        written.write_bytes(said.packet)
        return said, tools.blobs.put(written)


def _of_file(call: StageCall) -> FileMetadata:
    """Return what the original says; that of a set, which has none, says nothing."""
    if call.asset.original == NO_FILE:
        return FileMetadata()
    with call.tools.blobs.as_file(call.asset.original.key) as source:
        try:
            return call.tools.slots.run(call.task.token, read_metadata, source, call.tools.limits.timeout_s)
        except DamagedImage as error:
            raise Permanent(sentence(clause_of(error))) from error


def _apply(tx: Tx, asset: Asset, seen: _Seen, filling: Filling, packet: StoredFile | None) -> None:
    """Write the changes down. Raises Superseded when the original, the values or the fields are others by now."""
    kept = seen.packet[0] if seen.packet else None
    fields = {field.key: field for field in seen.fields if field.is_tag}
    tags = {key: held for key, held in filling.changes.items() if key in fields}
    if filling.changes or packet != kept:
        note_change(tx, asset, PROCESS_USER)
    current = load_asset(tx, asset.company_id, asset.id)
    if current is None or current.original != asset.original or _look(tx, asset) != seen:
        raise Superseded("The asset's metadata changed while it was being read.")
    for key, held in tags.items():
        add_tags(tx, fields[key], held.texts)
    save_held(tx, asset, filling.changes)
    if packet != kept:
        save_packet(tx, asset, packet, Origin.FILE)


def _words(filling: Filling) -> Words:
    words = say("Values of metadata that changed: {number}.", number=len(filling.changes))
    if filling.empty:
        words = say("{words} Required, but empty: {fields}.", words=words, fields=", ".join(filling.empty))
    if filling.unusable:
        fields = ", ".join(filling.unusable)
        words = say("{words} Without a value that the field can have: {fields}.", words=words, fields=fields)
    if filling.unknown:
        fields = ", ".join(filling.unknown)
        words = say("{words} Fields of the profile that there are not: {fields}.", words=words, fields=fields)
    return words
