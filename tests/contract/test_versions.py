"""Which version answers a namespace, and how versions compare."""

import random

import pytest

from wsdl.versions import (
    BASE_NAMESPACE,
    V2008_01_15,
    V2010_01_31,
    V2012_02_14,
    V2013_02_15,
    V2014_04_03,
    V_UNDATED,
    VERSIONS,
    Lifetime,
    Version,
    version_for,
)


@pytest.mark.parametrize("version", VERSIONS, ids=str)
def test_a_known_namespace_is_answered_by_its_own_version(version: Version) -> None:
    assert version_for(version.namespace) is version


@pytest.mark.parametrize(
    ("date", "version"),
    [
        ("2007-01-01", V_UNDATED),
        ("2008-01-15-beta", V2008_01_15),
        ("2011-11-04", V2010_01_31),
        ("2011-11-04-beta", V2010_01_31),
        ("2012-07-31-beta", V2012_02_14),
        ("2013-08-29-beta", V2013_02_15),
        ("2016-01-14-beta", V2014_04_03),
        ("2022-11-01-beta", V2014_04_03),
        ("2023-01-15", V2014_04_03),
    ],
)
def test_any_other_date_is_answered_by_the_nearest_older_version(date: str, version: Version) -> None:
    assert version_for(f"{BASE_NAMESPACE}/{date}") is version


@pytest.mark.parametrize(
    "namespace",
    [
        "",
        "http://www.scene7.com/IpsApi",
        f"{BASE_NAMESPACE}/",
        f"{BASE_NAMESPACE}/latest",
        f"{BASE_NAMESPACE}/2014-04-03/more",
        f"{BASE_NAMESPACE}/2014-04-03-alpha",
        f"{BASE_NAMESPACE}/2014-04-03\n",
        "http://schemas.xmlsoap.org/soap/envelope/",
    ],
)
def test_a_namespace_of_something_else_has_no_version(namespace: str) -> None:
    assert version_for(namespace) is None


def test_versions_sort_by_age_with_the_undated_one_first() -> None:
    shuffled = random.Random(7).sample(VERSIONS, len(VERSIONS))
    assert tuple(sorted(shuffled)) == VERSIONS


def test_only_the_two_newest_versions_are_not_derived() -> None:
    assert [version for version in VERSIONS if not version.derived] == [V2013_02_15, V2014_04_03]


def test_a_lifetime_includes_both_its_ends() -> None:
    lifetime = Lifetime(V2010_01_31, V2013_02_15)
    assert [version for version in VERSIONS if lifetime.covers(version)] == [V2010_01_31, V2012_02_14, V2013_02_15]


def test_a_lifetime_within_another_is_what_both_cover() -> None:
    assert Lifetime(until=V2013_02_15).within(Lifetime(since=V2010_01_31)) == Lifetime(V2010_01_31, V2013_02_15)
