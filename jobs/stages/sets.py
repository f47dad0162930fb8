"""The stage of batch sets: the asset goes into the sets that the set script of a batch set preset names."""

from domain.errors import Permanent, Superseded
from domain.handles import parse_property_set
from domain.model import JsonObject
from domain.words import Words, say
from jobs.profiles.definitions import BatchSetPreset, ProfileKind, ProfileVersion
from jobs.set_generation import Generation, SetChange, find_changes, generate_sets, load_generation
from jobs.specs import SetsSpec
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from store.assets import load_asset
from store.engine import Tx


def perform(call: StageCall) -> StageResult:
    """Put the asset into its sets. Raises Permanent for a script that is gone, and when the sets cannot take it."""
    with call.tools.database.read() as tx:
        by = _generation(tx, call)
        changes = find_changes(tx, [call.asset], by)
    if problem := next((change.problem for change in changes if change.problem), None):
        raise Permanent(problem)
    if not changes:
        words = say("{name} belongs in no set by these set scripts.", name=call.asset.name)
        return StageResult(outcome=StageOutcome.DONE, words=words)
    return StageResult(
        outcome=StageOutcome.DONE,
        words=say("Belongs in the set {set}.", set=changes[0].name),
        apply=lambda tx: _apply(tx, call, by, changes[0]),
    )


def skips(asset_type: str, profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    """Return why an asset is left out: there is no preset, or it is no image; pages of documents are images."""
    if profile is None:
        return say("No batch set preset is chosen.")
    return None if asset_type == "Image" else say("Assets of type {type} are not put into sets.", type=asset_type)


def _generation(tx: Tx, call: StageCall) -> Generation:
    preset = call.profile.definition if call.profile else None
    assert isinstance(preset, BatchSetPreset)
    number = parse_property_set(preset.property_set)
    if number is None:
        raise Permanent("The set script {handle} is gone.", handle=preset.property_set)
    return load_generation(tx, call.job.company_id, SetsSpec(script_ids=(number,)), call.job.submitter)


def _apply(tx: Tx, call: StageCall, by: Generation, seen: SetChange) -> None:
    asset = load_asset(tx, call.asset.company_id, call.asset.id)
    changes = generate_sets(tx, [asset] if asset else [], by)
    if [change.name for change in changes if not change.problem] != [seen.name]:
        raise Superseded("The sets changed while an asset was being put into them.")


STAGE = Stage(
    name="sets",
    title=say("Batch sets"),
    skips=skips,
    perform=perform,
    profile_kind=ProfileKind.BATCH_SET,
)
