"""Every page of a PDF becomes an optimised image, with its words and its links."""

import pickle
from pathlib import Path

import numpy as np
import pymupdf
import pytest
from PIL import Image

from imaging.errors import ImageTooLarge, InvalidPlan, UnsupportedByEngine
from imaging.facts import PageLink
from imaging.limits import Limits
from imaging.plan import AutoCrop, ColourManagement, CropInsets, Knockout, PageCrop, Plan, Rip, UnsharpMask
from imaging.progress import read_progress
from imaging.rip import rip
from tests.imaging.pictures import Pixels, levels, srgb_profile

ENGINES = ("pymupdf", "pypdfium2")
RED_BOX = pymupdf.Rect(50, 60, 150, 200)
SITE = "https://example.com/shop?item=1"


def save_catalog(target: Path, pages: int = 3) -> Path:
    """Pages of 400 x 300 points on white: a red box that links out, a line of text, and a link to the last page."""
    document = pymupdf.open()
    for number in range(1, pages + 1):
        page = document.new_page(width=400, height=300)
        page.draw_rect(RED_BOX, color=None, fill=(1, 0, 0))
        page.insert_text((50, 250), f"Größe number {number}", fontsize=14)
        page.insert_link({"kind": pymupdf.LINK_URI, "from": RED_BOX, "uri": SITE})
    for number in range(pages):
        corner = pymupdf.Rect(300, 20, 360, 50)
        target_page = {"kind": pymupdf.LINK_GOTO, "from": corner, "page": pages - 1, "to": pymupdf.Point(0, 0)}
        document[number].insert_link(target_page)
    document.save(target)
    document.close()
    return target


def first_level(folder: Path, page: int) -> Pixels:
    return levels(folder / f"page-{page:04}" / "pyramid.tif")[0].astype(int)


@pytest.mark.parametrize("engine", ENGINES)
def test_each_page_has_its_own_derivatives_at_the_resolution(tmp_path: Path, engine: str) -> None:
    source = save_catalog(tmp_path / "original")

    outcome = rip(source, Plan(pdf_engine=engine, rip=Rip(dpi=144)), tmp_path, Limits())

    assert [(page.number, page.folder, page.problem) for page in outcome.pages] == [
        (1, "page-0001", None),
        (2, "page-0002", None),
        (3, "page-0003", None),
    ]
    for page in outcome.pages:
        assert page.outcome is not None
        assert (page.outcome.width, page.outcome.height, page.outcome.source.resolution_ppi) == (800, 600, 144)
        written = {file.name for file in page.outcome.files}
        assert written == {"pyramid.tif", "preview.jpg", "thumbnail.jpg"}
        assert set(names_in(tmp_path / page.folder)) == written | {"page.tif"}
        pixels = first_level(tmp_path, page.number)
        assert np.abs(pixels[130:390, 110:290] - (255, 0, 0)).max() <= 6
        assert pixels[10:110, 10:90].min() >= 249
        assert not page.lines
        assert not page.links
    assert {file.name for file in outcome.document.files} == {"preview.jpg", "thumbnail.jpg"}
    assert (outcome.document.source.pages, outcome.document.width) == (3, 400)
    assert pickle.loads(pickle.dumps(outcome)) == outcome
    assert read_progress(tmp_path) == (2, 3)


@pytest.mark.parametrize("engine", ENGINES)
def test_words_are_read_page_by_page(tmp_path: Path, engine: str) -> None:
    source = save_catalog(tmp_path / "original", pages=2)
    outcome = rip(source, Plan(pdf_engine=engine, rip=Rip(extract_words=True)), tmp_path, Limits())
    words = [[word.text for line in page.lines for word in line.words] for page in outcome.pages]
    assert words == [["Größe", "number", "1"], ["Größe", "number", "2"]]


@pytest.mark.parametrize("engine", ENGINES)
def test_lines_lie_where_the_picture_shows_them(tmp_path: Path, engine: str) -> None:
    source = save_catalog(tmp_path / "original", pages=1)
    crop = CropInsets(left=40, right=0, top=100, bottom=0)
    plan = Plan(pdf_engine=engine, crop=crop, rip=Rip(dpi=144, extract_words=True))
    ((line,),) = (page.lines for page in rip(source, plan, tmp_path, Limits()).pages)
    assert (line.font, line.size_pt) == ("Helvetica", 14)
    first, *_others, last = line.words
    ink = first_level(tmp_path, 1)[:, first.left : last.left + last.width].min(axis=2) < 128
    assert ink[first.top : first.top + first.height].any(axis=0).nonzero()[0][[0, -1]] == pytest.approx(
        (0, ink.shape[1]), abs=8
    )
    assert first.left == pytest.approx(60, abs=3)


