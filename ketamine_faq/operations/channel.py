"""Rasa input channel for what goes on beside the chat: how the server is, and the deletion of a conversation."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import sqlalchemy as sa
from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from ketamine_faq.chat.conversation_id import conversation_of, is_signed
from ketamine_faq.contact.tables import EnquiryRow
from ketamine_faq.logs import set_up_logs
from ketamine_faq.operations.deletion import delete_conversation
from ketamine_faq.storage.database import database

logger = logging.getLogger(__name__)

# Less than a probe waits.
CHECK_SECONDS = 3


class OperationsChannel(InputChannel):
    """`/healthz` answers 200 while the process can answer at all; `/readyz` while it can answer well, else 503.

    `DELETE /webhooks/rest/conversation` with `{sender}` deletes a visitor's conversation: 204 once it is gone.

    `/readyz` names each part as `ok` or `failed`, and no more: why is in the log. It takes no messages.
    """

    @classmethod
    def name(cls) -> str:
        """Return the name that Rasa lists the channel by."""
        return "operations"

    def url_prefix(self) -> str:
        """Return the root: Rasa joins a prefix to /webhooks/ as a link is joined to a page."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the addresses. By now Rasa has set up its own log, which ours replaces."""
        set_up_logs()
        blueprint = Blueprint("operations")

        @blueprint.get("/healthz")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @blueprint.get("/readyz")
        async def readiness(request: Request) -> HTTPResponse:
            names, checks = zip(*_checks(request.app).items())
            passed = await asyncio.gather(*(_passes(name, check) for name, check in zip(names, checks)))
            parts = {name: "ok" if good else "failed" for name, good in zip(names, passed)}
            return response.json(parts, status=200 if all(passed) else 503)

        # Beside the chat's own, for it reaches every store. Sanic would leave the body of a DELETE unread.
        @blueprint.delete("/webhooks/rest/conversation", ignore_body=False)
        async def delete(request: Request) -> HTTPResponse:
            sender = _sender(request)
            if sender is None:
                return response.json({"error": 'the body needs {"sender": the secret of a conversation}'}, 422)
            try:
                await delete_conversation(conversation_of(sender), request.app.ctx.agent, database())
            except Exception as error:
                logger.error("A conversation could not be deleted: %s", type(error).__name__)
                return response.json({"error": "it could not be deleted whole; try again"}, 503)
            return response.empty()

        return blueprint


def _sender(request: Request) -> str | None:
    """Return the secret that a request comes with; None where it is none of ours, and so nobody's proof."""
    try:
        sender = json.loads(request.body)["sender"]
    except (ValueError, RecursionError, TypeError, KeyError):
        return None
    return sender if isinstance(sender, str) and is_signed(sender) else None


def _checks(app: Sanic) -> dict[str, Callable[[], Any]]:
    """Return by part what raises or returns False where it is not ready."""
    agent = app.ctx.agent
    return {
        "model": agent.is_ready,
        # Rasa wraps the store in one that keeps its faults to itself.
        "conversations": agent.tracker_store._tracker_store.is_ready,
        "enquiries": _has_enquiries,
        "locks": agent.lock_store.is_ready,
    }


async def _passes(name: str, check: Callable[[], Any]) -> bool:
    try:
        # In a thread: a store that hangs must not keep visitors waiting.
        return await asyncio.wait_for(asyncio.get_running_loop().run_in_executor(None, check), CHECK_SECONDS)
    except Exception as error:
        logger.warning("Not ready: %s, %s", name, type(error).__name__)
        return False


def _has_enquiries() -> bool:
    with database().session() as session:
        session.execute(sa.select(EnquiryRow.id).limit(1))
    return True
