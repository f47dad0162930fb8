"""What the stages that look at an asset's picture share: doing so in a slot, and that it is the same at the end."""

from collections.abc import Callable
from pathlib import Path
from typing import Concatenate, ParamSpec, TypeVar

from domain.errors import Permanent, Superseded
from domain.model import Asset
from domain.words import sentence
from imaging.errors import ImagingError, UnsuitableImage
from jobs.kinds.pages import clause_of
from jobs.stages.port import StageCall
from store.assets import load_asset
from store.engine import Tx

P = ParamSpec("P")
R = TypeVar("R")


def look(call: StageCall, function: Callable[Concatenate[Path, P], R], *args: P.args, **kwargs: P.kwargs) -> R:
    """Return what ``function`` makes of the asset's pyramid, in a slot.

    Raises UnsuitableImage, Permanent for an asset without a pyramid and for what else is wrong with it, Retryable.
    """
    made = call.asset.derivatives
    if made is None or made.pyramid is None:
        raise Permanent("The asset has no optimised image; have its renditions made first.")
    with call.tools.blobs.as_file(made.pyramid.key) as pyramid:
        try:
            return call.tools.slots.run(call.task.token, function, pyramid, *args, **kwargs)
        except UnsuitableImage:
            raise
        except ImagingError as error:
            raise Permanent(sentence(clause_of(error))) from error


def check_unchanged(tx: Tx, asset: Asset) -> None:
    """Raise Superseded when the asset has another original, or another picture, than the one that was looked at."""
    now = load_asset(tx, asset.company_id, asset.id)
    if now is None or (now.original, now.derivatives) != (asset.original, asset.derivatives):
        raise Superseded("The asset changed while it was being processed.")
