"""What the pipeline would find in a picture, without changing the asset; and dropping an asset's mask."""

from dataclasses import replace

from domain.errors import ApiError, FaultCode, Retryable, invalid, missing
from domain.model import Asset
from imaging.errors import ImagingError
from imaging.limits import Limits
from imaging.pipeline import find_auto_crop
from imaging.plan import AutoCrop
from jobs.kinds.planning import auto_crop_for
from server.dispatch import Call, implements
from server.operations.batch import find_asset
from server.operations.picture_options import color_crop, transparent_crop
from store.assets import NewPicture, save_picture
from wsdl import contract


@implements(contract.GET_AUTO_CROP_RECT)
def get_auto_crop_rect(call: Call, param: contract.GetAutoCropRectParam) -> contract.GetAutoCropRectReturn:
    """Answer what an automatic crop would keep of the original, in its pixels; the asset stays as it is."""
    color = color_crop(param.auto_color_crop_options, "autoColorCropOptions")
    transparent = transparent_crop(param.auto_transparent_crop_options, "autoTransparentCropOptions")
    if color is not None and transparent is not None:
        raise invalid("autoColorCropOptions, autoTransparentCropOptions", "give one of the two.")
    chosen = color or transparent
    if chosen is None:
        raise missing("autoColorCropOptions or autoTransparentCropOptions")
    asset = find_asset(call, param.asset_handle)
    if asset.type != "Image":
        raise invalid("assetHandle", f"an automatic crop takes an Image, not a {asset.type}.")
    rectangle = _find(call, asset, auto_crop_for(chosen))
    return contract.GetAutoCropRectReturn(
        x_offset=rectangle[0], y_offset=rectangle[1], width=rectangle[2], height=rectangle[3]
    )


@implements(contract.REMOVE_MASK, writes=True)
def remove_mask(call: Call, param: contract.RemoveMaskParam) -> contract.RemoveMaskReturn:
    """Drop the mask that a job has made of the image; one without a mask stays as it is."""
    asset = find_asset(call, param.asset_handle)
    if asset.derivatives is not None and asset.derivatives.mask is not None:
        picture = NewPicture(
            crop=asset.crop,
            derivatives=replace(asset.derivatives, mask=None),
            ready_for_publish=asset.ready_for_publish,
            changed_by=call.principal.user.email,
        )
        save_picture(call.tx, asset.id, asset.revision, picture)
    return contract.RemoveMaskReturn()


def _find(call: Call, asset: Asset, how: AutoCrop) -> tuple[int, int, int, int]:
    services = call.services
    limits = Limits(max_pixels=services.settings.max_pixels, timeout_s=services.settings.slot_timeout_s)
    with services.blobs.as_file(asset.original.key) as source:
        try:
            found = services.slots.run(object(), find_auto_crop, source, how, limits)
        except ImagingError as error:
            raise ApiError(FaultCode.EXCEPTION, f"The picture cannot be read: {error}.") from error
        except Retryable as error:
            raise ApiError(FaultCode.EXCEPTION, f"The picture cannot be read now. {error}") from error
    return found.left, found.top, found.width, found.height
