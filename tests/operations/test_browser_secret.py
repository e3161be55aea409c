"""A browser's conversation goes on by its secret alone, which is nowhere but in the browser."""

import re

import httpx
from itsdangerous import Signer
from redis import Redis

from tests.conversation import assert_closed
from tests.support.installation import FORM
from tests.support.shared_bot import SharedBot

EVERYTHING = (
    "SELECT events::text FROM events UNION ALL SELECT enquiries::text FROM enquiries "
    "UNION ALL SELECT outbox::text FROM outbox UNION ALL SELECT feedback::text FROM feedback "
    "UNION ALL SELECT origins::text FROM origins"
)
CONVERSATIONS = "SELECT DISTINCT sender_id FROM events WHERE data LIKE '%{word}%' AND type_name = 'user'"


def asks_about_doses(bot: SharedBot, sender: str, word: str) -> None:
    """Begin a conversation by which it can be found again, and on which one can go on."""
    for message in (word, "what dose for depression"):
        assert_closed(bot.says(message, sender))


def goes_on(bot: SharedBot, sender: str, path: str = "/webhooks/rest/webhook") -> bool:
    """Whether a sender is in a conversation that has been about doses, and so need not say it again."""
    body = {"sender": sender, "message": "and for pain?"}
    replies = httpx.post(bot.address + path, json=body, timeout=60).json()
    assert_closed(replies)
    assert {reply["recipient_id"] for reply in replies} == {sender}
    return replies[0].get("topic") == "dosing"


def conversation_with(bot: SharedBot, word: str) -> str:
    """The id of the one conversation in which a word was said."""
    ((conversation,),) = bot.query(CONVERSATIONS.format(word=word))
    return conversation


def test_who_reads_every_store_can_not_go_on_with_a_browsers_conversation(shared_bot: SharedBot):
    secret = shared_bot.begin()
    asks_about_doses(shared_bot, secret, "zxqvown")
    conversation = conversation_with(shared_bot, "zxqvown")
    for guess in (conversation, conversation.upper(), secret[:-1], secret.partition(".")[0], f"other-{conversation}"):
        assert not goes_on(shared_bot, guess)
    assert not goes_on(shared_bot, shared_bot.begin(), f"/webhooks/rest/webhook?sender={secret}")
    assert goes_on(shared_bot, secret)


def test_the_secret_is_in_no_store_log_figure_or_key(shared_bot: SharedBot):
    secret = shared_bot.begin()
    asks_about_doses(shared_bot, secret, "zxqvkept")
    verdict = {"sender": secret, "topic": "dosing", "helpful": True}
    assert httpx.post(f"{shared_bot.address}/webhooks/rest/feedback", json=verdict).status_code == 204
    token = shared_bot.get("/contact/challenge").json()["token"]
    form = {**FORM, "consent": True, "token": token, "sender": secret, "include_conversation": True}
    assert httpx.post(f"{shared_bot.address}/contact.json", json=form).status_code == 201
    stored = "\n".join(row for (row,) in shared_bot.query(EVERYTHING))
    keys = b"\n".join(Redis.from_url(shared_bot.redis.url).keys()).decode()
    # There they are, under the id; what goes along with the enquiry was found by it.
    conversation = conversation_with(shared_bot, "zxqvkept")
    assert stored.count(conversation) > 2 and conversation in keys
    assert re.search(r"Kim Nguyen.*zxqvkept", stored)
    random_part = secret.partition(".")[0]
    for place in (stored, keys, shared_bot.log.read_text(), httpx.get(shared_bot.metrics).text):
        assert random_part not in place


def test_a_secret_from_before_the_key_was_changed_begins_anew_under_another(shared_bot: SharedBot):
    before = Signer("another key, of forty characters at least", salt="conversation").sign("x" * 22).decode()
    (reply,) = shared_bot.says("what dose for zxqvrotated depression", before)
    secret = reply["recipient_id"]
    assert secret != before and goes_on(shared_bot, secret)
    verdict = {"sender": secret, "topic": "dosing", "helpful": True}
    assert httpx.post(f"{shared_bot.address}/webhooks/rest/feedback", json=verdict).status_code == 204
    assert conversation_with(shared_bot, "zxqvrotated").startswith("browser-")
    assert before not in "\n".join(row for (row,) in shared_bot.query(EVERYTHING))


def test_stock_rest_names_its_own_conversation_and_goes_on_with_it(shared_bot: SharedBot):
    asks_about_doses(shared_bot, "a stock client's name", "zxqvstock")
    assert conversation_with(shared_bot, "zxqvstock") == "a stock client's name"
    assert goes_on(shared_bot, "a stock client's name")
    begun = httpx.post(f"{shared_bot.address}/webhooks/rest/webhook", json={"message": "what dose for depression"})
    assert goes_on(shared_bot, begun.json()[0]["recipient_id"])


def test_a_sender_that_no_store_could_take_is_refused_with_a_reply(shared_bot: SharedBot):
    for sender in ("a\\u0000b", "\\ud800", "a\\nb", "\\u202e", "x" * 201):
        body = f'{{"sender": "{sender}", "message": "what dose for depression"}}'
        reply = httpx.post(f"{shared_bot.address}/webhooks/rest/webhook", content=body.encode())
        assert reply.status_code == 400
        assert_closed(reply.json())
