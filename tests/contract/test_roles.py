"""Who may call what: the documented roles to the letter, and with the gaps of the documentation filled."""

import pytest

from wsdl import contract
from wsdl.declare import AnyOperation
from wsdl.roles import Role, roles_allowed

UNDOCUMENTED = {
    "addMediaPortalEvent",
    "getCdnCacheInvalidationStatus",
    "getImageRenderingCatalog",
    "getImageServingCatalog",
    "getMediaPortalEvent",
    "removeMask",
    "removePropertySetPermissions",
    "setImageRenderingPublishSettings",
    "setImageServingPublishSettings",
    "setPropertySetPermissions",
    "updateAssetSet",
    "updateImageSet",
    "updatePropertySetPermissions",
    "uploadPost",
}


def test_the_documentation_is_silent_on_fourteen_operations() -> None:
    assert {name for name, operation in contract.OPERATIONS.items() if not operation.roles} == UNDOCUMENTED


def test_documented_roles_are_given_to_the_letter() -> None:
    assert roles_allowed(contract.SUBMIT_JOB, strict=True) == {
        "IpsAdmin",
        "IpsUser",
        "TrialSiteAdmin",
        "TrialSiteUser",
        "ImagePortalAdmin",
        "ImagePortalContrib",
        "ImagePortalContribUser",
    }


@pytest.mark.parametrize(
    ("operation", "count"),
    [
        (contract.GET_FOLDERS, 9),
        (contract.STOP_JOB, 8),
        (contract.GET_METADATA_FIELDS, 7),
        (contract.MOVE_ASSET, 6),
        (contract.SAVE_IMAGE_FORMAT, 4),
        (contract.GET_USERS, 4),
        (contract.GET_GROUPS, 3),
        (contract.CDN_CACHE_INVALIDATION, 2),
        (contract.GET_ALL_COMPANIES, 1),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_each_group_of_roles_has_its_documented_size(operation: AnyOperation, count: int) -> None:
    assert len(roles_allowed(operation, strict=True)) == count


@pytest.mark.parametrize("operation", contract.OPERATIONS.values(), ids=lambda operation: operation.name)
def test_system_administrators_may_call_everything_and_nobody_loses_a_role(operation: AnyOperation) -> None:
    allowed = roles_allowed(operation, strict=False)
    assert Role.IPS_ADMIN in allowed
    assert roles_allowed(operation, strict=True) <= allowed
    assert allowed <= set(Role)


def test_company_administrators_may_call_all_but_what_reaches_beyond_one_company() -> None:
    kept_out = {
        name
        for name, operation in contract.OPERATIONS.items()
        if Role.IPS_COMPANY_ADMIN not in roles_allowed(operation, strict=False)
    }
    assert kept_out == {"addCompany", "getAllCompanies"}


@pytest.mark.parametrize(
    ("operation", "role"),
    [
        (contract.SUBMIT_JOB, Role.IPS_COMPANY_ADMIN),
        (contract.EXECUTE_JOB, Role.IPS_COMPANY_ADMIN),
        (contract.GET_COMPANY_INFO, Role.IPS_COMPANY_ADMIN),
        (contract.GET_JOB_LOG_DETAILS, Role.TRIAL_SITE_ADMIN),
        (contract.REMOVE_PROJECT_ASSETS, Role.IPS_ADMIN),
        (contract.GET_FOLDER_TREE, Role.IMAGE_PORTAL_ADMIN),
        (contract.SET_ASSET_PUBLISH_STATE, Role.IMAGE_PORTAL_ADMIN),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_a_role_that_the_documentation_forgot_is_allowed_unless_strict(operation: AnyOperation, role: Role) -> None:
    assert role in roles_allowed(operation, strict=False)
    assert role not in roles_allowed(operation, strict=True)


@pytest.mark.parametrize("strict", [True, False])
def test_undocumented_operations_go_to_whoever_calls_their_neighbours(strict: bool) -> None:
    assert Role.IPS_USER in roles_allowed(contract.UPLOAD_POST, strict=strict)
    assert Role.IMAGE_PORTAL_USER not in roles_allowed(contract.UPLOAD_POST, strict=strict)
    assert roles_allowed(contract.GET_CDN_CACHE_INVALIDATION_STATUS, strict=strict) == {"IpsAdmin", "IpsCompanyAdmin"}
