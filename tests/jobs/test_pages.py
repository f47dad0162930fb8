"""Pages of a PDF: each is an image asset of its own, whose handle stays when the document is processed again."""

from collections.abc import Mapping

import numpy as np
import pymupdf
import pytest

from domain.states import TaskState
from store.jobs import find_by_original_name
from tests.jobs.flow import Client, crop, publish_fields, reading, reprocess
from tests.jobs.pictures import document_pdf, small_png
from tests.soap_call import Answer
from tests.store.rows import find_tasks

RED, GREEN, BLUE = (1.0, 0.0, 0.0), (0.0, 1.0, 0.0), (0.0, 0.0, 1.0)
THREE = (("first page", RED), ("second page", GREEN), ("third page", BLUE))
MADE_BY = (
    "<excludeByproductArray><items><engine>{}</engine><generatedAssetType>Image</generatedAssetType></items>"
    "</excludeByproductArray>"
)
REFUSED: Mapping[str, tuple[str, str]] = {
    "<process>Shred</process>": ("process", "Shred is not one of"),
    "<resolution>0</resolution>": ("resolution", "0 is not between 1 and 2400"),
    "<resolution>9999</resolution>": ("resolution", "9999 is not between 1 and 2400"),
    "<colorspace>Hsv</colorspace>": ("colorspace", "Hsv is not one of"),
    "<pdfCatalog>true</pdfCatalog>": ("pdfCatalog", "not supported"),
    "<process>Thumbnail</process><extractSearchWords>true</extractSearchWords>": (
        "extractSearchWords",
        "process Thumbnail makes none",
    ),
}


def pages_of(lab: Client, document: str) -> dict[str, str]:
    """The handles of a document's page assets by their names without the tag."""
    answer = lab.call("getAssociatedAssets", f"<assetHandle>{document}</assetHandle>")
    names, handles = (answer.texts(f"memberArray/items/{field}") for field in ("name", "assetHandle"))
    return {name.removeprefix(f"{lab.tag}-"): handle for name, handle in zip(names, handles, strict=True)}


def images(lab: Client, pages: Mapping[str, str]) -> Answer:
    handles = "".join(f"<items>{handle}</items>" for handle in pages.values())
    return lab.call("getAssets", f"<assetHandleArray>{handles}</assetHandleArray>")


def sizes(lab: Client, pages: Mapping[str, str]) -> list[tuple[str, str]]:
    answer = images(lab, pages)
    widths, heights = (answer.texts(f"assetArray/items/imageInfo/{side}") for side in ("width", "height"))
    return list(zip(widths, heights, strict=True))


def pdf(options: str) -> dict[str, str]:
    return {"pdfOptions": options}


@pytest.fixture
def book(lab: Client) -> str:
    """A document of three pages."""
    return lab.upload({"book.pdf": document_pdf(THREE)})["book.pdf"]


def test_an_uploaded_document_has_an_image_for_each_page(lab: Client, book: str) -> None:
    pages = pages_of(lab, book)
    assert list(pages) == ["book-1", "book-2", "book-3"]
    assert sizes(lab, pages) == [("200", "100")] * 3
    assert set(images(lab, pages).texts("assetArray/items/type")) == {"Image"}


@pytest.mark.covers("uploadPostJob.pdfOptions", "reprocessAssetsJob.pdfOptions")
def test_the_pages_show_what_the_document_shows(lab: Client, book: str) -> None:
    lab.run(reprocess([book], readyForPublish="true", postImageServingPublishJob=publish_fields()))
    colours = [lab.pixels(f"book-{page}")[90, 190] for page in (1, 2, 3)]
    assert np.abs(np.array(colours, int) - ((255, 0, 0), (0, 255, 0), (0, 0, 255))).max() <= 2


@pytest.mark.covers("reprocessAssetsJob.pdfOptions")
def test_another_resolution_changes_the_pages_and_keeps_their_handles(lab: Client, book: str) -> None:
    before = pages_of(lab, book)
    name = lab.run(reprocess([book], pdfOptions="<resolution>144</resolution>"))
    assert pages_of(lab, book) == before
    assert sizes(lab, before) == [("400", "200")] * 3
    (row,) = lab.rows(name, "ReoptimizeSuccess")
    assert row.message.endswith("Pages made into images: 3.")


@pytest.mark.covers("reprocessAssetsJob.pdfOptions")
def test_grey_pages_are_grey(lab: Client, book: str) -> None:
    options = "<process>Rasterize</process><colorspace>Gray</colorspace>"
    publish = publish_fields()
    lab.run(reprocess([book], readyForPublish="true", pdfOptions=options, postImageServingPublishJob=publish))
    made = lab.stored(pages_of(lab, book)["book-1"]).derivatives
    assert made is not None
    assert made.colour_space == "GRAY"
    assert np.ptp(lab.pixels("book-1"), axis=2).max() == 0


