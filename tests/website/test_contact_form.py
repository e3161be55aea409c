"""The contact form in the widget: by keyboard alone, to the store and to the staff, and what it never keeps."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Locator, Page, expect

from ketamine_faq.contact.staff import Listed, listed
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content
from ketamine_faq.settings import settings
from ketamine_faq.storage.database import Database
from tests.support.contact_server import relayed
from tests.support.mail_server import MailServer
from tests.support.processes import wait_for
from tests.support.webhook_server import WebhookServer
from tests.website.visitor import CHAT, FIELDS, FORM, PAGE, Visitor

NAMES = ("name", "email", "phone", "about", "practice", "provider_number")
SCRIPT = "\"'><script>window.harmed=1</script>"
QUESTION = "what are the side effects?"


class Keyboard:
    """Hands that use no mouse."""

    def __init__(self, page: Page) -> None:
        """Take the page."""
        self.page = page

    def goes_to(self, target: Locator) -> "Keyboard":
        """Press Tab until the focus is there, and see that the focus shows."""
        for _ in range(80):
            if target.evaluate("element => element.getRootNode().activeElement === element"):
                assert target.evaluate("element => getComputedStyle(element).outlineStyle") == "solid"
                return self
            self.page.keyboard.press("Tab")
        raise AssertionError(f"Tab does not lead to {target}")

    def presses(self, key: str) -> "Keyboard":
        """Press a key."""
        self.page.keyboard.press(key)
        return self

    def types(self, text: str) -> "Keyboard":
        """Type in place of what is there."""
        self.page.keyboard.press("Control+A")
        self.page.keyboard.type(text)
        return self


def only(store: Database, reference: str) -> Listed:
    """The enquiry of a reference."""
    (item,) = listed(store, reference)
    return item


def waits_as_people_do(since: float) -> None:
    """Return when the form has been open for as long as a person needs."""
    fill_seconds = settings().minimum_fill_seconds + 0.5
    wait_for(lambda: time.monotonic() > since + fill_seconds, fill_seconds + 1)


@contextmanager
def mail(reference: str, bot_store: Database, log: Path) -> Iterator[str]:
    """Deliver to a real mail server, and return what came for a reference."""
    with MailServer() as server:
        deliver(bot_store, log, enquiries_email_to="a@a.example", smtp_port=server.port, smtp_security="none")
        (message,) = server.of(reference)
        yield message.get_content()


@contextmanager
def webhook(reference: str, bot_store: Database, log: Path) -> Iterator[str]:
    """Deliver to a real webhook, and return what came for a reference."""
    with WebhookServer() as server:
        deliver(bot_store, log, enquiries_webhook_url=server.url, enquiries_webhook_secret="a secret of the webhook")
        (post,) = [post for post in server.posts if post.json["reference"] == reference]
        yield str(post.json["enquiry"])


def deliver(store: Database, log: Path, **values: object) -> None:
    """Let the relay deliver what waits in the store."""
    environment = {name.upper(): str(value) for name, value in values.items()}
    url = store.engine.url.render_as_string(hide_password=False)
    assert relayed({**environment, "SMTP_HOST": "127.0.0.1", "ENQUIRIES_DATABASE_URL": url}, log) == 0


@pytest.mark.parametrize(("role", "delivered"), [("patient", mail), ("referrer", webhook)])
def test_by_keyboard_alone_from_the_closed_button_to_the_message(
    visitor: Visitor, bot_store: Database, tmp_path: Path, role: str, delivered
):
    keyboard, form = Keyboard(visitor.page), visitor.form
    keyboard.goes_to(visitor.button(CHAT["open"])).presses("Enter")
    expect(visitor.input).to_be_focused()
    keyboard.types("what dose for depression?").presses("Enter")
    expect(visitor.answers).to_have_count(1)
    keyboard.types(QUESTION).presses("Enter")
    expect(visitor.answers).to_have_count(2)
    visitor.widget.locator(".log").focus()
    keyboard.goes_to(visitor.button(content().notice("contact_button"))).presses("Enter")
    expect(form.get_by_role("heading", name=PAGE["title"])).to_be_focused()
    opened = time.monotonic()
    # What was asked last has no answer, and what was asked before is not what the visitor writes about.
    expect(form.get_by_label(FIELDS["about"]["label"])).to_have_value("")
    keyboard.goes_to(form.get_by_role("button", name=PAGE["send"])).presses("Enter")
    expect(form.locator(".errors")).to_be_focused()
    keyboard.goes_to(form.get_by_role("link", name=words().error("name"))).presses("Enter")
    name = form.get_by_label(FIELDS["name"]["label"])
    expect(name).to_be_focused()
    expect(name).to_have_attribute("aria-invalid", "true")
    expect(name).to_have_accessible_description(words().error("name"))
    keyboard.types("Kim Nguyen")
    keyboard.goes_to(form.get_by_label(FIELDS["email"]["label"])).types("kim@example.com")
    keyboard.goes_to(form.get_by_label(FIELDS["about"]["label"])).types("A talk with the team")
    form.locator("h3").focus()
    keyboard.goes_to(form.get_by_role("radio").first).presses("Space")
    if role == "referrer":
        keyboard.presses("ArrowDown").presses("ArrowDown")
        keyboard.goes_to(form.get_by_label(FIELDS["practice"]["label"])).types("North Street")
    keyboard.goes_to(form.get_by_label(FORM["conversation"]["label"])).presses("Space")
    keyboard.goes_to(form.get_by_label(FIELDS["consent"]["label"])).presses("Space")
    waits_as_people_do(opened)
    keyboard.goes_to(form.get_by_role("button", name=PAGE["send"])).presses("Enter")
    expect(form.get_by_role("heading", name=words().section("received")["title"])).to_be_focused(timeout=30_000)
    for step in words().next_steps(time.time()):
        expect(form).to_contain_text(step)
    item = only(bot_store, reference := visitor.reference.inner_text())
    assert (item.row.outbox.state, item.row.role, item.row.topic) == ("waiting", role, "")
    assert QUESTION in item.row.conversation
    with delivered(reference, bot_store, tmp_path / "relay.txt") as message:
        assert "Kim Nguyen" in message
        assert ("North Street" in message) == (role == "referrer")
    keyboard.presses("Escape")
    expect(visitor.button(CHAT["open"])).to_be_focused()


def fill(visitor: Visitor, **values: str) -> None:
    """Fill in the form as a referrer, who has every field."""
    visitor.form.get_by_label(FIELDS["role"]["options"]["referrer"]).check()
    for name in NAMES:
        visitor.form.get_by_label(FIELDS[name]["label"]).fill(values.get(name, ""))
    visitor.form.get_by_label(FIELDS["consent"]["label"]).check()


def test_script_tags_in_every_field_harm_nobody(visitor: Visitor, bot_store: Database):
    visitor.opens().asks(QUESTION).opens_form()
    fill(visitor, **dict.fromkeys(NAMES, SCRIPT))
    visitor.sends_form()
    sentences = [words().error(name) for name in ("email", "phone", "provider_number")]
    expect(visitor.form.locator(".errors a")).to_have_text(sentences)
    fill(visitor, **dict.fromkeys(("name", "about", "practice"), SCRIPT), email="kim@example.com")
    visitor.sends_form()
    item = only(bot_store, visitor.reference.inner_text(timeout=30_000))
    assert (item.row.name, item.row.about, item.row.practice) == (SCRIPT, SCRIPT, SCRIPT)
    assert item.row.conversation is None
    assert visitor.page.evaluate("window.harmed") is None


def test_what_is_written_is_kept_nowhere_but_outlives_a_look_at_the_chat(visitor: Visitor):
    visitor.opens().asks(QUESTION).opens_form()
    fill(visitor, name="Kim Nguyen", email="kim@example.com", about="My own words")
    visitor.button(FORM["back"]).click()
    visitor.opens_form()
    expect(visitor.form.get_by_label(FIELDS["name"]["label"])).to_have_value("Kim Nguyen")
    stored = visitor.page.evaluate("JSON.stringify([{ ...sessionStorage }, { ...localStorage }, document.cookie])")
    assert not any(word in stored for word in ("Kim", "kim@", "My own words"))
    visitor.page.reload()
    expect(visitor.form).to_have_count(0)


def test_unreachable_it_says_so_keeps_what_was_written_and_is_kept_once(visitor: Visitor, bot_store: Database):
    visitor.opens().asks(QUESTION).opens_form()
    fill(visitor, name="Kim Nguyen", email="kim@example.com", about="Sent twice")
    lost: list[str] = []

    def lose_the_receipt(route) -> None:
        lost.append(route.fetch().json()["reference"])
        route.abort()

    visitor.page.route("**/contact.json", lose_the_receipt, times=1)
    visitor.sends_form()
    expect(visitor.form.locator(".errors")).to_be_focused(timeout=30_000)
    expect(visitor.form.locator(".errors")).to_contain_text(FORM["unreachable"].split(".")[0])
    visitor.sends_form()
    expect(visitor.reference).to_have_text(lost[0])
    assert len([item for item in listed(bot_store) if item.row.about == "Sent twice"]) == 1
