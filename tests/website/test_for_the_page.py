"""What a website can set, call and hear: attributes, links that ask, methods and events."""

import json

import pytest
from playwright.sync_api import Page, expect

from ketamine_faq.content.texts import content
from tests.conversation import Bot
from tests.website import canned as clinic
from tests.website.canned import Canned
from tests.website.visitor import CHAT, Visitor

WIDTH = 1280


def arrives(page: Page, canned: Canned, element: str) -> Visitor:
    """Come to a page that has an element of its own, and more beside it."""
    canned.pages["/"] = clinic.page(f"<main>{element}</main>")
    page.goto(canned.address)
    return Visitor(page)


@pytest.mark.parametrize(("attribute", "sent"), [("referrer", "referrer"), ("carer", "carer"), ("doctors", None)])
def test_the_audience_of_a_page_goes_with_each_question(page: Page, canned: Canned, attribute: str, sent: str | None):
    visitor = arrives(page, canned, f'<anodyne-chat audience="{attribute}"></anodyne-chat>')
    visitor.opens().asks("what dose?").asks("and for pain?")
    assert [body.get("audience") for body in canned.asked] == [sent, sent]


def test_a_page_for_clinicians_is_answered_as_clinicians_are(page: Page, bot: Bot):
    def answered(audience: str) -> str:
        page.goto(bot.address)
        page.evaluate("value => document.querySelector('anodyne-chat').setAttribute('audience', value)", audience)
        visitor = Visitor(page).opens().asks("how often is it given for pain?")
        text = visitor.answer_alone
        visitor.starts_again().button(CHAT["close"]).click()
        return text

    as_patient, as_clinician, unknown = (answered(audience) for audience in ("patient", "referrer", "x"))
    assert as_patient != as_clinician
    assert unknown == as_patient


def test_a_clinician_says_so_by_the_first_buttons(visitor: Visitor):
    visitor.opens().presses(CHAT["clinician"]).asks("how often is it given for pain?")
    as_clinician = visitor.answer_alone
    visitor.starts_again().asks("how often is it given for pain?")
    assert visitor.answer_alone != as_clinician


def test_the_page_chooses_what_it_begins_with_and_only_what_can_be_asked(page: Page, canned: Canned):
    visitor = arrives(page, canned, '<anodyne-chat starters="schedule, nothing constructor goals"></anodyne-chat>')
    titles = [content().question_button(topic)["title"] for topic in ("schedule", "goals")]
    expect(visitor.opens().widget.locator(".reply")).to_have_text([*titles, CHAT["clinician"]])
    page.evaluate("document.querySelector('anodyne-chat').setAttribute('starters', 'nothing')")
    defaults = [content().question_button(topic)["title"] for topic in content().starters]
    expect(visitor.widget.locator(".reply")).to_have_text([*defaults, CHAT["clinician"]])


def test_who_the_page_is_for_need_not_say_so(page: Page, canned: Canned):
    visitor = arrives(page, canned, '<anodyne-chat audience="referrer"></anodyne-chat>').opens()
    expect(visitor.widget.locator(".reply")).to_have_count(len(content().starters))


def test_a_link_on_the_page_asks_a_question_and_leads_where_it_says_without_one(page: Page, canned: Canned):
    links = '<a href="#dose" data-anodyne-ask="dosing">Dose</a> <a href="#other" data-anodyne-ask="constructor">X</a>'
    visitor = arrives(page, canned, links)
    page.get_by_role("link", name="Dose").focus()
    page.keyboard.press("Enter")
    expect(visitor.answers).to_have_count(1)
    assert canned.asked[0]["message"] == "/dosing"
    expect(visitor.questions).to_contain_text(content().question_button("dosing")["title"])
    assert "#" not in page.url
    # What it has opened, it gets the focus back from.
    visitor.button(CHAT["close"]).click()
    page.get_by_role("link", name="X").click()
    assert page.url.endswith("#other")
    assert len(canned.asked) == 1


def test_the_element_asks_when_it_is_opened_and_only_once(page: Page, canned: Canned):
    visitor = arrives(page, canned, '<anodyne-chat ask="schedule"></anodyne-chat>')
    assert canned.asked == []
    visitor.opens()
    expect(visitor.answers).to_have_count(1)
    visitor.button(CHAT["close"]).click()
    visitor.opens()
    assert [body["message"] for body in canned.asked] == ["/schedule"]


@pytest.mark.parametrize(("position", "left"), [("left", True), ("right", False), ("above", False)])
def test_it_stands_left_or_right(page: Page, canned: Canned, position: str, left: bool):
    visitor = arrives(page, canned, f'<anodyne-chat position="{position}"></anodyne-chat>')
    for part in (".corner", ".panel"):
        box = visitor.widget.locator(part).bounding_box()
        assert (box["x"] < 40) == left
        assert (box["x"] + box["width"] > WIDTH - 40) != left
        if part == ".corner":
            visitor.opens()


