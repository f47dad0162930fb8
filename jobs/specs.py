"""What a job was asked to do, frozen at submit and stored with the job; the wire's own shapes stop before here."""

from dataclasses import asdict, dataclass
from functools import cache
from typing import Any, TypeVar

from pydantic import TypeAdapter, ValidationError

from domain.errors import Permanent
from domain.model import JsonObject

Spec = TypeVar("Spec")


@dataclass(frozen=True, slots=True, kw_only=True)
class Insets:
    """Pixels trimmed from each edge of the original (vendor ManualCropOptions, semantics settled by its samples)."""

    left: int
    right: int
    top: int
    bottom: int

    @property
    def is_zero(self) -> bool:
        """Whether nothing is trimmed; the vendor treats four zeros as "not given"."""
        return not (self.left or self.right or self.top or self.bottom)

    @property
    def as_tuple(self) -> tuple[int, int, int, int]:
        """Left, right, top, bottom."""
        return (self.left, self.right, self.top, self.bottom)


@dataclass(frozen=True, slots=True, kw_only=True)
class AutoCropSpec:
    """A crop that the picture itself decides: by the colour at a corner, or by transparency when that is None."""

    tolerance: float
    corner: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KnockoutSpec:
    """Make transparent what has the colour of a corner, from it outwards (FloodFill) or everywhere (MatchPixel)."""

    corner: str
    fill_method: str
    tolerance: float


@dataclass(frozen=True, slots=True, kw_only=True)
class UnsharpSpec:
    """Unsharp mask of the smaller pyramid levels; radius in pixels of each level, None for the pipeline's default."""

    amount: float
    radius: float | None
    threshold: int | None
    monochrome: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ColourSpec:
    """Colour management, its profiles as keys of the blob store; Default has none where the company has none."""

    mode: str
    source_profile: str | None = None
    output_profile: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfSpec:
    """What is made of a PDF: nothing (None), a preview (Thumbnail), or besides an image of each page (Rasterize)."""

    process: str = "Rasterize"
    resolution: float = 72.0
    colour_space: str = "Auto"
    extract_words: bool = False
    extract_links: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class ImageOptions:
    """The options that decide what is made of an original. None stands for "not given"."""

    preserve_crop: bool | None = None
    manual_crop: Insets | None = None
    auto_color_crop: AutoCropSpec | None = None
    auto_transparent_crop: AutoCropSpec | None = None
    knockout: KnockoutSpec | None = None
    create_mask: bool = False
    unsharp: UnsharpSpec | None = None
    colour: ColourSpec | None = None
    pdf: PdfSpec = PdfSpec()
    ready_for_publish: bool | None = None
    preserve_publish_state: bool = False
    """Already resolved against the company's retainPublishState."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PublishSpec:
    """A publish to one context: ``kind`` is the name of its kind of job.

    ``publish_type`` is Full or Incremental; None for a kind that has no types and publishes everything that is marked.
    """

    kind: str
    context_id: int
    publish_type: str | None
    email_setting: str = "None"
    callback_url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class SetsSpec:
    """Put assets into sets by set scripts, which are property sets; which assets is in the job's tasks."""

    script_ids: tuple[int, ...]
    folder: str | None = None
    """Where new sets go, whatever their script says."""
    default_folder: str | None = None
    """Where new sets go whose script does not say; None for the folder of the asset that begins one."""
    ready_for_publish: bool = False
    email_setting: str = "None"


@dataclass(frozen=True, slots=True, kw_only=True)
class FollowOnSpec:
    """What the end of a job calls for: sets, publishes in order, a mail, a callback; some only if it processed files.

    ``sets`` are made of the assets that its tasks were done on, by a job of their own.
    """

    publishes: tuple[PublishSpec, ...]
    sets: SetsSpec | None = None
    only_if_files: bool = False
    email_setting: str = "None"
    callback_url: str | None = None


NOTHING_FOLLOWS = FollowOnSpec(publishes=())


@dataclass(frozen=True, slots=True, kw_only=True)
class SmartCropSpec:
    """A named size, in pixels, that a smart crop or a swatch of one colour is made for."""

    name: str
    width: int
    height: int
    is_swatch: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class ReprocessSpec:
    """Run the pipeline again over stored originals; which ones is in the job's tasks."""

    image: ImageOptions
    follow_on: FollowOnSpec
    project_ids: tuple[int, ...] = ()
    smart_crops: tuple[SmartCropSpec, ...] = ()
    """None for those that an asset has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectorySpec:
    """A directory of the company's on the server, and the folder (with a trailing slash) that its files go to."""

    path: str
    """Below the company's own folder, without outer slashes; empty for that folder itself."""
    folder: str
    include_subfolders: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class UploadSpec:
    """Take files in, from URLs, by POST or from a directory; which ones is in the job's tasks."""

    overwrite: bool
    image: ImageOptions
    follow_on: FollowOnSpec
    project_ids: tuple[int, ...] = ()
    unpack: bool = False
    """Whether what is in an archive is taken in instead of the archive."""
    directory: DirectorySpec | None = None
    keywords: tuple[str, ...] = ()
    """Words that join the keywords of each file (the vendor's xmpKeywords)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MetadataSpec:
    """Publish metadata: of everything, or of what has changed since the last time."""

    everything: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportSpec:
    """Put files together for their client to fetch; of which assets is in the job's tasks.

    ``modifiers`` are those of an image serving URL, for a picture made of each asset; None for its original. The image
    format ``macro`` comes after them; ``formats`` are all those that are named, each by its name without capitals and
    with the commands that it stood for at submission. Whoever knows the ``token`` may fetch the files below
    ``base_url`` for ``days``.
    """

    modifiers: str | None
    macro: str | None = None
    formats: tuple[tuple[str, str], ...] = ()
    email_setting: str
    token: str
    base_url: str
    days: int


def to_json(spec: object) -> dict[str, Any]:
    """Return a spec as JSON-able data."""
    return asdict(spec)  # type: ignore[call-overload, no-any-return]


def from_json(kind: type[Spec], data: JsonObject) -> Spec:
    """Return the spec that ``to_json`` made ``data`` of; raises Permanent for what another version may have stored."""
    try:
        spec: Spec = _reader(kind).validate_python(dict(data))  # type: ignore[arg-type]  # a class is hashable
    except ValidationError as error:
        fields = ", ".join(sorted({str(problem["loc"][0]) for problem in error.errors() if problem["loc"]}))
        raise Permanent(
            "The job's stored options cannot be read ({fields}): submit the job again.", fields=fields
        ) from error
    return spec


@cache
def _reader(kind: type[Any]) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
