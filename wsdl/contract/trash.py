"""Deleting assets: into the trash, out of it, and for good."""

from collections.abc import Sequence

from wsdl.contract.faults import AssetOperationFault
from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import WRITERS
from wsdl.versions import V2008_01_15


@message
class DeleteAssetParam:
    """Put one asset into the trash."""

    company_handle: Handle
    asset_handle: Handle


@message
class DeleteAssetReturn:
    """Empty: the asset is in the trash."""


DELETE_ASSET = operation(DeleteAssetParam, DeleteAssetReturn, roles=WRITERS)


@message
class DeleteAssetsParam:
    """Put many assets into the trash."""

    company_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class DeleteAssetsReturn:
    """How many assets were put into the trash, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


DELETE_ASSETS = operation(DeleteAssetsParam, DeleteAssetsReturn, Since(V2008_01_15), roles=WRITERS)


@message
class RestoreAssetsFromTrashParam:
    """Take assets out of the trash."""

    company_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class RestoreAssetsFromTrashReturn:
    """How many assets were restored, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


RESTORE_ASSETS_FROM_TRASH = operation(
    RestoreAssetsFromTrashParam, RestoreAssetsFromTrashReturn, Since(V2008_01_15), roles=WRITERS
)


@message
class EmptyAssetsFromTrashParam:
    """Give up assets in the trash for good; the nightly cleanup purges them."""

    company_handle: Handle
    asset_handle_array: Sequence[Handle]


@message
class EmptyAssetsFromTrashReturn:
    """How many assets were given up, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[AssetOperationFault] | None = None
    error_detail_array: Sequence[AssetOperationFault] | None = None


EMPTY_ASSETS_FROM_TRASH = operation(
    EmptyAssetsFromTrashParam, EmptyAssetsFromTrashReturn, Since(V2008_01_15), roles=WRITERS
)
