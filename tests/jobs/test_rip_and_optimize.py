"""The older jobs that do a part of a reprocess: ripping PDFs, and optimising what is missing."""

import pytest

from domain.handles import parse_asset
from store import tables
from store.engine import Database, sqlite_url
from tests.jobs.flow import Client, blob, crop, text
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


@pytest.mark.covers("ripPdfsJob.pdfHandleArray")
def test_a_picture_among_the_pdfs_fails_for_itself(lab: Client) -> None:
    handles = lab.upload({"book.pdf": DOCUMENT, "photo.png": small_png()})
    name = lab.run(rip(list(handles.values())))
    (row,) = lab.rows(name, "PdfRipError")
    assert row.handle == handles["photo.png"]
    assert "is no PDF" in row.message
    assert len(lab.rows(name, "ReoptimizeSuccess")) == 1


@pytest.mark.covers("ripPdfsJob.postImageServingPublishJob")
def test_a_rip_is_followed_by_its_publish(lab: Client) -> None:
    book = lab.upload({"book.pdf": DOCUMENT}, {"readyForPublish": "true"})["book.pdf"]
    publish = "<publishType>Full</publishType><emailSetting>None</emailSetting>"
    name = lab.run(rip([book], after=f"<postImageServingPublishJob>{publish}</postImageServingPublishJob>"))
    assert lab.fetch("book-2").ok
    assert [text(log, "logType") for log in lab.logs(name)] == ["BeginImageServingPublish", "BeginPdfRip"]


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
