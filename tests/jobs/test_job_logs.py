"""Lists of job logs and pages of their rows: filters, order, sizes."""

import pytest

from domain.handles import user_handle
from jobs.kinds.registry import KINDS
from server.operations.choices import log_types
from store.users import find_user
from tests.jobs.flow import Client, reading, reprocess
from tests.jobs.pictures import small_png
from tests.running_server import RunningServer


@pytest.fixture(scope="module")
def pages(server: RunningServer) -> Client:
    """A client whose job ``tag`` has the rows of three assets: 5 first rows, 6 of assets and the last."""
    client = Client(server)
    handles = client.upload({f"{n}.png": small_png(n) for n in range(2)})
    client.submit(reprocess([*handles.values(), "a|99999999"]), client.tag)
    client.wait(client.tag)
    return client


def page(lab: Client, query: str) -> tuple[str, list[str]]:
    answer = lab.call("getJobLogDetails", f"<originalName>{lab.tag}</originalName>{query}")
    log = "jobLogArray/items/"
    return answer.text(f"{log}detailTotalRows"), answer.texts(f"{log}detailArray/items/logType")


@pytest.mark.covers("getJobLogDetails")
def test_pages_of_a_log_together_are_the_whole_log(pages: Client) -> None:
    _total, whole = page(pages, "")
    parts = [page(pages, f"<recordsPerPage>5</recordsPerPage><resultsPage>{n}</resultsPage>") for n in (1, 2, 3, 4)]
    assert [total for total, _types in parts] == ["12"] * 4
    assert [name for _total, types in parts for name in types] == whole
    assert [len(types) for _total, types in parts] == [5, 5, 2, 0]


def test_rows_can_be_chosen_by_type_in_either_spelling(pages: Client) -> None:
    types = "<items>ReoptimizeFailure</items><items>endReoptimize</items>"
    assert page(pages, f"<logTypeArray>{types}</logTypeArray>") == ("2", ["ReoptimizeFailure", "EndReoptimize"])


def test_every_type_of_row_that_the_server_writes_can_be_chosen() -> None:
    written = {name for kind in KINDS.values() for name in (kind.begin, kind.end, kind.failure)}
    assert log_types("logTypeArray", sorted(written)) == tuple(sorted(written))


def test_rows_can_be_sorted_by_type_downwards(pages: Client) -> None:
    _total, types = page(pages, "<sortBy>LogType</sortBy><sortDirection>Descending</sortDirection>")
    assert types == sorted(types, reverse=True)


def test_rows_sorted_by_date_downwards_are_the_log_backwards(pages: Client) -> None:
    _total, whole = page(pages, "")
    _total, backwards = page(pages, "<sortBy>Date</sortBy><sortDirection>Descending</sortDirection>")
    assert backwards == whole[::-1]


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ("<recordsPerPage>1001</recordsPerPage>", "recordsPerPage"),
        ("<recordsPerPage>-1</recordsPerPage>", "recordsPerPage"),
        ("<resultsPage>0</resultsPage>", "resultsPage"),
        ("<sortBy>Size</sortBy>", "sortBy"),
        ("<sortDirection>Up</sortDirection>", "sortDirection"),
        (
            "<logTypeArray><items>UploadError</items><items>UploadSucces</items></logTypeArray>",
            "logTypeArray: UploadSucces",
        ),
    ],
)
def test_a_page_that_cannot_be_is_refused(pages: Client, query: str, field: str) -> None:
    answer = pages.call("getJobLogDetails", f"<originalName>{pages.tag}</originalName>{query}")
    assert answer.fault[1] == 30001
    assert field in answer.fault[2]


def test_details_without_a_job_are_refused(lab: Client) -> None:
    assert lab.call("getJobLogDetails").fault[1] == 30002


def test_each_run_of_a_name_has_its_own_log(lab: Client) -> None:
    for _run in range(2):
        lab.submit(reprocess([]), lab.tag)
        lab.wait(lab.tag)
    assert len({str(log[1].text) for log in lab.logs(lab.tag)}) == 2


@pytest.mark.covers("getJobLogs")
def test_logs_come_newest_first_and_at_most_as_many_as_asked(lab: Client) -> None:
    for name in ("first", "second"):
        lab.submit(reprocess([]), f"{lab.tag}-{name}")
        lab.wait(f"{lab.tag}-{name}")
    answer = lab.call("getJobLogs", "<numRows>2</numRows>")
    assert answer.texts("jobLogArray/items/originalJobName") == [f"{lab.tag}-second", f"{lab.tag}-first"]


def test_a_job_has_an_end_date_once_it_is_done(lab: Client) -> None:
    lab.run(reprocess([]))
    assert lab.call("getJobLogs", "<numRows>1</numRows>").text("jobLogArray/items/endDate")


@pytest.mark.parametrize(
    "field", ["JobName", "StartDate", "FileSuccessCount", "FileErrorCount", "FileWarningCount", "CompanyName", "Email"]
)
def test_logs_can_be_sorted_by_every_documented_field(lab: Client, field: str) -> None:
    shown = {"JobName": "jobName", "StartDate": "startDate", "Email": "submitUserEmail", "CompanyName": "companyHandle"}
    lab.run(reprocess(["a|99999999"]))
    answer = lab.call("getJobLogs", f"<sortBy>{field}</sortBy><sortDirection>Ascending</sortDirection>")
    values = answer.texts(f"jobLogArray/items/{shown.get(field, field[0].lower() + field[1:])}")
    key = int if field.endswith("Count") else str
    assert len(values) > 0
    assert values == sorted(values, key=key)


def test_logs_can_be_limited_to_a_span_of_time(lab: Client) -> None:
    lab.run(reprocess([]))
    start = lab.call("getJobLogs", "<numRows>1</numRows>").text("jobLogArray/items/startDate")
    within = lab.call("getJobLogs", f"<startDate>{start}</startDate><endDate>{start}</endDate>")
    before = lab.call("getJobLogs", "<endDate>2007-08-01T00:00:00Z</endDate>")
    assert len(within.texts("jobLogArray/items")) == 1
    assert before.texts("jobLogArray/items") == []


def test_logs_can_be_limited_to_a_submitter(lab: Client) -> None:
    lab.run(reprocess([]))
    with reading(lab.server) as tx:
        users = [find_user(tx, email) for email in (lab.user, "other@example.com")]
    mine, theirs = (
        lab.call("getJobLogs", f"<userHandle>{user_handle(user.id, user.email)}</userHandle>") for user in users if user
    )
    assert set(mine.texts("jobLogArray/items/submitUserEmail")) == {lab.user}
    assert theirs.texts("jobLogArray/items") == []


def test_logs_show_no_job_of_another_company(lab: Client, other: Client) -> None:
    name = lab.run(reprocess([]))
    assert name not in other.call("getJobLogs").texts("jobLogArray/items/originalJobName")


def test_a_negative_number_of_logs_is_refused(lab: Client) -> None:
    assert lab.call("getJobLogs", "<numRows>-1</numRows>").fault[1] == 30001