@pytest.mark.covers("uploadPostJob.pdfOptions")
@pytest.mark.parametrize("process", ["Rasterize", "render", "Render"])
def test_every_word_for_rasterize_makes_pages(lab: Client, process: str) -> None:
    handle = lab.upload({"a.pdf": document_pdf(THREE[:1])}, pdf(f"<process>{process}</process>"))["a.pdf"]
    assert list(pages_of(lab, handle)) == ["a-1"]


@pytest.mark.covers("uploadPostJob.pdfOptions")
@pytest.mark.parametrize(("process", "preview"), [("Thumbnail", True), ("None", False)])
def test_a_document_can_be_kept_without_pages(lab: Client, process: str, preview: bool) -> None:
    handle = lab.upload({"a.pdf": document_pdf(THREE)}, pdf(f"<process>{process}</process>"))["a.pdf"]
    assert pages_of(lab, handle) == {}
    assert (lab.stored(handle).derivatives is not None) is preview


@pytest.mark.covers("reprocessAssetsJob.pdfOptions")
@pytest.mark.parametrize("process", ["Thumbnail", "None"])
def test_the_pages_stay_when_none_are_asked_for(lab: Client, book: str, process: str) -> None:
    before = pages_of(lab, book)
    revisions = [lab.stored(handle).revision for handle in before.values()]
    lab.run(reprocess([book], pdfOptions=f"<process>{process}</process>"))
    assert pages_of(lab, book) == before
    assert [lab.stored(handle).revision for handle in before.values()] == revisions


def test_a_shorter_document_takes_the_handles_of_its_pages_over_and_gives_the_others_up(lab: Client, book: str) -> None:
    before = pages_of(lab, book)
    assert lab.upload({"book.pdf": document_pdf(THREE[1:])})["book.pdf"] == book
    assert pages_of(lab, book) == {name: before[name] for name in ("book-1", "book-2")}
    assert lab.stored(before["book-3"]).trash_state == "InEmptiedTrash"


def test_a_longer_document_adds_pages(lab: Client, book: str) -> None:
    before = pages_of(lab, book)
    lab.upload({"book.pdf": document_pdf([*THREE, ("more", RED)])})
    after = pages_of(lab, book)
    assert {name: after[name] for name in before} == before
    assert list(after) == [*before, "book-4"]


def test_a_renamed_page_stays_the_page_that_it_is(lab: Client, book: str) -> None:
    before = pages_of(lab, book)
    new = f"<newName>{lab.tag}-cover</newName><validateName>true</validateName>"
    lab.call("renameAsset", f"<assetHandle>{before['book-2']}</assetHandle>{new}")
    lab.run(reprocess([book], pdfOptions="<resolution>36</resolution>"))
    after = pages_of(lab, book)
    assert list(after.values()) == list(before.values())
    assert sizes(lab, after) == [("100", "50")] * 3
    assert "cover" in after


def test_a_page_in_the_trash_is_left_there_and_the_log_says_so(lab: Client, book: str) -> None:
    pages = pages_of(lab, book)
    lab.call("deleteAsset", f"<assetHandle>{pages['book-2']}</assetHandle>")
    revision = lab.stored(pages["book-2"]).revision
    name = lab.run(reprocess([book]))
    (row,) = lab.rows(name, "ReoptimizeSuccess")
    assert row.remarks == ("Page 2 is in the trash and was left as it is.",)
    assert (lab.stored(pages["book-2"]).trash_state, lab.stored(pages["book-2"]).revision) == ("InTrash", revision)


def test_a_page_that_was_given_up_comes_back_as_a_new_asset(lab: Client, book: str) -> None:
    before = pages_of(lab, book)
    lab.call("deleteAsset", f"<assetHandle>{before['book-2']}</assetHandle>")
    handles = f"<assetHandleArray><items>{before['book-2']}</items></assetHandleArray>"
    lab.call("emptyAssetsFromTrash", handles)
    lab.run(reprocess([book]))
    after = pages_of(lab, book)
    assert set(after) == set(before)
    assert [name for name in before if after[name] != before[name]] == ["book-2"]


