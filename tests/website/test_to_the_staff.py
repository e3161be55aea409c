"""By keyboard alone: an enquiry goes from the widget to the staff's page, where it is taken and answered."""

import re
import time
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from ketamine_faq.content.texts import content
from ketamine_faq.settings import Settings
from ketamine_faq.staff.logins import Logins
from ketamine_faq.storage.database import Database
from tests.conversation import Bot
from tests.support.installation import FORM, Installation
from tests.support.processes import own_endpoints, wait_for
from tests.support.staff_server import staff_served
from tests.support.typist import Typist
from tests.website.visitor import CHAT, FIELDS, PAGE, Visitor


def sends_enquiry(page: Page) -> str:
    """Somebody asks what the chat does not answer, writes to the clinic, and is told the reference."""
    visitor, hands = Visitor(page), Typist(page)
    form = visitor.form
    hands.ticks(visitor.button(CHAT["open"]))
    expect(visitor.input).to_be_focused()
    page.keyboard.type("what does it cost?")
    page.keyboard.press("Enter")
    expect(visitor.answers).to_have_count(1)
    hands.ticks(visitor.button(content().notice("contact_button")))
    opened = time.monotonic()
    expect(form.get_by_role("heading", name=PAGE["title"])).to_be_focused()
    hands.ticks(form.get_by_role("radio").first)
    for name in ("name", "email", "about"):
        hands.types(form.get_by_label(FIELDS[name]["label"]), FORM[name])
    hands.ticks(form.get_by_label(FIELDS["consent"]["label"]))
    # As long as a person needs, by the settings of the bot, which are not those of this test.
    seconds = Settings.__fields__["minimum_fill_seconds"].default + 0.5
    wait_for(lambda: time.monotonic() > opened + seconds, seconds + 1)
    hands.ticks(form.get_by_role("button", name=PAGE["send"]))
    return visitor.reference.inner_text(timeout=30_000)


def test_an_enquiry_goes_from_the_widget_to_who_answers_it(
    page: Page, browser: Browser, bot: Bot, bot_store: Database, installation: Installation, tmp_path: Path
):
    page.goto(bot.address)
    reference = sends_enquiry(page)
    installation.set(enquiries_database_url=bot_store.engine.url.render_as_string(hide_password=False))
    with staff_served(installation, own_endpoints(tmp_path)) as staff:
        kim = Typist(browser.new_page())
        link = Logins(bot_store).new_link("Kim Lee", "reception", time.time())
        kim.opens(f"{staff.address}/staff/login?link={link}").presses("main button")
        listed = f"a[href$='{reference}']"
        # Whoever waits longest comes first, and other tests have written before.
        while not kim.page.locator(listed).count():
            kim.presses(".turn a >> text=Next page")
        kim.presses(listed).reads(FORM["about"])
        kim.presses("form[action$=take] button").reads("Taken by Kim Lee")
        kim.types("#note", "Called.").presses("form[action$=answer] button").reads("Answered by Kim Lee")
        page = kim.presses(".bar a[href$=enquiries]").page
        assert not re.search(reference, page.inner_text("main"))
        kim.page.close()
