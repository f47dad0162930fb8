"""Jobs that are refused at submit, each with a fault that says what is wrong."""

import pytest

from store.companies import default_context
from tests.jobs.flow import Client, crop, publish, reading, reprocess, upload_urls

KNOCKOUT = "<corner/><fillMethod>FloodFill</fillMethod>"


def in_context(handle: str) -> str:
    return publish().replace("</emailSetting>", f"</emailSetting><contextHandle>{handle}</contextHandle>")


def rip(handle: str) -> str:
    items = f"<pdfHandleArray><items>{handle}</items></pdfHandleArray>"
    return f"<ripPdfsJob>{items}<createMask>false</createMask><emailSetting>None</emailSetting></ripPdfsJob>"


@pytest.mark.covers("submitJob")
@pytest.mark.parametrize(
    ("extra", "job_xml", "code", "words"),
    [
        ("", "", 30002, "needs one of"),
        ("", publish() + reprocess([]), 30001, "exactly one job"),
        ("", publish("Sometimes"), 30001, "imageServingPublishJob.publishType"),
        ("", publish("FullWithSearch"), 30000, "FullWithSearch"),
        ("", publish("").replace("<publishType></publishType>", "<publishType/>"), 30002, "publishType"),
        ("", publish().replace("None", "Sometimes"), 30001, "emailSetting"),
        ("", "<videoPublishJob><emailSetting>Sometimes</emailSetting></videoPublishJob>", 30001, "videoPublishJob"),
        ("", upload_urls([]), 30002, "urlArray"),
        ("", upload_urls([("http://127.0.0.1/", "LabCo/in/")]), 30001, "destPath"),
        ("", upload_urls([("http://[::1/a.png", "a.png")]), 30001, "sourceUrl"),
        ("", upload_urls([("http://127.0.0.1/a.png", "LabCo/../a.png")]), 30001, "destPath"),
        ("", upload_urls([("http://127.0.0.1/a.png", f"in/{'n' * 252}")]), 30001, "destPath: a name has at most 255"),
        ("", upload_urls([("http://127.0.0.1/a.png", "a.png"), (" ", "b.png")]), 30002, "urlArray.items[1].sourceUrl"),
        ("", reprocess(["a|1", " "]), 30002, "reprocessAssetsJob.assetHandleArray.items[1] is required"),
        ("", rip(""), 30002, "ripPdfsJob.pdfHandleArray.items[0] is required"),
        ("", reprocess(["a|1"], manualCropOptions=crop(0, 0, -5, 0)), 30001, "manualCropOptions.top: -5 is negative"),
        ("", reprocess([], knockoutBackgroundOptions=KNOCKOUT), 30002, "knockoutBackgroundOptions.corner is required"),
    ],
)
def test_a_bad_job_is_refused(lab: Client, extra: str, job_xml: str, code: int, words: str) -> None:
    answer = lab.submit(job_xml, extra=extra)
    assert (answer.fault[0], answer.fault[1]) == ("ipsApiFault", code)
    assert words in answer.fault[2]


@pytest.mark.parametrize("context", ["pc|99999", "pc|x", "nonsense"])
def test_a_publish_context_that_is_not_the_companys_is_refused(lab: Client, context: str) -> None:
    answer = lab.submit(in_context(context))
    assert answer.fault[1] == 30001
    assert "contextHandle" in answer.fault[2]


def test_a_publish_context_of_another_company_is_refused(lab: Client, other: Client) -> None:
    with reading(lab.server) as tx:
        context = default_context(tx, int(lab.company.removeprefix("c|")), "ImageServing")
    answer = other.submit(in_context(f"pc|{context}"))
    assert answer.fault[1] == 30001


@pytest.mark.parametrize(("name", "code"), [("", 30002), ("   ", 30002), ("n" * 1001, 30001)])
def test_a_bad_job_name_is_refused(lab: Client, name: str, code: int) -> None:
    answer = lab.call("submitJob", f"<jobName>{name}</jobName>{publish()}")
    assert answer.fault[1] == code
    assert "jobName" in answer.fault[2]


def test_an_exec_time_that_has_passed_runs_the_job_at_once(lab: Client) -> None:
    answer = lab.submit(reprocess([]), extra="<execTime>2007-08-01T00:00:00</execTime>")
    assert not answer.is_fault
    lab.wait(lab.tag)


@pytest.mark.parametrize("handle", ["u|99999|x@example.com", "nonsense"])
def test_an_unknown_submitter_is_refused(lab: Client, handle: str) -> None:
    answer = lab.call("submitJob", f"<userHandle>{handle}</userHandle><jobName>n</jobName>{publish()}")
    assert answer.fault[:2] == ("authorizationFault", 20002)


def test_a_job_of_another_company_is_refused(lab: Client, other: Client) -> None:
    answer = Client(lab.server, lab.company, user=other.user).submit(reprocess([]))
    assert answer.fault[0] == "authorizationFault"


def test_a_crop_without_all_four_sides_is_refused(lab: Client) -> None:
    partial = crop(1, 2, 3, 4).replace("<bottom>4</bottom>", "")
    answer = lab.submit(reprocess([], manualCropOptions=partial))
    assert answer.fault[0] == "ipsApiFault"
