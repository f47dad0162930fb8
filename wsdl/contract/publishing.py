"""Publishing: marks, contexts, settings, history, vignette formats and purges of the delivery network.

The jobs that publish are in ``jobs``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.contract.faults import AssetOperationFault, OperationFault
from wsdl.contract.presets import ConfigSetting
from wsdl.declare import Email, Handle, Items, Since, Until, Url, message, operation
from wsdl.roles import ACCOUNT_ADMINS, COMPANY_ADMINS, EVERY_ROLE, WRITERS, Role
from wsdl.versions import V2008_01_15, V2010_01_31, V2012_02_14, V2013_02_15, V2014_04_03


@message(Since(V2008_01_15))
class PublishHistory:
    """When an asset was last published to a server."""

    server_name: str
    context_name: str
    publish_format: str | None = None
    last_published: datetime


@message
class VignettePublishFormat:
    """A format in which vignettes are published; sizes in pixels."""

    company_handle: Handle
    vignette_format_handle: Handle
    name: str
    target_width: int
    target_height: int
    create_pyramid: bool
    thumb_width: int
    save_as_version: int
    size_suffix_separator: str
    sharpen: int
    usm_amount: float
    usm_radius: float
    usm_threshold: int


@message(Since(V2012_02_14))
class PublishContext:
    """Something that assets can be published to, such as image serving."""

    context_handle: Handle
    context_name: str
    context_type: str


@message(Since(V2012_02_14))
class AssetPublishContexts:
    """An asset and the contexts in which it is marked."""

    asset_handle: Handle
    publish_context_array: Sequence[PublishContext]


@message(Since(V2008_01_15))
class PublishStateUpdate:
    """An asset and its new publish mark."""

    asset_handle: Handle
    publish_state: str


@message(Since(V2012_02_14))
class ContextStateUpdate:
    """A context and the new publish mark in it."""

    context_handle: Handle
    publish_state: str


@message(Since(V2012_02_14))
class AssetsContextStateUpdate:
    """An asset and its new publish marks, context by context."""

    asset_handle: Handle
    context_state_update_array: Sequence[Annotated[ContextStateUpdate, Items("ContextStateUpdateArray", at_least=1)]]


@message(Since(V2010_01_31), Until(V2013_02_15))
class EmailConfirmation:
    """Whether the caller is told by mail that a purge is done, and who else is."""

    cc_originator: bool
    cc_others_array: Sequence[Email] | None = None


@message
class SetAssetPublishStateParam:
    """Mark or unmark one asset for publishing, in some contexts or in all."""

    company_handle: Handle
    asset_handle: Handle
    publish_state: str
    context_handle_array: Annotated[Sequence[Handle] | None, Since(V2012_02_14)] = None


@message
class SetAssetPublishStateReturn:
    """Empty: the asset carries the mark."""


SET_ASSET_PUBLISH_STATE = operation(
    SetAssetPublishStateParam, SetAssetPublishStateReturn, roles=WRITERS - {Role.IMAGE_PORTAL_ADMIN}
)


@message
class SetAssetsPublishStateParam:
    """Mark or unmark many assets for publishing."""

    company_handle: Handle
    publish_state_update_array: Sequence[PublishStateUpdate]


@message
class SetAssetsPublishStateReturn:
    """How many assets were marked, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


SET_ASSETS_PUBLISH_STATE = operation(
    SetAssetsPublishStateParam, SetAssetsPublishStateReturn, Since(V2008_01_15), roles=WRITERS
)


@message
class SetAssetsContextStateParam:
    """Mark or unmark many assets, context by context."""

    company_handle: Handle
    assets_context_state_update_array: Sequence[AssetsContextStateUpdate]


@message
class SetAssetsContextStateReturn:
    """How many marks were set (one per asset and context), and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


SET_ASSETS_CONTEXT_STATE = operation(
    SetAssetsContextStateParam, SetAssetsContextStateReturn, Since(V2012_02_14), roles=EVERY_ROLE
)


@message
class ForceRepublishAssetsParam:
    """Have assets published again by the next publish job, though they did not change."""

    company_handle: Handle
    republish_files: bool | None = None
    resync_catalog: bool | None = None
    asset_handle_array: Sequence[Handle]


@message
class ForceRepublishAssetsReturn:
    """How many assets will be published again, and which will not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


FORCE_REPUBLISH_ASSETS = operation(ForceRepublishAssetsParam, ForceRepublishAssetsReturn, roles=WRITERS)


