"""The body of a request, read only up to what a form can need, and parsed into its fields."""

import json
from typing import Any
from urllib.parse import parse_qsl

from sanic.request import Request

# A form filled to its limits in a script that takes many bytes a character, with room.
MAX_BYTES = 64 * 1024


class TooLargeError(ValueError):
    """The body is longer than MAX_BYTES."""


class UnreadableError(ValueError):
    """The body is not what the address takes."""


async def form_fields(request: Request) -> dict[str, Any]:
    """Return the fields of an HTML form; raises TooLargeError, UnreadableError."""
    try:
        text = (await _read(request)).decode("utf-8")
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=50, errors="strict"))
    except ValueError as error:
        raise _told_apart(error) from None


async def json_fields(request: Request) -> dict[str, Any]:
    """Return the fields of a JSON object; raises TooLargeError, UnreadableError."""
    try:
        fields = json.loads(await _read(request))
    except (ValueError, RecursionError) as error:
        raise _told_apart(error) from None
    if not isinstance(fields, dict):
        raise UnreadableError
    return fields


async def _read(request: Request) -> bytes:
    body = b""
    assert request.stream, "a request that a client sends has one"
    async for part in request.stream:
        body += part
        if len(body) > MAX_BYTES:
            raise TooLargeError
    return body


def _told_apart(error: Exception) -> ValueError:
    return error if isinstance(error, TooLargeError) else UnreadableError()
