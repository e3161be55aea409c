"""One message of the visitor as it counts after an alarm, of what NLU has made of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ketamine_faq.nlu.concern import heard_in
from ketamine_faq.nlu.examples import DANGERS, TURN

# A topic of its own that is this sure is a question, whatever else the message may say.
SURE_QUESTION = 0.6
# Beside a question mark it need not be so sure.
SURE_ENOUGH = 0.35
# A bare message has so many words at most.
BARE = 2
# What can be answered after the person is safe.
ANSWERED = frozenset(
    (
        *("overview", "differences", "mechanism", "goals", "onset", "dosing", "session_length", "schedule"),
        *("combined_care", "interchangeability", "individualisation", "expertise", "future_direction"),
        *("about_service", "privacy", "personal_concern", "in_treatment", "not_covered", "referral", "contact"),
    )
)


@dataclass(frozen=True)
class Asked:
    """What a message asks or tells in danger: its name, how sure that is (0 to 1), and which turn it is."""

    name: str
    sureness: float
    turn: str


NOTHING = Asked("", 0.0, "")
# Groups of askers, and from which probability on a message is a carer's.
OF_CARER, OF_SELF, SURE_CARER = "crisis_carer", "crisis_self", 0.5


@dataclass(frozen=True)
class Said:
    """One message of the visitor, as NLU has read it.

    `sureness` is of the turn, `confidence` of the intent, 0 to 1; a `bare` message is one word or two,
    `heard` is what of it has an answer of its own, `asked` what it asks, by group of askers.
    """

    intent: str
    turn: str
    sureness: float
    degree: str | None = None
    signs: frozenset[str] = frozenset()
    of_other: bool = False
    topic: str | None = None
    by_clinician: bool = False
    confidence: float = 1.0
    bare: bool = False
    heard: frozenset[str] = frozenset()
    asked: Mapping[str, Asked] = field(default_factory=dict)

    @property
    def is_carers(self) -> bool:
        """Tell whether it is surely what a carer asks, and surer than what somebody in danger might."""
        of_carer, of_self = (self.asked.get(group, NOTHING).sureness for group in (OF_CARER, OF_SELF))
        return of_carer >= SURE_CARER and of_carer > of_self


def said_of(parsed: dict[str, Any], audience: str | None) -> Said:
    """Return a message as it counts here, of what NLU has made of it."""
    intent = (parsed.get("intent") or {}).get("name") or ""
    entities = {entity["entity"]: entity["value"] for entity in parsed.get("entities") or []}
    turn = parsed.get("turn") or {"name": "", "confidence": 0.0}
    if intent.startswith(TURN):  # by a button
        turn = {"name": intent, "confidence": 1.0}
    return Said(
        intent=intent,
        turn=turn["name"].removeprefix(TURN),
        sureness=turn["confidence"],
        degree=parsed.get("concern"),
        signs=frozenset(parsed.get("signs") or ()),
        of_other=entities.get("concerned") == "other",
        topic=_topic(parsed, intent),
        by_clinician=entities.get("audience", audience) == "referrer",
        confidence=(parsed.get("intent") or {}).get("confidence", 0.0),
        bare=len((parsed.get("text") or "").split()) <= BARE,
        heard=frozenset(heard_in(parsed.get("text") or "")),
        asked={group: _asked(found) for group, found in (parsed.get("asked") or {}).items()},
    )


def _asked(found: dict[str, Any]) -> Asked:
    return Asked(found["name"].partition(".")[2], found["confidence"], found["turn"].removeprefix(TURN))


def _topic(parsed: dict[str, Any], intent: str) -> str | None:
    """Return the topic that the message asks about, if that is sure and has an answer."""
    name = parsed.get("put_aside") if intent in DANGERS else intent
    least = SURE_ENOUGH if "?" in (parsed.get("text") or "") else SURE_QUESTION
    sure = intent in DANGERS or (parsed.get("intent") or {}).get("confidence", 0.0) >= least
    return name if name in ANSWERED and sure else None
