"""The form as `ketamine-faq serve` serves it, beside the trained bot."""

import os
import re
import signal
import subprocess

import httpx

from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.store import Store
from tests.conftest import wait_for
from tests.contact.conftest import FORM
from tests.conversation import Bot


def test_visitor_follows_the_hand_off_to_the_form_and_gets_a_reference(bot: Bot):
    link = re.search(
        r"/contact\?\S+", bot.visitor().asks("how often is it given").asks("call me please").asks("yes").text
    )
    page = httpx.get(f"{bot.address}{link[0] if link else '/contact'}").text
    token = re.search(r'name="token" value="([^"]+)"', page)[1]
    receipt = httpx.post(f"{bot.address}/contact", data={**FORM, "consent": "yes", "token": token})
    assert receipt.status_code == 201
    kept = [item.row.reference for item in listed(Store(os.environ["ENQUIRIES_DATABASE_URL"]))]
    assert any(reference in receipt.text for reference in kept)


def test_a_relay_that_is_killed_is_started_again(bot: Bot):
    def relays() -> list[int]:
        found = subprocess.run(
            ["pgrep", "-P", str(bot.pid), "-f", "ketamine_faq.contact$"], capture_output=True, text=True, check=False
        )
        return [int(pid) for pid in found.stdout.split()]

    wait_for(lambda: len(relays()) == 1, 10)
    (killed,) = relays()
    os.kill(killed, signal.SIGKILL)
    wait_for(lambda: relays() and relays() != [killed], 10)
    assert "The relay ended" in bot.log.read_text()
