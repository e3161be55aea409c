"""Rasa input channel that puts the contact form beside the chat, at /contact."""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint
from sanic.request import Request

from ketamine_faq.contact.blueprint import contact_blueprint
from ketamine_faq.contact.conversation import conversation


class ContactChannel(InputChannel):
    """Serves the form. It takes no messages: what is written in the form never reaches Rasa."""

    @classmethod
    def name(cls) -> str:
        """Return the name that Rasa lists the channel by."""
        return "contact"

    def url_prefix(self) -> str:
        """Return the root: Rasa joins a prefix to /webhooks/ as a link is joined to a page."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the form's addresses; a conversation is read from the store of the agent that is served."""

        async def read(request: Request, conversation_id: str) -> list[dict[str, str]]:
            return await conversation(request.app.ctx.agent.tracker_store, conversation_id)

        return contact_blueprint(read)
