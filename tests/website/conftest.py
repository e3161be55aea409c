"""A real browser at the demonstration page of the served bot."""

import os
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from ketamine_faq.storage.database import Database
from tests.conversation import Bot
from tests.website.browser import chromium
from tests.website.canned import Canned, serving
from tests.website.visitor import Visitor

DESKTOP = {"width": 1280, "height": 800}


# A module's own: while Playwright runs, no other test of the process could run an event loop.
@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Debian's Chromium; without it the test is skipped, except where nothing may be."""
    with chromium() as running:
        yield running


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page in a window of its own, whose errors fail the test."""
    with browser.new_context(viewport=DESKTOP) as context:
        page = context.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        yield page
        assert errors == []


@pytest.fixture
def visitor(page: Page, bot: Bot) -> Visitor:
    """Someone who has come to the demonstration page."""
    page.goto(bot.address)
    return Visitor(page)


@pytest.fixture
def canned() -> Iterator[Canned]:
    """A small server in the bot's place, which says what a test puts into its mouth."""
    with serving(Canned()) as server:
        yield server


@pytest.fixture
def guest(page: Page, canned: Canned) -> Visitor:
    """Someone who has come to the small server's page."""
    page.goto(canned.address)
    return Visitor(page)


@pytest.fixture(scope="module")
def bot_store(bot: Bot) -> Database:
    """The store in which the served bot keeps enquiries and verdicts."""
    return Database(os.environ["ENQUIRIES_DATABASE_URL"])
