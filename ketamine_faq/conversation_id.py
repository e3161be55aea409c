"""Conversation ids that nobody can guess or make up: random, and signed by the server."""

import secrets

from itsdangerous import BadSignature, Signer

from ketamine_faq.secret_key import secret_key


def new_conversation_id() -> str:
    """Return a fresh id of about 50 characters that fit a URL."""
    return _signer().sign(secrets.token_urlsafe(16)).decode()


def is_signed(conversation_id: str) -> bool:
    """Tell whether this server made the id."""
    try:
        _signer().unsign(conversation_id)
    except (BadSignature, UnicodeError):
        return False
    return True


def _signer() -> Signer:
    return Signer(secret_key(), salt="conversation")
