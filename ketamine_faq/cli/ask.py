"""`ketamine-faq ask`: what the bot says to a message, and why."""

import asyncio
import logging
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from ketamine_faq.cli.stop import stopped_by

if TYPE_CHECKING:
    from rasa.shared.core.trackers import DialogueStateTracker

    from ketamine_faq.content.sources import Sources

console = Console(soft_wrap=True)

CONVERSATION = "ask"
NEXT_LIKELIEST = 3


def ask(
    messages: Annotated[list[str], typer.Argument(help="Messages of one conversation, in their order.")],
) -> None:
    """Say what the bot replies, and why: topic, concern, subject, variation and the facts that it rests on.

    It loads the model that would be served, which takes seconds, or trains it. Nothing is stored.
    """
    from ketamine_faq.serving.quiet import quiet_libraries

    quiet_libraries()
    from ketamine_faq.serving.without_tensorflow import put_aside_for_serving

    with stopped_by():
        put_aside_for_serving()
        from rasa.utils.log_utils import configure_structlog

        from ketamine_faq.model import ensure_model

        model = ensure_model()
        configure_structlog(logging.CRITICAL)
        # Rasa says that the hand-off has no action server here; the reply is the same without.
        logging.disable(logging.CRITICAL)
        asyncio.run(_ask(messages, model))


async def _ask(messages: list[str], model: Path) -> None:
    from rasa.core.agent import load_agent
    from rasa.core.channels.channel import UserMessage
    from rasa.core.utils import AvailableEndpoints
    from rasa.utils.endpoints import EndpointConfig

    from ketamine_faq.chat.channel import Replies
    from ketamine_faq.chat.typed_text import TooLongError, typed_text
    from ketamine_faq.content.texts import content
    from ketamine_faq.dialogue.response_generator import ResponseGenerator

    name = f"{ResponseGenerator.__module__}.{ResponseGenerator.__name__}"
    agent = await load_agent(str(model), endpoints=AvailableEndpoints(nlg=EndpointConfig(type=name)))
    for message in messages:
        _say(f"> {message}", "bold")
        try:
            text = content().buttons().get(message) or typed_text(message)
        except TooLongError:
            _say(content().too_long)
            continue
        replies = Replies()
        await agent.handle_message(UserMessage(text, replies, CONVERSATION, input_channel="rest"))
        for reply in replies.messages or [{"text": content().failure}]:
            _say(reply["text"] + "".join(f"\n[{button['title']}]" for button in reply.get("buttons") or ()))
        _explain(await agent.tracker_store.get_or_create_tracker(CONVERSATION))


def _explain(tracker: "DialogueStateTracker") -> None:
    from ketamine_faq.content.sources import Sources
    from ketamine_faq.nlu.subjects import NAMED_SUBJECTS

    parsed = (tracker.latest_message.parse_data if tracker.latest_message else None) or {}
    slots, said = tracker.current_slot_values(), _said(tracker)
    first, *others = [f"{entry['name']} {entry['confidence']:.2f}" for entry in _ranking(parsed)]
    concern = [(reply["metadata"].get("concern"), reply["metadata"].get("stage")) for reply in said]
    _row("topic", f"{first} (then {', '.join(others)})" if others else first)
    _row("concern", ", ".join(" ".join(filter(None, pair)) for pair in concern if any(pair)) or "none")
    _row("subject", ", ".join(parsed.get(NAMED_SUBJECTS) or []) or "none")
    _row("for", f"{slots.get('condition')}, {slots.get('audience')}")
    sources = Sources.of()
    for reply in said:
        _row("variation", _variation(reply, sources))
        for fact in reply["metadata"].get("facts") or []:
            _row("fact", f"{fact} {sources.facts.get(fact)}")
    console.print()


def _ranking(parsed: dict[str, Any]) -> list[dict[str, Any]]:
    """Return the chosen intent and then the likeliest others."""
    chosen = parsed.get("intent") or {}
    others = [entry for entry in parsed.get("intent_ranking") or [] if entry["name"] != chosen.get("name")]
    return [{"name": chosen.get("name"), "confidence": chosen.get("confidence") or 0.0}, *others[:NEXT_LIKELIEST]]


def _said(tracker: "DialogueStateTracker") -> list[dict[str, Any]]:
    """Return id and metadata of the replies to the latest message, in their order."""
    from rasa.shared.core.events import BotUttered, UserUttered

    replies: list[dict[str, Any]] = []
    for event in tracker.events:
        if isinstance(event, UserUttered):
            replies = []
        elif isinstance(event, BotUttered):
            replies.append({"id": event.metadata.get("id"), "metadata": event.metadata.get("metadata") or {}})
    return replies


def _variation(reply: dict[str, Any], sources: "Sources") -> str:
    from ketamine_faq.content.signing import state

    item = next((item for item in sources.variations if item.id == reply["id"]), None)
    return f"{item.id} in content/{item.file}, {state(item, date.today())}" if item else f"{reply['id']}, composed"


def _row(name: str, value: str) -> None:
    _say(f"{name:>10}  {value}")


def _say(line: str, style: str | None = None) -> None:
    console.print(line, style=style, highlight=False, markup=False)
