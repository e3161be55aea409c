"""The relay delivers by mail and by webhook, goes on trying, and says loudly what it could not deliver."""

import asyncio
import base64
import hashlib
import hmac
import logging
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from ketamine_faq.contact import relay as relay_process
from ketamine_faq.contact.delivery import Delivery, configured_delivery, signature
from ketamine_faq.contact.outbox import LEASE_SECONDS, LONGEST_BACK_OFF_SECONDS, TIMEOUT_SECONDS, Outbox, back_off
from ketamine_faq.contact.relay import Relay
from ketamine_faq.contact.staff import Listed, listed
from ketamine_faq.contact.tables import LOUD_ATTEMPTS
from ketamine_faq.contact.words import words
from ketamine_faq.paths import PROJECT
from ketamine_faq.settings import SettingsError, settings
from tests.support.installation import FORM, Installation
from tests.support.mail_server import MailServer
from tests.support.processes import wait_for
from tests.support.relay import deliver
from tests.support.webhook_server import WebhookServer

SECRET = "a secret of the webhook"
URL = "https://a.example/"


@pytest.fixture
def webhook(installation: Installation) -> Iterator[WebhookServer]:
    """A real webhook, set as the destination."""
    with WebhookServer() as running:
        installation.set(enquiries_webhook_url=running.url, enquiries_webhook_secret=SECRET)
        yield running


def state(installation: Installation) -> Listed:
    """The only enquiry that is kept."""
    (item,) = listed(installation.store)
    return item


def test_an_enquiry_reaches_the_staff_by_mail(installation: Installation, mail_server: MailServer):
    reference = installation.enquire(about="Zeile über\nzwei", role="referrer", practice="Main St")
    deliver()
    mail = mail_server.mails[0]
    item = state(installation)
    assert item.row.outbox.state == "delivered"
    assert mail["Subject"] == words().delivery("subject", reference=reference, role="referrer")
    assert (mail["To"], mail["Reply-To"]) == ("staff@example.com", FORM["email"])
    assert mail["Idempotency-Key"] == item.row.outbox.key and item.row.outbox.key in mail["Message-ID"]
    text = mail.get_content().replace("\r\n", "\n")
    assert all(part in text for part in (reference, "Zeile über\nzwei", "Main St", FORM["name"]))


def test_an_enquiry_reaches_the_staff_by_webhook_signed_and_with_its_key(
    installation: Installation, webhook: WebhookServer
):
    reference = installation.enquire()
    deliver()
    (post,) = webhook.posts
    key = state(installation).row.outbox.key
    assert post.headers["idempotency-key"] == post.headers["webhook-id"] == post.json["key"] == key
    assert (post.json["reference"], post.json["enquiry"]["name"]) == (reference, FORM["name"])
    signed = f"{key}.{post.headers['webhook-timestamp']}.".encode() + post.body
    expected = base64.b64encode(hmac.new(SECRET.encode(), signed, hashlib.sha256).digest()).decode()
    assert post.headers["webhook-signature"] == f"v1,{expected}"
    assert abs(int(post.headers["webhook-timestamp"]) - time.time()) < 60


def test_the_signature_is_that_of_the_standard_webhooks_specification():
    # The example of its reference libraries.
    secret, key = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek"
    expected = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="
    assert signature(secret, key, 1614265330, b'{"test": 2432232314}') == expected


@pytest.mark.parametrize("status", [302, 400, 404, 429, 500, 503])
def test_a_webhook_that_does_not_take_it_gets_it_again_with_the_same_key(
    installation: Installation, webhook: WebhookServer, status: int
):
    installation.enquire()
    webhook.status = status
    deliver()
    assert (state(installation).row.outbox.state, state(installation).row.outbox.last_error) == (
        "waiting",
        f"HTTP {status}",
    )
    webhook.status = 204
    Outbox(installation.store).retry(time.time())
    deliver()
    assert state(installation).row.outbox.state == "delivered"
    first, second = webhook.posts
    assert first.headers["idempotency-key"] == second.headers["idempotency-key"]


def test_a_mail_server_that_was_down_gets_everything_once_it_is_up(installation: Installation):
    server = MailServer()
    installation.set(enquiries_email_to="staff@example.com", smtp_host="127.0.0.1", smtp_port=server.port)
    references = [installation.enquire(token=str(number)) for number in range(3)]
    for _ in range(LOUD_ATTEMPTS):
        deliver()
        Outbox(installation.store).retry(time.time())
    assert {item.row.outbox.state for item in listed(installation.store)} == {"UNDELIVERED"}
    with server:
        deliver()
        assert [server.times_taken(reference) for reference in references] == [1, 1, 1]
    assert {item.row.outbox.state for item in listed(installation.store)} == {"delivered"}


@pytest.mark.parametrize("answer", ["451 try later", "550 kim@example.com is not wanted"])
def test_a_mail_that_is_refused_is_kept_and_told_without_details(
    installation: Installation, mail_server: MailServer, answer: str, caplog: pytest.LogCaptureFixture
):
    reference = installation.enquire()
    mail_server.answer = answer
    for _ in range(LOUD_ATTEMPTS):
        deliver()
        Outbox(installation.store).retry(time.time())
    item = state(installation)
    assert item.row.outbox.state == "UNDELIVERED"
    assert answer[:3] in item.row.outbox.last_error
    loud = [record for record in caplog.records if record.levelno == logging.ERROR]
    assert len(loud) == 1 and reference in caplog.text and "NOT DELIVERED" in caplog.text
    assert FORM["email"] not in caplog.text + item.row.outbox.last_error and FORM["name"] not in caplog.text


