"""Sets of assets: those that are lists of members, and those that a viewer's own definition describes."""

import re
from collections import Counter
from collections.abc import Sequence

from domain.errors import invalid, missing
from domain.handles import asset_handle
from domain.model import Asset
from server.dispatch import Call, implements
from server.operations.assets import asset_values, existing_folder, free_name
from server.operations.batch import find_asset, find_known
from server.operations.choices import check_length, check_word
from store.asset_sets import (
    MOST_MEMBERS,
    MOST_REPEATS,
    SET_TYPES,
    Member,
    NewSet,
    add_set,
    find_members,
    save_facts,
    save_members,
)
from store.folders import touch_folders
from store.usage import hold_company
from wsdl import contract

DEFINED = "AssetSet"
LISTS = tuple(name for name in SET_TYPES if name != DEFINED)
"""Types of sets that are lists of members."""
ALWAYS_RESET = ("ImageSet", "SpinSet")
"""Types whose every member begins a page, whatever is asked for (vendor: setImageSetMembers)."""
FUNCTIONS = ("getFilePath", "getCatalogId", "getMetaData", "getMetadata", "getThumbCatalogId")
"""What a definition may call; the vendor's own samples have both spellings of the third."""
MOST_CHARACTERS = 100_000
_CALL = re.compile(r"\s*([A-Za-z]+)\(\s*\[([^\[\]]*)\][^()]*\)\s*")


@implements(contract.CREATE_IMAGE_SET, writes=True)
def create_image_set(call: Call, param: contract.CreateImageSetParam) -> contract.CreateImageSetReturn:
    """Create a set without members, of type ImageSet, SpinSet, RenderSet or Catalog."""
    folder, cover = existing_folder(call, param.folder_handle), _cover(call, param.thumb_asset_handle)
    check_word("type", param.type, LISTS)
    new = NewSet(
        company_id=call.company.id,
        folder=folder,
        name=free_name(call, param.name, "name"),
        type=param.type,
        created_by=call.principal.user.email,
    )
    return contract.CreateImageSetReturn(asset_handle=_create(call, new, cover))


@implements(contract.SET_IMAGE_SET_MEMBERS, writes=True)
def set_image_set_members(call: Call, param: contract.SetImageSetMembersParam) -> contract.SetImageSetMembersReturn:
    """Give the set these members, in this order, in place of those it has."""
    members = _found_members(call, param.member_array)
    _set_members(call, _find_list(call, param.asset_handle), members)
    return contract.SetImageSetMembersReturn()


@implements(contract.GET_IMAGE_SET_MEMBERS)
def get_image_set_members(call: Call, param: contract.GetImageSetMembersParam) -> contract.GetImageSetMembersReturn:
    """Answer the members of the set in their order, those in the trash included."""
    members = find_members(call.tx, _find_list(call, param.asset_handle).id)
    assets = find_known(call, [member.asset_id for member in members])
    values = dict(zip((asset.id for asset in assets), asset_values(call, assets), strict=True))
    return contract.GetImageSetMembersReturn(
        member_array=[
            contract.ImageSetMember(asset=values[member.asset_id], page_reset=member.page_reset) for member in members
        ]
    )


@implements(contract.UPDATE_IMAGE_SET, writes=True)
def update_image_set(call: Call, param: contract.UpdateImageSetParam) -> contract.UpdateImageSetReturn:
    """Change the members of the set, the asset that stands for it, or both; what is not given stays."""
    members = None if param.member_array is None else _found_members(call, param.member_array)
    cover = _cover(call, param.thumb_asset_handle)
    found = _find_list(call, param.asset_handle)
    if members is not None:
        _set_members(call, found, members)
    if cover is not None:
        save_facts(call.tx, found.id, thumb_asset_id=cover)
    return contract.UpdateImageSetReturn()


@implements(contract.CREATE_ASSET_SET, writes=True)
def create_asset_set(call: Call, param: contract.CreateAssetSetParam) -> contract.CreateAssetSetReturn:
    """Create a set of a subtype of the client's own, with the definition that its viewer reads."""
    folder, cover = existing_folder(call, param.folder_handle), _cover(call, param.thumb_asset_handle)
    sub_type = param.sub_type.strip()
    if not sub_type:
        raise missing("subType")
    check_length("subType", sub_type)
    definition = param.set_definition or ""
    members = _defined_members(call, definition)
    new = NewSet(
        company_id=call.company.id,
        folder=folder,
        name=free_name(call, param.name, "name"),
        type=DEFINED,
        created_by=call.principal.user.email,
        sub_type=sub_type,
        definition=definition,
    )
    handle = _create(call, new, cover)
    _define(call, find_asset(call, handle), definition, members)
    return contract.CreateAssetSetReturn(asset_handle=handle)


