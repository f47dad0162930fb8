"""ARCHITECTURE.md's tree is true: what it names exists, and what exists is named."""

import re

import pytest

from tests.docs.markers import ROOT

TEXT = (ROOT / "ARCHITECTURE.md").read_text()
TREE = TEXT.split("## The tree")[1].split("```")[1]
PACKAGES = ("wsdl", "domain", "store", "imaging", "publishing", "jobs", "server")


def block(package: str) -> str:
    """Return the lines of the tree that are about a top-level package."""
    found = re.search(rf"^{package}/(?:.*\n?)(?:^ .*\n?)*", TREE, re.MULTILINE)
    assert found, package
    return found[0]


def test_it_is_short() -> None:
    assert len(TEXT.splitlines()) <= 200


def test_every_top_level_folder_is_named() -> None:
    folders = {path.parent.name for path in ROOT.glob("*/__init__.py")} | {"deploy", "docs"}

    assert not [name for name in folders if not re.search(rf"^(?:\S+/ )*{name}/", TREE, re.MULTILINE)]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_it_names_exists(package: str) -> None:
    modules = set(re.findall(r"\b([a-z_0-9]+\.py)\b", block(package)))
    existing = {path.name for path in (ROOT / package).rglob("*.py")}

    assert modules <= existing


@pytest.mark.parametrize("package", PACKAGES)
def test_every_folder_it_names_exists(package: str) -> None:
    folders = set(re.findall(r"^ +([a-z_]+)/", block(package), re.MULTILINE))

    assert all((ROOT / package / folder).is_dir() for folder in folders)


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_and_package_in_it_is_named(package: str) -> None:
    words = set(re.findall(r"[a-z_0-9]+", block(package)))
    inner = [path.parent.name for path in (ROOT / package).glob("*/__init__.py")]
    modules = [path.stem for path in (ROOT / package).glob("*.py") if path.stem != "__init__"]

    assert not [name for name in [*inner, *modules] if name not in words]


def test_every_path_in_its_text_exists() -> None:
    paths = re.findall(r"`((?:wsdl|domain|store|imaging|publishing|jobs|server)/[a-z_/]+\.py)`", TEXT)

    assert paths
    assert not [path for path in paths if not (ROOT / path).is_file()]


def test_broad_handlers_stand_only_where_it_says() -> None:
    listed = TEXT.split("`except Exception` stands only at")[1].split("\n\n")[0]
    found = [
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*.py")
        if "except Exception" in path.read_text()
    ]

    assert not [path for path in found if path not in listed]
