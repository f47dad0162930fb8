"""Assets, folders and schedules through the API; and that every route answers."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

from domain.clock import utc_now
from domain.findings import ColourTag, Fraction, NamedRendition, SmartCrop, SmartTag
from domain.model import StoredFile
from jobs.kinds import reprocess
from jobs.schedules import add_once
from jobs.submit import Submission
from server.api.application import ROUTES
from store.renditions import save_renditions
from store.smart_crops import save_crops
from store.tags import save_colours, save_smart_tags
from tests.api.visitor import Api, Reply
from tests.store.orders import SPEC
from tests.store.rows import KEY


def scheduled(api: Api) -> int:
    """Return the number of a schedule that fires tomorrow."""
    submission = Submission(company_id=api.company, name=uuid4().hex, submitter="admin@example.com", server_name="host")
    with api.database.write() as tx:
        order = reprocess.order(SPEC, ["a|1", "a|2"])
        return add_once(tx, submission, order, utc_now() + timedelta(days=1), "UTC").id


def test_assets_are_found_by_folder_name_and_type(api: Api) -> None:
    whole, flat = api.get("assets", folder="shop"), api.get("assets", folder="shop", include_subfolders=False)
    named = api.get("assets", name_contains="OLD-1", type="Image")
    paged = api.get("assets", folder="shop", offset=5, limit=1)

    assert (whole.body["total"], flat.body["total"]) == (7, 4)
    assert [each["name"] for each in named.body["assets"]] == ["shop-old-1"]
    assert [each["name"] for each in paged.body["assets"]] == [whole.body["assets"][5]["name"]]
    assert api.get("assets", type="Picture").fields == ["type"]
    assert api.get("assets", folder="nowhere").fields == ["folder"]


def test_an_asset_is_shown_with_the_profile_that_holds_and_where_it_comes_from(api: Api) -> None:
    definition = {"steps": [{"name": "publish"}]}
    profile = api.post("profiles", kind="workflow", name=uuid4().hex, definition=definition).body
    api.post("assignments", kind="workflow", folders="shop/old", profile_id=profile["id"])
    (found,) = api.get("assets", folder="shop/old/deep").body["assets"]

    told = api.get(f"assets/{found['id']}").body
    (deep,) = api.get("folders", folder="shop/old").body["folders"]

    assert (told["handle"], told["bytes"]) == (f"a|{found['id']}", 10)
    held = {each["name"]: each["folder"] for each in told["profiles"]}
    assert held[profile["name"]] == "ApiCo/shop/old/"
    assert deep["path"] == "ApiCo/shop/old/deep/"
    assert held == {each["name"]: each["folder"] for each in deep["profiles"]}


def found_asset(api: Api) -> int:
    """Return the number of an asset in which things were found, and of which a rendition was made."""
    made = NamedRendition(
        name="web/small",
        file=StoredFile(key=KEY, size=5),
        mime="image/webp",
        width=20,
        height=10,
        profile_id=None,
        profile_version=None,
        made=utc_now(),
    )
    area = Fraction(left=0.25, top=0.0, width=0.5, height=1.0)
    asset = int(api.get("assets", folder="other", limit=1).body["assets"][0]["id"])
    with api.database.write() as tx:
        save_colours(tx, asset, [ColourTag(name="aqua", colour="#01fefe", share=0.3)])
        save_smart_tags(tx, asset, [SmartTag(label="shoe", score=0.9, model="m")], reset=False)
        save_crops(tx, asset, [SmartCrop(name="Large", width=200, height=100, area=area)], reset=False)
        save_renditions(tx, asset, [made])
    return asset


def test_assets_are_found_by_colour_and_smart_tag(api: Api) -> None:
    number = found_asset(api)
    queries = ({"colour": "Cyan"}, {"colour": "aqua", "share": 0.4}, {"tag": "shoe"}, {"tag": "boot"})

    totals = [[each["id"] for each in api.get("assets", **query).body["assets"]].count(number) for query in queries]

    assert totals == [1, 0, 1, 0]
    assert api.get("assets", colour="reddish").fields == ["colour"]
    assert api.get("assets", share=0.5).fields == ["share"]
    assert api.get("assets", colour="red", share=2).fields == ["share"]


def test_an_asset_is_shown_with_what_was_found_and_loses_a_rendition(api: Api) -> None:
    number = found_asset(api)
    path = f"assets/{number}/renditions"

    told = api.get(f"assets/{number}").body
    refused = api.by("looker@example.com").send("DELETE", path, query_string={"name": "web/small"})
    left = api.send("DELETE", path, query_string={"name": "web/small"})
    again = api.send("DELETE", path, query_string={"name": "web/small"})

    assert [(each["name"], each["area"]["left"], each["is_drawn"]) for each in told["smart_crops"]] == [
        ("Large", 0.25, False)
    ]
    assert (told["colours"], told["smart_tags"][0]["state"]) == (
        [{"name": "aqua", "colour": "#01fefe", "share": 0.3}],
        "suggested",
    )
    assert [(each["name"], each["bytes"]) for each in told["renditions"]] == [("web/small", 5)]
    assert (refused.status, left.body["renditions"], again.status) == (403, [], 404)


def test_the_tree_has_every_folder_below_its_root(api: Api) -> None:
    told = api.get("folders").body

    assert (told["path"], [each["path"] for each in told["folders"]]) == ("ApiCo/", ["ApiCo/other/", "ApiCo/shop/"])


def test_a_schedule_is_run_now_paused_and_resumed(api: Api) -> None:
    number = scheduled(api)

    ran = api.post(f"schedules/{number}/run")
    paused, resumed = api.post(f"schedules/{number}/pause"), api.post(f"schedules/{number}/resume")

    api.post(f"executions/{ran.body['id']}/stop")
    assert (ran.status, ran.body["counts"]["total"]) == (201, 2)
    assert (paused.body["is_paused"], resumed.body["is_paused"]) == (True, False)
    assert number in [each["id"] for each in api.get("schedules").body["schedules"]]
    assert api.by("rival@example.com", root="RivalCo").post(f"schedules/{number}/run").status == 404


def test_a_run_is_scheduled_and_chooses_its_assets_each_time(api: Api) -> None:
    body = {"criteria": {"folders": "shop/old/deep"}, "choices": ["previews"], "expression": "0 0 3 ? * MON-FRI"}

    made = api.post("schedules", name="weekly", time_zone="Europe/Berlin", **body)
    ran = api.post(f"schedules/{made.body['id']}/run")

    gone = api.send("DELETE", f"schedules/{made.body['id']}")
    api.post(f"executions/{ran.body['id']}/stop")
    assert (made.status, made.body["name"], made.body["time_zone"]) == (201, "weekly", "Europe/Berlin")
    assert (ran.body["counts"]["total"], gone.status) == (1, 200)
    assert made.body["id"] not in [each["id"] for each in api.get("schedules").body["schedules"]]
    assert api.post("schedules", **{**body, "expression": "0 3 * * *"}).fields == ["expression"]
    assert api.post("schedules", **{**body, "expression": "0 0 3 1 1 ? 2001"}).fields == ["expression"]
    assert api.post("schedules", **body, time_zone="Berlin").fields == ["time_zone"]


def test_a_run_is_scheduled_once(api: Api) -> None:
    body = {"criteria": {"folders": "shop/old/deep"}, "choices": ["previews"]}

    made = api.post("schedules", name="at night", at="2099-01-01T03:00:00+01:00", **body)

    assert (made.status, made.body["expression"], made.body["next_fire"]) == (201, None, "2099-01-01T02:00:00Z")
    assert api.post("schedules", **body, at="2001-01-01T03:00:00Z").fields == ["at"]
    assert api.post("schedules", **body).fields == ["at, expression"]


def test_every_route_answers(api: Api) -> None:
    schedule, definition = scheduled(api), {"steps": [{"name": "publish"}]}
    body = {"kind": "workflow", "name": uuid4().hex, "definition": definition}
    run: dict[str, Any] = {"criteria": {"folders": "shop/old/deep"}, "choices": ["previews"]}
    execution, profile = api.post("executions", **run).body["id"], api.post("profiles", **body).body["id"]
    other = {**body, "name": uuid4().hex}
    held: dict[str, Any] = {"kind": "workflow", "profile_id": profile}
    answers: dict[str, Reply] = {
        "createSelection": api.post("selections", **run),
        "listExecutions": api.get("executions"),
        "showExecution": api.get(f"executions/{execution}"),
        "listItems": api.get(f"executions/{execution}/items"),
        "readLog": api.get(f"executions/{execution}/log"),
        "downloadLogAsCsv": api.get(f"executions/{execution}/log.csv"),
        "downloadLogAsJson": api.get(f"executions/{execution}/log.json"),
        "compareExecution": api.get(f"executions/{execution}/comparison"),
        "pauseExecution": api.post(f"executions/{execution}/pause"),
        "resumeExecution": api.post(f"executions/{execution}/resume"),
        "stopExecution": api.post(f"executions/{execution}/stop"),
        "restartExecution": api.post(f"executions/{execution}/restart"),
        "startExecution": api.post("executions", criteria={"assets": "a|1"}, choices=["previews"]),
        "listProfiles": api.get("profiles"),
        "createProfile": api.post("profiles", **other),
        "showProfile": api.get(f"profiles/{profile}"),
        "changeProfile": api.send("PUT", f"profiles/{profile}", json=body),
        "assignProfile": api.post("assignments", folders="other", **held),
        "listAssignments": api.get("assignments"),
        "unassignProfile": api.send("DELETE", "assignments", query_string={"folder": "other", **held}),
        "removeProfile": api.send("DELETE", f"profiles/{profile}"),
        "searchAssets": api.get("assets"),
        "showAsset": api.get("assets/1"),
        "removeRendition": api.send(
            "DELETE", f"assets/{found_asset(api)}/renditions", query_string={"name": "web/small"}
        ),
        "showFolders": api.get("folders"),
        "listSchedules": api.get("schedules"),
        "createSchedule": api.post("schedules", **run, expression="0 0 3 * * ?"),
        "runSchedule": api.post(f"schedules/{schedule}/run"),
        "pauseSchedule": api.post(f"schedules/{schedule}/pause"),
        "resumeSchedule": api.post(f"schedules/{schedule}/resume"),
        "deleteSchedule": api.send("DELETE", f"schedules/{schedule}"),
        "showProcessingSettings": api.get("settings/processing"),
        "changeProcessingSettings": api.send("PUT", "settings/processing", json=api.get("settings/processing").body),
    }

    for name in ("restartExecution", "startExecution", "runSchedule"):
        api.post(f"executions/{answers[name].body['id']}/stop")
    assert {name: answer.status for name, answer in answers.items()} == {route.name: route.status for route in ROUTES}
