"""The vendor's string constants as values of ours."""

from collections.abc import Mapping, Sequence
from typing import TypeVar

from domain.errors import invalid

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