def test_a_page_has_its_own_crop_in_place_of_the_common_one(tmp_path: Path) -> None:
    source = save_catalog(tmp_path / "original", pages=2)
    own = PageCrop(page=2, crop=CropInsets(left=10, right=20, top=30, bottom=40))
    plan = Plan(auto_crop=AutoCrop(tolerance=0.1, corner="UpperLeft"), rip=Rip(crops=(own,)))
    first, second = (page.outcome for page in rip(source, plan, tmp_path, Limits()).pages)
    assert first is not None
    assert second is not None
    assert (second.width, second.height, second.crop) == (370, 230, own.crop)
    assert first.crop is not None


def test_the_original_of_a_page_is_the_whole_page_without_loss(tmp_path: Path) -> None:
    source = save_catalog(tmp_path / "original", pages=1)
    crop = CropInsets(left=10, right=20, top=30, bottom=40)
    rip(source, Plan(crop=crop, rip=Rip(dpi=72)), tmp_path, Limits())
    drawn = pymupdf.open(source)[0].get_pixmap()
    whole = np.frombuffer(drawn.samples, np.uint8).reshape(drawn.height, drawn.width, 3)
    assert np.array_equal(np.asarray(Image.open(tmp_path / "page-0001" / "page.tif")), whole)


@pytest.mark.parametrize("engine", ENGINES)
def test_links_lie_where_the_picture_shows_them(tmp_path: Path, engine: str) -> None:
    source = save_catalog(tmp_path / "original")
    outcome = rip(source, Plan(pdf_engine=engine, rip=Rip(dpi=144, extract_links=True)), tmp_path, Limits())
    for page in outcome.pages:
        out, within = sorted(page.links, key=lambda link: link.left)
        assert out == PageLink(left=100, top=120, width=200, height=280, url=SITE)
        assert within == PageLink(left=600, top=40, width=120, height=60, page=3)


@pytest.mark.parametrize("engine", ENGINES)
@pytest.mark.parametrize("turned", [90, 180, 270])
def test_links_turn_and_move_with_their_page(tmp_path: Path, engine: str, turned: int) -> None:
    with pymupdf.open(save_catalog(tmp_path / "plain", pages=1)) as document:
        document[0].set_cropbox(pymupdf.Rect(20, 30, 380, 290))
        document[0].set_rotation(turned)
        document.save(tmp_path / "original")

    outcome = rip(
        tmp_path / "original", Plan(pdf_engine=engine, rip=Rip(dpi=72, extract_links=True)), tmp_path, Limits()
    )

    link = next(link for link in outcome.pages[0].links if link.url == SITE)
    pixels = first_level(tmp_path, 1)
    down, across = np.nonzero((pixels[:, :, 0] > 200) & (pixels[:, :, 1] < 90))
    assert abs(link.left - across.min()) <= 1
    assert abs(link.top - down.min()) <= 1
    assert abs(link.left + link.width - 1 - across.max()) <= 1
    assert abs(link.top + link.height - 1 - down.max()) <= 1


@pytest.mark.parametrize("engine", ENGINES)
def test_links_follow_the_crop_and_leave_with_what_it_trims(tmp_path: Path, engine: str) -> None:
    source = save_catalog(tmp_path / "original", pages=1)
    plan = Plan(pdf_engine=engine, rip=Rip(extract_links=True), crop=CropInsets(left=60, right=140, top=60, bottom=40))
    outcome = rip(source, plan, tmp_path, Limits())
    assert outcome.pages[0].links == (PageLink(left=0, top=0, width=90, height=140, url=SITE),)