@message
class GetPublishContextsParam:
    """List the publish contexts of a company."""

    company_handle: Handle
    context_type: str | None = None


@message
class GetPublishContextsReturn:
    """The contexts."""

    publish_context_array: Sequence[PublishContext]


GET_PUBLISH_CONTEXTS = operation(
    GetPublishContextsParam, GetPublishContextsReturn, Since(V2012_02_14), roles=EVERY_ROLE
)


@message
class BatchGetAssetPublishContextsParam:
    """Ask in which contexts assets are marked for publishing."""

    company_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class BatchGetAssetPublishContextsReturn:
    """Each asset with its contexts."""

    asset_publish_contexts_array: Sequence[AssetPublishContexts]


BATCH_GET_ASSET_PUBLISH_CONTEXTS = operation(
    BatchGetAssetPublishContextsParam, BatchGetAssetPublishContextsReturn, Since(V2012_02_14), roles=EVERY_ROLE
)


@message
class GetActivePublishContextsParam:
    """Ask which contexts have a server to publish to."""

    company_handle: Handle


@message
class GetActivePublishContextsReturn:
    """The names of the contexts."""

    context_array: Sequence[str]


GET_ACTIVE_PUBLISH_CONTEXTS = operation(
    GetActivePublishContextsParam, GetActivePublishContextsReturn, Since(V2008_01_15), roles=EVERY_ROLE
)


@message
class GetAssetPublishHistoryParam:
    """Ask when and where an asset was published."""

    company_handle: Handle
    asset_handle: Handle


@message
class GetAssetPublishHistoryReturn:
    """One row per server and context; none when it never was."""

    pub_history_array: Sequence[PublishHistory]


GET_ASSET_PUBLISH_HISTORY = operation(
    GetAssetPublishHistoryParam, GetAssetPublishHistoryReturn, Since(V2008_01_15), roles=EVERY_ROLE
)


@message
class GetImageServingPublishSettingsParam:
    """Ask how a company publishes to image serving."""

    company_handle: Handle
    context_handle: Annotated[Handle | None, Since(V2012_02_14)] = None


@message
class GetImageServingPublishSettingsReturn:
    """The settings by name."""

    publish_setting_array: Sequence[ConfigSetting]


GET_IMAGE_SERVING_PUBLISH_SETTINGS = operation(
    GetImageServingPublishSettingsParam, GetImageServingPublishSettingsReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS
)


@message
class SetImageServingPublishSettingsParam:
    """Change how a company publishes to image serving."""

    company_handle: Handle
    context_handle: Annotated[Handle | None, Since(V2012_02_14)] = None
    publish_setting_array: Sequence[ConfigSetting]


@message
class SetImageServingPublishSettingsReturn:
    """Empty: the settings are changed."""


SET_IMAGE_SERVING_PUBLISH_SETTINGS = operation(
    SetImageServingPublishSettingsParam, SetImageServingPublishSettingsReturn, Since(V2008_01_15)
)


@message
class GetImageServingCatalogParam:
    """Ask for a company's image-serving catalog."""

    company_handle: Handle


@message
class GetImageServingCatalogReturn:
    """The catalog as text."""

    catalog: str


GET_IMAGE_SERVING_CATALOG = operation(
    GetImageServingCatalogParam, GetImageServingCatalogReturn, Since(V2013_02_15), Until(V2013_02_15)
)


@message
class GetImageRenderingPublishSettingsParam:
    """Ask how a company publishes to image rendering."""

    company_handle: Handle
    context_handle: Annotated[Handle | None, Since(V2012_02_14)] = None


@message
class GetImageRenderingPublishSettingsReturn:
    """The settings by name."""

    publish_setting_array: Sequence[ConfigSetting]


GET_IMAGE_RENDERING_PUBLISH_SETTINGS = operation(
    GetImageRenderingPublishSettingsParam,
    GetImageRenderingPublishSettingsReturn,
    Since(V2008_01_15),
    roles=ACCOUNT_ADMINS,
)


@message
class SetImageRenderingPublishSettingsParam:
    """Change how a company publishes to image rendering."""

    company_handle: Handle
    context_handle: Annotated[Handle | None, Since(V2012_02_14)] = None
    publish_setting_array: Sequence[ConfigSetting]


@message
class SetImageRenderingPublishSettingsReturn:
    """Empty: the settings are changed."""


SET_IMAGE_RENDERING_PUBLISH_SETTINGS = operation(
    SetImageRenderingPublishSettingsParam, SetImageRenderingPublishSettingsReturn, Since(V2008_01_15)
)


