"""Killed at any step between 'request received' and 'delivered', nothing is lost and nothing is said that isn't so."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

import httpx
import pytest

from ketamine_faq.contact.form_token import new_token
from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.staff import listed
from tests.support.contact_server import Served, relayed, served
from tests.support.installation import FORM, Installation
from tests.support.mail_server import MailServer

FORM_SENT = {**FORM, "consent": "yes"}
# Far more than there are; each test ends at the first process that lives.
MAX_STEPS = 2000
AT_ONCE = 2


@pytest.fixture
def mail_server(installation: Installation) -> Iterator[MailServer]:
    """A real mail server, set as the destination."""
    with MailServer() as running:
        installation.set(enquiries_email_to="staff@example.com", smtp_host="127.0.0.1", smtp_port=running.port)
        yield running


def test_the_server_killed_at_any_step_loses_nothing_that_it_said_was_received(installation: Installation):
    installation.set(refused_enquiries_per_hour=MAX_STEPS, doubtful_enquiries_per_hour=MAX_STEPS)
    with served(installation.environment, installation.log) as healthy, ThreadPoolExecutor(AT_ONCE) as pool:
        for first in range(1, MAX_STEPS, 8):
            steps = range(first, first + 8)
            if all(pool.map(lambda step: said_received_when_killed_at(step, installation, healthy), steps)):
                break
    assert 50 < first < MAX_STEPS - 8


def said_received_when_killed_at(step: int, installation: Installation, healthy: Served) -> bool:
    """Check what became of a form whose server died at a step, and tell whether the visitor had been answered."""
    form = {**FORM_SENT, "token": new_token(), "name": f"Visitor {step}"}

    def kept() -> list[str]:
        return [item.row.reference for item in listed(installation.store) if item.row.name == form["name"]]

    with served(installation.environment, installation.log, kill_at=step) as doomed:
        try:
            said = doomed.post("/contact", data=form).status_code == 201
        except httpx.TransportError:
            said = False
            assert doomed.was_killed()
    at_first = kept()
    assert len(at_first) in ([1] if said else [0, 1])
    # The visitor, who has been told nothing, sends the same form again.
    receipt = healthy.post("/contact", data=form)
    in_the_end = kept()
    assert receipt.status_code == 201
    assert len(in_the_end) == 1 and in_the_end[0] in receipt.text
    assert in_the_end == at_first or not at_first
    return said


def test_the_relay_killed_at_any_step_delivers_all_and_says_no_more_than_it_did(
    installation: Installation, mail_server: MailServer
):
    for step in range(1, MAX_STEPS):
        # Without an address there is no receipt to send, which would be a step of its own each time.
        reference = installation.enquire(token=str(step), email="", phone="02 5550 1234")
        exit_code = relayed(installation.environment, installation.log, kill_at=step)
        (item,) = listed(installation.store, reference)
        taken = mail_server.times_taken(reference)
        assert taken or item.row.outbox.state != "delivered"
        # The time of the next attempt, reached at once.
        Outbox(installation.store).retry(time.time())
        assert relayed(installation.environment, installation.log) == 0
        (item,) = listed(installation.store, reference)
        assert item.row.outbox.state == "delivered"
        assert mail_server.times_taken(reference) in (1, 2)
        assert len(mail_server.keys_of(reference)) == 1
        if exit_code == 0:
            break
    assert 20 < step < MAX_STEPS - 1
