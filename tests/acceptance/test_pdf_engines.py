"""The two PDF libraries: the server works with either, and without PyMuPDF everything but PDFs works."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.jobs.flow import Client, crop, reprocess
from tests.jobs.own_server import own_server
from tests.jobs.pictures import small_pdf, small_png


@pytest.fixture
def without_pymupdf(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Processes that are started find no PyMuPDF."""
    (tmp_path / "shim").mkdir()
    (tmp_path / "shim" / "pymupdf.py").write_text("raise ImportError('not installed')\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "shim"))


@pytest.fixture
def lean(tmp_path: Path, without_pymupdf: None) -> Iterator[Client]:
    """A client of a server without PyMuPDF that was set to use it."""
    with own_server(tmp_path / "data", slots="1") as client:
        yield client


@pytest.fixture
def other_engine(tmp_path: Path, without_pymupdf: None) -> Iterator[Client]:
    """A client of a server without PyMuPDF that renders PDFs with pypdfium2."""
    with own_server(tmp_path / "data", slots="1", pdf_engine="pypdfium2") as client:
        yield client


def test_images_are_reprocessed_without_pymupdf_and_a_pdf_says_what_is_missing(lean: Client) -> None:
    name = lean.run(reprocess(lean.upload({"a.png": small_png()}).values(), manualCropOptions=crop(1, 2, 3, 4)))
    assert len(lean.rows(name, "ReoptimizeSuccess")) == 1
    reply = lean.post_files({"page.pdf": small_pdf()}, jobName=lean.tag)
    lean.wait(lean.tag)
    assert reply.ok
    assert "pymupdf" in lean.rows(lean.tag, "UploadError")[0].message.lower()


def test_a_pdf_is_taken_in_with_pypdfium2(other_engine: Client) -> None:
    made = other_engine.stored(other_engine.upload({"page.pdf": small_pdf()})["page.pdf"]).derivatives
    assert made is not None
    assert made.preview is not None
