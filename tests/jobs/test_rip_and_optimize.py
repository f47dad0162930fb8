"""The older jobs that do a part of a reprocess: ripping PDFs, and optimising what is missing."""

import pytest

from domain.handles import parse_asset
from domain.model import Asset
from store import tables
from store.engine import Database, sqlite_url
from tests.jobs.flow import Client, blob, crop, text
from tests.jobs.listener import listening
from tests.jobs.pictures import document_pdf, small_png

PAPER = (1.0, 1.0, 1.0)
DOCUMENT = document_pdf([("one", PAPER), ("two", PAPER)])
OPTIMIZE = "<optimizeImagesJob><emailSetting>None</emailSetting></optimizeImagesJob>"


def rip(handles: list[str], options: str = "", after: str = "") -> str:
    items = "".join(f"<items>{handle}</items>" for handle in handles)
    return (
        f"<ripPdfsJob><pdfHandleArray>{items}</pdfHandleArray><createMask>false</createMask>{options}"
        f"<emailSetting>None</emailSetting>{after}</ripPdfsJob>"
    )


def page_widths(lab: Client, document: str) -> list[str]:
    answer = lab.call("getAssociatedAssets", f"<assetHandle>{document}</assetHandle>")
    return answer.texts("memberArray/items/imageInfo/width")


@pytest.mark.covers("ripPdfsJob.pdfHandleArray", "ripPdfsJob.pdfOptions")
def test_the_pages_of_a_pdf_are_ripped_again(lab: Client) -> None:
    book = lab.upload({"book.pdf": DOCUMENT})["book.pdf"]
    name = lab.run(rip([book], "<pdfOptions><resolution>144</resolution></pdfOptions>"))
    assert page_widths(lab, book) == ["400", "400"]
    log = lab.log(name, "BeginPdfRip")
    assert [text(log, field) for field in ("fileSuccessCount", "fileUpdateCount")] == ["1", "1"]


@pytest.mark.covers("ripPdfsJob.manualCropOptions")
def test_a_rip_crops_the_pages(lab: Client) -> None:
    book = lab.upload({"book.pdf": DOCUMENT})["book.pdf"]
    lab.run(rip([book], f"<manualCropOptions>{crop(10, 20, 0, 0)}</manualCropOptions>"))
    assert page_widths(lab, book) == ["170", "170"]


def pages(lab: Client, document: str) -> list[Asset]:
    answer = lab.call("getAssociatedAssets", f"<assetHandle>{document}</assetHandle>")
    return [lab.stored(handle) for handle in answer.texts("memberArray/items/assetHandle")]


@pytest.mark.covers("ripPdfsJob.createMask", "ripPdfsJob.knockoutBackgroundOptions", "ripPdfsJob.autoColorCropOptions")
def test_a_rip_trims_and_masks_the_pages(lab: Client) -> None:
    book = lab.upload({"book.pdf": DOCUMENT})["book.pdf"]
    knockout = "<corner>UpperLeft</corner><fillMethod>MatchPixel</fillMethod>"
    job = rip(
        [book],
        f"<knockoutBackgroundOptions>{knockout}</knockoutBackgroundOptions>"
        "<autoColorCropOptions><corner>UpperLeft</corner><tolerance>0</tolerance></autoColorCropOptions>",
    )
    lab.run(job.replace("<createMask>false", "<createMask>true"))
    for page in pages(lab, book):
        assert page.crop is not None
        assert page.derivatives is not None
        assert page.derivatives.mask is not None


@pytest.mark.covers("ripPdfsJob.colorManagementOptions", "ripPdfsJob.projectHandleArray")
def test_a_rip_converts_the_colours_of_the_pages_and_puts_them_into_projects(lab: Client) -> None:
    book = lab.upload({"book.pdf": DOCUMENT})["book.pdf"]
    project = lab.call("createProject", f"<projectName>{lab.tag}</projectName>").text("projectHandle")
    cmyk = lab.call("getCompanySettings").text("settings/defaultSourceProfile/assetHandle")
    colours = f"<colorManagement>Convert</colorManagement><outputProfileHandle>{cmyk}</outputProfileHandle>"
    lab.run(
        rip(
            [book],
            f"<colorManagementOptions>{colours}</colorManagementOptions>"
            f"<projectHandleArray><items>{project}</items></projectHandleArray>",
        )
    )
    assert {page.derivatives and page.derivatives.colour_space for page in pages(lab, book)} == {"CMYK"}
    answer = lab.call("getAssociatedAssets", f"<assetHandle>{book}</assetHandle>")
    assert answer.texts("memberArray/items/projects") == [lab.tag, lab.tag]


