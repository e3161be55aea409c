"""What a reply shows, and in which order: help, the answer, what can be asked next, small print out of the way."""

import pytest
from playwright.sync_api import Page, expect

from ketamine_faq.content.texts import content
from tests.conversation import Bot
from tests.support.processes import wait_for
from tests.website.canned import Canned, answer, danger, message
from tests.website.visitor import CHAT, HELP, Visitor

PHONE = {"width": 375, "height": 667}
# The five questions of a visitor who follows up as most do.
TALK = (
    "what dose for depression?",
    "and for pain?",
    "how quickly does it work?",
    "how often is it given?",
    "who should provide it?",
)
# What part of the conversation's area is disclaimer and source.
SHARE = """() => {
    const root = document.querySelector('anodyne-chat').shadowRoot;
    const area = (element) => element.offsetWidth * element.offsetHeight;
    const small = [...root.querySelectorAll('ol small, ol .print')];
    return small.map(area).reduce((one, other) => one + other, 0) / area(root.querySelector('ol'));
}"""
ON_SCREEN = """() => {
    const root = document.querySelector('anodyne-chat').shadowRoot;
    const log = root.querySelector('.log').getBoundingClientRect();
    return [...root.querySelectorAll('li:last-child .reply')]
        .map((each) => each.getBoundingClientRect())
        .filter(({ top, bottom }) => top >= log.top && bottom <= log.bottom).length;
}"""
FROM_TOP = """(selector) => {
    const root = document.querySelector('anodyne-chat').shadowRoot;
    const top = (element) => element.getBoundingClientRect().top;
    return top(root.querySelector(`li:last-child ${selector}, .offline`)) - top(root.querySelector('.log'));
}"""


def test_in_a_talk_of_five_questions_small_print_is_a_tenth_and_three_suggestions_are_on_the_screen(
    page: Page, bot: Bot
):
    page.set_viewport_size(PHONE)
    page.goto(bot.address)
    visitor = Visitor(page).opens()
    for question in TALK:
        visitor.asks(question)
        wait_for(lambda: page.evaluate(ON_SCREEN) == 3, 3)
    assert page.evaluate(SHARE) < 0.1


def test_the_first_answer_shows_the_whole_disclaimer_and_the_others_a_line_that_opens_to_it(guest: Visitor):
    guest.opens().asks("what dose?").asks("and for pain?")
    first, second = guest.answers.first, guest.answers.last
    expect(first.locator("small")).to_have_text(content().disclaimer)
    line = second.locator(".bubble .print summary")
    assert line.text_content() == content().disclaimer
    one_line = line.bounding_box()["height"]
    assert one_line < 25
    line.focus()
    guest.page.keyboard.press("Enter")
    assert line.bounding_box()["height"] > 2 * one_line
    expect(guest.widget.locator(".always")).to_be_in_viewport()


def test_every_reply_has_the_whole_disclaimer_whatever_it_is(guest: Visitor, canned: Canned):
    guest.opens()
    replies = [answer(), danger(), answer(concern="possible"), message("Hello.", "greet"), answer(source="")]
    for reply in replies:
        canned.says(reply)
        guest.asks("?")
    texts = [bubble.text_content() for bubble in guest.answers.locator(".bubble").all()]
    assert [text.count(content().disclaimer) for text in texts] == [1] * len(replies)


def test_suggestions_stand_before_the_thumbs_which_share_a_line_with_the_source(guest: Visitor):
    guest.opens().asks("what dose?")
    # At one moment, for it may scroll.
    suggestion, source, thumb = guest.answers.last.evaluate(
        """(answer, name) => [[...answer.querySelectorAll('.reply')].at(-1), answer.querySelector('.source'),
            answer.querySelector(`[aria-label="${name}"]`)].map((each) => each.getBoundingClientRect().toJSON())""",
        CHAT["helpful"],
    )
    assert suggestion["bottom"] <= thumb["top"] <= source["top"] <= source["bottom"] <= thumb["bottom"]


