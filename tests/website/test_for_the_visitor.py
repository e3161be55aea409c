"""What visitors can do with what was said: save it, copy it, delete it, start again, and say what was wrong with it."""

import json
import re
from pathlib import Path

from playwright.sync_api import expect

from ketamine_faq.chat.conversation_id import conversation_of
from ketamine_faq.chat.feedback import FeedbackRow
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content
from ketamine_faq.storage.database import Database
from tests.conversation import Bot
from tests.website.canned import Canned, answer
from tests.website.visitor import CHAT, DELETION, FIELDS, FORM, SURE, Visitor


def test_a_conversation_is_saved_with_its_date_sources_and_disclaimer(guest: Visitor, canned: Canned):
    canned.says(answer("The first."))
    guest.opens().asks("what dose?")
    canned.says(answer("The second."))
    guest.asks("and for pain?")
    with guest.page.expect_download() as saved:
        guest.chooses(CHAT["save"])
    assert re.fullmatch(rf"{CHAT['file']}-\d{{4}}-\d\d-\d\d\.txt", saved.value.suggested_filename)
    text = Path(saved.value.path()).read_text(encoding="utf-8")
    parts = [CHAT["saved"], "what dose?", "The first.", content().notice("source"), "and for pain?", "The second."]
    places = [text.index(part) for part in parts]
    assert places == sorted(places)
    assert text.count(content().notice("source")) == 2
    assert text.endswith(content().disclaimer)
    assert re.search(r"\d{1,2} \w+ 20\d\d", text.splitlines()[0])


def test_an_answer_is_copied_with_its_source_and_disclaimer(guest: Visitor, canned: Canned):
    guest.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    canned.says(answer("To be copied."))
    guest.opens().asks("what dose?").button(CHAT["copy"]).click()
    expect(guest.live).to_have_text(CHAT["copied"])
    expect(guest.widget.locator(".told")).to_have_text(CHAT["copied"])
    copied = guest.page.evaluate("navigator.clipboard.readText()")
    assert copied == f"To be copied.\n\n{content().notice('source')}\n\n{content().disclaimer}"


def test_where_the_browser_lets_nothing_be_copied_it_says_so(guest: Visitor):
    guest.page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()) }")
    guest.opens().asks("what dose?").button(CHAT["copy"]).click()
    expect(guest.widget.locator(".told")).to_have_text(CHAT["uncopied"])


def test_delete_asks_first_and_deletes_here_and_on_the_server(guest: Visitor, canned: Canned):
    guest.opens().asks("what dose?").chooses(SURE["delete"]["confirm"], SURE["back"])
    expect(guest.answers).to_have_count(1)
    guest.chooses(SURE["delete"]["confirm"], SURE["delete"]["confirm"])
    expect(guest.live).to_have_text(DELETION["done"])
    expect(guest.answers).to_have_count(0)
    assert canned.deleted == [{"sender": "visitor-1"}]
    kept = json.loads(guest.page.evaluate("sessionStorage['anodyne-chat']"))
    assert kept["entries"] == []
    assert "sender" not in kept
    guest.asks("how often?")
    assert canned.asked[-1]["sender"] == "visitor-2"


def test_what_is_deleted_is_gone_from_the_server(visitor: Visitor, bot: Bot):
    visitor.opens().asks("what dose for depression?")
    sender = json.loads(visitor.page.evaluate("sessionStorage['anodyne-chat']"))["sender"]

    def said() -> list[str]:
        events = bot.get(f"/conversations/{conversation_of(sender)}/tracker")["events"]
        return [event["text"] for event in events if event["event"] == "user"]

    assert said() == ["what dose for depression?"]
    visitor.chooses(SURE["delete"]["confirm"], SURE["delete"]["confirm"])
    expect(visitor.live).to_have_text(DELETION["done"])
    assert said() == []


def test_what_could_not_be_deleted_is_still_there_and_it_says_so(guest: Visitor, canned: Canned):
    canned.deletion = 503
    guest.opens().asks("what dose?").chooses(SURE["delete"]["confirm"], SURE["delete"]["confirm"])
    expect(guest.widget.locator(".told")).to_have_text(DELETION["failed"])
    expect(guest.live).to_have_text(DELETION["failed"])
    expect(guest.answers).to_have_count(1)


