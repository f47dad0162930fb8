"""deleteJob: what has not ended is stopped, and every log stays."""

import pytest

from tests.jobs.flow import Client, text, upload_urls
from tests.jobs.listener import listening
from tests.running_server import RunningServer
from tests.soap.batches import SVG, names_found, own_company


@pytest.fixture
def own(server: RunningServer) -> Client:
    """A user of a company of this test's own."""
    return own_company(server)


def delete(client: Client, name: str) -> None:
    """Delete the job that was submitted under a name."""
    handle = f"j|{client.company.removeprefix('c|')}|{name}||"
    answer = client.call("deleteJob", f"<jobHandle>{handle}</jobHandle>")
    assert not answer.is_fault, answer.fault


@pytest.mark.covers("deleteJob")
def test_a_deleted_job_does_nothing_more_and_its_log_stays(own: Client) -> None:
    with listening(body=SVG, on_call=lambda: delete(own, "unwanted")) as host:
        sources = [(host.url(f"/{n}.svg"), f"in/{own.tag}-{n}.svg") for n in range(40)]
        own.submit(upload_urls(sources), "unwanted")
        own.wait("unwanted")

    (log,) = own.logs("unwanted")
    assert text(log, "logType") == "BeginUploadUrls"
    assert len(own.rows("unwanted", "FileCancel")) > 0
    assert len(names_found(own)) + len(own.rows("unwanted", "FileCancel")) == 40


def test_deleting_a_job_that_has_ended_leaves_its_log(own: Client) -> None:
    name = own.publish()
    before = own.rows(name)

    delete(own, name)

    assert own.rows(name) == before


def test_a_foreign_job_is_an_unknown_one(server: RunningServer) -> None:
    lab, other = own_company(server), own_company(server)
    foreign = f"j|{other.company.removeprefix('c|')}|{other.publish()}||"
    unknown = foreign.replace(other.company.removeprefix("c|"), lab.company.removeprefix("c|"), 1)

    faults = [lab.call("deleteJob", f"<jobHandle>{handle}</jobHandle>").fault for handle in (foreign, unknown)]

    assert [fault[1] for fault in faults] == [30001, 30001]
    assert faults[0][2] == faults[1][2].replace(unknown, foreign)
