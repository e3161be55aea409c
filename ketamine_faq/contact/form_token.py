"""The token that every form carries: made and dated by the server, so that a form was opened here, and when."""

import secrets
import time

from itsdangerous import BadSignature, URLSafeTimedSerializer

from ketamine_faq.storage.secret_key import secret_key

# Long enough for a form left open over a holiday.
VALID_SECONDS = 7 * 24 * 3600


class StaleTokenError(ValueError):
    """The token was not made here, or too long ago."""


def new_token() -> str:
    """Return a token of about 60 characters."""
    return _serializer().dumps(secrets.token_urlsafe(12))


def opened(token: str) -> tuple[str, float]:
    """Return the token's unique part and its age in seconds; raises StaleTokenError."""
    try:
        unique, issued = _serializer().loads(token, max_age=VALID_SECONDS, return_timestamp=True)
    except (BadSignature, UnicodeError):
        raise StaleTokenError from None
    return unique, time.time() - issued.timestamp()


def _serializer() -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(secret_key(), salt="contact form")
