"""Deleting assets: into the trash, out of it, and for good."""

from domain.errors import ApiError, FaultCode
from server.dispatch import Call, implements
from server.operations.batch import find_asset, for_each
from store.asset_changes import set_trash_state
from wsdl import contract


@implements(contract.DELETE_ASSET, writes=True)
def delete_asset(call: Call, param: contract.DeleteAssetParam) -> contract.DeleteAssetReturn:
    """Put the asset into the trash; it keeps its name, and its published snapshot until the next publish."""
    _move(call, param.asset_handle, ("NotInTrash",), "InTrash")
    return contract.DeleteAssetReturn()


@implements(contract.DELETE_ASSETS, writes=True)
def delete_assets(call: Call, param: contract.DeleteAssetsParam) -> contract.DeleteAssetsReturn:
    """Put each of the assets into the trash."""
    counts = for_each(param.asset_handle_array, str, lambda h: _move(call, h, ("NotInTrash",), "InTrash"))
    return contract.DeleteAssetsReturn(**counts)


@implements(contract.RESTORE_ASSETS_FROM_TRASH, writes=True)
def restore_assets_from_trash(
    call: Call, param: contract.RestoreAssetsFromTrashParam
) -> contract.RestoreAssetsFromTrashReturn:
    """Take each of the assets out of the trash, into the folder it was in."""
    counts = for_each(param.asset_handle_array, str, lambda h: _move(call, h, ("InTrash",), "NotInTrash"))
    return contract.RestoreAssetsFromTrashReturn(**counts)


@implements(contract.EMPTY_ASSETS_FROM_TRASH, writes=True)
def empty_assets_from_trash(
    call: Call, param: contract.EmptyAssetsFromTrashParam
) -> contract.EmptyAssetsFromTrashReturn:
    """Give each of the assets in the trash up for good; its name is free again."""
    counts = for_each(param.asset_handle_array, str, lambda h: _move(call, h, ("InTrash",), "InEmptiedTrash"))
    return contract.EmptyAssetsFromTrashReturn(**counts)


def _move(call: Call, handle: str, sources: tuple[str, ...], target: str) -> None:
    asset = find_asset(call, handle)
    if asset.trash_state not in sources:
        reason = f"assetHandle: {handle} is {asset.trash_state}; this takes assets that are {' or '.join(sources)}."
        raise ApiError(FaultCode.INVALID_PARAMETER, reason)
    set_trash_state(call.tx, asset, target, call.principal.user.email)
