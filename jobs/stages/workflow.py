"""The steps of a workflow that follow an asset's processing; what was made of the asset stays whatever they do."""

from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import entry_points
from pathlib import Path

from domain.clock import utc_now
from domain.errors import Permanent
from domain.handles import active_job_handle, asset_handle, company_handle
from domain.model import Asset, JsonObject
from domain.words import Words, listed, say, verbatim
from jobs.profiles.definitions import MetadataRule, ProfileKind, ProfileVersion, Workflow
from jobs.stages.metadata import apply_change, find_change
from jobs.stages.port import Stage, StageCall, StageOutcome, StageResult
from store.asset_changes import set_publish_mark
from store.assets import NO_FILE, load_asset
from store.companies import default_context
from store.engine import Tx
from store.outbox import NewMessage, add_message
from store.projects import add_project, add_to_project, find_project
from store.published import publish_asset
from store.webhooks import find_webhooks

NAME = "workflow"
ENTRY_POINTS = "reprise.workflow_steps"
"""The group of entry points that an operator's package names its own steps in."""
Change = Callable[[Tx], None]


def skips(_asset_type: str, profile: ProfileVersion | None, _options: JsonObject) -> Words | None:
    """Return why nothing follows: no workflow holds."""
    return None if profile else say("No workflow is assigned to the folder, and none was chosen.")


def perform(call: StageCall) -> StageResult:
    """Do the steps in their order up to the first that fails, which is a warning: the asset itself is processed."""
    assert call.profile is not None
    workflow = call.profile.definition
    assert isinstance(workflow, Workflow)
    done, changes = list[Words](), list[Change]()
    problem: Words | None = None
    for step in workflow.steps:
        try:
            changes.append(STEPS[step.name](call, dict(step.options)))
        except Permanent as error:
            problem = say("{stage}: {reason}", stage=step.name, reason=error.words)
            break
        done.append(verbatim(step.name))
    return StageResult(
        outcome=StageOutcome.WARNED if problem else StageOutcome.DONE,
        words=problem or say("Steps done: {steps}.", steps=listed(done)),
        apply=lambda tx: _apply(tx, changes),
    )


def _apply(tx: Tx, changes: Sequence[Change]) -> None:
    for change in changes:
        change(tx)


def _add_to_project(call: StageCall, options: Mapping[str, str]) -> Change:
    company_id, name = call.asset.company_id, options["project"]

    def change(tx: Tx) -> None:
        project = find_project(tx, company_id, name)
        add_to_project(tx, add_project(tx, company_id, name) if project is None else project, call.asset.id)

    return change


def _set_metadata(call: StageCall, options: Mapping[str, str]) -> Change:
    """Set a field unless a person did. Raises Permanent for a field, or a value, that there cannot be."""
    rule = MetadataRule(field=options["field"], default=options["value"], overwrites=True)
    with call.tools.database.read() as tx:
        find_change(tx, call.asset, rule)
    return lambda tx: apply_change(tx, call.asset, rule)


def _set_publish_state(call: StageCall, options: Mapping[str, str]) -> Change:
    is_marked = options["state"] == "marked"
    return lambda tx: set_publish_mark(tx, call.asset, None, is_marked=is_marked)


def _publish(call: StageCall, _options: Mapping[str, str]) -> Change:
    """Publish the asset to the image servers at once, marked from now on. Raises Permanent without a picture."""
    asset = call.asset
    if asset.derivatives is None or asset.derivatives.pyramid is None:
        raise Permanent("The asset has no optimised image to publish; reprocess it first.")

    def change(tx: Tx) -> None:
        set_publish_mark(tx, asset, None, is_marked=True)
        publish_asset(tx, default_context(tx, asset.company_id, "ImageServing"), _now(tx, asset))

    return change


def _tell(call: StageCall, options: Mapping[str, str]) -> Change:
    """Owe a signed webhook about the asset. Raises Permanent for a URL that the company has not set with its secret."""
    url = options["url"]
    with call.tools.database.read() as tx:
        known = {hook.url for hook in find_webhooks(tx, call.asset.company_id)}
    if url not in known:
        raise Permanent("{url} is no webhook of the company: set it with its secret first.", url=url)
    job = call.job
    told = {
        "type": "asset.processed",
        "timestamp": utc_now().isoformat(timespec="milliseconds"),
        "data": {
            "companyHandle": company_handle(job.company_id),
            "jobHandle": active_job_handle(job.company_id, job.unique_name, job.id),
            "assetHandle": asset_handle(call.asset.id),
            "name": call.asset.name,
            "folder": call.asset.folder,
        },
    }
    message = NewMessage(kind="webhook", target=url, payload=told, about=str(call.task.id))
    return lambda tx: add_message(tx, job.id, message)


def _run(call: StageCall, options: Mapping[str, str]) -> Change:
    """Call an operator's own step in a slot. Raises Permanent when there is none, or no file, or it raises."""
    asset = call.asset
    if asset.original == NO_FILE:
        raise Permanent("Assets of type {type} have no file.", type=asset.type)
    facts = {"handle": asset_handle(asset.id), "name": asset.name, "folder": asset.folder, "type": asset.type}
    with call.tools.blobs.as_file(asset.original.key) as original:
        problem = call.tools.slots.run(call.task.token, run_entry_point, options["entry_point"], facts, original)
    if problem:
        raise Permanent(verbatim(problem))
    return lambda _tx: None


def run_entry_point(name: str, asset: Mapping[str, str], original: Path) -> str:
    """Call the operator's step with what the asset is and the path of its original; return what went wrong, if any."""
    found = next((point for point in entry_points(group=ENTRY_POINTS) if point.name == name), None)
    if found is None:
        return f"No installed package has an entry point {name} in the group {ENTRY_POINTS}."
    try:
        found.load()(dict(asset), original)
    except Exception as error:  # noqa: BLE001 - the code is the operator's, and the process a slot
        return f"{type(error).__name__}: {error}"
    return ""


def _now(tx: Tx, asset: Asset) -> Asset:
    now = load_asset(tx, asset.company_id, asset.id)
    assert now is not None
    return now


STEPS: Mapping[str, Callable[[StageCall, Mapping[str, str]], Change]] = {
    "add-to-project": _add_to_project,
    "set-metadata": _set_metadata,
    "set-publish-state": _set_publish_state,
    "publish": _publish,
    "webhook": _tell,
    "run": _run,
}
STAGE = Stage(
    name=NAME,
    title=say("Workflow"),
    skips=skips,
    perform=perform,
    profile_kind=ProfileKind.WORKFLOW,
)
