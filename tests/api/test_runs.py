"""Choosing, previewing and starting runs through the API: what is refused, and by which name."""

from typing import Any

import pytest
import sqlalchemy as sa

from domain.model import StoredFile
from store import tables as t
from store.assets import add_asset
from store.jobs import load_job
from tests.api.visitor import Api
from tests.store.rows import find_tasks, new_asset


def test_a_preview_says_what_a_run_would_come_to(api: Api) -> None:
    answer = api.post("selections", criteria={"folders": ["/shop"], "excluded": ["shop/old"]}, choices=["previews"])

    assert answer.status == 201
    (stage,) = answer.body["stages"]
    assert (answer.body["total"], answer.body["untouched"], answer.body["warning"]) == (4, 1, None)
    assert [(each["type"], each["number"], each["bytes"]) for each in answer.body["types"]] == [
        ("Image", 3, 30),
        ("Zip", 1, 10),
    ]
    assert (stage["name"], stage["runs"], list(stage["skipped"].values())) == ("renditions", 3, [1])


def test_a_selection_of_more_than_the_setting_is_warned_of(api: Api) -> None:
    answer = api.post("selections", criteria={"folders": "/"})

    assert (answer.body["total"], answer.body["warning"][:20]) == (11, "11 assets are more t")


def test_a_full_process_leaves_smart_tags_out_where_there_is_no_model(api: Api) -> None:
    answer = api.post("selections", criteria={"folders": "shop"})

    names = [stage["name"] for stage in answer.body["stages"]]
    assert "colour_tags" in names
    assert "smart_tags" not in names


def test_what_was_previewed_is_what_runs(api: Api) -> None:
    selected = api.post("selections", criteria={"folders": ["other"]}, choices=["previews"]).body["id"]

    answer = api.post("executions", selection_id=selected, choices=["previews"], name="again", description="as seen")

    told = answer.body
    with api.database.read() as tx:
        tasks, job = find_tasks(tx, told["id"]), load_job(tx, told["id"])
    api.post(f"executions/{told['id']}/stop")
    assert answer.status == 201
    assert (told["name"], told["description"], told["created_by"]) == ("again", "as seen", "admin@example.com")
    assert (told["counts"]["total"], len(tasks), told["status"]) == (4, 4, "waiting")
    assert told["run"]["criteria"]["folders"] == ["ApiCo/other/"]
    assert job is not None
    assert job.options["selection_id"] == selected


@pytest.mark.parametrize(
    "folder", ["shop/old", "/shop/old/", "ApiCo/shop/old", "/ApiCo/shop/old/", "f|ApiCo/shop/old/"]
)
def test_a_folder_is_named_in_any_way(api: Api, folder: str) -> None:
    assert api.post("selections", criteria={"folders": folder}).body["total"] == 3


def test_a_run_that_does_the_same_to_the_same_folder_is_refused_and_named(api: Api) -> None:
    running = api.started("shop")

    answer = api.post("executions", criteria={"folders": "shop/old"}, choices=["previews"])

    api.post(f"executions/{running}/stop")
    assert (answer.status, answer.body["execution"]) == (409, running)
    assert f"Execution {running}" in answer.body["detail"]


def test_options_of_the_picture_become_options_of_the_run(api: Api) -> None:
    picture = {"manual_crop": {"left": 5}, "preserve_crop": False, "pdf": {"resolution": 100}}

    started = api.post("executions", criteria={"assets": "a|1"}, choices=["options"], picture=picture).body

    api.post(f"executions/{started['id']}/stop")
    options = started["run"]["options"]["renditions"]
    assert (options["manual_crop"]["left"], options["preserve_crop"], options["pdf"]["resolution"]) == (5, False, 100)


def test_options_of_other_stages_are_kept_with_the_run(api: Api) -> None:
    options = {"colour_tags": {"limit": 5}, "smart_crop": {"reset": True}}
    choices = ["colour-tags", "smart-crop"]

    started = api.post("executions", criteria={"assets": "a|1"}, choices=choices, **options).body

    api.post(f"executions/{started['id']}/stop")
    assert started["run"]["options"] == options


def test_colours_are_converted_with_profiles_of_the_company(api: Api) -> None:
    profiles = []
    with api.database.write() as tx:
        for n in range(2):
            stored = StoredFile(key=f"{n}" * 64, size=10)
            asset = new_asset(api.company, f"icc-{n}", folder="ApiCo/other/", type="IccProfile", original=stored)
            profiles.append(add_asset(tx, asset).id)
    colour = {"mode": "Convert", "source_profile": f"a|{profiles[0]}", "output_profile": f"a|{profiles[1]}"}

    body = {"criteria": {"assets": "a|1"}, "choices": ["options"]}
    started = api.post("executions", **body, picture={"colour": colour}).body

    api.post(f"executions/{started['id']}/stop")
    assert started["run"]["options"]["renditions"]["colour"] == {
        "mode": "Convert",
        "source_profile": "0" * 64,
        "output_profile": "1" * 64,
    }
    with api.database.write() as tx:
        tx.execute(sa.delete(t.asset).where(t.asset.c.id.in_(profiles)))


def test_publishes_follow_a_run_in_their_own_order(api: Api) -> None:
    publishes = [{"what": "video"}, {"what": "image_serving", "type": "Full"}]

    started = api.post(
        "executions", criteria={"assets": "a|1"}, publishes=publishes, publish_only_if_processed=True
    ).body

    api.post(f"executions/{started['id']}/stop")
    with api.database.read() as tx:
        job = load_job(tx, started["id"])
    assert job is not None
    follows = job.options["follow_on"]
    assert [(each["kind"], each["publish_type"]) for each in follows["publishes"]] == [
        ("publish_image_serving", "Full"),
        ("publish_video", None),
    ]
    assert (follows["only_if_files"], started["run"]["publishes"]) == (True, ["image_serving", "video"])


