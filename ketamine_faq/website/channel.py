"""Rasa input channel that puts the demonstration page at / and the widget at /widget.js."""

from collections.abc import Awaitable, Callable
from typing import Any

from rasa.core.channels.channel import InputChannel, UserMessage
from sanic import Blueprint

from ketamine_faq.website.blueprint import website_blueprint


class WebsiteChannel(InputChannel):
    """Serves files. It takes no messages: the widget sends them to the web channel."""

    @classmethod
    def name(cls) -> str:
        """Return the name that Rasa lists the channel by."""
        return "website"

    def url_prefix(self) -> str:
        """Return the root: Rasa joins a prefix to /webhooks/ as a link is joined to a page."""
        return "/"

    def blueprint(self, on_new_message: Callable[[UserMessage], Awaitable[Any]]) -> Blueprint:
        """Return the addresses."""
        return website_blueprint()
