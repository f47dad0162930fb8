"""Companies and their settings."""

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from wsdl.contract.assets import Asset
from wsdl.declare import Handle, Long, Since, message, operation
from wsdl.roles import ACCOUNT_ADMINS, COMPANY_ADMINS, EVERY_ROLE, Role
from wsdl.versions import V2008_01_15, V2014_04_03


@message
class Company:
    """A company: the owner of assets, jobs and settings."""

    company_handle: Handle
    name: str
    root_path: str
    expires: datetime | None = None
    ims_org_id: Annotated[str | None, Since(V2014_04_03)] = None


@message
class DiskUsage:
    """How many images a company has and how much room they take, in kilobytes."""

    company_handle: Handle
    company_name: str
    image_count: int
    disk_space_usage: Long
    last_modified: datetime


@message(Since(V2008_01_15))
class CompanySettings:
    """A company's settings; the profiles and stylesheets are full assets."""

    overwrite_mode: str
    retain_publish_state: bool
    default_source_profile: Asset
    default_display_profile: Asset
    iptc_exif_mapping_xslt: Asset | None = None
    xmp_mapping_xslt: Asset | None = None
    disk_space_warning_min: int
    email_trash_cleanup_warning: bool


@message
class GetAllCompaniesParam:
    """List every company of the system."""

    include_expired: bool


@message
class GetAllCompaniesReturn:
    """The companies."""

    company_array: Sequence[Company]


GET_ALL_COMPANIES = operation(
    GetAllCompaniesParam, GetAllCompaniesReturn, roles=COMPANY_ADMINS - {Role.IPS_COMPANY_ADMIN}
)


@message
class AddCompanyParam:
    """Create a company."""

    company_name: str
    expires: datetime | None = None
    ims_org_id: Annotated[str | None, Since(V2014_04_03)] = None


@message
class AddCompanyReturn:
    """The new company."""

    company_info: Company


ADD_COMPANY = operation(AddCompanyParam, AddCompanyReturn, roles=ACCOUNT_ADMINS - {Role.IPS_COMPANY_ADMIN})


@message
class GetCompanyInfoParam:
    """Ask for a company by its handle, its name or its organisation's identifier."""

    company_handle: Handle | None = None
    company_name: str | None = None
    ims_org_id: Annotated[str | None, Since(V2014_04_03)] = None


@message
class GetCompanyInfoReturn:
    """The company."""

    company_info: Company


GET_COMPANY_INFO = operation(GetCompanyInfoParam, GetCompanyInfoReturn, roles=EVERY_ROLE - {Role.IPS_COMPANY_ADMIN})


@message
class GetDiskUsageParam:
    """Ask how much room one company takes, or each."""

    company_handle: Handle | None = None


@message
class GetDiskUsageReturn:
    """The usage, company by company."""

    disk_usage_array: Sequence[DiskUsage]


GET_DISK_USAGE = operation(GetDiskUsageParam, GetDiskUsageReturn, roles=ACCOUNT_ADMINS)


@message
class GetCompanySettingsParam:
    """Ask for a company's settings."""

    company_handle: Handle


@message
class GetCompanySettingsReturn:
    """The settings."""

    settings: CompanySettings


GET_COMPANY_SETTINGS = operation(
    GetCompanySettingsParam, GetCompanySettingsReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS
)


@message
class SetCompanySettingsParam:
    """Change a company's settings; what is not given stays."""

    company_handle: Handle
    overwrite_mode: str | None = None
    retain_publish_state: bool | None = None
    default_source_profile_handle: Handle | None = None
    default_display_profile_handle: Handle | None = None
    iptc_exif_mapping_xslt_handle: Handle | None = None
    xmp_mapping_xslt_handle: Handle | None = None
    disk_space_warning_min: int | None = None
    email_trash_cleanup_warning: bool | None = None


@message
class SetCompanySettingsReturn:
    """Empty: the settings are changed."""


SET_COMPANY_SETTINGS = operation(
    SetCompanySettingsParam, SetCompanySettingsReturn, Since(V2008_01_15), roles=ACCOUNT_ADMINS
)
