"""What is heard in a message after an alarm and answered for itself, by whom the talk is about.

nlu/heard_patterns.yml has the words; the replies have the same names, after `crisis_` where it is no emergency.
"""

from collections.abc import Iterable

from ketamine_faq.nlu.concern import HEARD, names

CARER, CLINICIAN, BABY, EMERGENCY = "carer_", "clinician_", "baby_", "emergency_"
# What a carer says that is answered where nobody may act soon, too.
ANY_CARER = frozenset(
    {
        "carer_threat",
        "carer_cuts",
        "carer_go_in",
        "carer_family",
        "carer_message",
        "carer_where",
        "carer_call",
        "carer_support",
        "carer_shaken",
    }
)
# What of it the first alarm about somebody else has words of its own for.
FIRST_OF_CARER = ("carer_threat", "carer_cuts")
# What still counts once an emergency is over.
EMERGENCY_OVER = frozenset(
    f"emergency_{name}"
    for name in ("not_taken", "sleepy", "interpreter", "passed", "mistaken", "hospital", "cost", "arrived", "regret")
)
# What lets go: not at words that tell of worse.
LETS_GO = frozenset({"emergency_passed", "emergency_mistaken", "emergency_arrived", "carer_after"})


def first(heard: frozenset[str], *groups: str, of: Iterable[str] | None = None) -> str | None:
    """Return what is answered first of what was heard, of these groups, or of these names alone."""
    allowed = [name for name in names(HEARD) if name.startswith(groups) and (of is None or name in of)]
    return next((name for name in allowed if name in heard), None)
