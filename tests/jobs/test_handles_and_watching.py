"""Every form of a job's handle, what getActiveJobs shows while a job runs, and what the logs show of it."""

import pytest
from lxml import etree

from tests.jobs.flow import Client, crop, publish_fields, reprocess
from tests.jobs.pictures import small_png


@pytest.fixture
def open_job(lab: Client) -> str:
    """The active handle of an upload job that waits for its client."""
    reply = lab.post_files({}, jobName=lab.tag, endJob="")
    return str(etree.fromstring(reply.content).xpath("string()"))


def forms(lab: Client, handle: str) -> dict[str, str]:
    _j, company, _submitted, unique, number = handle.split("|")
    return {
        "active": handle,
        "submitted": f"j|{company}|{lab.tag}||",
        "bare submitted": f"{company}|{lab.tag}|",
        "bare unique": f"{company}||{unique}",
        "unique": f"j|{company}||{unique}",
        "number": f"j|{company}|||{number}",
    }


FORMS = ("active", "submitted", "bare submitted", "bare unique", "unique", "number")


@pytest.mark.covers("getActiveJobs")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_handle_finds_the_active_job(lab: Client, open_job: str, form: str) -> None:
    answer = lab.active(f"<jobHandle>{forms(lab, open_job)[form]}</jobHandle>")
    assert answer.text("jobArray/items/jobHandle") == open_job


@pytest.mark.covers("getJobLogDetails")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_handle_finds_the_log(lab: Client, open_job: str, form: str) -> None:
    answer = lab.call("getJobLogDetails", f"<jobHandle>{forms(lab, open_job)[form]}</jobHandle>")
    assert answer.text("jobLogArray/items/jobHandle") == open_job


@pytest.mark.covers("stopJob")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_handle_stops_the_job(lab: Client, open_job: str, form: str) -> None:
    lab.call("stopJob", f"<jobHandle>{forms(lab, open_job)[form]}</jobHandle>")
    lab.wait(lab.tag)
    assert lab.rows(lab.tag, "EndUpload")[0].message.startswith("Cancelled")


@pytest.mark.covers("pauseJob", "resumeJob", "deleteJob")
@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_the_handle_pauses_resumes_and_deletes_the_job(lab: Client, open_job: str, form: str) -> None:
    handle, said = f"<jobHandle>{forms(lab, open_job)[form]}</jobHandle>", "jobArray/items/progressMessage"
    lab.call("pauseJob", handle)
    paused = lab.active(f"<jobHandle>{open_job}</jobHandle>").text(said)
    lab.call("resumeJob", handle)
    resumed = lab.active(f"<jobHandle>{open_job}</jobHandle>").text(said)
    lab.call("deleteJob", handle)
    lab.wait(lab.tag)
    assert (paused, resumed) == ("Paused", "Optimizing files")
    assert lab.rows(lab.tag, "EndUpload")[0].message.startswith("Cancelled")


@pytest.mark.covers("executeJob", "getScheduledJobs")
@pytest.mark.parametrize("form", ["submitted", "bare submitted", "bare unique", "unique"])
def test_every_form_of_a_scheduled_jobs_handle_lists_it_and_runs_it_now(lab: Client, form: str) -> None:
    lab.submit(reprocess([]), lab.tag, "<execSchedule>0 0 0 1 1 ? 2099</execSchedule>")
    (handle,) = lab.call("getScheduledJobs", f"<originalName>{lab.tag}</originalName>").texts(
        "jobArray/items/jobHandle"
    )
    asked = f"<jobHandle>{forms(lab, handle)[form]}</jobHandle>"
    listed = lab.call("getScheduledJobs", asked).texts("jobArray/items/jobHandle")
    lab.call("executeJob", asked)
    lab.wait(lab.tag)
    assert listed == [handle]
    assert len(lab.logs(lab.tag)) == 1


def test_a_submitted_name_means_the_run_that_is_active_before_one_that_has_ended(lab: Client, open_job: str) -> None:
    lab.submit(reprocess([]), lab.tag)
    name = f"<originalName>{lab.tag}</originalName>"
    while len(lab.active(name).texts("jobArray/items")) > 1:
        assert lab.server.process is not None
    answer = lab.active(f"<jobHandle>j|110|{lab.tag}||</jobHandle>")
    assert answer.text("jobArray/items/jobHandle") == open_job


