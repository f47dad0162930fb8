"""Metadata: fields, tag dictionaries and the values on assets.

The XMP packet is in ``xmp``, conditions to search by are in ``search``.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.declare import Handle, Long, Since, array_of, message, operation
from wsdl.roles import COMPANY_ADMINS, EVERY_ROLE, METADATA_READERS, PERMISSION_ADMINS, WRITERS, Role
from wsdl.versions import V2008_01_15, V2009_07_31, V2010_01_31, V2012_02_14, V2014_04_03


@message
class Metadata:
    """The value of a metadata field, as text and in its own type."""

    name: str
    value: str
    bool_val: bool | None = None
    long_val: Long | None = None
    double_val: float | None = None
    date_val: datetime | None = None
    value_array: Annotated[Sequence[str] | None, Since(V2010_01_31)] = None


@message(Since(V2010_01_31))
class ValueCount:
    """A value and how often it occurs."""

    value: str
    count: int | None = None


@message(Since(V2012_02_14))
class CompanyMetadataInfo:
    """A metadata field of a company, in a form no operation of the known versions uses."""

    xid: str
    xname: str
    xtype: str


@message
class MetadataField:
    """A metadata field: its type, its default and who made it."""

    field_handle: Handle
    name: str
    type: str
    default_value: str
    is_required: bool
    is_user_defined: bool
    is_hidden: Annotated[bool, Since(V2010_01_31)]
    is_enforced: Annotated[bool, Since(V2014_04_03)]
    initial_tag_value: Annotated[str | None, Since(V2010_01_31)] = None


@message(Since(V2009_07_31))
class AssetMetadataFields:
    """The metadata fields of one asset type."""

    asset_type: str
    field_array: Sequence[MetadataField]


@message
class MetadataUpdate:
    """A new value for a metadata field, typed as the field is; tag fields also add and remove single values."""

    field_handle: Handle
    value: str | None = None
    bool_val: bool | None = None
    long_val: Long | None = None
    double_val: float | None = None
    date_val: datetime | None = None
    add_tag_value_array: Annotated[Sequence[str] | None, Since(V2010_01_31)] = None
    set_tag_value_array: Annotated[Sequence[str] | None, Since(V2010_01_31)] = None
    delete_tag_value_array: Annotated[Sequence[str] | None, Since(V2010_01_31)] = None


@message(Since(V2014_04_03))
class MetadataDelete:
    """A metadata field whose value shall go."""

    field_handle: Handle


@message(Since(V2010_01_31))
class TagValueUpdate:
    """A value of a tag dictionary and its new spelling."""

    old_value: str
    new_value: str


@message(Since(V2010_01_31))
class TagValueUpdateFault:
    """A value that could not be renamed, and why."""

    value: str
    code: int
    reason: str


@message(Since(V2010_01_31))
class TagFieldValues:
    """A tag field and the values of its dictionary."""

    field_handle: Handle
    value_array: Sequence[str]


@message(Since(V2008_01_15))
class SetMetadataFault:
    """A value that could not be set on an asset, and why."""

    asset_handle: Handle
    field_handle: Handle
    code: int
    reason: str


@message(Since(V2008_01_15))
class BatchMetadataUpdate:
    """New values that are set on each of some assets."""

    asset_handle_array: Sequence[Handle]
    update_array: Sequence[MetadataUpdate]


LONG_ARRAY = array_of(Long)
"""An array type that no operation of the known versions uses."""

COMPANY_METADATA_INFO_ARRAY = array_of(CompanyMetadataInfo)
"""An array type that no operation of the known versions uses."""


@message
class GetDistinctMetadataValuesParam:
    """Ask which values a metadata key has, and how often."""

    company_handle: Handle
    metadata_key: str


@message
class GetDistinctMetadataValuesReturn:
    """The values with their counts."""

    value_array: Sequence[ValueCount]


GET_DISTINCT_METADATA_VALUES = operation(
    GetDistinctMetadataValuesParam, GetDistinctMetadataValuesReturn, Since(V2010_01_31), roles=METADATA_READERS
)


@message
class GetMetadataFieldsParam:
    """List the metadata fields of one asset type."""

    company_handle: Handle
    asset_type: str


@message
class GetMetadataFieldsReturn:
    """The fields, the vendor's and the company's own."""

    field_array: Sequence[MetadataField]


GET_METADATA_FIELDS = operation(GetMetadataFieldsParam, GetMetadataFieldsReturn, roles=METADATA_READERS)


@message
class GetAssetMetadataFieldsParam:
    """List the metadata fields of every asset type."""

    company_handle: Handle


@message
class GetAssetMetadataFieldsReturn:
    """The fields, grouped by asset type."""

    asset_fields_array: Sequence[AssetMetadataFields]


GET_ASSET_METADATA_FIELDS = operation(
    GetAssetMetadataFieldsParam, GetAssetMetadataFieldsReturn, Since(V2009_07_31), roles=METADATA_READERS
)


@message
class SaveMetadataFieldParam:
    """Create a metadata field, or change the one whose handle is given (deprecated by the vendor since 4.0)."""

    company_handle: Handle
    field_handle: Handle | None = None
    asset_type: str
    name: str
    field_type: str
    default_value: str
    is_hidden: Annotated[bool | None, Since(V2010_01_31)] = None
    is_enforced: Annotated[bool | None, Since(V2014_04_03)] = None


@message
class SaveMetadataFieldReturn:
    """The handle of the field."""

    field_handle: Handle


SAVE_METADATA_FIELD = operation(
    SaveMetadataFieldParam,
    SaveMetadataFieldReturn,
    roles=WRITERS - {Role.IMAGE_PORTAL_CONTRIB, Role.IMAGE_PORTAL_CONTRIB_USER},
)


@message
class CreateMetadataFieldParam:
    """Create a metadata field for one asset type."""

    company_handle: Handle
    asset_type: str
    name: str
    field_type: str
    default_value: str | None = None
    is_hidden: Annotated[bool | None, Since(V2010_01_31)] = None
    is_enforced: Annotated[bool | None, Since(V2014_04_03)] = None
    initial_tag_value: Annotated[str | None, Since(V2010_01_31)] = None


@message
class CreateMetadataFieldReturn:
    """The handle of the new field."""

    field_handle: Handle


CREATE_METADATA_FIELD = operation(
    CreateMetadataFieldParam, CreateMetadataFieldReturn, roles=COMPANY_ADMINS - {Role.IPS_COMPANY_ADMIN}
)


@message
class SetTagFieldValuesParam:
    """Replace the dictionary of a tag field."""

    company_handle: Handle
    field_handle: Handle
    value_array: Sequence[str]


@message
class SetTagFieldValuesReturn:
    """Empty: the dictionary is replaced."""


SET_TAG_FIELD_VALUES = operation(
    SetTagFieldValuesParam, SetTagFieldValuesReturn, Since(V2010_01_31), roles=PERMISSION_ADMINS
)


@message
class AddTagFieldValuesParam:
    """Add values to the dictionary of a tag field."""

    company_handle: Handle
    field_handle: Handle
    value_array: Sequence[str]


@message
class AddTagFieldValuesReturn:
    """Empty: the values are in the dictionary."""


ADD_TAG_FIELD_VALUES = operation(
    AddTagFieldValuesParam, AddTagFieldValuesReturn, Since(V2010_01_31), roles=PERMISSION_ADMINS
)


@message
class DeleteTagFieldValuesParam:
    """Remove values from the dictionary of a tag field."""

    company_handle: Handle
    field_handle: Handle
    value_array: Sequence[str]


@message
class DeleteTagFieldValuesReturn:
    """Empty: the values are gone from the dictionary."""


DELETE_TAG_FIELD_VALUES = operation(
    DeleteTagFieldValuesParam, DeleteTagFieldValuesReturn, Since(V2010_01_31), roles=PERMISSION_ADMINS
)


@message
class UpdateTagFieldValuesParam:
    """Rename values in the dictionary of a tag field."""

    company_handle: Handle
    field_handle: Handle
    update_array: Sequence[TagValueUpdate]


@message
class UpdateTagFieldValuesReturn:
    """How many values were renamed, and which were not."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[TagValueUpdateFault] | None = None
    error_detail_array: Sequence[TagValueUpdateFault] | None = None


