"""The form as `ketamine-faq serve` serves it, beside the trained bot."""

import os
import re
from urllib.parse import urlsplit

import httpx

from ketamine_faq.contact.staff import listed
from ketamine_faq.settings import settings
from ketamine_faq.storage.database import Database
from tests.conversation import Bot
from tests.support.installation import FORM
from tests.support.processes import children, command_line


def test_visitor_finds_the_form_where_the_hand_off_says_and_gets_a_reference(bot: Bot):
    page = httpx.get(bot.address + urlsplit(settings().contact_form_url).path).text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    receipt = httpx.post(f"{bot.address}/contact", data={**FORM, "consent": "yes", "token": token})
    assert receipt.status_code == 201
    kept = [item.row.reference for item in listed(Database(os.environ["ENQUIRIES_DATABASE_URL"]))]
    assert any(reference in receipt.text for reference in kept)


def test_the_relay_runs_beside_the_bot(bot: Bot):
    assert sum("ketamine_faq.contact" in command_line(pid) for pid in children(bot.pid)) == 1
    assert "NOBODY IS TOLD" in bot.log.read_text()