@pytest.mark.covers("reprocessAssetsJob.manualCropOptions", "reprocessAssetsJob.preserveCrop")
def test_a_crop_of_the_document_crops_every_page(lab: Client, book: str) -> None:
    pages = pages_of(lab, book)
    lab.run(reprocess([book], manualCropOptions=crop(10, 20, 30, 40)))
    assert sizes(lab, pages) == [("170", "30")] * 3
    lab.run(reprocess([book], preserveCrop="false"))
    assert sizes(lab, pages) == [("200", "100")] * 3


@pytest.mark.covers("reprocessAssetsJob.preserveCrop")
def test_the_crop_of_a_single_page_is_kept_when_the_document_is_processed_again(lab: Client, book: str) -> None:
    pages = pages_of(lab, book)
    lab.run(reprocess([pages["book-2"]], manualCropOptions=crop(10, 20, 30, 40)))
    lab.run(reprocess([book]))
    assert sizes(lab, pages) == [("200", "100"), ("170", "30"), ("200", "100")]


def test_a_document_and_its_pages_in_one_job_are_made_once_each_the_document_first(lab: Client, book: str) -> None:
    pages = list(pages_of(lab, book).values())
    name = lab.run(reprocess([*pages, book], pdfOptions="<resolution>36</resolution>"))
    with reading(lab.server) as tx:
        (job,) = find_by_original_name(tx, None, name)
        tasks = {f"a|{task['asset_id']}": task for task in find_tasks(tx, job.id)}
    assert {task["state"] for task in tasks.values()} == {TaskState.DONE}
    assert tasks[book]["attempt"] == 1
    assert all(tasks[page]["started"] >= tasks[book]["ended"] for page in pages)


def test_a_page_that_cannot_be_made_fails_the_document_and_is_named(lab: Client) -> None:
    small = document_pdf([("tiny", GREEN)], (30, 30))
    joined = joined_pdf(document_pdf(THREE[:1]), small, document_pdf(THREE[2:]))
    book = lab.upload({"mixed.pdf": joined})["mixed.pdf"]
    pages = pages_of(lab, book)
    name = lab.run(reprocess([book], manualCropOptions=crop(20, 20, 10, 10)))
    (row,) = lab.rows(name, "ReoptimizeFailure")
    assert row.message.startswith("1 of 3 pages could not be made into images. The first: page 2: ")
    assert any(remark.startswith("Page 2: ") for remark in row.remarks)
    assert sizes(lab, pages) == [("160", "80"), ("30", "30"), ("160", "80")]


def joined_pdf(*parts: bytes) -> bytes:
    whole = pymupdf.open()
    for part in parts:
        with pymupdf.open(stream=part) as opened:
            whole.insert_pdf(opened)
    body: bytes = whole.tobytes()
    whole.close()
    return body


@pytest.mark.covers("getSearchStrings", "uploadPostJob.pdfOptions")
def test_words_are_found_when_they_were_asked_for(lab: Client) -> None:
    options = pdf("<resolution>144</resolution><extractSearchWords>true</extractSearchWords>")
    book = lab.upload({"words.pdf": document_pdf(THREE[:2])}, options)["words.pdf"]
    answer = lab.call("getSearchStrings", f"<assetHandle>{book}</assetHandle>")
    assert answer.texts("searchStringsArray/items/searchString") == ["first page", "second page"]
    assert answer.texts("searchStringsArray/items/keywordsArray/items/keyword") == ["first", "page", "second", "page"]
    assert answer.texts("searchStringsArray/items/x") == ["120", "120"]
    assert answer.texts("searchStringsArray/items/fontName") == ["Helvetica", "Helvetica"]
    assert answer.texts("searchStringsArray/items/pointSize") == ["12", "12"]
    second = pages_of(lab, book)["words-2"]
    of_page = lab.call("getSearchStrings", f"<assetHandle>{second}</assetHandle>")
    assert of_page.texts("searchStringsArray/items/searchString") == ["second page"]


@pytest.mark.covers("getSearchStrings")
def test_words_are_not_looked_for_unless_asked(lab: Client, book: str) -> None:
    answer = lab.call("getSearchStrings", f"<assetHandle>{book}</assetHandle>")
    assert answer.texts("searchStringsArray/items/searchString") == []


@pytest.mark.covers("uploadPostJob.pdfOptions")
@pytest.mark.parametrize(("wanted", "regions"), [("", ["0,0,40,20"]), ("<extractLinks>false</extractLinks>", [])])
def test_links_become_image_maps_of_the_page_unless_switched_off(lab: Client, wanted: str, regions: list[str]) -> None:
    book = lab.upload({"linked.pdf": document_pdf(THREE[:1])}, pdf(wanted or "<resolution>72</resolution>"))
    maps = "assetArray/items/imageInfo/imageMaps/items"
    answer = images(lab, pages_of(lab, book["linked.pdf"]))
    assert answer.texts(f"{maps}/region") == regions
    assert answer.texts(f"{maps}/action") == ["https://example.com/"] * len(regions)


