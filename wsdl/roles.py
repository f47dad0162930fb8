"""Who may call an operation: the roles, the groups in which the vendor documents them, and the table without its gaps.

Membership of a company and permissions on folders and assets are checked elsewhere.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from wsdl.declare import AnyOperation


class Role(StrEnum):
    """A user's role, in the vendor's spelling; all but the first are held company by company."""

    IPS_ADMIN = "IpsAdmin"
    IPS_COMPANY_ADMIN = "IpsCompanyAdmin"
    IPS_USER = "IpsUser"
    TRIAL_SITE_ADMIN = "TrialSiteAdmin"
    TRIAL_SITE_USER = "TrialSiteUser"
    IMAGE_PORTAL_ADMIN = "ImagePortalAdmin"
    IMAGE_PORTAL_USER = "ImagePortalUser"
    IMAGE_PORTAL_CONTRIB = "ImagePortalContrib"
    IMAGE_PORTAL_CONTRIB_USER = "ImagePortalContribUser"
    WEB_SERVICE_USER = "WebServiceUser"
    """A role that users can hold, though no operation is documented for it."""


EVERY_ROLE = frozenset(Role) - {Role.WEB_SERVICE_USER}
JOB_OWNERS = EVERY_ROLE - {Role.IMAGE_PORTAL_USER}
METADATA_READERS = EVERY_ROLE - {Role.TRIAL_SITE_ADMIN, Role.TRIAL_SITE_USER}
WRITERS = METADATA_READERS - {Role.IMAGE_PORTAL_USER}
COMPANY_ADMINS = frozenset({Role.IPS_ADMIN, Role.IPS_COMPANY_ADMIN})
PERMISSION_ADMINS = COMPANY_ADMINS | {Role.IMAGE_PORTAL_ADMIN}
ACCOUNT_ADMINS = PERMISSION_ADMINS | {Role.TRIAL_SITE_ADMIN}

_UNDOCUMENTED: Mapping[str, frozenset[Role]] = MappingProxyType(
    {
        "removeMask": WRITERS,
        "updateImageSet": WRITERS,
        "updateAssetSet": WRITERS,
        "uploadPost": WRITERS,
        "setPropertySetPermissions": PERMISSION_ADMINS,
        "updatePropertySetPermissions": PERMISSION_ADMINS,
        "removePropertySetPermissions": PERMISSION_ADMINS,
        "addMediaPortalEvent": PERMISSION_ADMINS,
        "getMediaPortalEvent": PERMISSION_ADMINS,
        "setImageServingPublishSettings": ACCOUNT_ADMINS,
        "setImageRenderingPublishSettings": ACCOUNT_ADMINS,
        "getImageServingCatalog": ACCOUNT_ADMINS,
        "getImageRenderingCatalog": ACCOUNT_ADMINS,
        "getCdnCacheInvalidationStatus": COMPANY_ADMINS,
    }
)
"""Who may call what the vendor documents no roles for: whoever may call the operations next to it."""

_FORGOTTEN: Mapping[str, Role] = MappingProxyType(
    {
        "getJobLogDetails": Role.TRIAL_SITE_ADMIN,
        "setAssetPublishState": Role.IMAGE_PORTAL_ADMIN,
        "batchSetFontFields": Role.IMAGE_PORTAL_ADMIN,
        "getFolderTree": Role.IMAGE_PORTAL_ADMIN,
        "getImageSetMembers": Role.IMAGE_PORTAL_ADMIN,
        "getOriginalFilePaths": Role.IMAGE_PORTAL_ADMIN,
    }
)
"""The role that the documentation leaves out, though it may call every operation of the same kind."""

_BEYOND_ONE_COMPANY = frozenset({"addCompany", "getAllCompanies"})


def roles_allowed(operation: AnyOperation, *, strict: bool) -> frozenset[str]:
    """Return the roles that may call ``operation``.

    ``strict`` gives the documented roles to the letter. Otherwise the gaps of the documentation are filled: system
    administrators may call everything, company administrators everything within their own company, and roles that were
    forgotten are added. An operation without documented roles has the same roles both ways.
    """
    documented = operation.roles or _UNDOCUMENTED[operation.name]
    if strict:
        return documented
    allowed = documented | {Role.IPS_ADMIN}
    if operation.name not in _BEYOND_ONE_COMPANY:
        allowed |= {Role.IPS_COMPANY_ADMIN}
    forgotten = _FORGOTTEN.get(operation.name)
    return allowed | {forgotten} if forgotten else allowed
