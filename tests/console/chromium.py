"""The machine's own Chromium, driven by Playwright, and axe-core's findings on the page that it shows."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from tests.running_server import PASSWORD

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
ARGUMENTS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update")
RULES = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]}


@contextmanager
def open_chromium() -> Iterator[Browser]:
    """Give a browser without a window."""
    path = next(filter(None, map(shutil.which, NAMES)), None)
    assert path, f"None of {', '.join(NAMES)} is installed: run make system."
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=ARGUMENTS)
        yield browser
        browser.close()


def open_window(browser: Browser, url: str, **options: Any) -> BrowserContext:
    """Return a window on the server at ``url`` that nobody is signed in to; times are shown as in Berlin."""
    return browser.new_context(base_url=url, locale="en-GB", timezone_id="Europe/Berlin", **options)


def sign_in(page: Page, email: str) -> None:
    """Sign in by the form."""
    page.goto("/console/sign-in")
    page.get_by_label("E-mail").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()


def findings(page: Page) -> list[str]:
    """Return what axe-core finds on the page, each with its place."""
    found = Axe().run(page, options=RULES | {"resultTypes": ["violations"]}).response["violations"]
    return [f"{each['impact']} {each['id']}: {node['html'][:160]}" for each in found for node in each["nodes"]]
