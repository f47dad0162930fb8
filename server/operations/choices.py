"""The vendor's string constants as values of ours."""

from collections.abc import Collection, Mapping, Sequence
from typing import TypeVar

from domain.errors import invalid, missing

T = TypeVar("T")

ASSET_TYPES = frozenset(
    [
        "Aco",
        "AdjustedView",
        "AnimatedGif",
        "Asset",
        "AssetSet",
        "Audio",
        "Cabinet",
        "Catalog",
        "ColorSwatch",
        "CuePoint",
        "Css",
        "Excel",
        "Flash",
        "Font",
        "Fxg",
        "IccProfile",
        "Illustrator",
        "Image",
        "ImageMap",
        "ImageSet",
        "InDesign",
        "Javascript",
        "LayerView",
        "Mask",
        "MasterVideo",
        "Pdf",
        "PDFSettings",
        "PostScript",
        "PowerPoint",
        "PremierExpressRemix",
        "Psd",
        "PsdTemplate",
        "RenderScene",
        "RenderSet",
        "Rtf",
        "SpinSet",
        "Svg",
        "Swc",
        "Template",
        "Video",
        "VideoCaption",
        "ViewerPreset",
        "ViewerSwf",
        "Vignette",
        "Watermark",
        "WindowsCovering",
        "Word",
        "Xml",
        "Xsl",
        "Zip",
        "ZoomTarget",
    ]
)
"""The vendor's asset types, and the few that only its info blocks name."""
LOG_TYPES = frozenset(
    [
        "BeginUpload",
        "EndUpload",
        "UploadSuccess",
        "UploadError",
        "UploadWarning",
        "BeginUploadUrls",
        "EndUploadUrls",
        "BeginReoptimize",
        "EndReoptimize",
        "ReoptimizeSuccess",
        "ReoptimizeFailure",
        "BeginPdfRip",
        "PdfRipError",
        "BeginTemplateMerge",
        "EndTemplateMerge",
        "TemplateMergeSuccess",
        "TemplateMergeError",
        "BeginMetadata",
        "EndMetadata",
        "MetadataSuccess",
        "MetadataFailure",
        "FileBegin",
        "FileEnd",
        "FileProgress",
        "FileUpdated",
        "FileCancel",
        "DuplicateSkipped",
        "FatalError",
        "TotalFileCount",
        "JobType",
        "JobClient",
        "OriginalJobName",
        "InitiatingJobName",
        "BeginImageServingPublish",
        "EndImageServingPublish",
        "ImageServingPublishSuccess",
        "ImageServingPublishError",
        "ImageServingPublishWarning",
        "BeginImageServingPublishCleanup",
        "EndImageServingPublishCleanup",
        "ImageServingPublishCleanupSuccess",
        "ImageServingPublishCleanupFailure",
        "BeginImageRenderingPublish",
        "EndImageRenderingPublish",
        "ImageRenderingPublishSuccess",
        "ImageRenderingPublishError",
        "BeginImageRenderingPublishCleanup",
        "EndImageRenderingPublishCleanupFailure",
        "ImageRenderingPublishCleanupSuccess",
        "BeginVideoPublish",
        "EndVideoPublish",
        "VideoPublishSuccess",
        "VideoPublishError",
        "VideoPublishWarning",
        "BeginVideoPublishCleanup",
        "EndVideoPublishCleanup",
        "VideoPublishCleanupSuccess",
        "VideoPublishCleanupFailure",
        "BeginServerDirectoryPublish",
        "EndServerDirectoryPublish",
        "ServerDirectoryPublishSuccess",
        "ServerDirectoryPublishError",
        "ServerDirectoryPublishWarning",
        "BeginPublishToCm",
        "EndPublishToCm",
        "PublishToCmSuccess",
        "PublishToCmError",
        "BeginPublishToWc",
        "PublishToWcSuccess",
        "BeginMarkForPublish",
        "EndMarkForPublish",
        "MarkForPublishSuccess",
        "MarkForPublishFailure",
        "BeginUnmarkForPublish",
        "EndUnmarkForPublish",
        "UnmarkForPublishSuccess",
        "BeginTrash",
        "EndTrash",
        "TrashSuccess",
        "TrashFailure",
        "TrashWarning",
        "BeginDelete",
        "EndDelete",
        "DeleteSuccess",
        "DeleteFailure",
        "BeginEmptyTrash",
        "EndEmptyTrash",
        "EmptyTrashSuccess",
        "BeginRestoreTrash",
        "EndRestoreTrash",
        "RestoreTrashSuccess",
        "RecoverTrashSuccess",
        "BeginAssetMigration",
        "EndAssetMigration",
        "AssetMigrationSuccess",
        "AssetMigrationFailure",
        "BeginGet",
        "EndGet",
        "GetFailure",
        "ReturnSuccess",
    ]
)
"""The vendor's job log types, written as they are meant."""
MISSPELT = {
    "endReoptimize": "EndReoptimize",
    "FleEnd": "FileEnd",
    "VideoPubilshSuccess": "VideoPublishSuccess",
    "BeginVideoPubl]ish": "BeginVideoPublish",
    "ImageRenderingPublishCleanupsuccess": "ImageRenderingPublishCleanupSuccess",
}
"""Log types as the vendor's page prints them, and as they are written."""
MAX_NAME = 255
DIRECTIONS = {"Ascending": False, "Descending": True}


def choose(field: str, value: str | None, choices: Mapping[str, T], default: T) -> T:
    """Return what ``value`` stands for, ``default`` when it is absent or empty; ApiError 30001 for any other."""
    if not value:
        return default
    if value not in choices:
        raise invalid(field, f"{value} is not one of {', '.join(choices)}.")
    return choices[value]


def asset_types(field: str, values: Sequence[str] | None) -> tuple[str, ...]:
    """Return the asset types, none when absent; ApiError 30001 for a word that is no asset type."""
    given = tuple(value for value in values or () if value)
    for value in given:
        if value not in ASSET_TYPES:
            raise invalid(field, f"{value} is not an asset type, such as Image, Pdf or IccProfile.")
    return given


def log_types(field: str, values: Sequence[str] | None) -> tuple[str, ...]:
    """Return the job log types, none when absent; ApiError 30001 for a word that is none."""
    given = tuple(MISSPELT.get(value, value) for value in values or () if value)
    for value in given:
        if value not in LOG_TYPES:
            raise invalid(field, f"{value} is not a job log type, such as UploadError or ReoptimizeFailure.")
    return given


def check_word(field: str, value: str, words: Collection[str]) -> None:
    """Raise ApiError 30002 for an empty word, and 30001 for one that is not among ``words``."""
    if not value:
        raise missing(field)
    if value not in words:
        raise invalid(field, f"{value} is not one of {', '.join(words)}.")


def check_length(field: str, name: str) -> None:
    """Raise ApiError 30001 for a name that is too long for an asset, a file or a project."""
    if len(name) > MAX_NAME:
        raise invalid(field, f"a name has at most {MAX_NAME} characters.")