UPDATE_TAG_FIELD_VALUES = operation(
    UpdateTagFieldValuesParam, UpdateTagFieldValuesReturn, Since(V2010_01_31), roles=PERMISSION_ADMINS
)


@message
class GetTagFieldValuesParam:
    """Ask for the dictionaries of tag fields."""

    company_handle: Handle
    field_handle_array: Sequence[Handle]


@message
class GetTagFieldValuesReturn:
    """Each field with the values of its dictionary."""

    field_array: Sequence[TagFieldValues]


GET_TAG_FIELD_VALUES = operation(GetTagFieldValuesParam, GetTagFieldValuesReturn, Since(V2010_01_31), roles=EVERY_ROLE)


@message
class UpdateMetadataFieldParam:
    """Change a metadata field; what is not given stays."""

    company_handle: Handle
    field_handle: Handle
    name: str | None = None
    default_value: str | None = None
    is_hidden: Annotated[bool | None, Since(V2010_01_31)] = None
    is_enforced: Annotated[bool | None, Since(V2014_04_03)] = None
    initial_tag_value: Annotated[str | None, Since(V2010_01_31)] = None


@message
class UpdateMetadataFieldReturn:
    """The handle of the field, which a new name changes."""

    field_handle: Handle


UPDATE_METADATA_FIELD = operation(UpdateMetadataFieldParam, UpdateMetadataFieldReturn, roles=PERMISSION_ADMINS)


