"""The first page of a PDF, by either library."""

import sys
from pathlib import Path

import numpy as np
import pymupdf
import pytest

from imaging.codecs.pdf import open_pdf, render_page
from imaging.errors import DamagedImage, ImageTooLarge, InvalidPlan, MissingLibrary, ProtectedDocument
from imaging.limits import Limits
from imaging.pipeline import optimise, preview_pdf, probe
from imaging.plan import Plan
from tests.imaging.pictures import opened, save_png, scene

ENGINES = ("pymupdf", "pypdfium2")


def save_pdf(target: Path, pages: int = 2, width: float = 400, height: float = 600, password: str = "") -> Path:
    """Pages with a red left half; an odd width in pixels shows rows that were read with padding."""
    document = pymupdf.open()
    for _ in range(pages):
        page = document.new_page(width=width, height=height)
        page.draw_rect(pymupdf.Rect(0, 0, width / 2, height), color=None, fill=(1, 0, 0))
    encryption = pymupdf.PDF_ENCRYPT_AES_256 if password else pymupdf.PDF_ENCRYPT_NONE
    document.save(target, encryption=encryption, user_pw=password, owner_pw=password)
    document.close()
    return target


@pytest.mark.parametrize("engine", ENGINES)
def test_preview_and_thumbnail_show_the_first_page(tmp_path: Path, engine: str) -> None:
    source = save_pdf(tmp_path / "original", pages=3)

    outcome = preview_pdf(source, Plan(pdf_engine=engine, preview_px=555), tmp_path, Limits())

    assert (outcome.source.format, outcome.source.pages) == ("PDF", 3)
    assert (outcome.width, outcome.height) == (400, 600)
    assert {file.name for file in outcome.files} == {"preview.jpg", "thumbnail.jpg"}
    shown = np.asarray(opened((tmp_path / "preview.jpg").read_bytes())).astype(int)
    assert shown.shape == (555, 370, 3)
    assert np.abs(shown[:, :180] - (255, 0, 0)).max() <= 6
    assert shown[:, 190:].min() >= 249
    assert sorted(path.name for path in tmp_path.iterdir()) == ["original", "preview.jpg", "thumbnail.jpg"]


@pytest.mark.parametrize("engine", ENGINES)
def test_the_probe_counts_pages_and_measures_the_first(tmp_path: Path, engine: str) -> None:
    facts = probe(save_pdf(tmp_path / "original", pages=2, width=300.4, height=200.6), Limits(), engine)
    assert (facts.pages, facts.width, facts.height, facts.mime) == (2, 300, 201, "application/pdf")


@pytest.mark.parametrize("engine", ENGINES)
def test_a_turned_page_is_measured_as_it_is_seen(tmp_path: Path, engine: str) -> None:
    with pymupdf.open(save_pdf(tmp_path / "plain", pages=1)) as document:
        document[0].set_rotation(90)
        document.save(tmp_path / "original")
    facts = probe(tmp_path / "original", Limits(), engine)
    assert (facts.width, facts.height) == (600, 400)
    outcome = preview_pdf(tmp_path / "original", Plan(pdf_engine=engine), tmp_path, Limits())
    preview = outcome.file("preview.jpg")
    assert preview is not None
    assert preview.width > preview.height


@pytest.mark.parametrize("engine", ENGINES)
def test_a_protected_document_is_refused(tmp_path: Path, engine: str) -> None:
    source = save_pdf(tmp_path / "original", password="secret")
    with pytest.raises(ProtectedDocument, match="needs a password"):
        probe(source, Limits(), engine)


@pytest.mark.parametrize("engine", ENGINES)
def test_a_damaged_document_is_refused_without_its_path(tmp_path: Path, engine: str) -> None:
    source = tmp_path / "original"
    source.write_bytes(b"%PDF-1.4\nnothing of use")
    with pytest.raises(DamagedImage) as caught:
        preview_pdf(source, Plan(pdf_engine=engine), tmp_path, Limits())
    assert str(tmp_path) not in str(caught.value)


@pytest.mark.parametrize("engine", ENGINES)
def test_too_many_pages_are_refused(tmp_path: Path, engine: str) -> None:
    source = save_pdf(tmp_path / "original", pages=4)
    with pytest.raises(ImageTooLarge, match="4 pages, over the limit of 3"):
        preview_pdf(source, Plan(pdf_engine=engine), tmp_path, Limits(max_pages=3))


@pytest.mark.parametrize("engine", ENGINES)
def test_a_huge_page_is_refused_before_it_is_drawn(tmp_path: Path, engine: str) -> None:
    source = save_pdf(tmp_path / "original", pages=1, width=14_000, height=14_000)
    with open_pdf(source, engine) as document, pytest.raises(ImageTooLarge, match="58334x58334"):
        render_page(document, 0, 300.0, Limits())


def test_a_missing_library_is_named_and_everything_else_still_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = save_pdf(tmp_path / "original")
    picture = save_png(tmp_path / "picture", scene(40, 30))
    monkeypatch.setitem(sys.modules, "pymupdf", None)

    with pytest.raises(MissingLibrary, match="pymupdf is not installed"):
        probe(document, Limits())

    assert probe(document, Limits(), "pypdfium2").pages == 2
    assert optimise(picture, Plan(), tmp_path, Limits()).width == 40


def test_an_engine_of_another_name_is_refused(tmp_path: Path) -> None:
    source = save_pdf(tmp_path / "original")
    with pytest.raises(InvalidPlan, match="use one of pymupdf, pypdfium2"):
        preview_pdf(source, Plan(pdf_engine="acrobat"), tmp_path, Limits())
