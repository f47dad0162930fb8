"""Operations on many assets: each succeeds or fails by itself, and the answer counts both and says why."""

from collections.abc import Callable, Iterable, Sequence
from typing import TypedDict, TypeVar

from domain.errors import ApiError, invalid, missing
from domain.handles import parse_asset
from domain.model import Asset
from server.dispatch import Call
from store.assets import load_asset, load_assets
from wsdl import contract

T = TypeVar("T")


class Counts(TypedDict):
    """The fields that every answer to an operation on many assets has."""

    success_count: int
    warning_count: int
    error_count: int
    error_detail_array: list[contract.AssetOperationFault] | None


def for_each(items: Iterable[T], handle_of: Callable[[T], str], act: Callable[[T], None]) -> Counts:
    """Return how often ``act`` succeeded; an ApiError of one item is told with its handle and stops no other."""
    done, faults = 0, []
    for item in items:
        try:
            act(item)
        except ApiError as error:
            handle = handle_of(item)
            faults.append(contract.AssetOperationFault(asset_handle=handle, code=int(error.code), reason=error.reason))
        else:
            done += 1
    return Counts(success_count=done, warning_count=0, error_count=len(faults), error_detail_array=faults or None)


def find_asset(call: Call, handle: str, field: str = "assetHandle") -> Asset:
    """Return the asset of the call's company.

    Raises ApiError 30001 for an unknown one, the same for a foreign or emptied one, and 30002 for a blank handle.
    """
    if not handle.strip():
        raise missing(field)
    number = parse_asset(handle)
    asset = load_asset(call.tx, call.company.id, number) if number is not None else None
    if asset is None or asset.trash_state == "InEmptiedTrash":
        raise invalid(field, f"there is no asset {handle} in this company.")
    return asset


def find_all(call: Call, handles: Sequence[str]) -> list[Asset]:
    """Return the assets with these handles, in their order; ApiError as ``find_asset``, saying which handle it was."""
    return [find_asset(call, handle, f"assetHandleArray.items[{n}]") for n, handle in enumerate(handles)]


def find_known(call: Call, numbers: Sequence[int]) -> list[Asset]:
    """Return the assets of the call's company with these numbers, in their order; there are none that were emptied."""
    return [asset for asset in load_assets(call.tx, call.company.id, numbers) if asset.trash_state != "InEmptiedTrash"]