OPTIONS: dict[str, Any] = {"criteria": {"folders": "shop"}, "choices": ["options"]}
REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"criteria": {"folders": "nowhere"}}, "folders"),
    ({"criteria": {"folders": "shop", "excluded": "other"}}, "excluded"),
    ({"criteria": {"folders": "shop", "excluded": "shop/new"}}, "excluded"),
    ({"criteria": {"folders": "../RivalCo"}}, "folders"),
    ({"criteria": {}}, "folders"),
    ({"criteria": {"assets": "a|999"}}, "assets"),
    ({"criteria": {"assets": ["shoe"]}}, "assets"),
    ({"criteria": {"failed_of": 99999}}, "failed_of"),
    ({"criteria": {"folders": "shop", "types": ["Picture"]}}, "types"),
    ({"criteria": {"folders": "shop", "shade": "red"}}, "criteria.shade"),
    ({"criteria": {"folders": "shop", "colour": "reddish"}}, "colour"),
    ({"criteria": {"folders": "shop", "name_contains": "a\0b"}}, "criteria.name_contains"),
    ({"criteria": {"folders": "shop", "name_contains": "\ud800"}}, "criteria.name_contains"),
    ({"criteria": {"folders": "shop", "created_after": "2020-01-01T00:00:00"}}, "criteria.created_after"),
    ({"criteria": {"folders": "shop", "created_after": "9999-12-31T23:00:00-14:00"}}, "criteria.created_after"),
    ({"criteria": {"folders": "shop"}, "choices": ["everything"]}, "choices.0"),
    ({"criteria": {"folders": "shop"}, "choices": []}, "choices"),
    ({"criteria": {"folders": "shop"}, "choices": ["options"]}, "picture"),
    ({"criteria": {"folders": "shop"}, "choices": ["previews", "smart-tags"]}, "choices"),
    ({"criteria": {"folders": "shop"}, "picture": {"create_mask": True}}, "picture"),
    ({"criteria": {"folders": "shop"}, "choices": ["options"], "picture": {"sharp": 1}}, "picture.sharp"),
    ({"criteria": {"folders": "shop"}, "choices": ["options"], "picture": {"manual_crop": {"left": -1}}}, "left"),
    ({**OPTIONS, "picture": {"colour": {"mode": "Convert"}}}, "picture.colour.output_profile"),
    ({**OPTIONS, "picture": {"colour": {"source_profile": "a|1"}}}, "picture.colour.source_profile"),
    ({**OPTIONS, "picture": {"colour": {"mode": "MaintainOriginal", "source_profile": "a|1"}}}, "picture.colour"),
    ({"criteria": {"folders": "shop"}, "publishes": [{"what": "video", "type": "Full"}]}, "publishes.0"),
    ({"criteria": {"folders": "shop"}, "publishes": [{"what": "video"}, {"what": "video"}]}, "publishes"),
    ({"criteria": {"folders": "shop"}, "publishes": [{"what": "video", "context": "pc|999"}]}, "publishes"),
    ({"criteria": {"folders": "shop"}, "publish_only_if_processed": True}, "publish_only_if_processed"),
    ({"criteria": {"folders": "shop"}, "choices": ["previews"], "smart_crop": {"reset": True}}, "smart_crop"),
    ({"criteria": {"folders": "shop"}, "colour_tags": {"limit": 41}}, "colour_tags.limit"),
    ({"criteria": {"folders": "shop"}, "profiles": [999]}, "profile"),
    ({"criteria": {"folders": "shop"}, "foo": 1}, "foo"),
    ({"foo": 1}, "criteria"),
]


@pytest.mark.parametrize(("body", "field"), REFUSED, ids=[f"{n}-{field}" for n, (_, field) in enumerate(REFUSED)])
def test_what_cannot_be_done_is_refused_by_the_name_of_its_field(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post("selections", **body)

    assert answer.status == 422
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert field in answer.fields[0]
    assert answer.body["errors"][0]["message"]


def test_every_wrong_field_is_named_at_once(api: Api) -> None:
    answer = api.post("selections", criteria={"folders": "shop", "a": 1}, b=2)

    assert answer.fields == ["criteria.a", "b"]


def test_a_run_needs_a_selection_or_criteria_and_not_both(api: Api) -> None:
    neither, both = api.post("executions"), api.post("executions", selection_id=1, criteria={"folders": "shop"})

    assert [answer.status for answer in (neither, both)] == [422, 422]
    assert "give one of the two" in both.body["detail"]


def test_a_run_of_nothing_is_refused(api: Api) -> None:
    answer = api.post("executions", criteria={"folders": "shop", "name_contains": "no such name"})

    assert (answer.status, answer.fields) == (422, ["criteria"])


def test_an_unknown_selection_is_refused(api: Api) -> None:
    assert api.post("executions", selection_id=99999).fields == ["selection_id"]


def test_a_profile_that_no_chosen_stage_follows_is_refused(api: Api) -> None:
    definition = {"steps": [{"name": "publish"}]}
    profile = api.post("profiles", kind="workflow", name="publish at once", definition=definition).body["id"]

    answer = api.post("selections", criteria={"folders": "shop"}, choices=["previews"], profiles=[profile])
    fitting = api.post("selections", criteria={"folders": "shop"}, choices=["workflows"], profiles=[profile])

    assert (answer.status, answer.fields) == (422, ["profiles"])
    assert fitting.body["stages"][0]["profiles"] == {"publish at once (version 1)": 7}
