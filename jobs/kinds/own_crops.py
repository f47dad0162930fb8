"""The smart crops that a job names itself, without a profile: what they come to, and finding them in a new picture."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from domain.findings import SmartCrop
from domain.model import Asset, AuxRow, Derivatives, Job, Task
from domain.words import say, sentence
from imaging.errors import UnsuitableImage
from jobs.kinds.pages import clause_of
from jobs.kinds.port import Tools
from jobs.profiles.definitions import CropSize, ImageProfile, SwatchSize
from jobs.specs import SmartCropSpec
from jobs.stages.port import StageCall
from jobs.stages.smart_crop import find
from store.engine import Tx
from store.smart_crops import save_crops


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnCrops:
    """The crops that were found, None when the asset keeps those that it has; and what the log says of that."""

    crops: tuple[SmartCrop, ...] | None = None
    aux: tuple[AuxRow, ...] = ()


def profile_of(specs: Sequence[SmartCropSpec]) -> ImageProfile:
    """Return the profile that would ask for the same; of several swatches the last."""
    swatches = [SwatchSize(width=spec.width, height=spec.height) for spec in specs if spec.is_swatch]
    sizes = [CropSize(name=spec.name, width=spec.width, height=spec.height) for spec in specs if not spec.is_swatch]
    return ImageProfile(smart_crops=tuple(sizes), swatch=swatches[-1] if swatches else None)


def find_own(
    job: Job, task: Task, tools: Tools, asset: tuple[Asset, Derivatives | None], specs: Sequence[SmartCropSpec]
) -> OwnCrops:
    """Return what a job's own smart crops are in an asset with new derivatives; raises what a stage raises.

    An asset of which none can be made gets a warning.
    """
    if not specs:
        return OwnCrops()
    if asset[0].type != "Image":
        words = say("Smart crops are made of images, not of assets of type {type}.", type=asset[0].type)
        return OwnCrops(aux=(AuxRow(log_type="UploadWarning", message=words),))
    call = StageCall(job=job, task=task, tools=tools, asset=replace(asset[0], derivatives=asset[1]))
    try:
        return OwnCrops(crops=find(call, profile_of(specs)))
    except UnsuitableImage as error:
        return OwnCrops(aux=(AuxRow(log_type="UploadWarning", message=sentence(clause_of(error))),))


def save_own(tx: Tx, asset: Asset, own: OwnCrops) -> None:
    """Write down the crops that were found; what a person drew stays."""
    if own.crops is not None:
        save_crops(tx, asset.id, own.crops, reset=False)