def test_inline_it_is_a_part_of_the_page(page: Page, canned: Canned):
    element = '<div style="width: 500px; height: 600px"><anodyne-chat inline></anodyne-chat></div>'
    visitor = arrives(page, canned, element)
    box = visitor.panel.bounding_box()
    assert (box["width"], box["height"]) == (500, 600)
    expect(visitor.button(CHAT["close"])).to_have_count(0)
    expect(visitor.widget.locator(".corner")).to_have_count(0)
    visitor.asks("what dose?")
    page.keyboard.press("Escape")
    expect(visitor.panel).to_be_visible()
    page.set_viewport_size({"width": 375, "height": 667})
    assert not page.evaluate("document.querySelector('main').inert")


def test_the_launcher_can_be_a_picture_with_a_name_or_the_pages_own_button(page: Page, canned: Canned):
    visitor = arrives(page, canned, '<anodyne-chat launcher="icon"></anodyne-chat>')
    expect(visitor.button(CHAT["open"])).to_have_text("")
    visitor.opens()
    expect(visitor.panel).to_be_visible()
    page.evaluate("sessionStorage.clear()")
    own = """<button onclick="document.querySelector('anodyne-chat').open()">Ours</button>"""
    visitor = arrives(page, canned, f'{own}<anodyne-chat launcher="none"></anodyne-chat>')
    expect(visitor.widget.locator(".corner")).to_be_hidden()
    page.get_by_role("button", name="Ours").click()
    expect(visitor.input).to_be_focused()
    page.keyboard.press("Escape")
    expect(visitor.panel).to_be_hidden()
    expect(page.get_by_role("button", name="Ours")).to_be_focused()


def test_on_a_phone_the_launcher_is_one_line(page: Page, canned: Canned):
    page.set_viewport_size({"width": 375, "height": 667})
    page.goto(canned.address)
    line = Visitor(page).widget.locator(".launcher span").evaluate("e => e.getClientRects().length")
    assert line == 1


def test_the_launcher_is_put_away_for_the_visit_and_the_page_can_still_open_it(guest: Visitor, canned: Canned):
    guest.button(CHAT["away"]).click()
    expect(guest.widget.locator(".corner")).to_be_hidden()
    guest.page.reload()
    expect(guest.widget.locator(".root")).to_be_attached()
    expect(guest.widget.locator(".corner")).to_be_hidden()
    guest.page.evaluate("document.querySelector('anodyne-chat').open()")
    guest.asks("what dose?").button(CHAT["close"]).click()
    expect(guest.widget.locator(".corner")).to_be_hidden()


LISTENING = """() => {
    window.heard = [];
    for (const type of ['anodyne-open', 'anodyne-close', 'anodyne-form-sent'])
        document.addEventListener(type, (event) => heard.push([type, event.detail]));
}"""


def test_events_tell_the_page_what_happens_and_no_word_of_what_was_said(page: Page, bot: Bot):
    page.goto(bot.address)
    page.evaluate(LISTENING)
    visitor = Visitor(page)
    page.evaluate("document.querySelector('anodyne-chat').open()")
    page.evaluate("document.querySelector('anodyne-chat').open()")
    visitor.asks("what are the side effects?").opens_form()
    visitor.writes_as_a_patient().sends_form()
    expect(visitor.reference).to_be_visible(timeout=30_000)
    page.evaluate("document.querySelector('anodyne-chat').close()")
    expect(visitor.panel).to_be_hidden()
    heard = page.evaluate("heard")
    assert heard == [["anodyne-open", None], ["anodyne-form-sent", None], ["anodyne-close", None]]


def test_tools_that_record_sessions_are_told_to_leave_it_out(guest: Visitor):
    attributes = json.loads(
        guest.widget.evaluate(
            "e => JSON.stringify(Object.fromEntries([...e.attributes].map((a) => [a.name, a.value])))"
        )
    )
    assert attributes["data-clarity-mask"] == "true"
    assert attributes["data-dd-privacy"] == "mask"
    assert {"data-hj-suppress", "data-private", "data-matomo-mask", "data-sentry-block"} <= {*attributes}
    assert {"fs-exclude", "rr-block", "ph-no-capture", "no-mouseflow"} <= {*attributes["class"].split()}
    # Most of them see a page's own tree alone, in which there is nothing of what is said.
    guest.opens().asks("a secret?")
    assert "secret" not in guest.page.evaluate("document.documentElement.outerHTML")