@message
class GetImageRenderingCatalogParam:
    """Ask for a company's image-rendering catalog."""

    company_handle: Handle


@message
class GetImageRenderingCatalogReturn:
    """The catalog as text."""

    catalog: str


GET_IMAGE_RENDERING_CATALOG = operation(
    GetImageRenderingCatalogParam, GetImageRenderingCatalogReturn, Since(V2013_02_15), Until(V2013_02_15)
)


@message
class GetVignettePublishFormatsParam:
    """List the formats in which a company publishes vignettes."""

    company_handle: Handle


@message
class GetVignettePublishFormatsReturn:
    """The formats."""

    vignette_format_array: Sequence[VignettePublishFormat]


GET_VIGNETTE_PUBLISH_FORMATS = operation(
    GetVignettePublishFormatsParam, GetVignettePublishFormatsReturn, roles=ACCOUNT_ADMINS
)


@message
class CreateVignettePublishFormatParam:
    """Create a format in which vignettes are published; sizes are in pixels."""

    company_handle: Handle
    name: str
    target_width: int
    target_height: int
    create_pyramid: bool
    thumb_width: int
    save_as_version: int
    size_suffix_separator: str
    sharpen: int
    usm_amount: float
    usm_radius: float
    usm_threshold: int


@message
class CreateVignettePublishFormatReturn:
    """The handle of the new format."""

    vignette_format_handle: Handle


CREATE_VIGNETTE_PUBLISH_FORMAT = operation(
    CreateVignettePublishFormatParam, CreateVignettePublishFormatReturn, roles=ACCOUNT_ADMINS
)


@message
class UpdateVignettePublishFormatParam:
    """Change a vignette format; what is not given stays."""

    company_handle: Handle
    vignette_format_handle: Handle
    name: str | None = None
    target_width: int | None = None
    target_height: int | None = None
    create_pyramid: bool | None = None
    thumb_width: int | None = None
    save_as_version: int | None = None
    size_suffix_separator: str | None = None
    sharpen: int | None = None
    usm_amount: float | None = None
    usm_radius: float | None = None
    usm_threshold: int | None = None


@message
class UpdateVignettePublishFormatReturn:
    """The handle of the format."""

    vignette_format_handle: Handle


UPDATE_VIGNETTE_PUBLISH_FORMAT = operation(
    UpdateVignettePublishFormatParam, UpdateVignettePublishFormatReturn, roles=ACCOUNT_ADMINS
)


@message
class DeleteVignettePublishFormatParam:
    """Delete a vignette format."""

    company_handle: Handle
    vignette_format_handle: Handle


@message
class DeleteVignettePublishFormatReturn:
    """Empty: the format is gone."""


DELETE_VIGNETTE_PUBLISH_FORMAT = operation(
    DeleteVignettePublishFormatParam, DeleteVignettePublishFormatReturn, roles=ACCOUNT_ADMINS
)


@message
class CdnCacheInvalidationParam:
    """Have up to 1000 URLs of a company purged from the content delivery network."""

    company_handle: Handle
    confirmation: EmailConfirmation | None = None
    url_array: Sequence[Url]


@message
class CdnCacheInvalidationReturn:
    """The handle of the purge and how long it takes (2014), or counts of the URLs (before)."""

    success_count: Annotated[int, Until(V2013_02_15)]
    warning_count: Annotated[int, Until(V2013_02_15)]
    error_count: Annotated[int, Until(V2013_02_15)]
    error_detail_array: Annotated[Sequence[OperationFault] | None, Until(V2013_02_15)] = None
    invalidation_handle: Annotated[Handle, Since(V2014_04_03)]
    estimated_seconds: Annotated[int, Since(V2014_04_03)]


CDN_CACHE_INVALIDATION = operation(
    CdnCacheInvalidationParam, CdnCacheInvalidationReturn, Since(V2010_01_31), roles=COMPANY_ADMINS
)


@message
class GetCdnCacheInvalidationStatusParam:
    """Ask how far a purge of the content delivery network is."""

    company_handle: Handle
    invalidation_handle: Handle


@message
class GetCdnCacheInvalidationStatusReturn:
    """The purge's status, and when to ask again."""

    status: str
    ping_after_seconds: int | None = None
    completion_time: datetime | None = None


GET_CDN_CACHE_INVALIDATION_STATUS = operation(
    GetCdnCacheInvalidationStatusParam, GetCdnCacheInvalidationStatusReturn, Since(V2014_04_03)
)
