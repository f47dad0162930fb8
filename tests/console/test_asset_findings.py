"""What processing found in an asset is shown, corrected by who may, and told of in the audit log."""

import pytest

from domain.clock import utc_now
from domain.findings import ColourTag, Fraction, NamedRendition, SmartCrop, SmartTag
from domain.metadata import Field, Held, Origin, text_value
from store.assets import load_asset
from store.metadata_fields import add_field
from store.metadata_values import load_held, save_held, save_packet
from store.renditions import save_renditions
from store.smart_crops import find_crop, save_crops
from store.tags import load_smart_tags, save_colours, save_smart_tags
from tests.console.office import OTHER, OWNER, READER, Browser, Office
from tests.console.test_processing import Fields, send

HERO = SmartCrop(name="hero", width=90, height=30, area=Fraction(left=0, top=0.25, width=1, height=0.5))
DRAWN: Fields = {"name": "hero", "left": "10", "top": "20", "width": "60", "height": "30"}


@pytest.fixture(scope="module")
def asset(office: Office) -> int:
    """An asset with one of each finding."""
    number, company = office.add_asset("vase", picture=b"\x89PNG picture"), office.companies["LabCo"]
    with office.database.write() as tx:
        found = load_asset(tx, company, number)
        assert found
        assert found.derivatives
        assert found.derivatives.preview
        stored = found.derivatives.preview
        save_crops(tx, number, [HERO], reset=False)
        save_colours(tx, number, [ColourTag(name="teal", colour="#3a705a", share=0.4)])
        save_smart_tags(tx, number, [SmartTag(label="vase", score=0.9, model="m")], reset=False)
        made = NamedRendition(
            name="web",
            file=stored,
            mime="image/webp",
            width=8,
            height=6,
            profile_id=None,
            profile_version=None,
            made=utc_now(),
        )
        save_renditions(tx, number, [made])
        add_field(tx, Field(id=0, company_id=company, asset_type="Asset", name="Price", type="Int", is_enforced=True))
        save_held(tx, found, {"dc.rights": Held(values=(text_value("LabCo"),), origin=Origin.FILE)})
        save_packet(tx, found, stored, Origin.FILE)
    return number


@pytest.fixture
def browser(office: Office, asset: int) -> Browser:
    """A browser of LabCo's administrator, on the asset's page."""
    browser = office.browser(OWNER)
    browser.get(f"/console/LabCo/assets/{asset}")
    return browser


def test_a_page_shows_all_that_was_found(browser: Browser) -> None:
    assert "hero 90 \N{MULTIPLICATION SIGN} 30 px" in browser.words
    assert "teal #3a705a · 40%" in browser.words
    assert "vase 90%" in browser.words
    assert "web image/webp · 8 \N{MULTIPLICATION SIGN} 6 px" in browser.words
    assert "dc.rights LabCo" in browser.words
    assert browser.document.xpath("//*[local-name()='rect']/@fill") == ["#3a705a"]


@pytest.mark.parametrize(("what", "field"), [("tag=vase", "smart_tag"), ("colour=teal", "colour_tag")])
def test_a_tag_and_a_colour_lead_to_the_assets_that_have_it_and_to_a_process_of_them(
    office: Office, browser: Browser, asset: int, what: str, field: str
) -> None:
    office.add_asset(f"without {what}")
    (found,) = [link for link in browser.links if link.endswith(what)]

    browser.get(found)
    shown = browser.document.xpath("//a[@class='tile']/@href")
    (process,) = [link for link in browser.links if "/process?" in link]
    browser.get(process)
    send(browser, "process/preview", {"folder": "LabCo/", field: what.partition("=")[2]})

    assert shown == [f"/console/LabCo/assets/{asset}"]
    assert f"{field}={what.partition('=')[2]}" in process
    assert browser.document.get_element_by_id("total").text == "1"


def test_what_is_no_colour_is_refused_by_name(browser: Browser) -> None:
    reply = browser.get("/console/LabCo/assets?colour=reddish")

    assert reply.status_code == 422
    assert "reddish is no name of a colour" in browser.words


def test_a_crop_is_drawn_and_reverted(office: Office, browser: Browser, asset: int) -> None:
    areas = []
    revert: Fields = {"name": "hero", "revert": "1"}
    for fields in (DRAWN, revert):
        assert send(browser, f"assets/{asset}/crops", fields).status_code == 303
        with office.database.read() as tx:
            crop = find_crop(tx, asset, "hero")
        assert crop
        areas.append((crop.source, crop.area))

    drawn = Fraction(left=0.1, top=0.2, width=0.6, height=0.3)
    assert areas == [("manual", drawn), ("auto", HERO.area)]
    assert [entry.act.action for entry in office.audit()[:2]] == ["reverted crop", "drew crop"]


@pytest.mark.parametrize("wrong", [{"left": "-1"}, {"width": "0"}, {"top": "much"}, {"top": "nan"}])
def test_a_crop_that_is_no_part_of_the_picture_is_refused(browser: Browser, asset: int, wrong: Fields) -> None:
    reply = send(browser, f"assets/{asset}/crops", {**DRAWN, **wrong})

    assert reply.status_code == 400
    assert "left, top, width, height" in browser.words


def test_a_tag_is_promoted_removed_and_taken_back(office: Office, browser: Browser, asset: int) -> None:
    states = []
    for state in ("promoted", "removed", "suggested"):
        send(browser, f"assets/{asset}/tags", {"label": "vase", "state": state})
        with office.database.read() as tx:
            states.append(load_smart_tags(tx, office.companies["LabCo"], asset)[0].state.value)

    assert states == ["promoted", "removed", "suggested"]


def test_metadata_is_set_as_by_the_operation_and_a_wrong_value_is_named(
    office: Office, browser: Browser, asset: int
) -> None:
    (handle,) = browser.document.xpath("//section[@id='metadata']//input[@name!='form_token']/@name")

    replies = [send(browser, f"assets/{asset}/metadata", {handle: text}).status_code for text in ("12", "dear")]

    with office.database.read() as tx:
        held = load_held(tx, [asset])[asset]
    assert replies == [303, 400]
    assert [found.texts for key, found in held.items() if key.startswith("field/")] == [("12",)]
    assert (office.audit()[0].act.action, office.audit()[0].act.subject) == ("set metadata", "Price of vase")


def test_files_are_sent_to_be_kept_and_never_as_pages(browser: Browser, asset: int) -> None:
    replies = [browser.get(f"/console/LabCo/assets/{asset}/{path}") for path in ("rendition?name=web", "xmp")]

    assert [reply.status_code for reply in replies] == [200, 200]
    assert [reply.headers["Content-Disposition"] for reply in replies] == [
        "attachment; filename*=UTF-8''vase-web.webp",
        "attachment; filename*=UTF-8''vase.xmp",
    ]
    assert browser.get(f"/console/LabCo/assets/{asset}/rendition?name=none").status_code == 404


@pytest.mark.parametrize(("who", "root", "status"), [(READER, "LabCo", 403), (OTHER, "OtherCo", 404)])
def test_nobody_else_changes_it(office: Office, asset: int, who: str, root: str, status: int) -> None:
    browser = office.browser(who)
    browser.get(f"/console/{root}/")
    sent: dict[str, Fields] = {
        "crops": DRAWN,
        "tags": {"label": "vase", "state": "removed"},
        "metadata": {"x": "1"},
    }

    replies = {path: send(browser, f"assets/{asset}/{path}", fields, root).status_code for path, fields in sent.items()}

    assert set(replies.values()) == {status}
