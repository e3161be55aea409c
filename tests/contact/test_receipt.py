"""Whoever writes is told what happens next and when; by mail, too, and never a word of what they wrote."""

import html
import re
import time
from datetime import datetime, timezone
from urllib.parse import unquote

import pytest

from ketamine_faq.contact import receipts
from ketamine_faq.contact.outbox import DAY
from ketamine_faq.contact.receipts import PER_ADDRESS_A_DAY, Receipts
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content
from tests.support.contact_server import Served, served
from tests.support.html import Elements, filled
from tests.support.installation import FORM, Installation
from tests.support.mail_server import MailServer
from tests.support.relay import deliver

RECEIVED = words().section("received")


def test_the_page_says_when_and_whom_to_ring_as_it_is_set(installation: Installation):
    installation.set(enquiry_answer_days=2, clinic_phone="02 5550 1234")
    # A Tuesday: the second working day after it, in any state, is the Thursday.
    steps = words().next_steps(datetime(2026, 12, 1, 0, 0, tzinfo=timezone.utc).timestamp())
    assert any("Thursday 3 December" in step for step in steps) and any("02 5550 1234" in step for step in steps)
    with served(installation.environment, installation.log) as server:
        text = html.unescape(server.post("/contact", data=filled()).text)
    assert all(step in text for step in words().next_steps(time.time()))
    assert RECEIVED["no_day"] not in text and RECEIVED["no_call"] not in text


def test_without_settings_it_says_honestly_that_there_is_no_day(server: Served, installation: Installation):
    text = html.unescape(server.post("/contact", data=filled()).text)
    assert RECEIVED["no_day"] in text and RECEIVED["no_call"] in text
    assert content().variables()["lifeline"] in text and content().variables()["emergency"] in text


def test_the_receipt_can_be_saved_without_javascript(server: Served, installation: Installation):
    reply = server.post("/contact", data=filled())
    (saved,) = [link for link in Elements(reply.text).all("a") if "download" in link]
    reference = re.search(r"[0-9A-Z]{4}-[0-9A-Z]{4}", reply.text)[0]
    text = unquote(saved["href"].partition(",")[2])
    assert reference in text and reference in saved["download"]
    assert all(step in text for step in words().next_steps(time.time()))


def test_a_receipt_is_mailed_with_the_reference_and_not_a_word_of_what_was_written(
    installation: Installation, mail_server: MailServer
):
    reference = installation.enquire(about="my own matter", practice="Main St", name="Kim Nguyen")
    deliver()
    (receipt,) = mail_server.receipts(reference)
    assert (receipt["To"], receipt["Auto-Submitted"]) == (FORM["email"], "auto-generated")
    text = receipt.get_content()
    assert reference in text and content().disclaimer in text
    assert all(step in text for step in words().next_steps(time.time()))
    # A stranger whose address was given reads nothing of anybody.
    everything = receipt.as_string()
    assert not [part for part in ("own matter", "Main St", "Kim", "Nguyen", FORM["role"]) if part in everything]


@pytest.mark.parametrize("how", [{"email": "", "phone": "0491570156"}, {"marks": ("links",)}])
def test_none_is_mailed_without_an_address_or_where_a_machine_may_have_given_it(
    installation: Installation, mail_server: MailServer, how: dict
):
    reference = installation.enquire(**how)
    deliver()
    assert mail_server.receipts() == [] and mail_server.times_taken(reference) == 1


def test_an_address_gets_a_few_a_day_however_it_is_written(installation: Installation, mail_server: MailServer):
    for number in range(PER_ADDRESS_A_DAY + 2):
        address = "Kim@example.com" if number % 2 else "kim@example.com"
        installation.enquire(str(number), email=address)
    deliver()
    assert len(mail_server.receipts()) == PER_ADDRESS_A_DAY
    other = installation.enquire("other", email="other@example.com")
    deliver()
    assert len(mail_server.receipts(other)) == 1


def test_all_addresses_together_get_no_more_than_so_many_an_hour(
    installation: Installation, mail_server: MailServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(receipts, "PER_HOUR", 2)
    for number in range(4):
        installation.enquire(str(number), email=f"visitor{number}@example.com")
    deliver()
    assert len(mail_server.receipts()) == 2


def test_a_receipt_that_was_refused_is_sent_later_and_not_a_day_later(
    installation: Installation, mail_server: MailServer
):
    installation.enquire("a"), installation.enquire("b", email="late@example.com")
    box, now = Receipts(installation.store), time.time()
    for _ in range(2):
        box.failed(box.claim(now), now)
    assert box.claim(now) is None
    later = box.claim(now + 60)
    assert later.to in (FORM["email"], "late@example.com")
    assert box.claim(now + DAY + 60) is None
    assert box.claim(now + 60) is None


def test_a_receipt_that_can_not_be_sent_keeps_no_enquiry_back(installation: Installation, mail_server: MailServer):
    mail_server.refused = {"nobody@example.com"}
    references = [installation.enquire("a", email="nobody@example.com"), installation.enquire("b")]
    deliver()
    assert [mail_server.times_taken(reference) for reference in references] == [1, 1]
    assert len(mail_server.receipts(references[1])) == 1 and not mail_server.receipts(references[0])
    assert "nobody@example.com" not in installation.log.read_text()
