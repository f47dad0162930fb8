"""The six versions whose WSDL is not known show what the vendor's change log says they have."""

import pytest

from tests.contract.reading import elements_in, found, rendered, schema_of, types_in
from wsdl.versions import (
    V2008_01_15,
    V2008_09_10,
    V2009_07_31,
    V2010_01_31,
    V2012_02_14,
    V2013_02_15,
    V2014_04_03,
    V_UNDATED,
    VERSIONS,
    Version,
)
from wsdl.view import view


def names_of(version: Version, message: str) -> list[str]:
    """Return the wire names of a type's or element's fields in a version."""
    return [
        field.wire_name for cls, fields in view(version).fields.items() if cls.__name__ == message for field in fields
    ]


@pytest.mark.parametrize(
    ("operation", "first"),
    [
        ("submitJob", V_UNDATED),
        ("getImageSetMembers", V_UNDATED),
        ("getZipEntries", V2008_01_15),
        ("getAssociatedAssets", V2008_01_15),
        ("createAssetSet", V2009_07_31),
        ("cdnCacheInvalidation", V2010_01_31),
        ("moveFolder", V2012_02_14),
        ("getAutoCropRect", V2013_02_15),
        ("uploadPost", V2014_04_03),
    ],
)
def test_an_operation_appears_in_its_first_version_and_stays(operation: str, first: Version) -> None:
    assert [version for version in VERSIONS if operation in view(version).operations] == [
        version for version in VERSIONS if version >= first
    ]


def test_the_catalogs_can_be_asked_for_in_2013_only() -> None:
    for operation in ("getImageServingCatalog", "getImageRenderingCatalog"):
        assert [version for version in VERSIONS if operation in view(version).operations] == [V2013_02_15]


@pytest.mark.parametrize(
    ("message", "field", "first"),
    [
        ("SubmitJobParam", "reprocessAssetsJob", V2008_01_15),
        ("SubmitJobParam", "exportJob", V2012_02_14),
        ("ReprocessAssetsJob", "preserveCrop", V2008_09_10),
        ("ReprocessAssetsJob", "autoSetCreationOptions", V2009_07_31),
        ("ReprocessAssetsJob", "unsharpMaskOptions", V2014_04_03),
        ("Asset", "subType", V2009_07_31),
        ("Asset", "fileName", V2010_01_31),
        ("ImageInfo", "fileSize", V2008_01_15),
        ("JobLog", "transferSuccessCount", V2009_07_31),
        ("JobLogDetail", "assetHandle", V2008_01_15),
        ("TaskProgress", "taskState", V2012_02_14),
        ("ActiveJob", "triggerTime", V2014_04_03),
        ("AuthHeader", "gzipResponse", V2008_01_15),
    ],
)
def test_a_field_appears_in_its_first_version_and_stays(message: str, field: str, first: Version) -> None:
    having = [version for version in VERSIONS if field in names_of(version, message)]
    assert having == [version for version in VERSIONS if version >= first]


@pytest.mark.parametrize(
    ("message", "names"),
    [
        ("User", ("role", "defaultRole", "isIpsAdmin")),
        ("AddUserParam", ("role", "defaultRole", "isIpsAdmin")),
        ("GetCompanyMembersReturn", ("userArray", "memberArray", "memberArray")),
        ("GetCompanyMembershipReturn", ("companyArray", "membershipArray", "membershipArray")),
        ("SetCompanyMembershipParam", ("companyHandleArray", "membershipArray", "membershipArray")),
        ("Folder", ("permissions", "permissionSetHandle", "permissionSetHandle")),
        ("CdnCacheInvalidationReturn", ("successCount", "successCount", "invalidationHandle")),
    ],
)
def test_a_renamed_field_has_one_name_in_each_version(message: str, names: tuple[str, str, str]) -> None:
    for version, name in zip((V2010_01_31, V2013_02_15, V2014_04_03), names, strict=True):
        assert set(names_of(version, message)) & set(names) == {name}


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_no_field_refers_to_a_type_that_the_version_lacks(version: Version) -> None:
    schema = schema_of(rendered(version), version.namespace)
    types = types_in(schema)
    used = {str(field[1]) for fields in (*types.values(), *elements_in(schema).values()) for field in fields}
    assert {name.removeprefix("types:") for name in used if name.startswith("types:")} <= set(types)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_the_wsdl_of_a_derived_version_says_so(version: Version) -> None:
    remarks = found(rendered(version), "wsdl:documentation")
    assert [str(each.text).startswith("Derived:") for each in remarks] == ([True] if version.derived else [])
