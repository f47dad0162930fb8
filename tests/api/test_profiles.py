"""Profiles through the API: versions, folders that they hold for, and how many assets are stale."""

from typing import Any
from uuid import uuid4

import pytest

from store.profiles import record_applied
from tests.api.visitor import Api, Reply


def image_profile(left: int = 5) -> dict[str, Any]:
    return {"trim": {"left": left, "right": 0, "top": 0, "bottom": 0}}


def created(api: Api, left: int = 5) -> dict[str, Any]:
    """Return a new image profile."""
    answer = api.post("profiles", kind="image", name=uuid4().hex, definition=image_profile(left))
    assert answer.status == 201, answer
    return dict(answer.body)


def change(api: Api, profile: dict[str, Any], left: int) -> Reply:
    body = {"kind": "image", "name": profile["name"], "definition": image_profile(left)}
    return api.send("PUT", f"profiles/{profile['id']}", json=body)


def test_a_changed_profile_keeps_what_it_said_before(api: Api) -> None:
    profile = created(api, left=5)

    same, changed = change(api, profile, left=5).body, change(api, profile, left=7).body

    assert (same["version"], changed["version"]) == (1, 2)
    assert [each["definition"]["trim"]["left"] for each in changed["versions"]] == [7, 5]
    assert api.get(f"profiles/{profile['id']}").body == changed


def test_a_profile_that_holds_for_folders_makes_their_assets_stale(api: Api) -> None:
    profile = created(api)

    holding = api.post("assignments", kind="image", folders=["shop"], profile_id=profile["id"]).body["assignments"]

    stopped = api.post("assignments", kind="image", folders="shop/old/deep", profile_id=None).body["assignments"]
    with api.database.write() as tx:
        record_applied(tx, 1, 1, {profile["id"]: 1})
    told = api.get(f"profiles/{profile['id']}").body
    assert {"folder": "ApiCo/shop/", "kind": "image", "profile_id": profile["id"]} in holding
    assert {"folder": "ApiCo/shop/old/deep/", "kind": "image", "profile_id": None} in stopped
    assert (told["folders"], told["stale"]) == (["ApiCo/shop/"], 4)
    assert change(api, profile, left=9).body["stale"] == 5


def test_stale_assets_are_what_a_run_can_choose(api: Api) -> None:
    profile = created(api)
    api.post("assignments", kind="image", folders="other", profile_id=profile["id"])

    answer = api.post("selections", criteria={"folders": "other", "stale": True}, choices=["profiles"])

    api.send("DELETE", f"profiles/{profile['id']}")
    stages = {stage["name"]: stage for stage in answer.body["stages"]}
    assert (answer.body["total"], stages["renditions"]["profiles"]) == (4, {f"{profile['name']} (version 1)": 4})


def test_a_folder_without_a_profile_of_its_own_has_that_of_the_one_above(api: Api) -> None:
    profile = created(api)
    api.post("assignments", kind="image", folders="shop/old", profile_id=profile["id"])
    query = {"kind": "image", "folder": "shop/old", "profile_id": profile["id"]}

    gone = api.send("DELETE", "assignments", query_string=query)
    again = api.send("DELETE", "assignments", query_string=query)

    assert (gone.status, again.status) == (200, 404)
    assert profile["id"] not in [each["profile_id"] for each in gone.body["assignments"]]


def test_a_folder_can_have_many_batch_set_presets_but_one_other_profile(api: Api) -> None:
    made = [
        api.post("profiles", kind="batch_set", name=uuid4().hex, definition={"property_set": "ps|1"}).body["id"]
        for _ in range(2)
    ]
    images = [created(api)["id"] for _ in range(2)]

    for number in made:
        api.post("assignments", kind="batch_set", folders="other", profile_id=number)
    for number in images:
        api.post("assignments", kind="image", folders="other", profile_id=number)

    found = api.get("assignments").body["assignments"]
    held = [each["profile_id"] for each in found if each["folder"] == "ApiCo/other/"]
    assert sorted(held) == sorted([*made, images[1]])


def test_a_removed_profile_holds_nowhere_and_is_explained_still(api: Api) -> None:
    profile = created(api)
    api.post("assignments", kind="image", folders="other", profile_id=profile["id"])

    api.send("DELETE", f"profiles/{profile['id']}")
    again = api.send("DELETE", f"profiles/{profile['id']}")

    told = api.get(f"profiles/{profile['id']}").body
    assert profile["id"] not in [each["id"] for each in api.get("profiles", kind="image").body["profiles"]]
    assert (again.status, told["folders"], told["removed"] is not None) == (200, [], True)
    assert change(api, profile, left=8).status == 422


REFUSED: list[tuple[dict[str, Any], str]] = [
    ({"kind": "image", "name": "a", "definition": {"trimm": {}}}, "definition.trimm"),
    ({"kind": "image", "name": "a", "definition": {"smart_crops": [{"name": "x"}]}}, "definition.smart_crops.0.width"),
    ({"kind": "image", "name": "a", "definition": {"smart_crops": [{"name": "x", "width": 0, "height": 1}]}}, "smart_"),
    ({"kind": "picture", "name": "a", "definition": {}}, "kind"),
    ({"name": "a", "definition": {}}, "kind"),
    ({"kind": "image", "definition": {}}, "name"),
    ({"kind": "workflow", "name": "a", "definition": {"steps": [{"name": "fly"}]}}, "steps"),
]


@pytest.mark.parametrize(("body", "field"), REFUSED, ids=[field for _, field in REFUSED])
def test_what_a_profile_cannot_say_is_refused_by_name(api: Api, body: dict[str, Any], field: str) -> None:
    answer = api.post("profiles", **body)

    assert answer.status == 422
    assert answer.fields[0].startswith(field)


def test_a_profile_keeps_its_kind_and_name_and_no_two_have_one_name(api: Api) -> None:
    profile = created(api)

    renamed = change(api, {**profile, "name": "new"}, left=5)
    doubled = api.post("profiles", kind="image", name=profile["name"], definition=image_profile())
    misplaced = api.post("assignments", kind="video", folders="other", profile_id=profile["id"])

    assert [answer.status for answer in (renamed, doubled, misplaced)] == [422, 422, 422]
    assert [answer.fields for answer in (renamed, doubled, misplaced)] == [["kind, name"], ["name"], ["kind"]]
