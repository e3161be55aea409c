"""Rasa input channel in the stock REST format, which treats typed text as text and never stays silent."""

import asyncio
import json
import logging
import time
from collections.abc import Awaitable, Callable
from typing import Any
from uuid import uuid4

from rasa.core.channels.channel import CollectingOutputChannel, InputChannel, UserMessage
from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from ketamine_faq.chat.conversation_id import conversation_of, new_sender, valid_or_new_sender
from ketamine_faq.chat.counters import (
    ANSWERS,
    CONCERNED,
    FAILURES,
    HAND_OFFS,
    MESSAGES,
    REFUSED,
    SAFETY_REPLIES,
    SECONDS,
)
from ketamine_faq.chat.feedback import keep_feedback
from ketamine_faq.chat.refusals import refuse_from
from ketamine_faq.chat.turns_under_way import TooManyError, TurnsUnderWay
from ketamine_faq.chat.typed_text import TooLongError, typed_text
from ketamine_faq.content.texts import AUDIENCES, PAGE_AUDIENCE, content
from ketamine_faq.nlu.examples import DANGERS
from ketamine_faq.settings import settings
from ketamine_faq.storage.database import StoreError, database
from ketamine_faq.storage.quota import UNKEPT, DailyQuota
from ketamine_faq.storage.rate_limit import RateLimit, address_of, rate_limit

logger = logging.getLogger(__name__)

Handler = Callable[[UserMessage], Awaitable[Any]]

# Of one address within an hour: a hospital's visitors may share one, and so do all of a load test.
MAX_CONVERSATIONS, MAX_VERDICTS = 20_000, 2_000
MEGABYTE = 1_000_000
# After so long, it may be tried again.
RETRY = {"Retry-After": "2"}
BAD_VERDICT = 'the body needs {"sender", "topic", "helpful": true or false}, and at most a `reason` of ours'


class BadRequestError(ValueError):
    """The request is not `{"sender": text, "message": text}`."""


class Replies(CollectingOutputChannel):
    """Collects a reply's messages, each with the `topic` that it answers, its `concern`, and an answer's `source`.

    It also notes whether one offers the contact form.
    """

    offers_contact = False

    async def send_response(self, recipient_id: str, message: dict[str, Any]) -> None:
        """Collect a response as Rasa has it."""
        before = len(self.messages)
        topic = str(message.get("utter_action") or "").removeprefix("utter_")
        metadata = message.get("metadata") or {}
        self.offers_contact |= bool(metadata.get("handoff"))
        await super().send_response(recipient_id, message)
        for collected in self.messages[before:]:
            collected["topic"] = topic
            if metadata.get("concern"):
                collected["concern"] = metadata["concern"]
            if content().has_question(topic) and metadata.get("facts") and not metadata.get("handoff"):
                collected["source"] = content().notice("source")

    async def send_text_message(self, recipient_id: str, text: str, **_: Any) -> None:
        """Collect a text whole; Rasa would make a message of each paragraph, and one of the disclaimer alone."""
        await self._persist_message(self._message(recipient_id, text=text))


