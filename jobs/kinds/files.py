"""What the pipeline wrote into a scratch folder becomes files of the blob store."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from domain.model import Derivatives, StoredFile
from imaging.facts import Outcome
from jobs.crop_rules import Crop
from jobs.kinds.port import Tools

PROCESS_USER = "image optimization"
"""Who the vendor says changed an asset last, after the pipeline ran."""
NO_FILES: Mapping[str, StoredFile] = {}


@dataclass(frozen=True, slots=True, kw_only=True)
class MadeFiles:
    """The derivatives of one picture, in the blob store, and the crop that holds for them."""

    derivatives: Derivatives
    crop: Crop | None


def store_files(outcome: Outcome, folder: Path, tools: Tools, kept: Mapping[str, StoredFile] = NO_FILES) -> MadeFiles:
    """Put the files of ``outcome`` into the blob store; ``kept`` are files that the asset has and keeps besides."""
    files = dict(kept) | {Path(made.name).stem: tools.blobs.put(folder / made.name) for made in outcome.files}
    crop = outcome.crop
    return MadeFiles(
        derivatives=Derivatives(
            pyramid=files.get("pyramid"),
            thumbnail=files.get("thumbnail"),
            preview=files.get("preview"),
            mask=files.get("mask"),
            width=outcome.width,
            height=outcome.height,
            resolution=outcome.source.resolution_ppi,
            has_alpha=outcome.has_alpha,
            colour_space=outcome.colour_space,
        ),
        crop=(crop.left, crop.right, crop.top, crop.bottom) if crop else None,
    )