class Faulty:
    """A delivery with a fault of its own for one reference."""

    def __init__(self, delivery: Delivery, reference: str) -> None:
        """Wrap a real one."""
        self._delivery, self._reference = delivery, reference

    async def deliver(self, message, now: float) -> None:
        """Fail as a fault in code does."""
        if message.reference == self._reference:
            raise KeyError(message.fields["name"])
        await self._delivery.deliver(message, now)


def test_a_fault_with_one_enquiry_keeps_back_no_other(
    installation: Installation, mail_server: MailServer, caplog: pytest.LogCaptureFixture
):
    bad, good = installation.enquire("a"), installation.enquire("b")

    async def run() -> None:
        relay = Relay(Faulty(configured_delivery(settings()), bad))
        while await relay.step():
            pass

    asyncio.run(run())
    assert {item.row.reference: item.row.outbox.state for item in listed(installation.store)} == {
        bad: "waiting",
        good: "delivered",
    }
    assert FORM["name"] not in caplog.text


def test_a_message_is_claimed_once_and_due_again_if_nothing_is_heard_of_it(installation: Installation):
    installation.enquire()
    outbox, now = Outbox(installation.store), time.time()
    key = outbox.claim(now).key
    assert outbox.claim(now) is None
    # While it is being delivered, and whoever does so may take as long as is allowed, nobody else gets it.
    assert outbox.claim(now + TIMEOUT_SECONDS) is None
    assert outbox.claim(now + LEASE_SECONDS).key == key


def test_what_failed_is_due_again_after_its_back_off(installation: Installation):
    installation.enquire()
    outbox, now = Outbox(installation.store), time.time()
    key = outbox.claim(now).key
    assert outbox.failed(key, "HTTP 500", now) == 1
    assert outbox.claim(now + 4) is None
    assert outbox.claim(now + 10).key == key


@pytest.mark.parametrize("wrong_by", [3600, 10 * 365 * 24 * 3600, -3600])
def test_what_was_received_or_claimed_under_a_wrong_clock_is_due_soon_after_it_is_right(
    installation: Installation, monkeypatch: pytest.MonkeyPatch, wrong_by: float
):
    outbox, now = Outbox(installation.store), time.time()
    with monkeypatch.context() as wrong:
        wrong.setattr(time, "time", lambda: now + wrong_by)
        installation.enquire("a"), installation.enquire("b")
        key = outbox.claim(time.time()).key
        outbox.failed(key, "HTTP 500", time.time())
    assert len({outbox.claim(now + 1).key, outbox.claim(now + 1).key}) == 2


def test_a_receiver_that_takes_for_ever_is_left_in_time(
    installation: Installation, webhook: WebhookServer, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(relay_process, "TIMEOUT_SECONDS", 0.1)
    webhook.answers.clear()
    installation.enquire()
    deliver()
    assert "no answer" in state(installation).row.outbox.last_error


def test_the_back_off_doubles_and_is_bounded():
    for attempt, longest in enumerate((10, 20, 40, 80, 160, 320, 640, 900, 900), 1):
        assert all(longest / 2 <= back_off(attempt) <= longest for _ in range(100))
    assert all(0 < back_off(attempt) <= LONGEST_BACK_OFF_SECONDS for attempt in (1, 50, 10_000))


@pytest.mark.parametrize(
    "faulty",
    [
        {"enquiries_webhook_url": "https://a.example/"},
        {"enquiries_webhook_url": "https://a.example/", "enquiries_webhook_secret": "short"},
        {
            "enquiries_webhook_url": "https://a.example/",
            "enquiries_webhook_secret": SECRET,
            "enquiries_email_to": "a@b.c",
        },
        {"smtp_security": "maybe"},
        {"secret_key": "short"},
        {"allowed_origins": "not a list"},
    ],
)
def test_a_wrong_setting_is_named(installation: Installation, faulty: dict):
    installation.set(**faulty)
    with pytest.raises(SettingsError):
        settings()


def test_the_relay_process_delivers_what_comes_and_stops_when_asked(
    installation: Installation, mail_server: MailServer
):
    command = [sys.executable, "-m", "ketamine_faq.contact"]
    with installation.log.open("w") as log:
        relay = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, env={**os.environ})
    try:
        reference = installation.enquire()
        wait_for(lambda: state(installation).row.outbox.state == "delivered", 30)
    finally:
        relay.send_signal(signal.SIGTERM)
    assert relay.wait(10) == 0
    assert mail_server.times_taken(reference) == 1
    assert reference in installation.log.read_text() and FORM["name"] not in installation.log.read_text()


def test_the_relay_process_says_loudly_that_nobody_is_told(installation: Installation):
    command = [sys.executable, "-m", "ketamine_faq.contact"]
    with installation.log.open("w") as log:
        relay = subprocess.Popen(command, cwd=PROJECT, stdout=log, stderr=log, env={**os.environ})
    wait_for(lambda: "NOBODY IS TOLD" in installation.log.read_text(), 30)
    relay.send_signal(signal.SIGINT)
    assert relay.wait(10) == 0