@implements(contract.SET_ASSET_SET_DEFINITION, writes=True)
def set_asset_set_definition(
    call: Call, param: contract.SetAssetSetDefinitionParam
) -> contract.SetAssetSetDefinitionReturn:
    """Give the set another definition; the assets that it names become its members."""
    found = _find_defined(call, param.asset_handle)
    _define(call, found, param.set_definition, _defined_members(call, param.set_definition))
    return contract.SetAssetSetDefinitionReturn()


@implements(contract.UPDATE_ASSET_SET, writes=True)
def update_asset_set(call: Call, param: contract.UpdateAssetSetParam) -> contract.UpdateAssetSetReturn:
    """Change the definition of the set, the asset that stands for it, or both; what is not given stays."""
    cover = _cover(call, param.thumb_asset_handle)
    found = _find_defined(call, param.asset_handle)
    if param.set_definition is not None:
        _define(call, found, param.set_definition, _defined_members(call, param.set_definition))
    if cover is not None:
        save_facts(call.tx, found.id, thumb_asset_id=cover)
    return contract.UpdateAssetSetReturn()


def _create(call: Call, new: NewSet, cover: int | None) -> str:
    hold_company(call.tx, new.company_id)
    asset = add_set(call.tx, new)
    save_facts(call.tx, asset.id, thumb_asset_id=cover)
    touch_folders(call.tx, new.company_id, [new.folder])
    return asset_handle(asset.id)


def _find_list(call: Call, handle: str) -> Asset:
    found = find_asset(call, handle)
    if found.type not in LISTS:
        raise invalid("assetHandle", f"{handle} is of type {found.type}, not one of {', '.join(LISTS)}.")
    return found


def _find_defined(call: Call, handle: str) -> Asset:
    found = find_asset(call, handle)
    if found.type != DEFINED:
        raise invalid("assetHandle", f"{handle} is of type {found.type}, not {DEFINED}.")
    return found


def _cover(call: Call, handle: str | None) -> int | None:
    """Return the number of the asset that shall stand for a set; ApiError for one that has no picture."""
    if not handle:
        return None
    asset = find_asset(call, handle, "thumbAssetHandle")
    if asset.type != "Image":
        raise invalid("thumbAssetHandle", f"{handle} is of type {asset.type}; an Image can stand for a set.")
    return asset.id


def _found_members(call: Call, updates: Sequence[contract.ImageSetMemberUpdate]) -> list[Member]:
    if len(updates) > MOST_MEMBERS:
        raise invalid("memberArray", f"a set has at most {MOST_MEMBERS} members, not {len(updates)}.")
    members = []
    for n, update in enumerate(updates):
        asset = find_asset(call, update.asset_handle, f"memberArray.items[{n}].assetHandle")
        if asset.type in SET_TYPES:
            reason = f"{update.asset_handle} is of type {asset.type}; a set takes no sets."
            raise invalid(f"memberArray.items[{n}].assetHandle", reason)
        members.append(Member(asset_id=asset.id, page_reset=update.page_reset))
    for number, repeats in Counter(member.asset_id for member in members).most_common(1):
        if repeats > MOST_REPEATS:
            reason = f"a set has one asset at most {MOST_REPEATS} times, not {asset_handle(number)} {repeats} times."
            raise invalid("memberArray", reason)
    return members


def _set_members(call: Call, found: Asset, members: Sequence[Member]) -> None:
    hold_company(call.tx, call.company.id)  # nobody else changes the members meanwhile
    is_forced = found.type in ALWAYS_RESET
    kept = [Member(asset_id=each.asset_id, page_reset=is_forced or each.page_reset) for each in members]
    save_members(call.tx, found.id, kept, call.principal.user.email)


def _defined_members(call: Call, definition: str) -> list[Member]:
    """Return the assets that a definition names, each once; ApiError 30001 for what it could not be resolved to."""
    if len(definition) > MOST_CHARACTERS:
        raise invalid("setDefinition", f"has at most {MOST_CHARACTERS} characters.")
    numbers = []
    for part in definition.split("${")[1:]:
        function, closing, _text = part.partition("}")
        match = _CALL.fullmatch(function) if closing else None
        if match is None or match[1] not in FUNCTIONS:
            reason = f"${{{function[:80]}}} is no call of {', '.join(FUNCTIONS)} with handles in square brackets."
            raise invalid("setDefinition", reason)
        numbers.append(find_asset(call, match[2], "setDefinition").id)
    members = [Member(asset_id=number) for number in dict.fromkeys(numbers)]
    if len(members) > MOST_MEMBERS:
        raise invalid("setDefinition", f"a set has at most {MOST_MEMBERS} members, not {len(members)}.")
    return members


def _define(call: Call, found: Asset, definition: str, members: Sequence[Member]) -> None:
    if found.id in {member.asset_id for member in members}:
        raise invalid("setDefinition", "a set cannot be a member of itself.")
    hold_company(call.tx, call.company.id)
    save_facts(call.tx, found.id, definition=definition)
    save_members(call.tx, found.id, members, call.principal.user.email)
