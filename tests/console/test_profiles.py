"""Profiles in the console: forms of each kind, versions, folders that inherit, and what a change makes stale."""

from uuid import uuid4

import pytest
from werkzeug.datastructures import MultiDict

from domain.model import JsonObject
from jobs.profiles.definitions import ProfileKind
from jobs.specs import to_json
from server.admin.profile_forms import fill, read_profile
from store.image_formats import add_format
from store.profiles import StoredProfile, find_profiles, load_profile
from tests.console.office import OTHER, OWNER, Browser, Office
from tests.console.test_processing import Fields, previewed, send, tree

SMART: Fields = {
    "crop": "smart",
    "smart_crops.name": ["hero", ""],
    "smart_crops.width": ["1200", ""],
    "smart_crops.height": ["400", ""],
    "unsharp": "on",
    "unsharp_amount": "1.75",
    "unsharp_radius": "0.2",
    "unsharp_threshold": "2",
}

SWATCH = {"width": 7, "height": 6, "is_colour": False}
RULE = {"field": "dc.rights", "source": "IPTC:By-line", "default": "x", "is_required": True, "overwrites": True}
RENDITION = {
    "name": "w",
    "format": "webp",
    "width": 80,
    "quality": 70,
    "image_format": "web-picture",
    "included": ["image/*"],
    "excluded": ["image/gif"],
}
WORKER = {"name": "w", "file_name": "a.png", "url": "https://example.com/", "parameters": [["a", "1"]]}
STEP = {"name": "set-metadata", "options": [["field", "dc.rights"], ["value", "x"]]}


@pytest.fixture
def browser(office: Office) -> Browser:
    """A browser of LabCo's administrator, on the page of profiles."""
    browser = office.browser(OWNER)
    browser.get("/console/LabCo/profiles")
    return browser


def keep(office: Office, browser: Browser, kind: str, fields: Fields) -> StoredProfile:
    """Return a new profile, made by the form."""
    name = uuid4().hex
    assert send(browser, f"profiles/new/{kind}", {"name": name, **fields}).status_code == 303, browser.words
    with office.database.read() as tx:
        found = {each.name: each for each in find_profiles(tx, office.companies["LabCo"], kind)}
    return found[name]


@pytest.mark.parametrize(
    ("kind", "definition"),
    [
        ("image", {"smart_crops": [{"name": "a", "width": 9, "height": 8}], "swatch": SWATCH}),
        ("image", {"trim": {"left": 1, "right": 0, "top": 2, "bottom": 0}, "preserves_content": False}),
        ("image", {"unsharp": {"amount": 1.75, "radius": 0.2, "threshold": 2, "monochrome": True}}),
        ("metadata", {"rules": [RULE]}),
        ("processing", {"renditions": [RENDITION]}),
        ("processing", {"workers": [WORKER]}),
        ("workflow", {"steps": [STEP, {"name": "publish"}], "paths": ["shop", "*/campaigns"]}),
        ("video", {"encodings": ["ps|5"], "is_adaptive": False, "smart_crops": [{"name": "tall", "ratio": "9x16"}]}),
        ("batch_set", {"property_set": "ps|5"}),
    ],
)
def test_a_form_filled_in_with_a_definition_says_that_definition(kind: str, definition: JsonObject) -> None:
    chosen = ProfileKind(kind)
    form = fill(chosen, "any", definition)

    kept = to_json(read_profile(chosen, form).definition)
    again = to_json(read_profile(chosen, fill(chosen, "any", kept)).definition)

    assert again == kept
    assert {name: plain(kept[name], value) for name, value in definition.items()} == definition


def plain(kept: object, like: object) -> object:
    """Return what is kept as lists, with the fields of ``like`` alone."""
    if isinstance(like, list) and isinstance(kept, list | tuple):
        return [plain(each, other) for each, other in zip(kept, like, strict=True)]
    if isinstance(like, dict) and isinstance(kept, dict):
        return {name: plain(kept[name], value) for name, value in like.items()}
    return kept


def test_another_row_is_added_without_losing_what_was_given(browser: Browser) -> None:
    browser.get("/console/LabCo/profiles/new/image")

    send(browser, "profiles/new/image", {"name": "shop", **SMART, "add": "smart_crops"})

    names = browser.document.xpath("//input[@name='smart_crops.name']/@value")
    assert names == ["hero", ""]
    assert 'value="shop"' in browser.page


def test_a_wrong_field_is_named(browser: Browser) -> None:
    wrong: Fields = {**SMART, "smart_crops.width": ["wide", ""], "name": "shop"}

    reply = send(browser, "profiles/new/image", wrong)

    assert reply.status_code == 400
    assert "definition.smart_crops.0.width" in browser.words


