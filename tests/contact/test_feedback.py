"""Thumbs: kept once for an answer in a conversation, and only for what there is."""

import asyncio

import pytest
import sqlalchemy as sa

from ketamine_faq.chat.channel import Replies
from ketamine_faq.chat.conversation_id import new_sender
from ketamine_faq.chat.feedback import BadFeedbackError, FeedbackRow, keep_feedback, verdicts
from ketamine_faq.content.texts import content
from tests.support.installation import Installation


def kept(installation: Installation) -> list[tuple[str, bool]]:
    """What is in the store."""
    with installation.store.session() as session:
        return [(row.topic, row.helpful) for row in session.scalars(sa.select(FeedbackRow))]


def test_the_latest_verdict_counts(installation: Installation):
    sender = new_sender()
    for helpful in (True, False):
        keep_feedback(installation.store, {"sender": sender, "topic": "dosing", "helpful": helpful})
    assert kept(installation) == [("dosing", False)]


@pytest.mark.parametrize("changed", [{"sender": "made up"}, {"topic": "nothing"}, {"topic": []}, {"helpful": "yes"}])
def test_what_is_not_a_verdict_is_not_kept(installation: Installation, changed: dict):
    for sent in ({"sender": new_sender(), "topic": "dosing", "helpful": True, **changed}, None, [], "text"):
        with pytest.raises(BadFeedbackError):
            keep_feedback(installation.store, sent)
    assert kept(installation) == []


def test_a_reason_goes_with_its_verdict_and_the_latest_counts(installation: Installation):
    verdict = {"sender": new_sender(), "topic": "dosing", "helpful": False}
    first, second, *_ = content().reasons
    for reason in (None, first, second):
        keep_feedback(installation.store, {**verdict, "reason": reason})
        assert [row.reason for row in verdicts(installation.store, 0)] == [reason]
    keep_feedback(installation.store, {**verdict, "helpful": True})
    assert [row.reason for row in verdicts(installation.store, 0)] == [None]


@pytest.mark.parametrize("changed", [{"reason": "my own words"}, {"reason": []}, {"reason": 1}, {"helpful": True}])
def test_only_a_reason_of_ours_is_kept_and_only_where_an_answer_did_not_help(installation: Installation, changed: dict):
    ours = next(iter(content().reasons))
    sent = {"sender": new_sender(), "topic": "dosing", "helpful": False, "reason": ours, **changed}
    with pytest.raises(BadFeedbackError):
        keep_feedback(installation.store, sent)
    assert kept(installation) == []


def test_every_message_of_a_reply_names_its_topic():
    replies = Replies()
    for topic in ("dosing", "schedule"):
        message = {"text": "Curated.", "utter_action": f"utter_{topic}", "buttons": [{"title": "a", "payload": "/b"}]}
        asyncio.run(replies.send_response("visitor", message))
    assert [(message["text"], message["topic"]) for message in replies.messages] == [
        ("Curated.", "dosing"),
        ("Curated.", "schedule"),
    ]
