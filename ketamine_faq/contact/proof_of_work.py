"""Proof of work of the ALTCHA kind: a sum that costs a visitor's browser a moment and a spammer's server many."""

import hashlib
import hmac
import secrets
import time
from typing import Any
from urllib.parse import parse_qs

from ketamine_faq.contact.form_token import VALID_SECONDS
from ketamine_faq.storage.secret_key import secret_key

ALGORITHM = "SHA-256"
# Half of them on average: about a second in a browser.
MAX_NUMBER = 50_000


def new_challenge(token: str) -> dict[str, Any]:
    """Return the sum that goes with a form's token: find n with hex(sha256(salt + n)) == challenge."""
    # It ends in a sign that is no digit: else digits could be moved from the number to the salt and back.
    salt = f"{secrets.token_hex(12)}?expires={int(time.time()) + VALID_SECONDS}&token={token}&"
    challenge = _challenge(salt, secrets.randbelow(MAX_NUMBER + 1))
    return {
        "algorithm": ALGORITHM,
        "challenge": challenge,
        "salt": salt,
        "maxnumber": MAX_NUMBER,
        "signature": _signature(challenge),
    }


def is_solved(solution: Any, token: str) -> bool:
    """Tell whether a solution is right, ours, in time and for this token; False for whatever else was sent."""
    if not isinstance(solution, dict):
        return False
    challenge, salt, signature = (_text(solution.get(name)) for name in ("challenge", "salt", "signature"))
    number = solution.get("number")
    if not (challenge and salt and signature) or type(number) is not int:
        return False
    # The salt is covered by the signature through the challenge, which is its hash.
    if not hmac.compare_digest(signature, _signature(challenge)) or challenge != _challenge(salt, number):
        return False
    if not salt.endswith("&"):
        return False
    bound = parse_qs(salt.partition("?")[2])
    return bound.get("token") == [token] and float(bound["expires"][0]) > time.time()


def _text(value: Any) -> str:
    return value if isinstance(value, str) and value.isascii() else ""


def _challenge(salt: str, number: int) -> str:
    return hashlib.sha256(f"{salt}{number}".encode()).hexdigest()


def _signature(challenge: str) -> str:
    key = hashlib.sha256(b"proof of work\0" + secret_key().encode()).digest()
    return hmac.new(key, challenge.encode(), hashlib.sha256).hexdigest()
