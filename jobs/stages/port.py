"""What a stage of processing is: one thing done to one asset, beside others, with an outcome of its own."""

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum

from domain.model import Asset, Job, JsonObject, StepTiming, Task
from domain.words import Words
from jobs.kinds.port import Tools
from jobs.profiles.definitions import ProfileKind, ProfileVersion
from store.engine import Tx


class StageOutcome(StrEnum):
    """How a stage ended for one asset."""

    DONE = "done"
    WARNED = "warned"
    SKIPPED = "skipped"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class StageCall:
    """One asset's turn at a stage.

    ``asset`` is as the stages before have left it, though nothing of that is in its row yet. ``profile`` is the one
    that was chosen for the run, else the one of the asset's folder; None without one. ``options`` are the stage's own
    of the run.
    """

    job: Job
    task: Task
    tools: Tools
    asset: Asset
    profile: ProfileVersion | None = None
    options: JsonObject = field(default_factory=dict)


def _nothing(_tx: Tx) -> None:
    return None


@dataclass(frozen=True, slots=True, kw_only=True)
class StageResult:
    """What a stage did to an asset: how it ended, in words, and what the finishing transaction must write.

    ``asset`` is the asset as it will be then, for the stages that follow; None when it stays as it is. ``steps`` are
    the parts that the stage's time went to. ``apply`` may raise Superseded, which throws the task's whole run away.
    """

    outcome: StageOutcome
    words: Words
    asset: Asset | None = None
    steps: tuple[StepTiming, ...] = ()
    apply: Callable[[Tx], None] = _nothing


@dataclass(frozen=True, slots=True, kw_only=True)
class Stage:
    """Something that can be done to an asset.

    ``skips`` says why assets of a type are left out, knowing the profile and the options, None when they are not; it
    is asked before a run is confirmed and again when it runs. ``perform`` raises Permanent for an asset that cannot be
    done, which fails this stage alone, and Retryable, which runs the whole task again.
    """

    name: str
    title: Words
    skips: Callable[[str, ProfileVersion | None, JsonObject], Words | None]
    perform: Callable[[StageCall], StageResult]
    profile_kind: ProfileKind | None = None
    """The kind of profile that it follows."""