def test_beside_a_form_it_says_so_too(visitor: Visitor):
    visitor.opens().asks("what are the side effects?").opens_form()
    visitor.page.route("**/webhooks/rest/conversation", lambda route: route.abort())
    visitor.chooses(SURE["delete"]["confirm"], SURE["delete"]["confirm"])
    expect(visitor.widget.locator(".told")).to_be_in_viewport()
    expect(visitor.form).to_be_visible()


def test_start_again_is_not_beside_close_asks_first_and_tells_of_a_form(visitor: Visitor):
    visitor.opens()
    # Where there is nothing to lose, there is nothing to start again.
    expect(visitor.button(CHAT["more"])).to_be_hidden()
    visitor.asks("what are the side effects?").opens_form()
    visitor.form.get_by_label(FIELDS["name"]["label"]).fill("Kim")
    expect(visitor.button(CHAT["restart"])).to_have_count(0)
    visitor.chooses(CHAT["restart"])
    expect(visitor.widget.locator(".menu")).to_contain_text(SURE["restart"]["text"])
    visitor.page.keyboard.press("Escape")
    expect(visitor.panel).to_be_visible()
    expect(visitor.form.get_by_label(FIELDS["name"]["label"])).to_have_value("Kim")
    visitor.starts_again()
    expect(visitor.answers).to_have_count(0)
    expect(visitor.form).to_have_count(0)
    expect(visitor.widget.locator(".told")).to_have_text(CHAT["restarted"])


def test_the_reference_of_a_form_stays_in_the_conversation(visitor: Visitor):
    visitor.opens().asks("what are the side effects?").opens_form()
    # A person reads it, whatever the head says over the chat.
    expect(visitor.panel.get_by_role("heading", name=FORM["title"])).to_be_visible()
    expect(visitor.widget.locator(".head")).not_to_contain_text(CHAT["subtitle"])
    visitor.writes_as_a_patient().sends_form()
    title = visitor.form.get_by_role("heading", name=words().section("received")["title"])
    expect(title).to_be_focused(timeout=30_000)
    reference = visitor.reference.inner_text()
    visitor.button(FORM["back"]).click()
    expect(visitor.widget.locator(".head")).to_contain_text(CHAT["subtitle"])
    expect(visitor.widget.locator(".note")).to_contain_text(reference)
    visitor.page.reload()
    expect(visitor.widget.locator(".note")).to_contain_text(reference)
    # It is no question, and none is missing an answer.
    expect(visitor.widget.locator(".offline")).to_have_count(0)
    visitor.asks("how often?")


def test_a_thumb_down_asks_why_by_three_fixed_reasons_and_the_store_has_which(visitor: Visitor, bot_store: Database):
    visitor.opens().asks("what dose for depression?").button(CHAT["unhelpful"]).click()
    reasons = visitor.widget.locator(".reasons .reply")
    expect(reasons).to_have_text([*CHAT["reasons"].values()])
    expect(reasons.last).to_be_in_viewport(ratio=1)
    expect(visitor.widget.locator(".reasons").locator("input, textarea")).to_have_count(0)
    reasons.nth(1).click()
    expect(visitor.widget.locator(".told")).to_have_text(CHAT["thanks"])
    expect(reasons).to_have_count(0)
    sender = json.loads(visitor.page.evaluate("sessionStorage['anodyne-chat']"))["sender"]
    with bot_store.session() as session:
        row = session.get(FeedbackRow, (conversation_of(sender), "dosing"))
    assert (row.helpful, row.reason) == (False, [*CHAT["reasons"]][1])


def test_a_thumb_up_asks_nothing(guest: Visitor, canned: Canned):
    guest.opens().asks("what dose?").button(CHAT["helpful"]).click()
    expect(guest.widget.locator(".told")).to_have_text(CHAT["thanks"])
    expect(guest.widget.locator(".reasons")).to_have_count(0)
    assert [verdict["helpful"] for verdict in canned.verdicts] == [True]
