"""A conversation is deleted in every store: at once where its visitor says so, and for a person who asks for it."""

import asyncio
from collections.abc import Collection

import sqlalchemy as sa
from rasa.core.agent import Agent
from sqlalchemy.orm import Session

from ketamine_faq.chat.feedback import FeedbackRow
from ketamine_faq.contact.tables import OriginRow
from ketamine_faq.settings import settings
from ketamine_faq.staff.tables import AnswerReviewRow
from ketamine_faq.storage.database import Database
from ketamine_faq.storage.redis_client import redis_client

# What is kept of a conversation beside Rasa's events. An enquiry that was sent from it stays: it is another request.
OF_CONVERSATION = (FeedbackRow, OriginRow, AnswerReviewRow)


async def delete_conversation(conversation: str, agent: Agent, store: Database) -> None:
    """Delete a conversation once no turn of it is under way.

    Raises StoreError, SQLAlchemyError, RedisError, LockError; some of it may then be left, and it may be tried again.
    """
    # Rasa wraps the store in one that keeps its faults to itself.
    events = agent.tracker_store._tracker_store

    def delete() -> None:
        events.forget(conversation)
        with store.session() as session:
            delete_beside_events(session, [conversation])
        forget_counts([conversation])

    async with agent.lock_store.lock(conversation):
        # In a thread: neither the disk nor Redis must keep other visitors waiting.
        await asyncio.get_running_loop().run_in_executor(None, delete)


def delete_beside_events(session: Session, conversations: Collection[str]) -> None:
    """Delete what is kept of conversations beside their events."""
    for row in OF_CONVERSATION:
        rows = sa.delete(row).where(row.conversation.in_(conversations))
        session.execute(rows, execution_options={"synchronize_session": False})


def forget_counts(conversations: Collection[str]) -> None:
    """Take conversations out of Redis, where they would be for an hour; raises RedisError."""
    if settings().redis_url and conversations:
        redis_client().delete(*(f"{kind}:{key}" for kind in ("turn", "conversations") for key in conversations))
