"""Smart crops that a reprocessAssetsJob of AEM's betas names, from SOAP to the image server."""

import io

import pytest
from PIL import Image

from tests.jobs.flow import Client, reprocess
from tests.jobs.pictures import small_pdf, small_png
from tests.jobs.test_picture_stages import ball
from tests.soap_call import call

BETA = "http://www.scene7.com/IpsApi/xsd/2022-11-01-beta"
WIDE = "<items><name>Wide</name><width>60</width><height>30</height><type>Banner</type></items>"
SWATCH = "<items><name>any</name><width>8</width><height>8</height><type>Swatch</type></items>"


def orange_ball() -> bytes:
    written = io.BytesIO()
    ball().save(written, "PNG")
    return written.getvalue()


@pytest.mark.covers("reprocessAssetsJob.autoSmartCropOptionsArray")
def test_the_smart_crops_of_a_job_are_served_under_their_names(lab: Client) -> None:
    handle = lab.upload({"ball.png": orange_ball()}, {"readyForPublish": "true"})["ball.png"]
    job = reprocess([handle], autoSmartCropOptionsArray=WIDE + SWATCH)
    content = f"<companyHandle>{lab.company}</companyHandle><jobName>{lab.tag}-crops</jobName>{job}"
    answer = call(lab.server, "submitJob", content, user=lab.user, namespace=BETA)
    assert not answer.is_fault, answer.fault
    lab.wait(f"{lab.tag}-crops")
    lab.publish()

    wide, swatch = (lab.fetch(name, "fmt=png").content for name in ("ball:Wide", "ball:swatch"))

    assert Image.open(io.BytesIO(wide)).size == (60, 30)
    assert Image.open(io.BytesIO(swatch)).size == (8, 8)
    assert "SmartCropType=Banner" in lab.fetch("ball:Wide", "req=userdata").text


def test_assets_without_a_picture_to_crop_get_a_warning(lab: Client) -> None:
    handles = lab.upload({"small.png": small_png(), "leaflet.pdf": small_pdf()})
    pdf = "<process>None</process>"

    name = lab.run(reprocess(handles.values(), autoSmartCropOptionsArray=WIDE, pdfOptions=pdf))

    remarks = {row.name: row.remarks for row in lab.rows(name, "ReoptimizeSuccess")}
    assert any("crops need 50" in remark for remark in remarks[f"{lab.tag}-small.png"])
    assert any("not of assets of type Pdf" in remark for remark in remarks[f"{lab.tag}-leaflet.pdf"])


@pytest.mark.parametrize(
    ("crops", "reason"),
    [
        (WIDE.replace("Banner", "Poster"), "items[0].type"),
        (WIDE.replace("60", "0"), "from 1 to"),
        (WIDE + WIDE, "the same width and height"),
        (SWATCH + SWATCH, "one swatch"),
        (WIDE.replace("Wide", "swatch"), "is reserved"),
    ],
)
def test_impossible_smart_crops_are_refused_by_name(lab: Client, crops: str, reason: str) -> None:
    code, text = lab.submit(reprocess(["a|1"], autoSmartCropOptionsArray=crops)).fault[1:]

    assert code == 30001
    assert "autoSmartCropOptionsArray" in text
    assert reason in text
