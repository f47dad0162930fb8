"""Image maps and zoom targets: regions of an asset that viewers react to."""

from collections.abc import Sequence
from datetime import datetime

from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import WRITERS
from wsdl.versions import V2008_01_15


@message
class ZoomTarget:
    """A zoom target of an image; place and size in pixels."""

    zoom_target_handle: Handle | None = None
    name: str | None = None
    x_position: int | None = None
    y_position: int | None = None
    width: int | None = None
    height: int | None = None
    user_data: str | None = None
    position: int | None = None
    last_modified: datetime | None = None


@message(Since(V2008_01_15))
class ZoomTargetDefinition:
    """A zoom target that shall be; place and size in pixels."""

    name: str
    x_position: int
    y_position: int
    width: int
    height: int
    user_data: str | None = None


@message
class ImageMap:
    """An image map of an asset: a region and what a click on it does."""

    image_map_handle: Handle | None = None
    name: str | None = None
    region: str | None = None
    action: str | None = None
    shape_type: str | None = None
    position: int | None = None
    enabled: bool | None = None
    last_modified: datetime | None = None


@message(Since(V2008_01_15))
class ImageMapDefinition:
    """An image map that shall be."""

    name: str
    shape_type: str
    region: str
    action: str
    enabled: bool


@message
class SaveZoomTargetParam:
    """Create a zoom target on an image, or change the one whose handle is given."""

    company_handle: Handle
    asset_handle: Handle
    zoom_target_handle: Handle | None = None
    name: str
    x_position: int
    y_position: int
    width: int
    height: int
    user_data: str | None = None


@message
class SaveZoomTargetReturn:
    """The handle of the zoom target."""

    zoom_target_handle: Handle


SAVE_ZOOM_TARGET = operation(SaveZoomTargetParam, SaveZoomTargetReturn, roles=WRITERS)


@message
class SetZoomTargetsParam:
    """Replace all zoom targets of an image."""

    company_handle: Handle
    asset_handle: Handle
    zoom_target_array: Sequence[ZoomTargetDefinition]


@message
class SetZoomTargetsReturn:
    """The handles of the new zoom targets, in their order."""

    zoom_target_handle_array: Sequence[Handle]


SET_ZOOM_TARGETS = operation(SetZoomTargetsParam, SetZoomTargetsReturn, Since(V2008_01_15), roles=WRITERS)


@message
class DeleteZoomTargetParam:
    """Delete a zoom target."""

    company_handle: Handle
    zoom_target_handle: Handle


@message
class DeleteZoomTargetReturn:
    """Empty: the zoom target is gone."""


DELETE_ZOOM_TARGET = operation(DeleteZoomTargetParam, DeleteZoomTargetReturn, roles=WRITERS)


@message
class SaveImageMapParam:
    """Create an image map on an asset, or change the one whose handle is given."""

    company_handle: Handle
    asset_handle: Handle
    image_map_handle: Handle | None = None
    name: str
    shape_type: str
    region: str
    action: str
    position: int
    enabled: bool


@message
class SaveImageMapReturn:
    """The handle of the image map."""

    image_map_handle: Handle


SAVE_IMAGE_MAP = operation(SaveImageMapParam, SaveImageMapReturn, roles=WRITERS)


@message
class SetImageMapsParam:
    """Replace all image maps of an asset."""

    company_handle: Handle
    asset_handle: Handle
    image_map_array: Sequence[ImageMapDefinition]


@message
class SetImageMapsReturn:
    """The handles of the new image maps, in their order."""

    image_map_handle_array: Sequence[Handle]


SET_IMAGE_MAPS = operation(SetImageMapsParam, SetImageMapsReturn, Since(V2008_01_15), roles=WRITERS)


@message
class DeleteImageMapParam:
    """Delete an image map."""

    company_handle: Handle
    image_map_handle: Handle


@message
class DeleteImageMapReturn:
    """Empty: the image map is gone."""


DELETE_IMAGE_MAP = operation(DeleteImageMapParam, DeleteImageMapReturn, roles=WRITERS)