@message
class DeleteMetadataFieldParam:
    """Delete a metadata field with all its values."""

    company_handle: Handle
    field_handle: Handle


@message
class DeleteMetadataFieldReturn:
    """Empty: the field is gone."""


DELETE_METADATA_FIELD = operation(
    DeleteMetadataFieldParam, DeleteMetadataFieldReturn, Since(V2008_01_15), roles=PERMISSION_ADMINS
)


@message
class SetAssetMetadataParam:
    """Set metadata values of one asset."""

    company_handle: Handle
    asset_handle: Handle
    update_array: Sequence[MetadataUpdate]


@message
class SetAssetMetadataReturn:
    """Empty: the values are set."""


SET_ASSET_METADATA = operation(SetAssetMetadataParam, SetAssetMetadataReturn, roles=WRITERS)


@message
class BatchSetAssetMetadataParam:
    """Set metadata values of many assets."""

    company_handle: Handle
    update_array: Sequence[BatchMetadataUpdate]


@message
class BatchSetAssetMetadataReturn:
    """How many assets were changed, and which values could not be set."""

    success_count: int
    warning_count: int
    error_count: int
    warning_detail_array: Sequence[SetMetadataFault] | None = None
    error_detail_array: Sequence[SetMetadataFault] | None = None


BATCH_SET_ASSET_METADATA = operation(
    BatchSetAssetMetadataParam, BatchSetAssetMetadataReturn, Since(V2008_01_15), roles=WRITERS
)


@message
class DeleteAssetMetadataParam:
    """Remove metadata values from one asset."""

    company_handle: Handle
    asset_handle: Handle
    delete_array: Sequence[MetadataDelete]


@message
class DeleteAssetMetadataReturn:
    """Empty: the values are gone."""


DELETE_ASSET_METADATA = operation(
    DeleteAssetMetadataParam, DeleteAssetMetadataReturn, Since(V2014_04_03), roles=WRITERS
)


@message
class GetUniqueMetadataValuesParam:
    """Ask which values one metadata field has."""

    company_handle: Handle
    field_handle: Handle


@message
class GetUniqueMetadataValuesReturn:
    """Each value once."""

    values: Sequence[str]


GET_UNIQUE_METADATA_VALUES = operation(
    GetUniqueMetadataValuesParam, GetUniqueMetadataValuesReturn, roles=METADATA_READERS
)
