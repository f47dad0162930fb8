"""What a run would come to: which assets of which types, what is done to them, what is left out, how long it takes."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

from domain.clock import utc_now
from domain.words import Words
from jobs.kinds import process, reprocess
from jobs.processing.criteria import criteria_to_json, find_filter
from jobs.processing.spec import ProcessSpec, Profiles
from store.engine import Tx
from store.figures import mean_seconds
from store.selections import Portion, Selection, freeze, portions
from store.workers import find_workers

MEASURED_KINDS = (process.NAME, reprocess.NAME)
ALIVE = timedelta(seconds=60)


@dataclass(frozen=True, slots=True, kw_only=True)
class TypePreview:
    """The assets of one type: how many, the bytes of their originals, and the seconds that one takes; None unknown."""

    type: str
    number: int
    size: int
    seconds_each: float | None


@dataclass(frozen=True, slots=True, kw_only=True)
class StagePreview:
    """What a stage would do: to how many assets, with which profiles, and how many it leaves out for which reason."""

    name: str
    title: Words
    runs: int
    profiles: Mapping[str, int]
    skipped: Mapping[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """A frozen selection and what the run would do to it.

    ``seconds`` is the time that it takes by what such assets took lately; None when nothing was measured yet.
    """

    selection: Selection
    types: tuple[TypePreview, ...]
    stages: tuple[StagePreview, ...]
    untouched: int
    """Assets that every stage leaves out."""
    seconds: float | None


def preview(tx: Tx, company_id: int, spec: ProcessSpec, who: str) -> Preview:
    """Return what the run would come to, its selection frozen. Raises CriteriaError."""
    selection = freeze(tx, find_filter(tx, company_id, spec.criteria), criteria_to_json(spec.criteria), who)
    found = portions(tx, selection.id)
    types = tuple(_types(tx, company_id, found))
    stages, untouched = _stages(spec, found, Profiles(tx, company_id, spec))
    measured = [each.number * each.seconds_each for each in types if each.seconds_each is not None]
    slots = sum(worker.slots for worker in find_workers(tx, utc_now() - ALIVE))
    is_known = len(measured) == len(types) and slots > 0
    return Preview(
        selection=selection,
        types=types,
        stages=stages,
        untouched=untouched,
        seconds=sum(measured) / slots if is_known else None,
    )


def _types(tx: Tx, company_id: int, found: Sequence[Portion]) -> Iterator[TypePreview]:
    seconds = mean_seconds(tx, company_id, MEASURED_KINDS)
    for asset_type in sorted({portion.type for portion in found}):
        of_type = [portion for portion in found if portion.type == asset_type]
        yield TypePreview(
            type=asset_type,
            number=sum(portion.number for portion in of_type),
            size=sum(portion.size for portion in of_type),
            seconds_each=seconds.get(asset_type),
        )


def _stages(spec: ProcessSpec, found: Sequence[Portion], profiles: Profiles) -> tuple[tuple[StagePreview, ...], int]:
    """Return what each stage would do, and how many assets no stage does anything to."""
    previews, touched = [], set[Portion]()
    for stage in spec.stages:
        counted = _Counted()
        for portion in found:
            refusals = []
            for profile in profiles.calls(stage, portion.folder):
                refusals.append(spec.skips(stage, portion.type, profile))
                if refusals[-1] is None and profile is not None:
                    counted.profiles[f"{profile.name} (version {profile.version})"] += portion.number
            if None in refusals:
                counted.runs += portion.number
                touched.add(portion)
            else:
                reason = refusals[0]
                counted.skipped[str(reason)] += portion.number
        previews.append(
            StagePreview(
                name=stage.name,
                title=stage.title,
                runs=counted.runs,
                profiles=counted.profiles,
                skipped=counted.skipped,
            )
        )
    return tuple(previews), sum(portion.number for portion in found if portion not in touched)


@dataclass(slots=True)
class _Counted:
    runs: int = 0
    profiles: Counter[str] = field(default_factory=Counter)
    skipped: Counter[str] = field(default_factory=Counter)
