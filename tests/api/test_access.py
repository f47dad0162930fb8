"""Who may ask the API what, how it refuses, and that its description is true."""

import json
from io import BytesIO
from typing import Any

import pytest
from openapi_spec_validator import validate

from server.api.application import ROUTES
from store.audit import Act, find_entries, record
from tests.api.visitor import Api


def test_its_description_is_open_api(api: Api) -> None:
    answer = api.client.get("/api/v1/openapi.json")

    validate(json.loads(answer.text))
    operations = [each for path in answer.get_json()["paths"].values() for each in path.values()]
    assert {each["operationId"]: each["x-operation"] for each in operations} == {
        route.name: route.needs.name for route in ROUTES
    }


@pytest.mark.parametrize(("user", "password"), [("", ""), ("admin@example.com", "wrong"), ("nobody@example.com", "x")])
def test_a_caller_without_the_right_password_is_asked_for_it(api: Api, user: str, password: str) -> None:
    answer = api.by(user, password=password).get("executions")

    assert answer.status == 401
    assert answer.headers["WWW-Authenticate"].startswith("Basic ")


def test_another_company_is_as_unknown_as_one_that_there_is_not(api: Api) -> None:
    foreign = api.by("admin@example.com", root="RivalCo").get("executions")
    unknown = api.by("admin@example.com", root="NoCo").get("executions")

    assert (foreign.status, unknown.status) == (404, 404)
    assert foreign.body["detail"].replace("RivalCo", "NoCo") == unknown.body["detail"]


def test_nothing_of_another_company_is_there(api: Api) -> None:
    execution, rival = api.started("other"), api.by("rival@example.com", root="RivalCo")
    profile = api.post("profiles", kind="workflow", name="mine", definition={"steps": [{"name": "publish"}]}).body["id"]

    paths = [f"executions/{execution}{tail}" for tail in ("", "/items", "/log", "/log.csv", "/log.json", "/comparison")]
    seen = [rival.get(path).status for path in (*paths, f"profiles/{profile}", "assets/1")]
    verbs = ("stop", "pause", "resume", "restart")
    done = [rival.post(f"executions/{execution}/{verb}").status for verb in verbs]

    api.post(f"executions/{execution}/stop")
    assert set(seen + done) == {404}
    assert rival.send("DELETE", f"profiles/{profile}").status == 404
    assert rival.get("executions").body["executions"] == []


def test_a_role_may_do_what_its_soap_operation_allows(api: Api) -> None:
    looker = api.by("looker@example.com")

    seen, refused = looker.get("assets"), looker.post("executions", criteria={"folders": "shop"})

    assert (seen.status, refused.status) == (200, 403)
    assert "submitJob" in refused.body["detail"]
    assert api.by("worker@example.com").post("profiles").status == 403


def test_a_body_that_is_no_json_is_refused(api: Api) -> None:
    form = api.send("POST", "executions", data={"name": "form"})
    broken = api.send("POST", "executions", data="{", content_type="application/json")
    deep = api.send("POST", "executions", data="[" * 100_000, content_type="application/json")

    assert [form.status, broken.status, deep.status] == [415, 400, 400]


def test_a_body_that_comes_slowly_keeps_nobody_from_writing(api: Api) -> None:
    class Slow(BytesIO):
        has_let_others_write = False

        def readinto(self, buffer: Any, /) -> int:
            with api.database.write() as tx:
                record(tx, Act(company_id=api.company, actor="another", action="", subject="", address=""))
            self.has_let_others_write = True
            return super().readinto(buffer)

    content = json.dumps({"criteria": {"folders": "shop/old/deep"}}).encode()
    body = Slow(content)
    options: dict[str, Any] = {"input_stream": body, "content_length": len(content), "content_type": "application/json"}

    answer = api.send("POST", "selections", **options)

    assert (answer.status, body.has_let_others_write) == (201, True)


def test_what_there_is_not_is_told_as_a_problem(api: Api) -> None:
    path, method = api.get("nonsense"), api.send("DELETE", "executions")
    query, twice = api.get("executions", colour="red"), api.send("GET", "executions?limit=1&limit=2")

    assert [path.status, method.status, query.status, twice.status] == [404, 405, 422, 422]
    assert (query.fields, twice.fields) == (["colour"], ["limit"])
    assert path.headers["Content-Type"] == method.headers["Content-Type"] == "application/problem+json"
    assert set(method.headers["Allow"].split(", ")) >= {"GET", "POST"}


def test_what_is_changed_is_in_the_audit_log_and_what_is_read_is_not(api: Api) -> None:
    number = api.started("other")
    api.post(f"executions/{number}/stop")
    api.get(f"executions/{number}")

    with api.database.read() as tx:
        entries = find_entries(tx, api.company, None, 2)

    assert [(each.act.actor, each.act.action, each.act.subject) for each in entries] == [
        ("admin@example.com", "stopExecution", f"executions/{number}/stop"),
        ("admin@example.com", "startExecution", f"executions: {number}"),
    ]
