"""Property sets: named values of a company or user, such as set scripts and encoding presets."""

from collections.abc import Sequence
from typing import Annotated

from wsdl.contract.permissions import Permission, PermissionUpdate
from wsdl.declare import Handle, Since, message, operation
from wsdl.roles import ACCOUNT_ADMINS, EVERY_ROLE
from wsdl.versions import V2012_02_14


@message
class PropertySetType:
    """A type of property sets."""

    type_handle: Handle
    company_handle: Handle | None = None
    name: str
    property_type: str
    allow_multiple: bool


@message
class Property:
    """A named value."""

    name: str
    value: str


@message
class PropertySet:
    """A set of named values that belongs to one or two owners."""

    set_handle: Handle
    type_handle: Handle
    property_array: Sequence[Property]
    permissions: Sequence[Permission] | None = None


@message
class CreatePropertySetTypeParam:
    """Define a type of property sets."""

    company_handle: Handle | None = None
    name: str
    property_type: str
    allow_multiple: bool


@message
class CreatePropertySetTypeReturn:
    """The handle of the new type."""

    type_handle: Handle


CREATE_PROPERTY_SET_TYPE = operation(CreatePropertySetTypeParam, CreatePropertySetTypeReturn, roles=ACCOUNT_ADMINS)


@message
class GetPropertySetTypesParam:
    """List the types of property sets, such as set scripts and encoding presets."""

    company_handle: Handle | None = None


@message
class GetPropertySetTypesReturn:
    """The types."""

    type_array: Sequence[PropertySetType]


GET_PROPERTY_SET_TYPES = operation(GetPropertySetTypesParam, GetPropertySetTypesReturn, roles=EVERY_ROLE)


@message
class GetPropertySetTypeParam:
    """Ask for a type of property sets by name."""

    company_handle: Handle | None = None
    name: str


@message
class GetPropertySetTypeReturn:
    """The type."""

    type: PropertySetType


GET_PROPERTY_SET_TYPE = operation(GetPropertySetTypeParam, GetPropertySetTypeReturn, roles=EVERY_ROLE)


@message
class DeletePropertySetTypeParam:
    """Delete a type of property sets with all its sets."""

    type_handle: Handle


@message
class DeletePropertySetTypeReturn:
    """Empty: the type is gone."""


DELETE_PROPERTY_SET_TYPE = operation(DeletePropertySetTypeParam, DeletePropertySetTypeReturn, roles=ACCOUNT_ADMINS)


@message
class CreatePropertySetParam:
    """Create a set of named values that belongs to one or two owners."""

    type_handle: Handle
    primary_owner_handle: Handle
    secondary_owner_handle: Handle | None = None
    property_array: Sequence[Property]
    permission_array: Annotated[Sequence[PermissionUpdate] | None, Since(V2012_02_14)] = None


@message
class CreatePropertySetReturn:
    """The handle of the new set."""

    set_handle: Handle


CREATE_PROPERTY_SET = operation(CreatePropertySetParam, CreatePropertySetReturn, roles=ACCOUNT_ADMINS)


@message
class UpdatePropertySetParam:
    """Change the values of a property set, or replace them all."""

    set_handle: Handle
    replace_properties: bool | None = None
    property_array: Sequence[Property]


@message
class UpdatePropertySetReturn:
    """Empty: the values are changed."""


UPDATE_PROPERTY_SET = operation(UpdatePropertySetParam, UpdatePropertySetReturn, roles=EVERY_ROLE)


@message
class GetPropertySetsParam:
    """List the property sets of a type and owner."""

    type_handle: Handle
    primary_owner_handle: Handle
    secondary_owner_handle: Handle | None = None


@message
class GetPropertySetsReturn:
    """The sets with their values."""

    set_array: Sequence[PropertySet]


GET_PROPERTY_SETS = operation(GetPropertySetsParam, GetPropertySetsReturn, roles=EVERY_ROLE)


@message
class DeletePropertySetParam:
    """Delete a property set."""

    set_handle: Handle


@message
class DeletePropertySetReturn:
    """Empty: the set is gone."""


DELETE_PROPERTY_SET = operation(DeletePropertySetParam, DeletePropertySetReturn, roles=ACCOUNT_ADMINS)
