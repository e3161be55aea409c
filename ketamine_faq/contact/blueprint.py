"""The contact form's addresses: the page, its challenge, and the endpoint that the widget sends to."""

import asyncio
import logging
import time
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from sanic import Blueprint, response
from sanic.request import Request
from sanic.response import HTTPResponse

from ketamine_faq.chat.conversation_id import conversation_of, is_signed
from ketamine_faq.contact.body import TooLargeError, UnreadableError, form_fields, json_fields
from ketamine_faq.contact.form import validated
from ketamine_faq.contact.form_token import StaleTokenError, new_token, opened
from ketamine_faq.contact.origin import is_foreign
from ketamine_faq.contact.page import HEADERS, STYLE, failed_page, form_page, privacy_page, received_page
from ketamine_faq.contact.proof_of_work import is_solved, new_challenge
from ketamine_faq.contact.spam import SpamJudge
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.contact.words import words
from ketamine_faq.storage.database import StoreError, database
from ketamine_faq.storage.rate_limit import address_of
from ketamine_faq.storage.secret_key import secret_key

logger = logging.getLogger(__name__)

# Returns what was said in a conversation, by its id.
ConversationReader = Callable[[Request, str], Awaitable[list[dict[str, str]]]]
FAILURES = {"too_many": 429, "too_large": 413, "foreign": 403, "unreadable": 400, "unavailable": 503}


class FailureError(Exception):
    """Nothing was received; its one argument names the reason, one of FAILURES."""


class InvalidError(Exception):
    """Something has to be mended first; its one argument has a sentence by field."""


def contact_blueprint(read_conversation: ConversationReader) -> Blueprint:
    """Return the addresses under /contact, and /privacy; raises ContentError, SettingsError where they can't work."""
    blueprint = Blueprint("contact", strict_slashes=True)
    judge = SpamJudge()
    words(), privacy_page()
    secret_key()
    _open_store()

    @blueprint.get("/contact")
    async def page(_: Request) -> HTTPResponse:
        return _html(form_page(new_token(), {}, {}))

    @blueprint.get("/privacy")
    async def privacy(_: Request) -> HTTPResponse:
        return _html(privacy_page())

    @blueprint.get("/contact/style.css")
    async def style(_: Request) -> HTTPResponse:
        headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
        return response.text(STYLE, content_type="text/css; charset=utf-8", headers=headers)

    @blueprint.get("/contact/challenge")
    async def challenge(_: Request) -> HTTPResponse:
        token = new_token()
        return _json({"token": token, **new_challenge(token)})

    @blueprint.post("/contact", stream=True)
    async def send_page(request: Request) -> HTTPResponse:
        sent: dict[str, Any] = {}
        try:
            _admit(request)
            sent |= await form_fields(request)
            # Without JavaScript there is no sum to solve and no conversation to take along.
            return _html(received_page(await _receive(sent, request, judge, from_page=True)), 201)
        except InvalidError as error:
            (errors,) = error.args
            token = new_token() if "token" in errors else str(sent["token"])
            return _html(form_page(token, sent, errors), 422)
        except Exception as error:
            reason = _reason(error)
            # What was written stands there still, to be sent again.
            page = form_page(str(sent.get("token")), sent, {}, reason) if sent else failed_page(reason)
            return _html(page, FAILURES[reason])

    @blueprint.post("/contact.json", stream=True)
    async def send_json(request: Request) -> HTTPResponse:
        try:
            _admit(request)
            sent = await json_fields(request)
            said = await _conversation(sent, request, read_conversation)
            reference = await _receive(sent, request, judge, conversation=said)
            return _json({"reference": reference, "next": words().next_steps(time.time())}, 201)
        except InvalidError as error:
            return _json({"errors": error.args[0]}, 422)
        except Exception as error:
            reason = _reason(error)
            return _json({"text": words().failure(reason)}, FAILURES[reason])

    return blueprint


def _admit(request: Request) -> None:
    """Refuse what a page of another website sends, before any of it is read or counted; raises FailureError."""
    if is_foreign(request):
        raise FailureError("foreign")


async def _receive(
    sent: Mapping[str, Any],
    request: Request,
    judge: SpamJudge,
    *,
    from_page: bool = False,
    conversation: list[dict[str, str]] | None = None,
) -> str:
    """Keep what was sent and return its reference; on return it is on the disk.

    Raises InvalidError, FailureError, StoreError.
    """
    has_proof_of_work = not from_page and is_solved(sent.get("solution"), str(sent.get("token")))
    enquiry, errors = validated(sent)
    token, age = "", 0.0
    try:
        token, age = opened(str(sent.get("token")))
    except StaleTokenError:
        errors["token"] = words().error("token")
    if errors:
        raise InvalidError(errors)

    def keep() -> str:
        known, reused = Enquiries(database()).sent_before(enquiry, token)
        if known:
            return known
        address = address_of(request)
        if judge.is_too_much(address, has_proof_of_work=has_proof_of_work):
            raise FailureError("too_many")
        marks = judge.marks(sent, address, age=age, reused=reused, has_proof_of_work=has_proof_of_work or from_page)
        reference = Enquiries(database()).add(enquiry, token, time.time(), marks, conversation, _origin(sent))
        if marks:
            logger.warning("An enquiry is doubtful, and delivered with that mark: %s (%s)", reference, ", ".join(marks))
        judge.note_taken(address, has_proof_of_work=has_proof_of_work)
        return reference

    # In a thread: neither the disk nor Redis must keep other visitors waiting.
    return await asyncio.get_running_loop().run_in_executor(None, keep)


async def _conversation(
    sent: Mapping[str, Any], request: Request, read: ConversationReader
) -> list[dict[str, str]] | None:
    """Return what was said, if the person ticked that it goes along; None where they did not."""
    if sent.get("include_conversation") is not True:
        return None
    origin = _origin(sent)
    return await read(request, origin) if origin else []


def _origin(sent: Mapping[str, Any]) -> str | None:
    """Return the id of the conversation that a form was sent from, if it says so."""
    sender = str(sent.get("sender"))
    # One that is not ours could be a guess at somebody else's.
    return conversation_of(sender) if is_signed(sender) else None


def _reason(error: Exception) -> str:
    if isinstance(error, FailureError):
        return error.args[0]
    if isinstance(error, TooLargeError):
        return "too_large"
    if isinstance(error, UnreadableError):
        return "unreadable"
    # Of a fault of our own the type alone: its message could quote what was sent.
    logger.error("An enquiry was not kept: %s", error if isinstance(error, StoreError) else type(error).__name__)
    return "unavailable"


def _open_store() -> None:
    try:
        database()
    except StoreError as error:
        # The chat answers without it, and the form says honestly that it can't; each enquiry tries again.
        logger.error("%s", error)


def _html(text: str, status: int = 200) -> HTTPResponse:
    return response.html(text, status=status, headers=HEADERS)


def _json(body: dict[str, Any], status: int = 200) -> HTTPResponse:
    return response.json(
        body, status=status, headers={"Cache-Control": "no-store", "X-Content-Type-Options": "nosniff"}
    )
