"""Whose conversation a `sender` goes on with.

A browser holds a secret that this server made and signed. Its conversation is kept under a hash of it, so that who sees
a conversation's id, in a store, a backup or a transcript, can't go on with it. Any other sender is, as Rasa has it,
itself the id: it never is that of a browser's conversation.
"""

import hashlib
import re
import secrets

from itsdangerous import BadSignature, Signer

from ketamine_faq.storage.quota import UNKEPT
from ketamine_faq.storage.secret_key import secret_key

BROWSER, OTHER = "browser-", "other-"
# What `new_sender` makes, under whatever key.
SECRET = re.compile(r"[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{27}")


def new_sender() -> str:
    """Return a fresh secret of about 50 characters, for one browser alone."""
    return _signer().sign(secrets.token_urlsafe(16)).decode()


def is_signed(sender: str) -> bool:
    """Tell whether this server made the sender."""
    try:
        value = _signer().unsign(sender)
    except (BadSignature, UnicodeError):
        return False
    # Base64 can say the same bytes in several ways; only ours counts, or one secret would be several conversations.
    return _signer().sign(value).decode() == sender


def valid_or_new_sender(sender: str) -> str:
    """Return the sender, or a fresh one in place of a secret from before SECRET_KEY was changed, or made up.

    As the name of a conversation it would be stored, and its verdicts and enquiries be refused for ever.
    """
    return new_sender() if SECRET.fullmatch(sender) and not is_signed(sender) else sender


def conversation_of(sender: str) -> str:
    """Return the id of a sender's conversation; no two senders have the same."""
    if is_signed(sender):
        return BROWSER + hashlib.sha256(sender.encode()).hexdigest()[:40]
    # One that looks like an id of ours is set apart, and so is one that looks set apart.
    return OTHER + sender if sender.startswith((BROWSER, OTHER, UNKEPT)) else sender


def _signer() -> Signer:
    return Signer(secret_key(), salt="conversation")
