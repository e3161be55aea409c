"""Proof of work by ALTCHA: a sum that costs a visitor's browser a moment and a spammer's server many."""

import hashlib
from datetime import datetime, timedelta, timezone
from typing import Any, Literal

from altcha import ChallengeOptionsV1, create_challenge_v1, extract_params_v1, verify_solution_v1

from ketamine_faq.contact.form_token import VALID_SECONDS
from ketamine_faq.storage.secret_key import secret_key

ALGORITHM: Literal["SHA-256"] = "SHA-256"
# Half of them on average: about a second in a browser.
MAX_NUMBER = 50_000


def new_challenge(token: str) -> dict[str, Any]:
    """Return the sum that goes with a form's token: find n with hex(sha256(salt + n)) == challenge."""
    options = ChallengeOptionsV1(
        algorithm=ALGORITHM,
        max_number=MAX_NUMBER,
        hmac_key=_key(),
        expires=datetime.now(timezone.utc) + timedelta(seconds=VALID_SECONDS),
        params={"token": token},
    )
    made = create_challenge_v1(options)
    return {
        "algorithm": made.algorithm,
        "challenge": made.challenge,
        "salt": made.salt,
        "maxnumber": made.max_number,
        "signature": made.signature,
    }


def is_solved(solution: Any, token: str) -> bool:
    """Tell whether a solution is right, ours, in time and for this token; False for whatever else was sent."""
    if not isinstance(solution, dict) or type(solution.get("number")) is not int:
        return False
    parts = {name: solution.get(name) for name in ("challenge", "salt", "signature")}
    if not all(isinstance(part, str) and part.isascii() for part in parts.values()):
        return False
    # Token and time stand in the salt, which the signature covers through the challenge, its hash.
    payload: Any = {**parts, "number": solution["number"], "algorithm": ALGORITHM}
    bound = extract_params_v1(payload)
    if bound.get("token") != [token] or len(bound.get("expires", ())) != 1:
        return False
    return verify_solution_v1(payload, _key())[0]


def _key() -> bytes:
    return hashlib.sha256(b"proof of work\0" + secret_key().encode()).digest()
