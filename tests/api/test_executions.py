"""Executions through the API: lists page by page, items, logs in every form, comparing, and control."""

import csv
import io
import json

import pytest

from domain.clock import utc_now
from domain.model import LogRow
from domain.states import TaskState
from domain.words import verbatim
from store.job_logs import add_rows
from store.stage_counts import count_stages
from tests.api.visitor import Api

DONE, FAILED = TaskState.DONE, TaskState.FAILED


def test_executions_are_listed_newest_first_page_by_page(api: Api) -> None:
    numbers = [api.started("other", name="paged", description="by page") for _ in range(1)]
    api.post(f"executions/{numbers[0]}/stop")
    numbers += [api.started("shop/old/deep", name="paged")]
    api.post(f"executions/{numbers[1]}/stop")

    first = api.get("executions", text="paged", limit=1).body
    second = api.get("executions", text="paged", limit=1, after=first["after"]).body

    assert [first["executions"][0]["id"], second["executions"][0]["id"]] == [numbers[1], numbers[0]]
    assert second["after"] is None


def test_a_list_is_narrowed_by_status_kind_and_who(api: Api) -> None:
    number = api.ended("shop/old/deep", FAILED)

    def found(**query: object) -> bool:
        return number in [each["id"] for each in api.get("executions", **query).body["executions"]]

    assert found(status=["completed", "completed_with_errors"], kind="process", created_by="ADMIN@")
    assert not found(status="completed")
    assert not found(kind="reprocess")
    assert api.get("executions", status="Completed").fields == ["status.0"]


def test_an_execution_tells_counts_stages_and_what_can_be_done(api: Api) -> None:
    number = api.ended("shop/old", DONE, DONE, FAILED)
    with api.database.write() as tx:
        count_stages(tx, number, [("renditions", "done"), ("renditions", "failed")])

    told = api.get(f"executions/{number}").body

    assert (told["status"], told["progress"], told["seconds_left"]) == ("completed_with_errors", 1, None)
    assert (told["counts"]["total"], told["counts"]["done"], told["counts"]["failed"]) == (3, 2, 1)
    assert [(each["name"], each["outcomes"]) for each in told["stages"]] == [("renditions", {"done": 1, "failed": 1})]
    assert [told[f"can_{verb}"] for verb in ("stop", "pause", "resume", "restart", "restart_failed")] == [
        False,
        False,
        False,
        True,
        True,
    ]


def test_items_are_told_page_by_page_and_by_state(api: Api) -> None:
    number = api.ended("shop/old", DONE, DONE, FAILED)

    first = api.get(f"executions/{number}/items", limit=2).body
    rest = api.get(f"executions/{number}/items", limit=2, after=first["after"]).body
    (failed,) = api.get(f"executions/{number}/items", state="failed").body["items"]

    assert [item["state"] for item in first["items"] + rest["items"]] == ["done", "done", "failed"]
    assert rest["after"] is None
    assert failed["error"].endswith("broke.")
    assert (failed["attempts"], failed["name"], failed["asset"][:2]) == (1, failed["label"], "a|")


def test_a_log_is_read_from_a_row_on_or_by_its_last_rows(api: Api) -> None:
    number = api.ended("shop/old/deep", DONE)

    whole = api.get(f"executions/{number}/log").body
    part = api.get(f"executions/{number}/log", offset=1, limit=2).body
    tail = api.get(f"executions/{number}/log", tail=2).body
    (begun,) = api.get(f"executions/{number}/log", type="BeginReoptimize").body["rows"]

    assert (whole["total"], len(whole["rows"])) == (whole["total"], whole["total"])
    assert (part["rows"], part["offset"], part["total"]) == (whole["rows"][1:3], 1, whole["total"])
    assert (tail["rows"], tail["offset"]) == (whole["rows"][-2:], whole["total"] - 2)
    assert begun["message"] == "Reprocessing has begun."
    assert api.get(f"executions/{number}/log", type="Nonsense").fields == ["type"]


