"""The options of a new run: what is filled in is what the run does, and what follows it."""

import pytest
from werkzeug.datastructures import MultiDict

from jobs.processing.choices import Choice
from jobs.specs import to_json
from server.admin.run_form import picture_data
from server.bodies.picture import PictureBody
from server.bodies.reading import read_body
from tests.console.office import OWNER, Browser, Office
from tests.console.test_processing import Fields, newest, previewed, send, tree


@pytest.fixture
def browser(office: Office) -> Browser:
    """A browser of LabCo's administrator."""
    return office.browser(OWNER)


def test_the_options_of_the_form_are_those_of_the_pipeline() -> None:
    form = MultiDict(
        {
            "crop": "manual",
            "crop_left": "5",
            "unsharp": "on",
            "unsharp_amount": "1.75",
            "unsharp_radius": "0.2",
            "unsharp_threshold": "2",
            "pdf_process": "Thumbnail",
            "pdf_resolution": "150",
            "pdf_colour_space": "Gray",
            "pdf_no_links": "on",
            "knockout": "on",
            "knockout_corner": "BottomLeft",
            "knockout_fill_method": "MatchPixel",
            "knockout_tolerance": "0.25",
            "colour_mode": "Convert",
            "colour_output_profile": "a|7",
            "ready": "false",
        }
    )

    body = read_body(PictureBody, picture_data(form))
    options = to_json(body.meant(None))

    assert options["manual_crop"] == {"left": 5, "right": 0, "top": 0, "bottom": 0}
    assert options["unsharp"] == {"amount": 1.75, "radius": 0.2, "threshold": 2, "monochrome": False}
    assert options["pdf"] == {
        "process": "Thumbnail",
        "resolution": 150.0,
        "colour_space": "Gray",
        "extract_words": False,
        "extract_links": False,
    }
    assert options["knockout"] == {"corner": "BottomLeft", "fill_method": "MatchPixel", "tolerance": 0.25}
    assert (body.colour.mode, body.colour.output_profile, options["ready_for_publish"]) == ("Convert", "a|7", False)


def test_a_crop_by_the_picture_replaces_one_that_is_there_if_that_is_ticked() -> None:
    found = [picture_data(MultiDict({"crop": "colour"} | more)) for more in ({}, {"crop_anew": "on"})]

    assert [read_body(PictureBody, each).preserve_crop for each in found] == [None, False]


def test_options_of_stages_reach_the_run(office: Office, browser: Browser) -> None:
    choices = [Choice.SMART_CROP.value, Choice.COLOUR_TAGS.value]
    fields: Fields = {
        "folder": [tree(office)],
        "mode": "advanced",
        "choice": choices,
        "reset": "on",
        "colour_limit": "7",
    }

    send(browser, "process/start", previewed(browser, fields))

    assert newest(office).options["options"] == {"smart_crop": {"reset": True}, "colour_tags": {"limit": 7}}


def test_a_publish_follows_the_run_if_it_is_ticked(office: Office, browser: Browser) -> None:
    fields: Fields = {
        "folder": [tree(office)],
        "publish": ["image_serving"],
        "publish_type": "Full",
        "publish_if": "on",
    }
    chosen = previewed(browser, fields)
    said = browser.words

    send(browser, "process/start", chosen)

    follows = newest(office).options["follow_on"]
    assert "Afterwards Image serving publish, full, if something was processed" in said
    assert [each["kind"] for each in follows["publishes"]] == ["publish_image_serving"]
