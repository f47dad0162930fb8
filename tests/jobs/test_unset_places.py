"""Without folders of the operator's, the jobs that need one are refused by name."""

from pathlib import Path

import pytest

from tests.jobs.flow import upload_directory
from tests.jobs.own_server import own_server


@pytest.mark.proof
def test_a_job_that_needs_a_folder_is_refused_where_there_is_none(tmp_path: Path) -> None:
    with own_server(tmp_path / "data") as lab:
        fault = lab.submit(upload_directory("in")).fault
        publish = lab.submit("<serverDirectoryPublishJob><emailSetting>None</emailSetting></serverDirectoryPublishJob>")
        metadata = lab.submit("<metadataPublishJob/>")

    assert metadata.fault[2].startswith("metadataPublishJob: This server publishes to no directory")
    assert publish.fault[2].startswith("serverDirectoryPublishJob: This server publishes to no directory")
    assert fault[2].startswith("uploadDirectoryJob.serverDir: This server takes files from no directory")
