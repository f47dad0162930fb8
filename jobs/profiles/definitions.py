"""What a profile of each kind says. AEM's profiles are the model (ranges and defaults are those of its dialogs)."""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal

from domain.errors import RepriseError
from jobs.specs import Insets, UnsharpSpec

MOST_SMART_CROPS = 100
"""As many named sizes as AEM allows for one image."""


class ProfileError(RepriseError):
    """A profile cannot be kept as it is given; ``field`` is what to change, ``problem`` why."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(f"{field}: {problem}")
        self.field = field
        self.problem = problem


class ProfileKind(StrEnum):
    """The kinds of profiles. A folder has at most one of each, but any number of batch set presets."""

    METADATA = "metadata"
    IMAGE = "image"
    VIDEO = "video"
    PROCESSING = "processing"
    BATCH_SET = "batch_set"
    WORKFLOW = "workflow"


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataRule:
    """What one metadata field gets: a value from the file itself, else a default.

    ``field`` is a field's key as in searches (``dc.rights``) or the name of a field of the company's own. ``source`` is
    a tag of the file with its group, as exiftool writes it (``IPTC:By-line``).
    """

    field: str
    default: str | None = None
    source: str | None = None
    is_required: bool = False
    overwrites: bool = False
    """Whether a value that is there already is replaced; one that a person set never is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataProfile:
    """What the metadata of an asset is filled with."""

    rules: tuple[MetadataRule, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class CropSize:
    """A named size, in pixels, that a smart crop is made for; served as ``asset:name``."""

    name: str
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True)
class SwatchSize:
    """The size, in pixels, of the swatch that is served as ``asset:Swatch``; of one colour, or a piece of the image."""

    width: int
    height: int
    is_colour: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageProfile:
    """How images are cropped and sharpened: by pixels trimmed from the edges, or by smart crops of named sizes."""

    trim: Insets | None = None
    smart_crops: tuple[CropSize, ...] = ()
    swatch: SwatchSize | None = None
    preserves_content: bool = True
    """Whether sizes of one aspect ratio share one crop."""
    unsharp: UnsharpSpec | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoCrop:
    """A named aspect ratio for videos, such as 16x9."""

    name: str
    ratio: Literal["16x9", "9x16", "1x1", "4x3", "4x5"]


@dataclass(frozen=True, slots=True, kw_only=True)
class VideoProfile:
    """The encodings of videos, by the handles of their property sets, and their crops."""

    encodings: tuple[str, ...] = ()
    is_adaptive: bool = True
    smart_crops: tuple[VideoCrop, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Rendition:
    """A file made of an asset, as values of its own say or as an image format of the company does.

    With a ``format`` it is the largest picture that fits into the box, never larger than the original; no width or
    height stands for the original's, no quality for 85; it is kept as the image format named ``image_format``, else
    as one of its own name. Without, it is what the image format says: ``commands``, as they were at this version. An
    excluded MIME type is left out even if it is included too; no included ones stand for all (``image/*`` matches
    all of a kind).
    """

    name: str
    image_format: str | None = None
    format: Literal["jpeg", "png", "gif", "webp"] | None = None
    width: int | None = None
    height: int | None = None
    quality: int | None = None
    commands: str | None = None
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ExternalWorker:
    """A service of somebody else's that makes one rendition: asked by a signed POST, it answers with the file."""

    name: str
    file_name: str
    url: str
    parameters: tuple[tuple[str, str], ...] = ()
    included: tuple[str, ...] = ()
    excluded: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class ProcessingProfile:
    """The renditions that are made beside the default ones."""

    renditions: tuple[Rendition, ...] = ()
    workers: tuple[ExternalWorker, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSetPreset:
    """Naming rules that make sets of a folder's assets: the handle of the property set that holds them."""

    property_set: str


STEP_OPTIONS: Mapping[str, frozenset[str]] = {
    "add-to-project": frozenset({"project"}),
    "set-metadata": frozenset({"field", "value"}),
    "set-publish-state": frozenset({"state"}),
    "publish": frozenset(),
    "webhook": frozenset({"url"}),
    "run": frozenset({"entry_point"}),
}
"""The steps that a workflow can have, with the options that each needs."""


@dataclass(frozen=True, slots=True, kw_only=True)
class WorkflowStep:
    """One step of a workflow, by its name, with its own options."""

    name: str
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Workflow:
    """Steps that follow the processing of an asset, in their order.

    Beside the folders that it is assigned to it holds for those that one of its ``paths`` matches, and all below them:
    ``*`` in a path stands for any letters, slashes too, ``?`` for one.
    """

    steps: tuple[WorkflowStep, ...]
    paths: tuple[str, ...] = ()


Definition = MetadataProfile | ImageProfile | VideoProfile | ProcessingProfile | BatchSetPreset | Workflow
DEFINITIONS: dict[ProfileKind, type[Definition]] = {
    ProfileKind.METADATA: MetadataProfile,
    ProfileKind.IMAGE: ImageProfile,
    ProfileKind.VIDEO: VideoProfile,
    ProfileKind.PROCESSING: ProcessingProfile,
    ProfileKind.BATCH_SET: BatchSetPreset,
    ProfileKind.WORKFLOW: Workflow,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ProfileVersion:
    """A profile as it was at one version, which never changes."""

    profile_id: int
    kind: ProfileKind
    name: str
    version: int
    definition: Definition
