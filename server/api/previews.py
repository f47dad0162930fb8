"""A preview in JSON's words, as the API answers it and the command `reprocess` prints it."""

from collections.abc import Callable

from pydantic import BaseModel

from domain.words import Words
from jobs.processing.preview import Preview


class TypeValue(BaseModel):
    """Assets of one type: how many, the bytes of their originals, seconds that one takes by what was measured."""

    type: str
    number: int
    bytes: int
    seconds_each: float | None


class StageValue(BaseModel):
    """What a stage would do: to how many, with which profiles, and how many it leaves out for which reason."""

    name: str
    title: str
    runs: int
    profiles: dict[str, int]
    skipped: dict[str, int]


class SelectionValue(BaseModel):
    """A frozen selection and what a run would do to it; ``id`` starts that run. ``untouched`` no stage does a thing to.

    ``warning`` says that the selection is larger than the server's setting finds usual.
    """

    id: int
    total: int
    types: tuple[TypeValue, ...]
    stages: tuple[StageValue, ...]
    untouched: int
    seconds: float | None
    warning: str | None


def tell_preview(seen: Preview, usual: int, say: Callable[[Words], str]) -> SelectionValue:
    """Return the preview, with a warning above a ``usual`` number of assets."""
    total = seen.selection.total
    return SelectionValue(
        id=seen.selection.id,
        total=total,
        types=tuple(
            TypeValue(type=each.type, number=each.number, bytes=each.size, seconds_each=each.seconds_each)
            for each in seen.types
        ),
        stages=tuple(
            StageValue(
                name=each.name,
                title=say(each.title),
                runs=each.runs,
                profiles=dict(each.profiles),
                skipped=dict(each.skipped),
            )
            for each in seen.stages
        ),
        untouched=seen.untouched,
        seconds=seen.seconds,
        warning=f"{total} assets are more than {usual}: make sure that all are meant." if total > usual else None,
    )
