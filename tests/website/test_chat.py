"""The chat in a browser, with the served bot: ask, follow up, come back, and what the page and the network see."""

import json
import re

import pytest
from itsdangerous import Signer
from playwright.sync_api import Page, expect

from ketamine_faq.chat.conversation_id import conversation_of
from ketamine_faq.chat.feedback import FeedbackRow
from ketamine_faq.content.texts import content
from ketamine_faq.storage.database import Database
from tests.conversation import Bot
from tests.website.visitor import CHAT, OFFLINE, Visitor

SIGNS = "temp > 38 and BP < 120"
REPLY = "**/webhooks/rest/webhook"


def replies(page: Page, *messages: dict) -> None:
    """Let the server reply so, whatever is asked."""
    page.route(REPLY, lambda route: route.fulfill(json=list(messages)))


def sent(page: Page) -> list[dict]:
    """Return a list to which each message to the bot will be added as it is sent."""
    bodies: list[dict] = []

    def note(request) -> None:
        if request.url.endswith("/webhooks/rest/webhook"):
            bodies.append(request.post_data_json)

    page.on("request", note)
    return bodies


def test_visitor_asks_and_follows_up(visitor: Visitor):
    visitor.opens().asks("what dose for depression?")
    assert "0.5 mg/kg" in visitor.answer
    visitor.asks("and for pain?")
    assert content().disclaimer in visitor.answer
    assert content().notice("source") in visitor.answer
    assert visitor.answers.count() == 2
    expect(visitor.answers.last.locator("time")).to_have_attribute("datetime", re.compile(r"^\d{4}-"))


def test_it_begins_with_questions_which_ask_by_their_payloads(visitor: Visitor):
    messages = sent(visitor.page)
    starters = [content().question_button(topic) for topic in content().starters]
    visitor.opens()
    titles = [*(starter["title"] for starter in starters), CHAT["clinician"]]
    expect(visitor.widget.locator(".reply")).to_have_text(titles)
    visitor.presses(starters[1]["title"])
    assert messages[0]["message"] == starters[1]["payload"]
    expect(visitor.questions).to_contain_text(starters[1]["title"])
    suggested = content().question_button(content().next_topics(content().starters[1])[0])
    visitor.presses(suggested["title"])
    # What can be asked stands only under the latest answer.
    expect(visitor.answers.first.locator(".reply")).to_have_count(0)


def test_signs_arrive_as_they_were_sent(visitor: Visitor):
    messages = sent(visitor.page)
    visitor.opens().asks(SIGNS)
    assert messages[0]["message"] == SIGNS
    expect(visitor.questions.locator("p")).to_have_text(SIGNS)


def test_the_answer_stands_apart_from_its_source_and_disclaimer(visitor: Visitor):
    visitor.opens().asks("what dose for depression?")
    expect(visitor.answers.locator("small")).to_have_text(content().disclaimer)
    expect(visitor.answers.locator(".source")).to_have_text(content().notice("source"))
    assert content().disclaimer not in "".join(visitor.answers.locator(".bubble > p").all_inner_texts())


def test_a_conversation_goes_on_after_a_reload_and_ends_when_it_is_started_again(visitor: Visitor):
    visitor.opens().asks("what dose for depression?")
    before = visitor.answer
    visitor.page.reload()
    expect(visitor.panel).to_be_visible()
    assert visitor.answer == before
    visitor.asks("and for pain?")
    expect(visitor.answers.last).not_to_contain_text("0.5 mg/kg")
    visitor.starts_again()
    expect(visitor.answers).to_have_count(0)
    messages = sent(visitor.page)
    visitor.asks("how often?")
    assert messages[0]["sender"] not in before
    kept = json.loads(visitor.page.evaluate("sessionStorage['anodyne-chat']"))
    assert kept["sender"] == messages[0]["sender"]
    assert len(kept["entries"]) == 2


def test_a_new_conversation_has_a_new_id(visitor: Visitor):
    messages = sent(visitor.page)
    visitor.opens().asks("how often?").starts_again()
    visitor.asks("how often?")
    assert len({message["sender"] for message in messages}) == 2


def test_a_secret_that_the_server_no_longer_knows_is_given_up(visitor: Visitor, bot_store: Database):
    before = Signer("a key that is used no more, of forty signs", salt="conversation").sign("x" * 22).decode()
    page = visitor.page
    page.evaluate("sender => sessionStorage['anodyne-chat'] = JSON.stringify({ sender, open: true })", before)
    page.reload()
    messages = sent(page)
    visitor.asks("what dose for depression?").asks("and for pain?")
    assert messages[0]["sender"] == before != messages[1]["sender"]
    # It goes on, and what is said of its answers is taken.
    expect(visitor.answers.last).to_contain_text(content().notice("source"))
    visitor.button(CHAT["helpful"]).last.click()
    expect(visitor.live).to_have_text(CHAT["thanks"])
    with bot_store.session() as session:
        assert session.get(FeedbackRow, (conversation_of(messages[1]["sender"]), "dosing"))