def test_a_change_is_a_new_version_and_one_of_an_old_form_is_refused(office: Office, browser: Browser) -> None:
    profile = keep(office, browser, "image", SMART)
    changed: Fields = {**SMART, "smart_crops.width": ["800", ""], "version": "1"}

    replies = [send(browser, f"profiles/{profile.id}/edit", changed).status_code for _ in range(2)]

    browser.get(f"/console/LabCo/profiles/{profile.id}")
    assert replies == [303, 400]
    assert "Version 2" in browser.words
    assert "hero · width 1200 · height 400" in browser.words
    assert office.audit()[0].act.subject == f"{profile.id} {profile.name}, version 2"


def test_a_folder_says_what_it_inherits_from_where_and_none_stops_it(office: Office, browser: Browser) -> None:
    top, profile = tree(office, "a/", "b/"), keep(office, browser, "image", SMART)
    number = str(profile.id)
    send(browser, "folder/assign", {"path": top, "kind": "image", "profile": number})
    send(browser, "folder/assign", {"path": f"{top}b/", "kind": "image", "profile": "none"})

    said = {}
    for path in (top, f"{top}a/", f"{top}b/"):
        browser.get(f"/console/LabCo/folder?path={path}")
        said[path] = browser.words
    taken = [send(browser, "folder/unassign", {"path": top, "kind": "image", "profile": number}) for _ in range(2)]

    assert f"{profile.name} version 1 Assigned here" in said[top]
    assert f"{profile.name} version 1 Inherited from {top}" in said[f"{top}a/"]
    assert "None on purpose Said here" in said[f"{top}b/"]
    assert [reply.status_code for reply in taken] == [303, 409]
    assert [entry.act.action for entry in office.audit()[:3]] == [
        "took profile away",
        "assigned profile",
        "assigned profile",
    ]


def test_a_changed_profile_shows_its_stale_assets_and_offers_to_process_just_them(
    office: Office, browser: Browser
) -> None:
    top = tree(office, "a/")
    tree(office)
    profile = keep(office, browser, "image", {"crop": "manual", "crop_left": "3"})
    send(browser, "folder/assign", {"path": top, "kind": "image", "profile": str(profile.id)})

    browser.get(f"/console/LabCo/profiles/{profile.id}")
    stale = browser.document.get_element_by_id("stale").text
    (link,) = [link for link in browser.links if "/process?" in link]
    browser.get(link)
    fields = MultiDict(
        (field.get("name"), field.get("value"))
        for field in browser.document.xpath("//form[contains(@action, 'preview')]//input[@type='hidden' or @checked]")
    )
    previewed(browser, {name: values for name, values in fields.to_dict(flat=False).items() if name != "form_token"})

    assert stale == "2"
    assert browser.document.get_element_by_id("total").text == "2"


def test_a_rendition_can_be_an_image_format_of_the_company(office: Office, browser: Browser) -> None:
    with office.database.write() as tx:
        add_format(tx, office.companies["LabCo"], "shop-square", "wid=50&hei=50")
    browser.get("/console/LabCo/profiles/new/processing")
    offered = browser.document.xpath("//datalist[@id='image_format']/option/@value")

    fields: Fields = {"renditions.name": ["r"], "renditions.format": [""], "renditions.image_format": ["shop-square"]}
    profile = keep(office, browser, "processing", fields)
    browser.get(f"/console/LabCo/profiles/{profile.id}")

    assert "shop-square" in offered
    assert "image format shop-square · wid=50&hei=50" in browser.words
    assert send(browser, "profiles/new/processing", {**fields, "renditions.image_format": ["none"]}).status_code == 400


def test_a_removed_profile_is_gone_from_its_folders(office: Office, browser: Browser) -> None:
    top, profile = tree(office), keep(office, browser, "image", SMART)
    send(browser, "folder/assign", {"path": top, "kind": "image", "profile": str(profile.id)})
    browser.get(f"/console/LabCo/profiles/{profile.id}/remove")

    send(browser, f"profiles/{profile.id}/remove", {})

    browser.get(f"/console/LabCo/folder?path={top}")
    assert profile.name not in browser.words
    assert browser.get(f"/console/LabCo/profiles/{profile.id}").status_code == 404


def test_a_profile_of_another_company_is_unknown(office: Office, browser: Browser) -> None:
    profile = keep(office, browser, "image", SMART)
    other = office.browser(OTHER)
    pages = [f"/console/OtherCo/profiles/{profile.id}{end}" for end in ("", "/edit", "/remove")]

    replies = [other.get(page).status_code for page in pages]
    other.get("/console/OtherCo/folder?path=OtherCo/")
    assigned = send(
        other, "folder/assign", {"path": "OtherCo/", "kind": "image", "profile": str(profile.id)}, "OtherCo"
    )

    assert (replies, assigned.status_code) == ([404] * 3, 400)
    with office.database.read() as tx:
        assert load_profile(tx, office.companies["OtherCo"], profile.id) is None
