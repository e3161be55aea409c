"""'Delete this conversation' deletes it in every store at once, for whoever has its secret and for nobody else."""

import os
import sqlite3
import time
from pathlib import Path

import httpx
import pytest

from ketamine_faq.chat.conversation_id import conversation_of, new_sender
from ketamine_faq.staff.tables import AnswerReviewRow
from ketamine_faq.storage.database import Database
from tests.conversation import Bot
from tests.support.installation import FORM
from tests.support.processes import wait_for
from tests.support.shared_bot import SharedBot

ADDRESS = "/webhooks/rest/conversation"


def deleted(address: str, sender: object) -> httpx.Response:
    """Ask for a deletion."""
    return httpx.request("DELETE", address + ADDRESS, json={"sender": sender}, timeout=30)


def says(address: str, sender: str, message: str) -> dict:
    """What the bot replies."""
    body = {"sender": sender, "message": message}
    return httpx.post(f"{address}/webhooks/rest/webhook", json=body, timeout=60).json()[0]


def begun(address: str) -> str:
    """A conversation with a question and a verdict; its secret."""
    sender = httpx.post(address + ADDRESS).json()["sender"]
    says(address, sender, "what dose for zxqvdeleted")
    says(address, sender, "what dose for depression")
    verdict = {"sender": sender, "topic": "dosing", "helpful": True}
    assert httpx.post(f"{address}/webhooks/rest/feedback", json=verdict).status_code == 204
    return sender


def test_on_postgresql_nothing_of_it_is_left_in_any_table(shared_bot: SharedBot):
    sender, other = begun(shared_bot.address), begun(shared_bot.address)
    # As the bot signs: with its own key.
    ((conversation,), (stays,)) = shared_bot.query(
        "SELECT sender_id FROM events WHERE data LIKE '%zxqvdeleted%' AND type_name = 'user' ORDER BY id"
    )
    token = shared_bot.get("/contact/challenge").json()["token"]
    form = {**FORM, "consent": True, "token": token, "sender": sender}
    reference = httpx.post(f"{shared_bot.address}/contact.json", json=form).json()["reference"]
    with Database(shared_bot.postgresql.url).session() as session:
        review = {"message": "zxqvdeleted", "asked_at": 1.0, "topic": "dosing", "verdict": "right", "who": "Jo"}
        session.add(AnswerReviewRow(conversation=conversation, at=time.time(), **review))
    assert deleted(shared_bot.address, sender).status_code == 204
    dump = shared_bot.postgresql.dump().decode()
    assert conversation not in dump
    # Another's is as it was, and so is the enquiry, which is another request.
    assert stays in dump and reference in dump
    assert says(shared_bot.address, other, "and for pain?")["topic"] == "dosing"
    # Who goes on begins anew; and to delete what is gone is no fault.
    assert says(shared_bot.address, sender, "and for pain?")["topic"] != "dosing"
    assert [deleted(shared_bot.address, sender).status_code for _ in range(2)] == [204, 204]


def test_on_sqlite_it_is_gone_from_the_store(bot: Bot, endpoints: Path):
    sender = begun(bot.address)
    assert deleted(bot.address, sender).status_code == 204
    with sqlite3.connect(endpoints.with_name("conversations.db")) as conversations:
        assert conversations.execute("SELECT data FROM events WHERE data LIKE '%zxqvdeleted%'").fetchall() == []
    with sqlite3.connect(os.environ["ENQUIRIES_DATABASE_URL"].removeprefix("sqlite:///")) as enquiries:
        assert enquiries.execute("SELECT * FROM feedback").fetchall() == []


def test_nobody_deletes_anothers(bot: Bot):
    sender = begun(bot.address)
    body, secret = sender.rsplit(".", 1)
    guesses = (
        conversation_of(sender),
        body,
        f"{body}.{secret[::-1]}",
        new_sender()[:-1],
        "anyone",
        "",
        None,
        7,
        [sender],
    )
    assert {deleted(bot.address, guess).status_code for guess in guesses} == {422}
    for content in (b"", b"{", b"[]", b"null", b"[" * 50_000):
        assert httpx.request("DELETE", bot.address + ADDRESS, content=content).status_code == 422
    assert httpx.request("DELETE", f"{bot.address}{ADDRESS}?sender={sender}").status_code == 422
    assert says(bot.address, sender, "and for pain?")["topic"] == "dosing"


def test_while_a_store_is_away_it_says_that_it_is_not_deleted(shared_bot: SharedBot):
    sender = begun(shared_bot.address)
    shared_bot.postgresql.stop()
    try:
        assert deleted(shared_bot.address, sender).status_code == 503
    finally:
        shared_bot.postgresql.start()
    # A worker may have a connection still that has died with the server.
    wait_for(lambda: deleted(shared_bot.address, sender).status_code == 204, 20)


@pytest.mark.parametrize("method", ["DELETE", "POST"])
def test_no_website_but_those_that_are_allowed_may_ask_by_a_browser(bot: Bot, method: str):
    asked = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "content-type"}
    reply = httpx.options(bot.address + ADDRESS, headers={"Origin": "https://evil.example", **asked})
    assert "access-control-allow-origin" not in reply.headers