def test_a_verdict_reaches_the_store_and_shows(visitor: Visitor, bot: Bot, bot_store: Database):
    messages = sent(visitor.page)
    visitor.opens().asks("what dose for depression?")
    visitor.button(CHAT["helpful"]).click()
    expect(visitor.live).to_have_text(CHAT["thanks"])
    expect(visitor.button(CHAT["helpful"])).to_have_attribute("aria-pressed", "true")
    with bot_store.session() as session:
        row = session.get(FeedbackRow, (conversation_of(messages[0]["sender"]), "dosing"))
    assert row.helpful


def test_a_reply_is_announced_once_and_its_disclaimer_once_a_conversation(visitor: Visitor):
    visitor.opens()
    visitor.page.evaluate("""() => {
        const live = document.querySelector('anodyne-chat').shadowRoot.querySelector('[role=status]');
        window.heard = [];
        new MutationObserver(() => window.heard.push(live.textContent))
            .observe(live, { childList: true, characterData: true, subtree: true });
        window.live = live;
    }""")
    visitor.asks("what dose for depression?").asks("and for pain?")
    heard = [text for text in visitor.page.evaluate("heard") if text and text != CHAT["typing"]]
    assert len(heard) == 2
    assert [content().disclaimer in text for text in heard] == [True, False]
    visitor.page.keyboard.press("Escape")
    assert visitor.page.evaluate("window.live.isConnected && window.live.checkVisibility()")


@pytest.mark.parametrize("reply", [[], {}, [{"recipient_id": "x"}], "text"])
def test_an_empty_reply_is_an_error_and_not_silence(visitor: Visitor, reply):
    visitor.opens()
    visitor.page.route(REPLY, lambda route: route.fulfill(json=reply))
    visitor.fails_to_ask("what dose?")
    expect(visitor.live).to_contain_text(OFFLINE["text"].strip())
    visitor.page.unroute(REPLY)
    visitor.presses(OFFLINE["retry"])
    expect(visitor.widget.locator(".offline")).to_have_count(0)
    assert visitor.questions.count() == 1


def test_what_is_written_as_markup_is_shown_as_text(visitor: Visitor):
    script = "<img src=x onerror=window.harmed=1><script>window.harmed=1</script>"
    button = {"title": script, "payload": "/dosing"}
    replies(visitor.page, {"text": script, "topic": script, "source": script, "buttons": [button]})
    visitor.opens().asks(script)
    visitor.page.reload()
    assert visitor.answer.count(script) == 3
    assert visitor.page.evaluate("window.harmed") is None


def test_only_harmless_schemes_become_links(visitor: Visitor):
    bad = ["javascript:alert(1)", "data:text/html,x", "vbscript:x", "file:///etc/passwd", "//x.example", "blob:x"]
    good = ["https://a.example/", "http://a.example/", "tel:000", "sms:0477131114", "mailto:a@a.example"]
    buttons = [{"title": url, "payload": url, "type": "web_url", "url": url} for url in bad + good]
    replies(visitor.page, {"text": "javascript:alert(1) is no link", "buttons": buttons})
    visitor.opens().asks("links?")
    links = visitor.answers.get_by_role("link").all()
    assert [link.get_attribute("href") for link in links] == good
    assert all("noopener" in link.get_attribute("rel") for link in links if link.get_attribute("target"))


def test_addresses_and_telephone_numbers_in_texts_can_be_tapped(visitor: Visitor):
    numbers = content().variables()
    text = (
        f"Call {numbers['emergency']}, or {numbers['lifeline_text']}. See https://a.example/x?y=1. Of 1,000 not 2000."
    )
    replies(visitor.page, {"text": f"• {text}\n• {numbers['yarn']}"})
    visitor.opens().asks("links?")
    links = [link.get_attribute("href") for link in visitor.answers.get_by_role("link").all()]
    assert links == ["tel:000", "sms:0477131114", "https://a.example/x?y=1", "tel:139276"]
    expect(visitor.answers.locator("li")).to_have_count(2)


def test_a_strict_policy_is_kept_and_nobody_else_is_asked(page: Page, bot: Bot):
    asked, complaints = set(), []
    page.on("request", lambda request: asked.add(request.url.split("/")[2]))
    page.on("console", lambda message: complaints.append(message.text))
    response = page.goto(bot.address)
    assert "unsafe" not in response.headers["content-security-policy"]
    visitor = Visitor(page).opens().asks("what are the side effects?").opens_form().sends_form()
    expect(visitor.form.locator(".errors")).to_be_focused()
    assert [text for text in complaints if "Policy" in text] == []
    assert {f"http://{host}" for host in asked} == {bot.address}
    assert page.context.cookies() == []
    assert page.evaluate("Object.keys(localStorage)") == []
    assert page.evaluate("Object.keys(sessionStorage)") == ["anodyne-chat"]


def test_the_pages_globals_are_left_alone(page: Page, bot: Bot):
    def names() -> set[str]:
        return set(page.evaluate("[window, Symbol].flatMap((each) => Object.getOwnPropertyNames(each))"))

    page.route("**/widget.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(bot.address)
    without = names()
    page.unroute("**/widget.js")
    page.goto(bot.address)
    Visitor(page).opens()
    assert names() == without
