"""What is answered where no handler answers: to a request that is malformed, too large, misdirected, or failed.

And what every reply has: that it is not to be stored, unless it says how, and is what it says that it is.
"""

import logging
import re
from http import HTTPStatus

from httptools import parse_url
from sanic import Blueprint, Sanic, response
from sanic.exceptions import InvalidUsage, ServiceUnavailable
from sanic.request import Request
from sanic.response import HTTPResponse

from ketamine_faq.content.texts import content

logger = logging.getLogger(__name__)

CHAT = "/webhooks/rest"
LENGTH = re.compile(r"[0-9]{1,18}")


def refuse_from(blueprint: Blueprint) -> None:
    """Have the app that a blueprint is registered with refuse as this module says, at all of its addresses."""
    blueprint.signal("http.lifecycle.read_head")(require_path)
    blueprint.signal("http.lifecycle.request")(require_well_formed)

    @blueprint.listener("before_server_start")
    async def never_silent(app: Sanic, _: object) -> None:
        app.error_handler.add(Exception, in_chat_format)
        app.on_response(with_headers)


async def with_headers(_: Request, reply: HTTPResponse) -> None:
    """Add the headers of every reply; what may be stored says so itself."""
    reply.headers.setdefault("Cache-Control", "no-store")
    reply.headers.setdefault("X-Content-Type-Options", "nosniff")


async def require_path(head: bytes, **_: object) -> None:
    """Raise where the address can't be understood: Sanic then answers with 400, and not with a fault of its own."""
    address = head.split(b"\r\n", 1)[0].split(b" ")[1]
    if not address.isascii() or not (parse_url(address).path or b"").startswith(b"/"):
        raise InvalidUsage("Bad Request")


async def require_well_formed(request: Request, **_: object) -> None:
    """Raise InvalidUsage where a body's length is not told in one way that Sanic understands.

    Of a negative length Sanic would read for ever, and what else is not a number it would take for a fault of its own.
    Who asks for the head of a page alone gets the page's; Sanic leaves its body out.
    """
    if request.method == "HEAD":
        request.method = "GET"
    lengths = request.headers.getall("content-length", [])
    encodings = request.headers.getall("transfer-encoding", [])
    if len(lengths) + len(encodings) > 1:
        raise InvalidUsage("Bad Request")
    if not all(map(LENGTH.fullmatch, lengths)) or any(encoding != "chunked" for encoding in encodings):
        raise InvalidUsage("Bad Request")


def in_chat_format(request: Request, exception: Exception) -> HTTPResponse | None:
    """Return the failure notice as a client of the chat expects a reply; None, for Sanic's own answer, elsewhere."""
    if isinstance(exception, ServiceUnavailable) and request.stream:
        # Too late: of a body that never came to its end Sanic would still await the rest, for ever.
        request.stream.request_body = None
    if not request.path.startswith(CHAT):
        return None
    status = getattr(exception, "status_code", HTTPStatus.INTERNAL_SERVER_ERROR)
    if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        # The type alone: a message can quote what was sent.
        logger.error("A request failed: %s", type(exception).__name__)
    notice = [{"text": content().failure, "error": HTTPStatus(status).phrase}]
    return response.json(notice, status=status, headers=getattr(exception, "headers", None))
