"""Searching assets, by system fields, tags and metadata, or in the metadata index."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.contract.assets import Asset
from wsdl.contract.metadata import Metadata
from wsdl.declare import Handle, Items, Long, Since, message, operation
from wsdl.roles import EVERY_ROLE, METADATA_READERS
from wsdl.versions import V2008_01_15, V2009_07_31, V2010_01_31, V2014_04_03


@message(Since(V2010_01_31))
class AssetSummary:
    """What a search of the metadata index tells about an asset."""

    asset_handle: Handle
    type: str | None = None
    name: str | None = None
    folder: str | None = None
    filename: str | None = None
    created: datetime | None = None
    create_user: str | None = None
    last_modified: datetime | None = None
    last_modify_user: str | None = None
    metadata_array: Sequence[Metadata] | None = None
    score: float | None = None
    score_detail: str | None = None


@message(Since(V2010_01_31))
class TagCondition:
    """A condition on a tag field: one value, or any or all of some."""

    field_handle: Handle
    op: str
    value: str | None = None
    value_array: Sequence[str] | None = None


@message
class MetadataCondition:
    """A condition on a metadata field; one typed value, or a range of two."""

    field_handle: Handle
    op: str
    case_sensitive: bool | None = None
    value: str | None = None
    values: Sequence[str] | None = None
    bool_val: bool | None = None
    long_val: Long | None = None
    min_long: Annotated[Long | None, Since(V2008_01_15)] = None
    max_long: Annotated[Long | None, Since(V2008_01_15)] = None
    double_val: float | None = None
    min_double: Annotated[float | None, Since(V2008_01_15)] = None
    max_double: Annotated[float | None, Since(V2008_01_15)] = None
    date_val: datetime | None = None
    min_date: Annotated[datetime | None, Since(V2008_01_15)] = None
    max_date: Annotated[datetime | None, Since(V2008_01_15)] = None


@message(Since(V2010_01_31))
class SearchFilter:
    """What narrows a search before its conditions are looked at."""

    folder: str | None = None
    include_subfolders: bool | None = None
    asset_type_array: Sequence[str] | None = None
    exclude_asset_type_array: Sequence[str] | None = None
    asset_sub_type_array: Sequence[str] | None = None
    strict_sub_type_check: Annotated[bool | None, Since(V2014_04_03)] = None
    exclude_byproducts: bool | None = None
    project_handle: Handle | None = None
    publish_state: str | None = None
    trash_state: str | None = None


@message
class SystemFieldCondition:
    """A condition on a field that every asset has; one typed value, or a range of two."""

    field: str
    op: str
    value: str | None = None
    bool_val: bool | None = None
    long_val: Long | None = None
    min_long: Annotated[Long | None, Since(V2008_01_15)] = None
    max_long: Annotated[Long | None, Since(V2008_01_15)] = None
    double_val: float | None = None
    min_double: Annotated[float | None, Since(V2008_01_15)] = None
    max_double: Annotated[float | None, Since(V2008_01_15)] = None
    date_val: datetime | None = None
    min_date: Annotated[datetime | None, Since(V2008_01_15)] = None
    max_date: Annotated[datetime | None, Since(V2008_01_15)] = None


@message(Since(V2009_07_31))
class ExcludeByproductCondition:
    """What to leave out: assets of a type that an engine generated."""

    engine: str
    generated_asset_type: str


@message
class SearchAssetsByMetadataParam:
    """Search the metadata index of a company; fields are named by keys such as ``dc.rights``, not by handles."""

    company_handle: Handle
    filters: SearchFilter | None = None
    metadata_condition_array: Sequence[MetadataCondition] | None = None
    metadata_condition_match_mode: str | None = None
    response_metadata_array: Sequence[str] | None = None
    records_per_page: int | None = None
    results_page: int | None = None
    sort_by: str | None = None
    sort_direction: str | None = None


@message
class SearchAssetsByMetadataReturn:
    """One page of summaries, and how many assets matched in all."""

    total_rows: int
    asset_summary_array: Sequence[AssetSummary]


SEARCH_ASSETS_BY_METADATA = operation(
    SearchAssetsByMetadataParam, SearchAssetsByMetadataReturn, Since(V2010_01_31), roles=METADATA_READERS
)


@message
class SearchAssetsParam:
    """Search a company's assets by folder, type, state and conditions; ``results_page`` counts from 1."""

    company_handle: Handle
    access_user_handle: Handle | None = None
    access_group_handle: Handle | None = None
    folder: str | None = None
    include_subfolders: bool
    publish_state: str | None = None
    trash_state: Annotated[str | None, Since(V2008_01_15)] = None
    condition_match_mode: str | None = None
    keyword_array: Sequence[str] | None = None
    system_field_match_mode: str | None = None
    system_field_condition_array: Sequence[SystemFieldCondition] | None = None
    tag_match_mode: Annotated[str | None, Since(V2010_01_31)] = None
    tag_condition_array: Sequence[TagCondition] | None = None
    metadata_match_mode: str | None = None
    metadata_condition_array: Sequence[MetadataCondition] | None = None
    asset_type_array: Sequence[str] | None = None
    exclude_asset_type_array: Annotated[Sequence[str] | None, Since(V2008_01_15)] = None
    asset_sub_type_array: Annotated[Sequence[str] | None, Since(V2009_07_31)] = None
    strict_sub_type_check: Annotated[bool | None, Since(V2009_07_31)] = None
    exclude_byproducts: Annotated[bool | None, Since(V2008_01_15)] = None
    exclude_byproduct_array: Sequence[Annotated[ExcludeByproductCondition, Items("ExcludeByproductArray")]] | None = (
        None
    )
    project_handle: Handle | None = None
    records_per_page: int | None = None
    results_page: int | None = None
    sort_by: str | None = None
    sort_direction: str | None = None
    response_field_array: Sequence[str] | None = None
    exclude_field_array: Sequence[str] | None = None


@message
class SearchAssetsReturn:
    """One page of assets, and how many matched in all."""

    total_rows: int | None = None
    asset_array: Sequence[Asset] | None = None


SEARCH_ASSETS = operation(SearchAssetsParam, SearchAssetsReturn, roles=EVERY_ROLE)
