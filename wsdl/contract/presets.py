"""Image presets and viewer presets."""

from collections.abc import Sequence
from typing import Annotated

from wsdl.declare import Handle, Required, Since, message, operation
from wsdl.roles import ACCOUNT_ADMINS, METADATA_READERS, WRITERS, Role
from wsdl.versions import V2008_01_15, V2012_02_14


@message
class ImageFormat:
    """An image preset: image-serving commands under a name."""

    image_format_handle: Handle
    name: str
    url_modifier: str


@message(Since(V2008_01_15))
class ConfigSetting:
    """A setting by name: a value, or the handle of what it points to."""

    name: str
    value: str | None = None
    handle: str | None = None


@message(Since(V2008_01_15))
class ViewerPresetInfo:
    """What a viewer preset adds to its asset: the viewer's type and settings."""

    type: str | None = None
    config_setting_array: Sequence[ConfigSetting] | None = None


@message
class GetImageFormatsParam:
    """List a company's image presets."""

    company_handle: Handle


@message
class GetImageFormatsReturn:
    """The presets."""

    image_format_array: Sequence[ImageFormat]


GET_IMAGE_FORMATS = operation(GetImageFormatsParam, GetImageFormatsReturn, roles=METADATA_READERS)


@message
class SaveImageFormatParam:
    """Create an image preset, or change the one whose handle is given."""

    company_handle: Handle
    image_format_handle: Handle | None = None
    name: str
    url_modifier: str


@message
class SaveImageFormatReturn:
    """The handle of the preset."""

    image_format_handle: Handle


SAVE_IMAGE_FORMAT = operation(
    SaveImageFormatParam,
    SaveImageFormatReturn,
    roles=WRITERS - {Role.IMAGE_PORTAL_CONTRIB, Role.IMAGE_PORTAL_CONTRIB_USER},
)


@message
class DeleteImageFormatParam:
    """Delete an image preset."""

    company_handle: Handle
    image_format_handle: Handle


@message
class DeleteImageFormatReturn:
    """Empty: the preset is gone."""


DELETE_IMAGE_FORMAT = operation(
    DeleteImageFormatParam,
    DeleteImageFormatReturn,
    roles=WRITERS - {Role.IMAGE_PORTAL_CONTRIB, Role.IMAGE_PORTAL_CONTRIB_USER},
)


@message
class CreateViewerPresetParam:
    """Create a viewer preset."""

    company_handle: Handle
    folder_handle: Handle
    name: str
    type: str
    config_setting_array: Sequence[ConfigSetting] | None = None


@message
class CreateViewerPresetReturn:
    """The handle of the new preset, which is an asset's."""

    viewer_preset_handle: Handle


CREATE_VIEWER_PRESET = operation(
    CreateViewerPresetParam, CreateViewerPresetReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS
)


@message
class GetViewerConfigSettingsParam:
    """Ask for the configuration of a viewer preset."""

    company_handle: Annotated[Handle | None, Since(V2012_02_14), Required()] = None
    asset_handle: Handle


@message
class GetViewerConfigSettingsReturn:
    """The viewer's type and settings."""

    type: str
    config_setting_array: Sequence[ConfigSetting]


GET_VIEWER_CONFIG_SETTINGS = operation(
    GetViewerConfigSettingsParam, GetViewerConfigSettingsReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS
)


@message
class SetViewerConfigSettingsParam:
    """Replace name, type and configuration of a viewer preset."""

    company_handle: Annotated[Handle | None, Since(V2012_02_14), Required()] = None
    asset_handle: Handle
    name: str
    type: str
    config_setting_array: Sequence[ConfigSetting]


@message
class SetViewerConfigSettingsReturn:
    """Empty: the configuration is replaced."""


SET_VIEWER_CONFIG_SETTINGS = operation(
    SetViewerConfigSettingsParam, SetViewerConfigSettingsReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS
)


@message
class UpdateViewerConfigSettingsParam:
    """Change single settings of a viewer preset."""

    company_handle: Annotated[Handle | None, Since(V2012_02_14), Required()] = None
    asset_handle: Handle
    config_setting_array: Sequence[ConfigSetting]


@message
class UpdateViewerConfigSettingsReturn:
    """Empty: the settings are changed."""


UPDATE_VIEWER_CONFIG_SETTINGS = operation(
    UpdateViewerConfigSettingsParam, UpdateViewerConfigSettingsReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS
)