class WebChannel(InputChannel):
    """`POST /webhooks/rest/webhook` with `{sender, message}` answers a list of `{recipient_id, text, buttons}`.

    A message that is exactly the payload of one of our buttons, or the question on it, counts as that button; anything
    else is typed text, whatever it begins with. When handling fails, the reply is the failure notice; to a text that is
    too long, the notice that says so; of more messages at once than TurnsUnderWay takes, likewise, with 429 or 503.
    `POST /webhooks/rest/conversation` answers `{sender}`: a fresh secret, which one browser's conversation goes on by,
    until a reply's `recipient_id` is another. An `audience` beside a message is whom the page is for.
    `POST /webhooks/rest/feedback` takes `{sender, topic, helpful}`, and a `reason` where it did not help.
    """

    @classmethod
    def name(cls) -> str:
        """Return the stock channel's name, and so its address."""
        return "rest"

    def blueprint(self, on_new_message: Handler) -> Blueprint:
        """Return the endpoint, and a health check beside it as the stock channel has."""
        webhook = Blueprint("web_channel")
        refuse_from(webhook)
        buttons = content().buttons()
        turns = TurnsUnderWay()
        quota = DailyQuota(settings().conversation_megabytes_per_day * MEGABYTE)
        begun, verdicts = rate_limit("begun", MAX_CONVERSATIONS), rate_limit("verdicts", MAX_VERDICTS)

        @webhook.get("/")
        async def health(_: Request) -> HTTPResponse:
            return response.json({"status": "ok"})

        @webhook.post("/webhook")
        async def receive(request: Request) -> HTTPResponse:
            try:
                sender, message, audience = _parsed(request)
            except BadRequestError as error:
                return response.json([{"text": content().failure, "error": str(error)}], status=400)
            try:
                text = buttons.get(message) or typed_text(message)
            except TooLongError:
                logger.info("A message was too long to be read")
                return response.json([{"recipient_id": sender, "text": content().too_long, "error": "too long"}])
            try:
                conversation, address = conversation_of(sender), address_of(request)
                async with turns.one_of(conversation, address, len(text)):
                    kept = conversation if quota.has_room(address, len(text)) else f"{UNKEPT}{uuid4().hex}"
                    return response.json(await self._replies(on_new_message, text, sender, kept, audience))
            except TooManyError as error:
                REFUSED.labels(error.status.value).inc()
                notice = [{"recipient_id": sender, "text": content().busy, "error": str(error)}]
                return response.json(notice, status=error.status, headers=RETRY)

        @webhook.post("/conversation")
        async def begin(request: Request) -> HTTPResponse:
            if await _is_too_much(begun, request):
                return response.json({"error": "too many conversations from one address"}, 429)
            return response.json({"sender": new_sender()}, headers={"Cache-Control": "no-store"})

        @webhook.post("/feedback")
        async def feedback(request: Request) -> HTTPResponse:
            if await _is_too_much(verdicts, request):
                return response.json({"error": "too many verdicts from one address"}, 429)
            try:
                sent = json.loads(request.body)
                await asyncio.get_running_loop().run_in_executor(None, lambda: keep_feedback(database(), sent))
            except (ValueError, RecursionError):
                return response.json({"error": BAD_VERDICT}, 422)
            except StoreError as error:
                logger.error("A verdict was not kept. %s", error)
                return response.json({"error": "it could not be kept"}, 503)
            return response.empty()

        return webhook

    async def _replies(
        self, on_new_message: Handler, text: str, sender: str, conversation: str, audience: str | None
    ) -> list[dict[str, Any]]:
        collector, began = Replies(), time.perf_counter()
        try:
            metadata = {PAGE_AUDIENCE: audience} if audience else None
            await on_new_message(
                UserMessage(text, collector, conversation, input_channel=self.name(), metadata=metadata)
            )
        except Exception as error:
            # The type alone: messages of exceptions can quote what the visitor typed.
            logger.error("A message could not be handled: %s", type(error).__name__)
            collector = Replies()
        _note(collector, time.perf_counter() - began)
        messages = collector.messages or [{"text": content().failure, "error": "it could not be handled"}]
        # To the visitor, the conversation is what they call it.
        return [{**message, "recipient_id": sender} for message in messages]


async def _is_too_much(limit: RateLimit, request: Request) -> bool:
    # In a thread: a Redis that hangs must not keep other visitors waiting.
    return await asyncio.get_running_loop().run_in_executor(None, limit.is_exceeded, address_of(request))


def _note(replies: Replies, seconds: float) -> None:
    topics = sorted({message["topic"] for message in replies.messages})
    MESSAGES.inc()
    SECONDS.observe(seconds)
    for topic in topics:
        ANSWERS.labels(topic).inc()
        if topic in DANGERS:
            SAFETY_REPLIES.labels(topic).inc()
    for degree in {message["concern"] for message in replies.messages if "concern" in message}:
        CONCERNED.labels(degree).inc()
    if replies.offers_contact:
        HAND_OFFS.inc()
    if not topics:
        FAILURES.inc()
    logger.info("Answered %s in %d ms", ", ".join(topics) or "with the failure notice", seconds * 1000)


def _parsed(request: Request) -> tuple[str, str, str | None]:
    try:
        body = request.json
    except Exception:
        raise BadRequestError("the body is not JSON") from None
    if not isinstance(body, dict) or not isinstance(body.get("message"), str):
        raise BadRequestError('the body needs {"sender": text, "message": text}')
    sender = body.get("sender") or new_sender()
    # No store takes all that is not printable: a NUL, or half of a character.
    if not isinstance(sender, str) or len(sender) > 200 or not sender.isprintable():
        raise BadRequestError("`sender` is a text of at most 200 printable characters")
    audience = body.get("audience")
    # A page that is wrong about its readers must not keep them from an answer.
    known = audience if isinstance(audience, str) and audience in AUDIENCES else None
    return valid_or_new_sender(sender), body["message"], known