@pytest.mark.covers("getAssociatedAssets")
def test_a_page_knows_its_document_and_a_document_its_pages(lab: Client, book: str) -> None:
    pages = pages_of(lab, book)
    answer = lab.call("getAssociatedAssets", f"<assetHandle>{pages['book-2']}</assetHandle>")
    assert answer.texts("containerArray/items/assetHandle") == [book]
    assert answer.texts("generatorArray/items/engine") == ["PostScriptRip"]
    assert answer.texts("generatorArray/items/originator/assetHandle") == [book]
    whole = lab.call("getAssociatedAssets", f"<assetHandle>{book}</assetHandle>")
    assert whole.texts("generatedArray/items/generated/assetHandle") == list(pages.values())
    assert whole.texts("generatedArray/items/attributeArray/items/value") == ["1", "2", "3"]


@pytest.mark.covers("getGenerationInfo")
def test_how_a_page_was_made_can_be_asked(lab: Client, book: str) -> None:
    pages = list(pages_of(lab, book).values())
    made = lab.call("getGenerationInfo", f"<originatorHandle>{book}</originatorHandle>")
    assert made.texts("generationArray/items/generated/assetHandle") == pages
    how = lab.call("getGenerationInfo", f"<engine>PostScriptRip</engine><generatedHandle>{pages[2]}</generatedHandle>")
    assert how.texts("generationArray/items/originator/assetHandle") == [book]
    other = lab.call("getGenerationInfo", f"<engine>Aco</engine><generatedHandle>{pages[2]}</generatedHandle>")
    assert other.texts("generationArray/items/engine") == []


@pytest.mark.covers("getGenerationInfo")
@pytest.mark.parametrize(
    ("question", "told"),
    [("", "originatorHandle or generatedHandle"), ("<engine>Steam</engine>", "engine: Steam is not one of")],
)
def test_a_question_about_nothing_is_refused(lab: Client, question: str, told: str) -> None:
    assert told in lab.call("getGenerationInfo", question).fault[2]


@pytest.mark.covers("searchAssets")
@pytest.mark.parametrize(
    ("left_out", "names"),
    [
        ("", ["book", "book-1", "book-2", "book-3", "photo"]),
        ("<excludeByproducts>true</excludeByproducts>", ["book", "photo"]),
        (MADE_BY.format("PostScriptRip"), ["book", "photo"]),
        (MADE_BY.format("Aco"), ["book", "book-1", "book-2", "book-3", "photo"]),
    ],
)
def test_a_search_can_leave_pages_out(lab: Client, left_out: str, names: list[str]) -> None:
    folder = f"in/{lab.tag}"
    lab.upload({"book.pdf": document_pdf(THREE), "photo.png": small_png()}, folder=folder)
    where = f"<folder>{lab.root}/{folder}/</folder><includeSubfolders>true</includeSubfolders>"
    answer = lab.call("searchAssets", where + left_out)
    assert sorted(name.removeprefix(f"{lab.tag}-") for name in answer.texts("assetArray/items/name")) == names


@pytest.mark.covers("reprocessAssetsJob.projectHandleArray")
def test_the_pages_join_the_projects_of_their_document(lab: Client, book: str) -> None:
    project = lab.call("createProject", f"<projectName>{lab.tag}</projectName>").text("projectHandle")
    lab.run(reprocess([book], projectHandleArray=f"<items>{project}</items>"))
    projects = images(lab, {"book": book} | pages_of(lab, book)).texts("assetArray/items/projects")
    assert projects == [lab.tag] * 4


@pytest.mark.covers("reprocessAssetsJob.pdfOptions")
@pytest.mark.parametrize("options", REFUSED)
def test_what_pdf_options_cannot_mean_is_refused_by_name(lab: Client, options: str) -> None:
    field, told = REFUSED[options]
    reason = lab.submit(reprocess(["a|1"], pdfOptions=options)).fault[2]
    assert f"reprocessAssetsJob.pdfOptions.{field}" in reason
    assert told in reason


@pytest.mark.covers("reprocessAssetsJob.pdfOptions")
def test_pdf_options_of_a_picture_are_no_error(lab: Client) -> None:
    handle = lab.upload({"photo.png": small_png()})["photo.png"]
    name = lab.run(reprocess([handle], pdfOptions="<resolution>300</resolution>"))
    assert [row.remarks for row in lab.rows(name, "ReoptimizeSuccess")] == [()]
