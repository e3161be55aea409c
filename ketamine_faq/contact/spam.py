"""What makes an enquiry doubtful. A doubtful one is delivered with these marks; never dropped."""

import re
from collections.abc import Mapping
from typing import Any

from ketamine_faq.chat.conversation_id import conversation_of, is_signed
from ketamine_faq.settings import settings
from ketamine_faq.storage.rate_limit import rate_limit

# A field that people do not see; machines fill in whatever looks like one. Browsers fill in by name: this is like none
# that they know.
HONEYPOT = "leave_empty"
MAX_LINKS = 2
LINK = re.compile(r"https?://|www\.|\[url|<a\s", re.IGNORECASE)


class SpamJudge:
    """Judges a form by what it holds, and by how many came before it from the same address or conversation."""

    def __init__(self) -> None:
        """Start with nothing seen."""
        self._without_proof = rate_limit("unworked", settings().refused_enquiries_per_hour)
        self._enquiries = rate_limit("enquiries", settings().doubtful_enquiries_per_hour)
        self._conversations = rate_limit("conversations", settings().doubtful_enquiries_per_hour)

    def is_too_much(self, address: str, *, has_proof_of_work: bool) -> bool:
        """Tell whether an enquiry is one too many of its address; never one that comes with its proof of work.

        So whoever shares an address with someone who sends many is not locked out.
        """
        return not has_proof_of_work and self._without_proof.seen(address) >= settings().refused_enquiries_per_hour

    def note_taken(self, address: str, *, has_proof_of_work: bool) -> None:
        """Note that an enquiry was taken. Tries are not counted: any web page could make a visitor's browser try."""
        if not has_proof_of_work:
            self._without_proof.count(address)

    def marks(
        self, sent: Mapping[str, Any], address: str, *, age: float, reused: bool, has_proof_of_work: bool
    ) -> tuple[str, ...]:
        """Note an enquiry and return the names of all that is doubtful about it; none for most.

        `age` is the seconds since the form was opened. `reused`: it was sent before with other words.
        `has_proof_of_work`: it came with one, or from the page, which can give none.
        """
        most = settings().doubtful_enquiries_per_hour
        sender = str(sent.get("sender") or "")
        doubts = {
            "honeypot": bool(sent.get(HONEYPOT)),
            "too_fast": age < settings().minimum_fill_seconds,
            "no_work": not has_proof_of_work,
            "token_reused": reused,
            "many_from_address": self._enquiries.count(address) > most,
            "many_from_conversation": is_signed(sender) and self._conversations.count(conversation_of(sender)) > most,
            "links": len(LINK.findall(str(sent.get("about") or ""))) > MAX_LINKS,
        }
        return tuple(name for name, doubtful in doubts.items() if doubtful)
