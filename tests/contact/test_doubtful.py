"""A doubtful enquiry reaches a person, whatever is doubtful about it, and waits until one has answered it."""

import time

import pytest
import sqlalchemy as sa

from ketamine_faq.chat.conversation_id import new_sender
from ketamine_faq.contact.outbox import DAY, DOUBTFUL_ALONE, Outbox
from ketamine_faq.contact.spam import HONEYPOT, MAX_LINKS
from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.tables import EnquiryRow, OutboxRow
from ketamine_faq.contact.words import words
from tests.support.contact_forms import filled
from tests.support.contact_server import Served, served
from tests.support.installation import FORM, Installation
from tests.support.mail_server import MailServer
from tests.support.relay import deliver

# What browsers fill in by, of the HTML standard and of what they look for in names and labels.
KNOWN_TO_BROWSERS = (
    *("name", "mail", "tel", "phone", "fax", "mobile", "company", "organi", "business", "title", "address", "street"),
    *("city", "suburb", "state", "region", "province", "country", "zip", "post", "website", "url", "homepage", "bday"),
    *("birth", "sex", "gender", "language", "photo", "user", "login", "account", "pass", "code", "otp", "card", "cvc"),
    *("amount", "coupon", "promo", "search", "message", "comment", "subject", "date", "age"),
)


def sent_with(mark: str, server: Served) -> str:
    """Send what gets a mark, of several the last, and return its reference."""
    changed = {
        "honeypot": {HONEYPOT: "https://spam.example"},
        "no_work": {"solution": None},
        "links": {"about": "https://a.example " * (MAX_LINKS + 1)},
        "many_from_conversation": {"sender": new_sender()},
    }.get(mark, {})
    if mark == "token_reused":
        form = filled(server)
        changed = {name: form[name] for name in ("token", "solution")}
    for number in range(3 if mark.startswith(("token", "many")) else 1):
        visitor = number if mark == "many_from_conversation" else 0
        form = filled(server, **{"about": f"Question {number}", **changed})
        reply = server.post("/contact.json", json=form, headers={"X-Forwarded-For": f"198.51.100.{visitor}"})
        assert reply.status_code == 201
    return reply.json()["reference"]


@pytest.mark.parametrize("mark", words().section("marks"))
def test_each_mark_reaches_a_person_by_mail(installation: Installation, mail_server: MailServer, mark: str):
    installation.set(minimum_fill_seconds=60 if mark == "too_fast" else 0, sanic_proxies_count=1)
    installation.set(doubtful_enquiries_per_hour=2)
    with served(installation.environment, installation.log) as server:
        reference = sent_with(mark, server)
    deliver()
    (mail,) = [mail for mail in mail_server.mails if reference in mail["Subject"]]
    assert mail["Subject"] == words().delivery("doubtful_subject", reference=reference, role=FORM["role"])
    assert words().mark(mark) in mail.get_content()
    assert {item.row.outbox.state for item in listed(installation.store)} == {"delivered"}


def send_doubtful(installation: Installation, count: int) -> list[str]:
    """Send so many that machines may have written."""
    return [installation.enquire(str(time.time()), marks=("links",), about="x" * 500) for _ in range(count)]


def test_of_many_the_first_come_alone_and_the_rest_in_one_mail_a_day(
    installation: Installation, mail_server: MailServer
):
    alone = send_doubtful(installation, DOUBTFUL_ALONE)
    deliver()
    together = send_doubtful(installation, 3)
    deliver()
    assert [mail_server.times_taken(reference) for reference in alone] == [1] * DOUBTFUL_ALONE
    assert mail_server.mails[-1]["Subject"] == words().delivery("digest_subject", count="3")
    assert all(reference in mail_server.mails[-1].get_content() for reference in together)
    later, ordinary = send_doubtful(installation, 2), installation.enquire("a person's")
    deliver()
    # A person's does not wait for them.
    assert mail_server.times_taken(ordinary) == 1 and not any(map(mail_server.times_taken, later))
    with installation.store.session() as session:
        digest = sa.update(OutboxRow).where(OutboxRow.digest.is_not(None))
        session.execute(digest.values(delivered_at=OutboxRow.delivered_at - DAY))
    deliver()
    assert all(reference in mail_server.mails[-1].get_content() for reference in later)
    assert {item.row.outbox.state for item in listed(installation.store)} == {"delivered"}


def test_a_digest_that_is_refused_comes_again_under_the_same_key(installation: Installation, mail_server: MailServer):
    send_doubtful(installation, DOUBTFUL_ALONE)
    deliver()
    send_doubtful(installation, 2)
    mail_server.answer, outbox = "451 try later", Outbox(installation.store)
    deliver()
    send_doubtful(installation, 1)
    assert outbox.claim_digest(time.time()) is None
    (begun,) = {item.row.outbox.digest for item in listed(installation.store)} - {None}
    mail_server.answer = "250 OK"
    outbox.retry(time.time())
    deliver()
    assert mail_server.mails[-1]["Subject"] == words().delivery("digest_subject", count="2")
    assert mail_server.mails[-1]["Idempotency-Key"] == begun


def test_doubtful_ones_count_in_the_backlog_and_do_not_alarm_like_others(installation: Installation):
    installation.enquire("a", marks=("links",))
    assert Outbox(installation.store).backlog(time.time() + 9000) == (1, 0.0)
    installation.enquire("b")
    depth, age = Outbox(installation.store).backlog(time.time() + 9000)
    assert depth == 2 and age >= 9000


def test_what_is_answered_while_it_could_not_be_delivered_is_not_tried_again(
    installation: Installation, mail_server: MailServer
):
    reference, outbox = installation.enquire(), Outbox(installation.store)
    message = outbox.claim(time.time())
    with installation.store.session() as session:
        session.execute(sa.update(EnquiryRow).values(answered_at=time.time()))
        session.execute(sa.update(OutboxRow).values(next_attempt_at=None))
    outbox.failed(message.row_key, "SMTPServerDisconnected", time.time())
    outbox.retry(time.time())
    deliver()
    assert mail_server.times_taken(reference) == 0


def test_no_browser_fills_the_honeypot_in():
    label = words().section("page")["leave_empty"]
    assert not [known for known in KNOWN_TO_BROWSERS if known in f"{HONEYPOT} {label}".lower()]
