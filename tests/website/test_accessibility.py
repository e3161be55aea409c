"""WCAG 2.2 AA in a browser: axe in every state, room to read and to tap, where the focus goes, and motion."""

from collections.abc import Iterator

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from ketamine_faq.content.texts import content
from tests.conversation import Bot
from tests.website import canned as clinic
from tests.website.canned import Canned, danger
from tests.website.states import NAMES, states
from tests.website.visitor import CHAT, SURE, Visitor

# What is wider than its place, and what is smaller than a finger; links within a sentence are excepted (2.5.8).
FAULTS = """() => {
    const root = document.querySelector('anodyne-chat').shadowRoot;
    const shown = (element) => element.checkVisibility() && !element.closest('.aside');
    const name = (element) => element.outerHTML.slice(0, 120);
    const holders = root.querySelectorAll('.panel, .log, .bubble, .line, anodyne-contact-form');
    const scrolled = [document.documentElement, ...holders];
    const wide = scrolled.filter((element) => element.scrollWidth > element.clientWidth + 1);
    const small = [...root.querySelectorAll('button, .reply, input, textarea')].filter(shown).filter((element) => {
        const { width, height } = element.getBoundingClientRect();
        return Math.min(width, height) < (element.matches('[type=radio], [type=checkbox]') ? 24 : 44);
    });
    return [...wide, ...small].map(name);
}"""


@pytest.fixture
def narrow(browser: Browser, bot: Bot) -> Iterator[Page]:
    """A page at 1280 by 1024 pixels and 400 per cent, which is a page of a quarter of that."""
    with browser.new_context(viewport={"width": 320, "height": 256}, reduced_motion="reduce") as context:
        page = context.new_page()
        page.goto(bot.address)
        yield page


SEEN_AS = [("light", 1280, 800), ("dark", 1280, 800), ("light", 375, 667), ("dark", 320, 568)]


@pytest.mark.parametrize(("scheme", "width", "height"), SEEN_AS)
def test_axe_finds_nothing_and_all_has_room_in_every_state(browser: Browser, bot: Bot, scheme, width, height):
    found, seen = {}, []
    with browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme) as context:
        page = context.new_page()
        page.goto(bot.address)
        for state in states(Visitor(page)):
            seen.append(state)
            violations = Axe().run(page).response["violations"]
            found[state] = [(each["id"], [node["html"] for node in each["nodes"]]) for each in violations]
            found[state] += page.evaluate(FAULTS)
    assert tuple(seen) == NAMES
    assert {state: faults for state, faults in found.items() if faults} == {}


def test_at_400_per_cent_nothing_is_lost(narrow: Page):
    visitor = Visitor(narrow).opens().asks("what are the side effects?")
    visitor.answers.last.locator("small").last.scroll_into_view_if_needed()
    expect(visitor.answers.last.locator("small").last).to_be_in_viewport()
    visitor.input.scroll_into_view_if_needed()
    expect(visitor.input).to_be_in_viewport()
    assert narrow.evaluate(FAULTS) == []
    visitor.opens_form().sends_form()
    expect(visitor.form.locator(".errors")).to_be_focused(timeout=30_000)
    expect(visitor.form.locator(".errors")).to_be_in_viewport()
    assert narrow.evaluate(FAULTS) == []


def test_where_motion_is_not_wanted_nothing_moves(narrow: Page):
    visitor = Visitor(narrow).opens()
    narrow.route("**/webhooks/rest/webhook", lambda route: None)
    visitor.input.fill("what dose?")
    visitor.input.press("Enter")
    expect(visitor.widget.locator(".typing i").first).to_have_css("animation-name", "none")
    expect(visitor.widget.locator(".log")).to_have_css("scroll-behavior", "auto")


def test_the_focus_goes_in_and_comes_back(visitor: Visitor):
    visitor.opens()
    expect(visitor.input).to_be_focused()
    visitor.page.keyboard.press("Escape")
    expect(visitor.panel).to_be_hidden()
    expect(visitor.button(CHAT["open"])).to_be_focused()
    visitor.opens().button(CHAT["close"]).click()
    expect(visitor.button(CHAT["open"])).to_be_focused()


