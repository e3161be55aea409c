"""Forms as the widget sends them."""

import hashlib

from ketamine_faq.chat.conversation_id import new_sender
from tests.support.contact_server import Served
from tests.support.installation import FORM


def solved(challenge: dict) -> dict:
    """The challenge with its number found, as the widget finds it."""
    for number in range(challenge["maxnumber"] + 1):
        if hashlib.sha256(f"{challenge['salt']}{number}".encode()).hexdigest() == challenge["challenge"]:
            return {**{name: challenge[name] for name in ("challenge", "salt", "signature")}, "number": number}
    raise AssertionError("no number solves it")


def filled(server: Served, **changed) -> dict:
    """A form as the widget sends it."""
    challenge = server.get("/contact/challenge").json()
    assert challenge["algorithm"] == "SHA-256"
    return {
        **FORM,
        "consent": True,
        "include_conversation": False,
        "sender": new_sender(),
        "token": challenge["token"],
        "solution": solved(challenge),
        **changed,
    }