def test_no_address_is_printed_where_its_button_stands(guest: Visitor, canned: Canned):
    form = f"{canned.address}/contact"
    canned.says(
        message(f"Please ask the team, with the contact form: {form}", buttons=[content().contact_button(form)])
    )
    guest.opens().asks("can I drive?")
    assert form not in guest.answer
    expect(guest.button(content().notice("contact_button"))).to_be_visible()
    # Without the button, it is all that there is.
    canned.says(message(f"Please ask the team, with the contact form: {form}"))
    guest.asks("can I drive?")
    assert form in guest.answer


def test_danger_is_a_card_of_a_sentence_or_two_then_wide_buttons_then_the_rest(guest: Visitor, canned: Canned):
    text = "One. Two! Three? Call 000.\nA second paragraph."
    canned.says({**danger(), "text": f"{text}\n\n{content().disclaimer}"})
    guest.opens().asks("?")
    card = guest.answers.locator(".bubble.danger")
    expect(card.locator("> p")).to_have_text(["One. Two!", "Three? Call 000.", "A second paragraph."])
    lines = card.locator(".line")
    titles = [content().service_button(name)["title"] for name in ("emergency", "lifeline", "lifeline_text")]
    expect(lines).to_have_text([*titles, HELP["other"]])
    lead, last = card.locator("> p").first.bounding_box(), lines.nth(2).bounding_box()
    assert last["width"] >= 0.99 * lead["width"]
    assert last["y"] + last["height"] <= card.locator("> p").nth(1).bounding_box()["y"]
    # The bot knows the other lines, and says more of each.
    canned.says(message("Others."))
    lines.nth(3).click()
    expect(guest.answers).to_have_count(2)
    assert canned.asked[-1]["message"] == "/other_lines"


@pytest.mark.parametrize("text", [content().failure, content().too_long, content().busy])
def test_a_message_that_the_bot_could_not_read_is_met_with_the_numbers(guest: Visitor, canned: Canned, text: str):
    canned.says({"text": text, "error": "it could not be handled"})
    guest.opens().asks("I can't go on")
    expect(guest.answers.locator(".danger .line").first).to_have_attribute("href", "tel:000")
    expect(guest.answers.locator(".danger .line")).to_have_count(3)
    assert guest.answers.locator(".bubble").text_content().count(content().disclaimer) == 1


@pytest.mark.parametrize("said", ["?", "I have had pain for so many years. " * 40], ids=["a word", "a long message"])
@pytest.mark.parametrize("state", [200, 500, 413, 429])
def test_a_card_stands_at_the_top_of_what_is_seen(guest: Visitor, canned: Canned, state: int, said: str):
    guest.page.set_viewport_size(PHONE)
    guest.opens().asks("what dose?")
    canned.says(danger(), status=state)
    if state == 200:
        guest.asks(said)
    else:
        guest.fails_to_ask(said)
    wait_for(lambda: 0 <= guest.page.evaluate(FROM_TOP, ".danger") < 20, 3)


def test_where_there_may_be_cause_for_concern_one_quiet_line_with_one_number_goes_before_the_answer(
    guest: Visitor, canned: Canned
):
    caring = content().line("check_in", "x")
    for text, line in [(f"An answer.\n\n{caring}", caring), ("An answer.", HELP["possible"])]:
        canned.says({**answer(concern="possible"), "text": f"{text}\n\n{content().disclaimer}"})
        guest.opens() if not guest.panel.is_visible() else None
        guest.asks("?")
        bubble = guest.answers.last.locator(".bubble")
        expect(bubble.locator(".possible")).to_contain_text(line)
        expect(bubble.locator(".possible a")).to_have_count(1)
        expect(bubble.locator("a")).to_have_count(1)
        text = bubble.inner_text()
        assert text.index(line) < text.index("An answer.")
