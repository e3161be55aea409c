"""Messages for training that are joined from two: danger hides in ordinary questions, and people ramble.

Danger beside an ordinary message is danger; two messages of one topic are that topic. Without the second kind, the
encoder would learn that what is long is dangerous. docs/safety.md has what they gain.
"""

from random import Random

from ketamine_faq.nlu.learned_classes import KINDS

# Of each kind, as a share of the messages there are.
DANGEROUS, HARMLESS = 0.06, 0.1
MOST_WORDS = 25
SEED = 20261123
DANGER = (*KINDS["crisis"], *KINDS["emergency"])
JOINTS = (". ", " ", ", ", "\n", " - ", "... ", " and ", " also ", " but ")


def joined_messages(texts: list[str], labels: list[str]) -> tuple[list[str], list[str]]:
    """Return new texts and their labels, made of messages of at most MOST_WORDS words; none where none is dangerous."""
    short = [(text, label) for text, label in zip(texts, labels) if len(text.split()) <= MOST_WORDS]
    dangerous = [message for message in short if message[1] in DANGER]
    harmless = [message for message in short if message[1] not in (*DANGER, *KINDS["misuse"])]
    if not dangerous or not harmless:
        return [], []
    by_label: dict[str, list[tuple[str, str]]] = {}
    for message in harmless:
        by_label.setdefault(message[1], []).append(message)
    random = Random(SEED)
    firsts = random.choices(dangerous, k=int(DANGEROUS * len(texts)))
    seconds = random.choices(harmless, k=len(firsts))
    alike = random.choices(harmless, k=int(HARMLESS * len(texts)))
    firsts, seconds = firsts + alike, seconds + [random.choice(by_label[label]) for _, label in alike]
    joined = [_joined(first, second, random) for (first, _), (second, _) in zip(firsts, seconds)]
    return joined, [label for _, label in firsts]


def _joined(first: str, second: str, random: Random) -> str:
    before, after = random.sample((first, second), 2)
    return before.rstrip(".") + random.choice(JOINTS) + after
