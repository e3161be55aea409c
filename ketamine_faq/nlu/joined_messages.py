"""Messages for fine-tuning that are joined from two: danger hides in ordinary questions, and people ramble.

Danger beside an ordinary message is danger, and two ordinary messages are none: without the second kind, the encoder
would learn that what is long is dangerous. Neither has a topic. docs/safety.md has what they gain.
"""

from collections.abc import Sequence
from random import Random

from ketamine_faq.nlu.examples import CRISIS, CRISIS_OF_OTHER, EMERGENCY, NONE

# Of each kind, as a share of the messages there are.
DANGEROUS, HARMLESS = 0.03, 0.06
MAX_WORDS = 25
SEED = 20261123
JOINTS = (". ", " ", ", ", "\n", " - ", "... ", " and ", " also ", " but ")


def joined_messages(texts: list[str], concerns: Sequence[str | None]) -> tuple[list[str], list[str | None]]:
    """Return new texts and their concerns, of messages of at most MAX_WORDS words; none where none is dangerous."""
    short = [(text, concern) for text, concern in zip(texts, concerns) if len(text.split()) <= MAX_WORDS]
    dangerous = [message for message in short if message[1] in (CRISIS, CRISIS_OF_OTHER, EMERGENCY)]
    harmless = [message for message in short if message[1] == NONE]
    if not dangerous or not harmless:
        return [], []
    random = Random(SEED)
    firsts = random.choices(dangerous, k=int(DANGEROUS * len(texts)))
    firsts += random.choices(harmless, k=int(HARMLESS * len(texts)))
    seconds = random.choices(harmless, k=len(firsts))
    joined = [_joined(first, second, random) for (first, _), (second, _) in zip(firsts, seconds)]
    return joined, [concern for _, concern in firsts]


def _joined(first: str, second: str, random: Random) -> str:
    before, after = random.sample((first, second), 2)
    return before.rstrip(".") + random.choice(JOINTS) + after
