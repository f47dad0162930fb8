"""docs/reference/coverage.md is what the contract, the code and the marks of the tests say now."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.docs.markers import ROOT, UnreadableMarkError, covered_names
from wsdl import contract
from wsdl.declare import wire_fields

PAGE = ROOT / "docs" / "reference" / "coverage.md"
WATCHDOG_S = 60


@pytest.fixture(scope="module")
def generated() -> str:
    return subprocess.run(
        [sys.executable, "-m", "tests.docs.coverage"],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        timeout=WATCHDOG_S,
    ).stdout


def statuses(page: str) -> dict[str, str]:
    rows = [line.split("|") for line in page.splitlines() if line.startswith("| `")]
    return {row[1].strip(" `"): row[2].strip() for row in rows}


def test_the_page_in_the_repository_is_the_generated_one(generated: str) -> None:
    assert PAGE.read_text() == generated, "run `make docs`"


def test_every_operation_has_one_row(generated: str) -> None:
    operations = [name for name in statuses(generated) if "." not in name]

    assert operations == list(contract.OPERATIONS)
    assert len(operations) == 166


def test_every_field_of_every_job_has_one_row(generated: str) -> None:
    fields = [name for name in statuses(generated) if name.startswith("reprocessAssetsJob.")]

    assert fields == [f"reprocessAssetsJob.{field.wire_name}" for field in wire_fields(contract.ReprocessAssetsJob)]


def test_what_no_test_covers_is_not_done(generated: str) -> None:
    done = {name for name, status in statuses(generated).items() if status == "done"}

    assert done
    assert done <= covered_names()


def test_what_is_not_carried_out_is_said_so(generated: str) -> None:
    found = statuses(generated)

    assert found["reprocessAssetsJob.mediaOptions"] == "refused"
    assert found["createVideoSitemapJob.forceUpdate"] == "not built"
    assert found["setImageRenderingPublishSettings"] == "not built"


def test_every_mark_names_an_operation_a_field_or_a_sentence(generated: str) -> None:
    unknown = {name for name in covered_names() if name not in statuses(generated) and " " not in name}

    assert not unknown


def test_a_mark_whose_name_is_not_written_out_is_refused(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text("@pytest.mark.covers(NAME)\ndef test_x(): ...\n")

    with pytest.raises(UnreadableMarkError, match=r"test_x\.py:1"):
        covered_names(tmp_path)


def test_marks_of_functions_classes_modules_and_parameters_are_found(tmp_path: Path) -> None:
    (tmp_path / "test_x.py").write_text(
        'pytestmark = pytest.mark.covers("a")\n'
        '@pytest.mark.covers("b", "c")\n'
        'class TestX:\n  @pytest.mark.parametrize("x", [pytest.param(1, marks=pytest.mark.covers("d"))])\n'
        "  def test_x(self, x): ...\n"
    )

    assert covered_names(tmp_path) == {"a", "b", "c", "d"}
