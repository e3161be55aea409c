"""The widget's states one after the other, for whatever has to be looked at in each of them."""

from collections.abc import Iterator

from playwright.sync_api import Route, expect

from ketamine_faq.contact.words import words
from tests.website.visitor import CHAT, FIELDS, FORM, SURE, Visitor

NAMES = (
    *("closed", "open", "answering", "answer", "reasons", "more", "sure", "form", "errors", "sent"),
    *("possible", "danger", "offline"),
)
WORRIED = "How often is it given? I feel like such a burden to everyone lately."
IN_DANGER = "I don't want to be here any more."


def states(visitor: Visitor) -> Iterator[str]:
    """Take a visitor who has just come through all states, and yield the name of each while it lasts."""
    page, form = visitor.page, visitor.form
    expect(visitor.button(CHAT["open"])).to_be_visible()
    yield "closed"
    visitor.opens()
    yield "open"
    held: list[Route] = []
    page.route("**/webhooks/rest/webhook", lambda route: held.append(route), times=1)
    visitor.input.fill("What dose for depression?")
    visitor.input.press("Enter")
    expect(visitor.widget.locator(".typing")).to_be_visible()
    page.wait_for_timeout(300)
    yield "answering"
    held[0].continue_()
    expect(visitor.answers).to_have_count(1, timeout=30_000)
    yield "answer"
    visitor.button(CHAT["unhelpful"]).click()
    expect(visitor.widget.locator(".reasons")).to_be_visible()
    yield "reasons"
    visitor.chooses()
    yield "more"
    visitor.button(SURE["delete"]["confirm"]).click()
    yield "sure"
    visitor.button(SURE["back"]).click()
    visitor.asks("What are the side effects?").opens_form()
    yield "form"
    visitor.sends_form()
    expect(form.locator(".errors")).to_be_focused(timeout=30_000)
    yield "errors"
    form.get_by_label(FIELDS["role"]["options"]["referrer"]).check()
    form.get_by_label(FIELDS["name"]["label"]).fill("Kim Nguyen")
    form.get_by_label(FIELDS["email"]["label"]).fill("kim@example.com")
    form.get_by_label(FIELDS["about"]["label"]).fill("A talk with the team")
    form.get_by_label(FIELDS["consent"]["label"]).check()
    visitor.sends_form()
    expect(form.get_by_role("heading", name=words().section("received")["title"])).to_be_focused(timeout=30_000)
    yield "sent"
    visitor.button(FORM["back"]).click()
    visitor.asks(WORRIED)
    expect(visitor.answers.last.locator(".possible")).to_be_visible()
    yield "possible"
    visitor.asks(IN_DANGER)
    expect(visitor.answers.last.locator(".danger")).to_be_visible()
    yield "danger"
    page.context.set_offline(True)
    visitor.fails_to_ask("And for pain?")
    yield "offline"
    page.context.set_offline(False)
