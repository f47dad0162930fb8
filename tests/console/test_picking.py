"""Choosing assets by hand: what is ticked on a page of assets stays chosen on those that follow."""

import re
from html import unescape
from uuid import uuid4

import pytest

from tests.console.office import OWNER, Browser, Office
from tests.console.test_processing import send, tree


@pytest.fixture
def browser(office: Office) -> Browser:
    """A browser of LabCo's administrator."""
    return office.browser(OWNER)


def test_assets_ticked_on_several_pages_are_chosen_together(
    office: Office, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("server.admin.assets.GRID", 2)
    top = tree(office)
    handles = [f"a|{office.add_asset(f'{uuid4().hex[:8]}', folder=top.removeprefix('LabCo/'))}" for _ in range(3)]
    browser.get(f"/console/LabCo/assets?folder={top}")
    first, after = boxes(browser), re.search(r'assets([^"]+)" data-rel="next"', browser.page)
    assert after
    send(browser, f"assets{unescape(after[1])}", {"asset": [first[0], "nonsense"]})
    kept, second = hidden(browser), boxes(browser)
    said = browser.words
    send(browser, "assets", {"asset": [*kept, second[1]], "search": "on", "q": top})
    send(browser, "process", {"asset": hidden(browser), "q": top, "tag": "beach", "colour": "red"})
    chosen, narrowed = hidden(browser), browser.document.xpath("//details[@open]//input[@name='smart_tag']")

    none = send(browser, f"assets?folder={top}", {})

    assert len({*first, *second}) == len(handles) + 1
    assert kept == [first[0]]
    assert "1 chosen, 1 on other pages" in said
    assert (chosen, narrowed) == ([first[0], second[1]], [])
    assert (none.status_code, none.location) == (303, f"/console/LabCo/assets?folder={top}")


def boxes(browser: Browser) -> list[str]:
    return [str(value) for value in browser.document.xpath("//input[@name='asset' and @type='checkbox']/@value")]


def hidden(browser: Browser) -> list[str]:
    return [str(value) for value in browser.document.xpath("//input[@name='asset' and @type='hidden']/@value")]