def test_the_handle_that_submit_job_answers_finds_the_job(lab: Client) -> None:
    handle = lab.submit(reprocess([]), lab.tag).text("jobHandle")
    lab.wait(lab.tag)
    answer = lab.call("getJobLogDetails", f"<jobHandle>{handle}</jobHandle>")
    assert answer.text("jobLogArray/items/originalJobName") == lab.tag


def test_a_job_of_another_company_is_not_found(lab: Client, other: Client, open_job: str) -> None:
    assert other.active(f"<jobHandle>{open_job}</jobHandle>").texts("jobArray/items") == []


@pytest.mark.parametrize("operation", ["stopJob", "getJobLogDetails"])
def test_a_handle_that_names_no_job_is_a_fault(other: Client, open_job: str, operation: str) -> None:
    for handle in (open_job, "j|111|nothing||", "nonsense"):
        assert other.call(operation, f"<jobHandle>{handle}</jobHandle>").fault[1] == 30001


@pytest.mark.parametrize(("include", "shown"), [("", 1), ("true", 1), ("false", 0)])
def test_a_waiting_job_is_left_out_only_when_asked(lab: Client, open_job: str, include: str, shown: int) -> None:
    waiting = f"<includeWaitingJobs>{include}</includeWaitingJobs>" if include else ""
    answer = lab.active(f"<jobHandle>{open_job}</jobHandle>{waiting}")
    assert len(answer.texts("jobArray/items")) == shown


@pytest.mark.covers("getActiveJobs")
def test_the_active_job_is_echoed_with_defaults_and_an_empty_array_of_handles(lab: Client) -> None:
    handles = lab.upload({f"{n}.png": small_png(n) for n in range(40)})
    lab.submit(
        reprocess(handles.values(), manualCropOptions=crop(1, 2, 3, 4), postImageServingPublishJob=publish_fields()),
        lab.tag,
        "<description>spring</description>",
    )
    answer = lab.active(f"<originalName>{lab.tag}</originalName>")
    lab.wait(lab.tag)
    job = "jobArray/items/"
    echo = f"{job}reprocessAssetsJob/"
    assert answer.texts(f"{echo}assetHandleArray") == [""]
    assert answer.texts(f"{echo}assetHandleArray/items") == []
    assert {
        path: answer.text(echo + path)
        for path in (
            "preserveCrop",
            "preservePublishState",
            "createMask",
            "emailSetting",
            "postJobOnlyIfFiles",
            "manualCropOptions/bottom",
            "photoshopOptions/process",
            "postScriptOptions/resolution",
            "postImageServingPublishJob/publishType",
            "postImageServingPublishJob/httpCompletionUrl",
            "colorManagementOptions/colorManagement",
            "autoSetCreationOptions",
            "mediaOptions",
        )
    } == {
        "preserveCrop": "true",
        "preservePublishState": "false",
        "createMask": "false",
        "emailSetting": "None",
        "postJobOnlyIfFiles": "false",
        "manualCropOptions/bottom": "4",
        "photoshopOptions/process": "None",
        "postScriptOptions/resolution": "72.0",
        "postImageServingPublishJob/publishType": "Full",
        "postImageServingPublishJob/httpCompletionUrl": "",
        "colorManagementOptions/colorManagement": "Default",
        "autoSetCreationOptions": "",
        "mediaOptions": "",
    }
    assert (answer.text(f"{job}type"), answer.text(f"{job}totalSize")) == ("ReprocessAssets", "40")
    assert (answer.text(f"{job}description"), answer.text(f"{job}submitUserEmail")) == ("spring", lab.user)


def test_progress_never_falls_and_its_parts_add_up(lab: Client) -> None:
    handles = lab.upload({f"{n}.png": small_png(n) for n in range(60)})
    lab.submit(reprocess(handles.values()), lab.tag)
    seen, task = [], "jobArray/items/taskProgressArray/items/"
    while (answer := lab.active(f"<originalName>{lab.tag}</originalName>")).texts("jobArray/items/progress"):
        seen.append(int(answer.text("jobArray/items/progress")))
        parts = [int(answer.text(task + part)) for part in ("numProcessed", "numProcessing", "numPending")]
        assert sum(parts) == 60
    assert seen == sorted(seen)
    assert all(0 <= percent <= 100 for percent in seen)
