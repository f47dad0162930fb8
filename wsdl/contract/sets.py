"""Sets of assets, with members or with a definition of their own."""

from collections.abc import Sequence
from typing import Annotated

from wsdl.contract.assets import Asset
from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import EVERY_ROLE, WRITERS, Role
from wsdl.versions import V2009_07_31, V2012_02_14, V2014_04_03


@message
class ImageSetMember:
    """A member of a set, and whether a new page begins with it."""

    asset: Asset | None = None
    page_reset: bool | None = None


@message
class ImageSetMemberUpdate:
    """A member that shall be, and whether a new page begins with it."""

    asset_handle: Handle
    page_reset: bool


@message
class CreateImageSetParam:
    """Create an image, spin or render set, or a catalog."""

    company_handle: Handle
    folder_handle: Handle
    name: str
    type: str
    thumb_asset_handle: Annotated[Handle | None, Since(V2012_02_14)] = None


@message
class CreateImageSetReturn:
    """The handle of the new set."""

    asset_handle: Handle


CREATE_IMAGE_SET = operation(CreateImageSetParam, CreateImageSetReturn, roles=WRITERS)


@message
class SetImageSetMembersParam:
    """Replace the members of a set."""

    company_handle: Handle
    asset_handle: Handle
    member_array: Sequence[ImageSetMemberUpdate]


@message
class SetImageSetMembersReturn:
    """Empty: the set has its new members."""


SET_IMAGE_SET_MEMBERS = operation(SetImageSetMembersParam, SetImageSetMembersReturn, roles=WRITERS)


@message
class GetImageSetMembersParam:
    """List the members of a set."""

    company_handle: Handle
    asset_handle: Handle
    response_field_array: Annotated[Sequence[str] | None, Since(V2014_04_03)] = None
    exclude_field_array: Annotated[Sequence[str] | None, Since(V2014_04_03)] = None


@message
class GetImageSetMembersReturn:
    """The members in their order."""

    member_array: Sequence[ImageSetMember]


GET_IMAGE_SET_MEMBERS = operation(
    GetImageSetMembersParam, GetImageSetMembersReturn, roles=EVERY_ROLE - {Role.IMAGE_PORTAL_ADMIN}
)


@message
class UpdateImageSetParam:
    """Change the members of a set, its thumbnail asset, or both."""

    company_handle: Handle
    asset_handle: Handle
    member_array: Sequence[ImageSetMemberUpdate] | None = None
    thumb_asset_handle: Handle | None = None


@message
class UpdateImageSetReturn:
    """Empty: the set is changed."""


UPDATE_IMAGE_SET = operation(UpdateImageSetParam, UpdateImageSetReturn, Since(V2012_02_14))


@message
class CreateAssetSetParam:
    """Create a set of any subtype from a definition."""

    company_handle: Handle
    folder_handle: Handle
    name: str
    sub_type: str
    set_definition: str | None = None
    thumb_asset_handle: Annotated[Handle | None, Since(V2012_02_14)] = None


@message
class CreateAssetSetReturn:
    """The handle of the new set."""

    asset_handle: Handle


CREATE_ASSET_SET = operation(CreateAssetSetParam, CreateAssetSetReturn, Since(V2009_07_31), roles=WRITERS)


@message
class SetAssetSetDefinitionParam:
    """Replace the definition of an asset set."""

    company_handle: Handle
    asset_handle: Handle
    set_definition: str


@message
class SetAssetSetDefinitionReturn:
    """Empty: the set has its new definition."""


SET_ASSET_SET_DEFINITION = operation(
    SetAssetSetDefinitionParam, SetAssetSetDefinitionReturn, Since(V2009_07_31), roles=WRITERS
)


@message
class UpdateAssetSetParam:
    """Change the definition of an asset set, its thumbnail asset, or both."""

    company_handle: Handle
    asset_handle: Handle
    set_definition: str | None = None
    thumb_asset_handle: Handle | None = None


@message
class UpdateAssetSetReturn:
    """Empty: the set is changed."""


UPDATE_ASSET_SET = operation(UpdateAssetSetParam, UpdateAssetSetReturn, Since(V2012_02_14))
