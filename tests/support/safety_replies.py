"""What a reply to somebody in danger names and asks, read from its words."""

import re

from ketamine_faq.content.texts import content

SERVICES = (
    "emergency",
    "lifeline",
    "lifeline_text",
    "poisons",
    "suicide_call_back",
    "yarn",
    "kids_helpline",
    "panda",
    "respect",
    "qlife",
    "open_arms",
    "interpreter",
)
ASKS = re.compile(r"thinking (about|of) suicide\?|thoughts of suicide, or of hurting yourself")
# What never speaks while a state stands.
NEVER_IN_A_STATE = (
    "misuse",
    "out_of_scope",
    "capabilities",
    "did_you_mean",
    "not_covered",
    "handoff_declined",
    "goodbye",
)


def contacts(text: str) -> set[str]:
    """The services whose numbers a text names; a line that is called or texted is one."""
    words = content().variables()
    numbers = {words[name].split(" (")[0]: name for name in SERVICES}
    # The longest first: the number to text Lifeline ends with the one to call it.
    found = re.findall("|".join(sorted(map(re.escape, numbers), key=len, reverse=True)), text)
    return {numbers[number].removesuffix("_text") for number in found}
