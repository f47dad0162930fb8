"""What is known about a file and what was made from it, as plain values that can be pickled, stored and shown."""

import json
from dataclasses import asdict, dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class SourceFacts:
    """What the header of an original says.

    `width` and `height` are pixels as seen, with the file's orientation applied; of a PDF, the first page in points.
    `bits` is bits per channel in the file, `bands` counts alpha, `resolution_ppi` is 0.0 when the file names none,
    `colour_space` is RGB, GRAY or CMYK.
    """

    format: str
    mime: str
    width: int
    height: int
    bands: int
    bits: int
    has_alpha: bool
    resolution_ppi: float
    colour_space: str
    pages: int = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class StepRecord:
    """One thing that ran. Pixels are computed on demand, so the time of most steps is spent in the step that writes."""

    name: str
    detail: str
    milliseconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class WrittenFile:
    """One derivative, by its name inside the folder that was asked for; sizes in pixels and in bytes."""

    name: str
    mime: str
    width: int
    height: int
    size_bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """All that one run of the pipeline made; `width` and `height` are pixels after cropping."""

    source: SourceFacts
    width: int
    height: int
    files: tuple[WrittenFile, ...]
    steps: tuple[StepRecord, ...]

    def file(self, name: str) -> WrittenFile | None:
        """Return the derivative of this name, or None."""
        return next((written for written in self.files if written.name == name), None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendered:
    """One encoded picture, as it is sent; sizes in pixels."""

    body: bytes
    mime: str
    width: int
    height: int


def outcome_to_json(outcome: Outcome) -> str:
    """Return the outcome as JSON text with sorted keys."""
    return json.dumps(asdict(outcome), sort_keys=True)