@pytest.mark.covers("ripPdfsJob.postHttpUrl")
def test_a_rip_calls_the_url_when_it_has_ended(lab: Client) -> None:
    with listening() as host:
        lab.run(rip([], after=f"<postHttpUrl>{host.url('/done')}</postHttpUrl>"))
        assert host.next_call() == "GET /done"


@pytest.mark.covers("ripPdfsJob.autoTransparentCropOptions")
def test_a_rip_trims_no_opaque_page_by_transparency(lab: Client) -> None:
    book = lab.upload({"book.pdf": DOCUMENT})["book.pdf"]
    crops = "<autoTransparentCropOptions><tolerance>{}</tolerance></autoTransparentCropOptions>"
    lab.run(rip([book], crops.format(0)))
    assert page_widths(lab, book) == ["200", "200"]
    fault = lab.submit(rip([book], crops.format(2))).fault
    assert fault[2].startswith("ripPdfsJob.autoTransparentCropOptions.tolerance")


@pytest.mark.covers("ripPdfsJob.pdfHandleArray")
def test_a_picture_among_the_pdfs_fails_for_itself(lab: Client) -> None:
    handles = lab.upload({"book.pdf": DOCUMENT, "photo.png": small_png()})
    name = lab.run(rip(list(handles.values())))
    (row,) = lab.rows(name, "PdfRipError")
    assert row.handle == handles["photo.png"]
    assert "is no PDF" in row.message
    assert len(lab.rows(name, "ReoptimizeSuccess")) == 1


@pytest.mark.covers(
    "ripPdfsJob.postImageServingPublishJob",
    "ripPdfsJob.postImageRenderingPublishJob",
    "ripPdfsJob.postVideoPublishJob",
)
def test_a_rip_is_followed_by_its_publishes(lab: Client) -> None:
    book = lab.upload({"book.pdf": DOCUMENT}, {"readyForPublish": "true"})["book.pdf"]
    publish = "<publishType>Full</publishType><emailSetting>None</emailSetting>"
    other = "<emailSetting>None</emailSetting>"
    after = (
        f"<postImageServingPublishJob>{publish}</postImageServingPublishJob>"
        f"<postImageRenderingPublishJob>{other}</postImageRenderingPublishJob>"
        f"<postVideoPublishJob>{other}</postVideoPublishJob>"
    )
    name = lab.run(rip([book], after=after))
    assert lab.fetch("book-2").ok
    assert [text(log, "logType") for log in reversed(lab.logs(name))] == [
        "BeginPdfRip",
        "BeginImageServingPublish",
        "BeginImageRenderingPublish",
        "BeginVideoPublish",
    ]


@pytest.mark.covers("ripPdfsJob.pdfOptions")
def test_what_a_rip_cannot_do_is_refused_by_its_own_name(lab: Client) -> None:
    fault = lab.submit(rip(["a|1"], "<pdfOptions><process>Shred</process></pdfOptions>")).fault
    assert fault[2].startswith("ripPdfsJob.pdfOptions.process: Shred")


@pytest.mark.covers("ripPdfsJob.pdfOptions", "getScheduledJobs")
@pytest.mark.parametrize(("job", "path"), [(rip([]), "ripPdfsJob"), (OPTIMIZE, "optimizeImagesJob")])
def test_a_scheduled_one_is_echoed(lab: Client, job: str, path: str) -> None:
    lab.submit(job, lab.tag, "<execSchedule>0 0 0 1 1 ? 2098</execSchedule>")
    answer = lab.call("getScheduledJobs", f"<originalName>{lab.tag}</originalName>")
    assert answer.texts(f"jobArray/items/{path}/emailSetting") == ["None"]


@pytest.mark.covers("optimizeImagesJob.emailSetting")
def test_the_images_that_are_missing_are_made_and_no_others(lab: Client) -> None:
    handles = lab.upload({"there.png": small_png(1), "missing.png": small_png(2)})
    number = parse_asset(handles["missing.png"])
    database = Database(sqlite_url(lab.server.data / "reprise.db"))
    with database.write() as tx:
        lost = {"is_optimized": False, "derivatives": None}
        tx.execute(tables.asset.update().where(tables.asset.c.id == number).values(lost))
    database.close()

    name = lab.run(OPTIMIZE)
    made = [row.handle for row in lab.rows(name, "ReoptimizeSuccess")]
    assert handles["missing.png"] in made
    assert handles["there.png"] not in made
    derivatives = lab.stored(handles["missing.png"]).derivatives
    assert derivatives is not None
    assert blob(lab.server, derivatives.pyramid).exists()


@pytest.mark.covers("optimizeImagesJob.emailSetting")
def test_an_email_setting_that_is_none_is_refused(lab: Client) -> None:
    fault = lab.submit(OPTIMIZE.replace("None", "Sometimes")).fault
    assert fault[2].startswith("optimizeImagesJob.emailSetting: Sometimes")
