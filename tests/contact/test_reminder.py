"""Of what nobody has taken, the staff are reminded: once, after the working hours that are set."""

from datetime import datetime, timedelta, timezone

import pytest

from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.contact.words import words
from ketamine_faq.operations.metrics import EnquiryCollector
from tests.support.installation import FORM, Installation
from tests.support.mail_server import MailServer
from tests.support.relay import deliver
from tests.support.webhook_server import WebhookServer

WEEK = timedelta(days=7).total_seconds()


def next_week(installation: Installation) -> float:
    """A week after the only enquiry was delivered: more than the hours that are set, whatever the holidays."""
    (item,) = listed(installation.store)
    return item.row.outbox.delivered_at + WEEK


def test_what_nobody_has_taken_is_mailed_again_marked_and_once(installation: Installation, mail_server: MailServer):
    reference = installation.enquire(about="my own words")
    deliver()
    later, outbox = next_week(installation), Outbox(installation.store)
    assert outbox.remind(later - WEEK) == 0
    assert outbox.remind(later) == 1
    deliver()
    first, reminder = mail_server.of(reference)
    assert reminder["Subject"] == words().delivery("reminder_subject", reference=reference, role=FORM["role"])
    assert reminder["Subject"] != first["Subject"] and "my own words" in reminder.get_content()
    # Who drops duplicates by their key must not drop it.
    assert first["Idempotency-Key"] != reminder["Idempotency-Key"]
    assert outbox.remind(later + WEEK) == 0


def test_a_webhook_is_told_that_it_is_a_reminder(installation: Installation):
    with WebhookServer() as webhook:
        installation.set(enquiries_webhook_url=webhook.url, enquiries_webhook_secret="a secret of the webhook")
        installation.enquire()
        deliver()
        Outbox(installation.store).remind(next_week(installation))
        deliver()
        assert [post.json["type"] for post in webhook.posts] == ["enquiry.received", "enquiry.reminder"]


@pytest.mark.parametrize("done", ["taken", "answered", "doubtful", "undelivered"])
def test_nobody_is_reminded_of_others(installation: Installation, mail_server: MailServer, done: str):
    reference = installation.enquire(marks=("links",) if done == "doubtful" else ())
    if done != "undelivered":
        deliver()
    enquiries, now = Enquiries(installation.store), 2e9
    if done == "taken":
        enquiries.take(reference, "Jo", now)
    if done == "answered":
        enquiries.answer(reference, "Jo", "", now)
    assert Outbox(installation.store).remind(now + WEEK) == 0


def test_who_takes_it_while_the_reminder_is_on_its_way_gets_none(installation: Installation, mail_server: MailServer):
    reference = installation.enquire()
    deliver()
    Outbox(installation.store).remind(next_week(installation))
    Enquiries(installation.store).take(reference, "Jo", next_week(installation))
    deliver()
    assert mail_server.times_taken(reference) == 1


def test_the_hours_are_those_that_are_set(installation: Installation, mail_server: MailServer):
    installation.set(enquiry_reminder_hours=1000)
    installation.enquire()
    deliver()
    assert Outbox(installation.store).remind(next_week(installation)) == 0


def figures() -> dict[str, float]:
    """What Prometheus is told of enquiries."""
    return {metric.name: metric.samples[0].value for metric in EnquiryCollector().collect()}


def test_figures_tell_how_long_the_oldest_has_waited_for_an_answer(
    installation: Installation, monkeypatch: pytest.MonkeyPatch
):
    # A Wednesday, 9 in the morning in Sydney; asked about on the Thursday at 10.
    opened = datetime(2026, 12, 1, 22, 0, tzinfo=timezone.utc).timestamp()
    with monkeypatch.context() as clock:
        clock.setattr("time.time", lambda: opened)
        reference, doubtful = installation.enquire("a"), installation.enquire("b", marks=("links",))
        clock.setattr("time.time", lambda: opened + 25 * 3600)
        told = figures()
        assert told["ketamine_faq_unanswered_enquiries"] == told["ketamine_faq_doubtful_enquiries"] == 1
        assert told["ketamine_faq_unanswered_working_seconds"] == 9 * 3600
        assert told["ketamine_faq_doubtful_age_seconds"] == 25 * 3600
        for answered in (reference, doubtful):
            Enquiries(installation.store).answer(answered, "Jo", "", opened)
        assert {value for name, value in figures().items() if "depth" not in name} == {0}
