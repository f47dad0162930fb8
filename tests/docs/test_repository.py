"""What is in the repository: nothing of a developer's machine, no large file, requirements that are pinned by hash."""

import re
import subprocess
import tomllib
from pathlib import Path

import pytest

from tests.docs.markers import ROOT

MAX_BYTES = 200_000
MACHINE = re.compile(rb"/(?:home|Users)/[a-z]\w*/|/root/\w|/work/(?:main|shared)|[a-z]:\\\\users\\\\", re.IGNORECASE)
HOSTS = ("pythonhosted" + ".org", "pypi" + ".org", "index" + "-url", "npmjs" + ".org", "conda.anaconda" + ".org")


def files() -> list[Path]:
    """Return the files that are, or would be, committed; the tree itself where it is no git checkout."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listed.returncode:
        pytest.fail(f"the tree is no git checkout: {listed.stderr}")
    return [path for name in listed.stdout.splitlines() if (path := ROOT / name).is_file()]


def requirements() -> dict[str, str]:
    """Return what each name is pinned to, with its marks and hashes."""
    files = ("requirements-dev.txt", "requirements.txt")
    text = "".join((ROOT / name).read_text() for name in files).replace("\\\n", " ")
    lines = [line for line in text.splitlines() if line and not line.lstrip().startswith("#")]
    return {re.split(r"[=\[ ;]", line, maxsplit=1)[0].lower(): line for line in lines}


def declared() -> dict[str, str]:
    """Return the requirements of pyproject.toml by name."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    wanted = [*project["project"]["dependencies"], *project["dependency-groups"]["dev"]]
    return {re.split(r"[=<>\[ ;~!]", text, maxsplit=1)[0].lower(): text for text in wanted}


def test_no_file_is_large() -> None:
    assert not [(path.name, path.stat().st_size) for path in files() if path.stat().st_size > MAX_BYTES]


def test_no_file_names_a_developers_machine() -> None:
    assert not [path.relative_to(ROOT) for path in files() if MACHINE.search(path.read_bytes())]


def test_no_file_names_a_package_registry() -> None:
    def named(path: Path) -> list[str]:
        content = path.read_bytes().replace(b"--no-emit-index-url", b"")
        return [host for host in HOSTS if host.encode() in content]

    assert not [(path.relative_to(ROOT), named(path)) for path in files() if named(path)]


def test_every_requirement_is_pinned_with_a_hash() -> None:
    assert not [name for name, line in requirements().items() if "==" not in line or "--hash=sha256:" not in line]


def test_every_declared_dependency_is_among_the_requirements() -> None:
    assert set(declared()) <= set(requirements())


def test_pins_are_what_is_declared() -> None:
    exact = {name: text.partition("==")[2] for name, text in declared().items() if "==" in text}

    assert exact
    assert all(f"=={version}" in requirements()[name] for name, version in exact.items())


def test_pymupdf_stays_below_two() -> None:
    version = re.search(r"==(\d+)\.(\d+)", requirements()["pymupdf"])

    assert version
    assert (1, 28) <= (int(version[1]), int(version[2])) < (2, 0)


def test_scripts_can_be_run() -> None:
    import os

    assert all(os.access(ROOT / name, os.X_OK) for name in (".ci/run",))
