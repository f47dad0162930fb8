"""What the log says of each asset of a job: one bad file fails alone, and the counts are those of the rows."""

import pytest
import sqlalchemy as sa

from domain.handles import parse_asset, parse_company
from store import tables
from store.engine import Database, sqlite_url
from tests.imaging.pictures import pixels_of
from tests.jobs.flow import Client, blob, crop, reprocess, text
from tests.jobs.pictures import small_pdf, small_png
from tests.store.rows import job_with_tasks

COUNTS = ("fileSuccessCount", "fileErrorCount", "fileWarningCount", "fileUpdateCount", "totalFileCount")


def broken_asset(lab: Client) -> str:
    """An asset whose original was damaged after it was taken in."""
    handle = lab.upload({"broken.png": small_png(99)})["broken.png"]
    path = blob(lab.server, lab.stored(handle).original)
    path.write_bytes(path.read_bytes()[:200])
    return handle


def put_in_trash(lab: Client, handle: str) -> None:
    database = Database(sqlite_url(lab.server.data / "reprise.db"))
    with database.write() as tx:
        where = tables.asset.c.id == parse_asset(handle)
        tx.execute(sa.update(tables.asset).where(where).values(trash_state="InTrash"))
    database.close()


@pytest.mark.covers("getJobLogDetails", "reprocessAssetsJob.assetHandleArray")
def test_the_log_tells_the_story_of_a_job_with_one_broken_file(lab: Client) -> None:
    good = lab.upload({"one.png": small_png(1)})["one.png"]
    name = lab.run(reprocess([good, broken_asset(lab)]))
    rows = [(row.type, row.name.partition("-")[2]) for row in lab.rows(name)]
    assert rows[:5] == [
        ("BeginReoptimize", ""),
        ("OriginalJobName", ""),
        ("JobType", ""),
        ("JobClient", ""),
        ("TotalFileCount", ""),
    ]
    assert sorted(rows[5:-1]) == [
        ("FileBegin", "broken.png"),
        ("FileBegin", "one.png"),
        ("ReoptimizeFailure", "broken.png"),
        ("ReoptimizeSuccess", "one.png"),
    ]
    assert rows[-1] == ("EndReoptimize", "")


def test_the_first_rows_name_the_job_its_kind_its_client_and_its_size(lab: Client) -> None:
    good = lab.upload({"one.png": small_png(1)})["one.png"]
    name = lab.run(reprocess([good]))
    rows = {row.type: row.message for row in lab.rows(name)}
    wanted = {"OriginalJobName": name, "JobType": "ReprocessAssets", "JobClient": "127.0.0.1", "TotalFileCount": "1"}
    assert {key: rows[key] for key in wanted} == wanted


def test_a_broken_file_fails_with_its_reason_and_its_handle(lab: Client) -> None:
    broken = broken_asset(lab)
    name = lab.run(reprocess([broken]))
    (row,) = lab.rows(name, "ReoptimizeFailure")
    assert row.handle == broken
    assert "damaged" in row.message.lower()


@pytest.mark.covers("getJobLogs")
def test_the_counts_of_a_job_are_those_of_its_rows(lab: Client) -> None:
    handles = lab.upload({"a.png": small_png(1), "b.png": small_png(2), "notes.xml": b"<a/>"})
    name = lab.run(reprocess([*handles.values(), broken_asset(lab), "a|99999999"]))
    log = lab.log(name, "BeginReoptimize")
    rows = lab.rows(name)
    counted = [sum(row.type == kind for row in rows) for kind in ("ReoptimizeSuccess", "ReoptimizeFailure")]
    assert counted == [3, 2]
    assert [int(text(log, count)) for count in COUNTS] == [3, 2, 1, 2, 5]


def test_an_unknown_handle_fails_for_itself_alone(lab: Client) -> None:
    good = lab.upload({"one.png": small_png(1)})["one.png"]
    name = lab.run(reprocess(["a|99999999", "nonsense", good]))
    failed = [row.message for row in lab.rows(name, "ReoptimizeFailure")]
    assert len(failed) == 2
    assert any("a|99999999" in message for message in failed)
    assert len(lab.rows(name, "ReoptimizeSuccess")) == 1


def test_an_asset_of_another_company_is_an_unknown_one(lab: Client, other: Client) -> None:
    foreign = other.upload({"theirs.png": small_png(1)})["theirs.png"]
    name = lab.run(reprocess([foreign], manualCropOptions=crop(1, 1, 1, 1)))
    (row,) = lab.rows(name, "ReoptimizeFailure")
    assert (row.name, row.handle) == (foreign, "")
    assert other.stored(foreign).crop is None


def test_an_asset_in_the_trash_fails_with_the_remedy(lab: Client) -> None:
    handle = lab.upload({"trashed.png": small_png(1)})["trashed.png"]
    put_in_trash(lab, handle)
    name = lab.run(reprocess([handle]))
    (row,) = lab.rows(name, "ReoptimizeFailure")
    assert "restore" in row.message


def test_the_same_handle_twice_is_processed_once_and_said_so(lab: Client) -> None:
    handle = lab.upload({"twice.png": small_png(1)})["twice.png"]
    number = handle.removeprefix("a|")
    name = lab.run(reprocess([handle, f"{number}|1|77", handle]))
    assert len(lab.rows(name, "ReoptimizeSuccess")) == 1
    assert lab.rows(name, "UploadWarning")[0].message.endswith("processed once: 2.")


def test_an_empty_array_makes_a_job_that_ends_at_once(lab: Client) -> None:
    name = lab.run(reprocess([]))
    assert lab.rows(name, "EndReoptimize")[0].message == "Completed: 0 of 0 succeeded."


def test_an_asset_that_nothing_is_made_of_succeeds_with_a_warning(lab: Client) -> None:
    handle = lab.upload({"notes.xml": b"<a/>"})["notes.xml"]
    name = lab.run(reprocess([handle]))
    (row,) = lab.rows(name, "ReoptimizeSuccess")
    assert len(row.remarks) == 1


def test_the_upload_of_a_pdf_makes_a_preview_of_its_first_page(lab: Client) -> None:
    made = lab.stored(lab.upload({"page.pdf": small_pdf()})["page.pdf"]).derivatives
    assert made is not None
    preview = pixels_of(blob(lab.server, made.preview).read_bytes())
    assert abs(preview.shape[1] / preview.shape[0] - 2) < 0.02


def unreadable_job(lab: Client, tasks: int) -> str:
    """A job whose options another version of the server wrote."""
    database = Database(sqlite_url(lab.server.data / "reprise.db"))
    job = job_with_tasks(database, tasks, f"{lab.tag}-{tasks}", parse_company(lab.company))
    database.close()
    return f"j|{lab.company.partition('|')[2]}|||{job}"


@pytest.mark.covers("getJobLogs")
@pytest.mark.parametrize("tasks", [0, 2])
def test_a_job_whose_options_cannot_be_read_ends_and_says_so_and_the_others_go_on(lab: Client, tasks: int) -> None:
    handle = unreadable_job(lab, tasks)
    name = f"{lab.tag}-{tasks}"
    lab.wait(name)
    log = lab.log(name, "BeginReoptimize")
    assert text(log, "fatalError") == "true"
    assert [int(text(log, count)) for count in COUNTS] == [0, tasks, 0, 0, tasks]
    (row,) = lab.rows(name, "FatalError")
    assert "cannot be read (follow_on, image)" in row.message
    assert lab.call("getJobLogDetails", f"<jobHandle>{handle}</jobHandle>").texts("jobLogArray/items/jobHandle")
    lab.upload({"later.png": small_png(3)})