def test_where_the_panel_covers_the_page_the_focus_stays_in_it(narrow: Page):
    visitor = Visitor(narrow).opens()
    for key in ("Tab", "Shift+Tab"):
        for _ in range(20):
            narrow.keyboard.press(key)
            assert visitor.panel.evaluate("panel => panel.contains(panel.getRootNode().activeElement)")


def test_elsewhere_the_focus_can_leave_it_for_the_page(visitor: Visitor):
    visitor.opens().button(CHAT["close"]).focus()
    visitor.page.keyboard.press("Shift+Tab")
    assert visitor.page.evaluate("document.activeElement.tagName") != "ANODYNE-CHAT"


NAMES_ON_THE_WAY = """() => {
    const { activeElement } = document.querySelector('anodyne-chat').shadowRoot;
    return activeElement && (activeElement.getAttribute('aria-label') ?? activeElement.textContent.trim());
}"""


def test_by_keyboard_alone_all_that_an_answer_brings_is_reached(visitor: Visitor):
    keyboard, evaluate = visitor.page.keyboard, visitor.page.evaluate
    visitor.opens().asks("what dose for depression?").asks("and for pain?")
    visitor.button(CHAT["more"]).focus()
    reached = []
    for _ in range(30):
        keyboard.press("Tab")
        reached.append(evaluate(NAMES_ON_THE_WAY))
    suggestions = [content().question_button(topic)["title"] for topic in content().next_topics("dosing")]
    small = [content().disclaimer, content().notice("source")]
    rest = [CHAT["copy"], CHAT["helpful"], CHAT["unhelpful"], CHAT["send"], CHAT["close"], CHAT["conversation"]]
    assert {*suggestions, *small, *rest} <= {*reached}


def test_the_menu_by_keyboard_and_where_the_focus_is_after_each_step(visitor: Visitor):
    keyboard = visitor.page.keyboard
    visitor.opens().asks("what dose for depression?").button(CHAT["more"]).focus()
    keyboard.press("Enter")
    expect(visitor.button(CHAT["save"])).to_be_focused()
    keyboard.press("Escape")
    expect(visitor.button(CHAT["more"])).to_be_focused()
    expect(visitor.button(CHAT["more"])).to_have_attribute("aria-expanded", "false")
    for key in ("Enter", "Tab", "Tab", "Enter"):
        keyboard.press(key)
    expect(visitor.button(SURE["restart"]["confirm"])).to_be_focused()
    keyboard.press("Enter")
    expect(visitor.answers).to_have_count(0)
    expect(visitor.input).to_be_focused()


BORDERS = """(selector) => {
    const element = document.querySelector('anodyne-chat').shadowRoot.querySelector(selector);
    const { borderTopStyle, borderTopWidth } = getComputedStyle(element);
    return element.checkVisibility() && borderTopStyle === 'solid' && parseFloat(borderTopWidth) >= 1;
}"""


def test_in_forced_colours_what_was_told_apart_by_its_ground_has_a_border(browser: Browser, canned: Canned):
    with browser.new_context(forced_colors="active", reduced_motion="reduce") as context:
        page = context.new_page()
        canned.pages["/"] = clinic.page("<main><h1>A clinic</h1></main>")
        page.goto(canned.address)
        visitor = Visitor(page)
        assert page.evaluate(BORDERS, ".corner")
        visitor.opens().asks("what dose?")
        for selector in (".panel", ".visitor .bubble", ".bot .bubble", ".send", ".reply", "textarea"):
            assert page.evaluate(BORDERS, selector), selector
        canned.says(danger())
        visitor.asks("?")
        assert page.evaluate(BORDERS, ".danger") and page.evaluate(BORDERS, ".danger .line")
        visitor.chooses()
        assert page.evaluate(BORDERS, ".menu")
        assert Axe().run(page).response["violations"] == []
