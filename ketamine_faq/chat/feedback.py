"""Thumbs, and why down: kept with the topic and the conversation's id, and with no word that anyone wrote."""

import time
from typing import Any

import sqlalchemy as sa

from ketamine_faq.chat.conversation_id import conversation_of, is_signed
from ketamine_faq.content.texts import content
from ketamine_faq.storage.database import Base, Database


class FeedbackRow(Base):
    """One visitor's verdict on the answer to a topic; the latest counts."""

    __tablename__ = "feedback"

    conversation = sa.Column(sa.String(80), primary_key=True)
    topic = sa.Column(sa.String(80), primary_key=True)
    helpful = sa.Column(sa.Boolean, nullable=False)
    given_at = sa.Column(sa.Float, nullable=False, index=True)
    # Why it did not help, where that was said.
    reason = sa.Column(sa.String(40))


class BadFeedbackError(ValueError):
    """It is not `{sender, topic, helpful}` of ours, with a reason of ours or none."""


def keep_feedback(store: Database, sent: Any) -> None:
    """Keep a verdict in place of an earlier one on the same; raises BadFeedbackError, StoreError."""
    if not isinstance(sent, dict):
        raise BadFeedbackError
    sender, topic, helpful = sent.get("sender"), sent.get("topic"), sent.get("helpful")
    if not (isinstance(sender, str) and isinstance(topic, str) and isinstance(helpful, bool)):
        raise BadFeedbackError
    if not (is_signed(sender) and content().has_question(topic)):
        raise BadFeedbackError
    reason = sent.get("reason")
    # A list is no key.
    if reason is not None and (helpful or reason not in list(content().reasons)):
        raise BadFeedbackError
    verdict = {"topic": topic, "helpful": helpful, "reason": reason, "given_at": time.time()}
    with store.session() as session:
        session.merge(FeedbackRow(conversation=conversation_of(sender), **verdict))


def verdicts(store: Database, since: float) -> list[FeedbackRow]:
    """Return the verdicts given since a time; raises StoreError."""
    with store.session() as session:
        return list(session.scalars(sa.select(FeedbackRow).where(FeedbackRow.given_at >= since)))