@pytest.mark.parametrize("engine", ENGINES)
def test_pages_go_through_the_steps_of_images(tmp_path: Path, engine: str) -> None:
    (tmp_path / "sRGB.icc").write_bytes(srgb_profile())
    source = save_catalog(tmp_path / "original", pages=2)
    plan = Plan(
        pdf_engine=engine,
        rip=Rip(dpi=288, extract_links=True),
        auto_crop=AutoCrop(corner="UpperLeft", tolerance=0.05),
        knockout=Knockout(corner="BottomRight", fill="FloodFill", tolerance=0.05),
        colour=ColourManagement(mode="Default", source_profile="sRGB"),
        create_mask=True,
        unsharp=UnsharpMask(amount=1.0, radius=1.0),
    )

    outcome = rip(source, plan, tmp_path, Limits(), {"sRGB": tmp_path / "sRGB.icc"})

    for page in outcome.pages:
        assert page.outcome is not None
        assert page.outcome.crop is not None
        assert (page.outcome.crop.left, page.outcome.crop.top) == (200, 240)
        steps = [step.name for step in page.outcome.steps]
        assert steps[:6] == ["render", "auto crop", "colour", "knockout", "pyramid", "mask"]
        assert page.outcome.file("mask.tif") is not None
        assert page.links[0] == PageLink(left=0, top=0, width=400, height=560, url=SITE)
        pixels = first_level(tmp_path, page.number)
        assert pixels[0, 0].tolist() == [255, 0, 0, 255]
        assert pixels[570:600, :, 3].max() == 0


@pytest.mark.parametrize("engine", ENGINES)
def test_grey_pages_have_one_channel(tmp_path: Path, engine: str) -> None:
    source = save_catalog(tmp_path / "original", pages=1)
    outcome = rip(source, Plan(pdf_engine=engine, rip=Rip(colour_space="Gray")), tmp_path, Limits())
    assert outcome.pages[0].outcome is not None
    assert outcome.pages[0].outcome.colour_space == "GRAY"
    pixels = first_level(tmp_path, 1)
    assert pixels.ndim == 2
    assert 40 < pixels[100, 100] < 130
    assert pixels[10, 10] >= 254


def test_cmyk_pages_keep_the_inks_of_the_document(tmp_path: Path) -> None:
    document = pymupdf.open()
    page = document.new_page(width=400, height=300)
    page.draw_rect(pymupdf.Rect(0, 0, 200, 300), color=None, fill=(1, 0, 0.4, 0))
    page.draw_rect(pymupdf.Rect(200, 0, 400, 300), color=None, fill=(0, 0, 0, 1))
    document.save(tmp_path / "original")
    document.close()

    outcome = rip(tmp_path / "original", Plan(rip=Rip(colour_space="Cmyk")), tmp_path, Limits())

    assert outcome.pages[0].outcome is not None
    assert outcome.pages[0].outcome.colour_space == "CMYK"
    pixels = first_level(tmp_path, 1)
    assert np.abs(pixels[20:280, 20:180] - (255, 0, 102, 0)).max() <= 6
    assert np.abs(pixels[20:280, 220:380] - (0, 0, 0, 255)).max() <= 6


def test_an_engine_that_cannot_draw_in_cmyk_says_so(tmp_path: Path) -> None:
    source = save_catalog(tmp_path / "original", pages=1)
    with pytest.raises(UnsupportedByEngine, match="pypdfium2 cannot draw in CMYK; choose another colour space"):
        rip(source, Plan(pdf_engine="pypdfium2", rip=Rip(colour_space="Cmyk")), tmp_path, Limits())


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_over_the_limit_stops_the_document_before_anything_is_written(tmp_path: Path, engine: str) -> None:
    with pymupdf.open(save_catalog(tmp_path / "plain", pages=2)) as document:
        document.new_page(width=14_000, height=14_000)
        document.save(tmp_path / "original")
    with pytest.raises(ImageTooLarge, match="58334x58334"):
        rip(tmp_path / "original", Plan(pdf_engine=engine, rip=Rip(dpi=300)), tmp_path, Limits())
    assert names_in(tmp_path) == ["original", "plain"]


@pytest.mark.parametrize("engine", ENGINES)
def test_a_page_that_the_crop_leaves_nothing_of_is_told_and_the_others_are_made(tmp_path: Path, engine: str) -> None:
    with pymupdf.open(save_catalog(tmp_path / "plain", pages=1)) as document:
        document.new_page(width=50, height=50)
        document.save(tmp_path / "original")
    plan = Plan(pdf_engine=engine, rip=Rip(), crop=CropInsets(left=60, right=0, top=0, bottom=0))

    outcome = rip(tmp_path / "original", plan, tmp_path, Limits())

    assert outcome.pages[0].outcome is not None
    assert outcome.pages[1].outcome is None
    assert outcome.pages[1].problem is not None
    assert str(outcome.pages[1].problem).startswith("the crop (left 60")


def test_a_plan_without_pages_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidPlan, match="does not ask for the pages"):
        rip(save_catalog(tmp_path / "original"), Plan(), tmp_path, Limits())


def names_in(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())