def test_a_log_is_said_in_the_readers_language(api: Api) -> None:
    number = api.ended("shop/old/deep", DONE)

    answer = api.send("GET", f"executions/{number}/log?type=BeginReoptimize", language="de")

    assert answer.body["rows"][0]["message"] != "Reprocessing has begun."


def test_a_whole_log_is_a_file_that_no_spreadsheet_runs(api: Api) -> None:
    number = api.ended("shop/old/deep", DONE)
    evil = LogRow(log_type="UploadWarning", message=verbatim('=HYPERLINK("x")'), at=utc_now())
    with api.database.write() as tx:
        add_rows(tx, number, [evil])

    as_csv, as_json = api.get(f"executions/{number}/log.csv"), api.get(f"executions/{number}/log.json")

    rows = list(csv.DictReader(io.StringIO(as_csv.body)))
    assert as_csv.headers["Content-Disposition"] == f'attachment; filename="execution-{number}.csv"'
    assert [row["type"] for row in rows] == [row["type"] for row in as_json.body]
    assert (rows[-1]["message"], as_json.body[-1]["message"]) == ("'" + str(evil.message), str(evil.message))
    assert json.dumps(as_json.body[0])


def test_an_execution_is_compared_with_the_one_before_that_chose_the_same(api: Api) -> None:
    before = api.ended("shop/old", DONE, DONE, FAILED)
    other = api.ended("shop/old/deep", DONE)
    now = api.ended("shop/old", DONE, FAILED, DONE)

    told = api.get(f"executions/{now}/comparison").body

    assert other != told["previous"]["id"] == before
    changes = {(each["before"], each["now"]): each["number"] for each in told["changes"]}
    assert changes == {("done", "done"): 1, ("done", "failed"): 1, ("failed", "done"): 1}


def test_a_restart_of_what_failed_is_compared_with_what_it_runs_again(api: Api) -> None:
    before = api.ended("shop/old", DONE, DONE, FAILED)

    again = api.post(f"executions/{before}/restart", only_failed=True)

    told = api.get(f"executions/{again.body['id']}/comparison").body
    api.post(f"executions/{again.body['id']}/stop")
    changes = {(each["before"], each["now"]): each["number"] for each in told["changes"]}
    assert (again.status, again.body["restart_of"], again.body["counts"]["total"]) == (201, before, 1)
    assert changes == {("failed", "ready"): 1, ("done", None): 2}
    assert api.get(f"executions/{before}").body["restarted_as"] == [again.body["id"]]


def test_a_first_run_has_nothing_to_be_compared_with(api: Api) -> None:
    number = api.started("shop/old/deep", name="first", profiles=[])
    api.post(f"executions/{number}/stop")
    odd = api.post("executions", criteria={"folders": "other", "name_contains": "other-1"}, choices=["previews"])
    api.post(f"executions/{odd.body['id']}/stop")

    told = api.get(f"executions/{odd.body['id']}/comparison").body

    assert (told["previous"], told["changes"]) == (None, [])


def test_an_execution_is_paused_resumed_and_stopped(api: Api) -> None:
    number = api.started("other")

    seen = [api.post(f"executions/{number}/{verb}").body["status"] for verb in ("pause", "resume", "stop")]

    assert seen == ["paused", "waiting", "cancelled"]


@pytest.mark.parametrize("verb", ["pause", "resume", "stop"])
def test_an_execution_that_has_ended_cannot_be_controlled(api: Api, verb: str) -> None:
    number = api.ended("shop/old/deep", DONE)

    answer = api.post(f"executions/{number}/{verb}")

    assert (answer.status, "restart runs it again" in answer.body["detail"]) == (409, True)


def test_an_execution_without_failures_has_nothing_failed_to_restart(api: Api) -> None:
    number = api.ended("shop/old/deep", DONE)

    answer = api.post(f"executions/{number}/restart", only_failed=True)

    assert (answer.status, "No item" in answer.body["detail"]) == (409, True)
