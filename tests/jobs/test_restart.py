"""Restarting a job from the command line while the server runs: it takes the new job up by itself."""

from tests.jobs.flow import Client, reprocess, text
from tests.jobs.pictures import small_png
from tests.server.command import run


def test_a_running_server_runs_again_what_failed(lab: Client) -> None:
    handle = lab.upload({"a.png": small_png()})["a.png"]
    name = lab.run(reprocess([handle, "a|999999999"]))
    old = text(lab.logs(name)[0], "jobHandle")

    said = run("jobs", "restart", old, "--failed", data=lab.server.data)
    assert said.status == 0
    lab.wait(name)

    again, first = lab.logs(name)
    assert [text(again, count) for count in ("totalFileCount", "fileErrorCount", "fileSuccessCount")] == ["1", "1", "0"]
    assert text(first, "totalFileCount") == "2"
    messages = {text(row, "logType"): text(row, "logMessage") for row in again.xpath("*[local-name()='detailArray']/*")}
    assert messages["InitiatingJobName"] == text(first, "jobName")
