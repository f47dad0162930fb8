"""AutomatedSetGenerationJob: assets into the sets that set scripts name, by itself or after the job that names scripts.

Each asset is an item of its own, so that the log says of each which set was made or grew, or that none matches.
"""

from collections.abc import Sequence
from dataclasses import asdict

from domain.errors import Superseded
from domain.model import Job, Order, Task
from domain.states import TaskState
from domain.words import say
from jobs.kinds import reprocess
from jobs.kinds.port import JobKind, Subject, Tools, Work
from jobs.set_generation import Generation, SetChange, find_changes, generate_sets, load_generation, words_of
from jobs.specs import FollowOnSpec, SetsSpec, from_json, to_json
from store.engine import Tx
from store.ledger import Settlement

NAME = "automated_sets"


def order(spec: SetsSpec, handles: Sequence[str]) -> Order:
    """Return the order to put the assets with these handles into sets."""
    return Order(kind=NAME, options=to_json(spec), items=tuple({"handle": handle.strip()} for handle in handles))


def perform(job: Job, task: Task, tools: Tools) -> Work:
    """Put the asset, or the pages of a document, into the sets that the scripts name.

    Raises Permanent for an unknown or trashed asset and for a script that is gone. What cannot take the asset fails the
    item; the other sets get it.
    """
    spec = from_json(SetsSpec, job.options)
    with tools.database.read() as tx:
        asset = reprocess.load_chosen(tx, task)
        by = load_generation(tx, job.company_id, spec, job.submitter)
        changes = find_changes(tx, [asset], by)
    problem = next((change.problem for change in changes if change.problem), None)
    none = say("{name} belongs in no set by these set scripts.", name=asset.name)
    return Work(
        settlement=Settlement(
            state=TaskState.FAILED if problem else TaskState.DONE,
            error=str(problem) if problem else None,
            plan={"scripts": [asdict(script) for script in by.scripts]},
            updated=any(change.added for change in changes),
        ),
        log_type="UploadError" if problem else "UploadSuccess",
        message=words_of(changes) if changes else none,
        subject=Subject(name=asset.file_name, type=changes[0].script.type if changes else None, asset_id=asset.id),
        apply=lambda tx: _apply(tx, task, by, changes),
    )


def follow_on(job: Job) -> FollowOnSpec:
    """Return the mail that was asked for."""
    return FollowOnSpec(publishes=(), email_setting=from_json(SetsSpec, job.options).email_setting)


def _apply(tx: Tx, task: Task, by: Generation, seen: Sequence[SetChange]) -> None:
    changes = generate_sets(tx, [reprocess.load_chosen(tx, task)], by)
    if [change.outcome for change in changes] != [change.outcome for change in seen]:
        raise Superseded("The sets changed while an asset was being put into them.")


KIND = JobKind(
    name=NAME,
    vendor_type="AutomatedSetGeneration",
    begin="BeginUpload",
    begin_message=say("Automated set generation has begun."),
    end="EndUpload",
    failure="UploadError",
    progress_message=say("Generating sets"),
    plan=reprocess.plan,
    perform=perform,
    follow_on=follow_on,
)
