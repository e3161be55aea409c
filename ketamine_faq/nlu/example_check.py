"""The check on the examples of data/: what stands twice, what contradicts itself, and whether length means danger."""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from ketamine_faq.nlu.examples import DANGERS, Example

# In each band of length, in words, at most so many of the examples are dangers: more, and length means danger.
BANDS = ((1, 10), (11, 20), (21, 40), (41, 10_000))
MAX_DANGER = 0.2
# Shorter messages differ in a word and mean something else: 'how much', 'how often'.
MIN_WORDS_OF_NEAR = 5


@dataclass(frozen=True)
class ExampleFault:
    """One thing that is wrong: where, what, and what mends it."""

    place: str
    problem: str
    mend: str

    def __str__(self) -> str:
        """Return the line that people read."""
        return f"{self.place}: {self.problem}; {self.mend}."


def check_examples(examples: list[Example]) -> list[ExampleFault]:
    """Return every fault of the examples, duplicates first.

    Turns after an alarm are held against each other only: 'thanks' means something else then.
    """
    turns, others = ([e for e in examples if bool(e.turn) == is_turn] for is_turn in (True, False))
    found = [fault for own in (others, turns) for fault in (*_duplicates(own), *_near_duplicates(own))]
    return [*found, *_too_dangerous_bands(others)]


def normalised(text: str) -> str:
    """Return the text without case, punctuation and double blanks, by which duplicates are told."""
    return re.sub(r"\s+", " ", re.sub(r"[^\w ]", "", text.casefold())).strip() or text


def danger_by_length(examples: Iterable[Example]) -> dict[tuple[int, int], tuple[int, int]]:
    """Return, for each of BANDS, how many of the examples are dangers, and how many there are."""
    counts = dict.fromkeys(BANDS, (0, 0))
    for example in examples:
        words = max(1, len(example.text.split()))
        band = next(band for band in BANDS if band[0] <= words <= band[1])
        dangers, all_of_them = counts[band]
        counts[band] = dangers + (example.intent in DANGERS), all_of_them + 1
    return counts


def near_duplicates(examples: list[Example]) -> Iterator[tuple[Example, Example]]:
    """Yield the pairs of examples of an intent that are one word apart: another, one more or one less."""
    seen: dict[tuple, Example] = {}
    for example in examples:
        words = tuple(normalised(example.text).split())
        if len(words) < MIN_WORDS_OF_NEAR:
            continue
        # Another word: both come to the same with a gap in that place. One more or less: one comes to the other.
        gaps = [(example.intent, words[:i], words[i + 1 :]) for i in range(len(words))]
        whole = (example.intent, words)
        shorter = [(example.intent, before + after) for _, before, after in gaps]
        keys = (*gaps, whole, *shorter)
        other = next((seen[key] for key in keys if key in seen), None)
        if other is not None and normalised(other.text) != normalised(example.text) and _apart(other, words):
            yield other, example
        for key in keys:
            seen.setdefault(key, example)


def _apart(other: Example, words: tuple[str, ...]) -> bool:
    """Tell whether they are truly one word apart: two texts that each lack another word of a third are not."""
    theirs = tuple(normalised(other.text).split())
    if len(theirs) == len(words):
        return sum(a != b for a, b in zip(theirs, words)) == 1
    short, long = sorted((theirs, words), key=len)
    return len(long) == len(short) + 1 and any(long[:i] + long[i + 1 :] == short for i in range(len(long)))


def _duplicates(examples: list[Example]) -> Iterator[ExampleFault]:
    standing: dict[str, list[Example]] = defaultdict(list)
    for example in examples:
        standing[normalised(example.text)].append(example)
    for first, *others in standing.values():
        for other in others:
            if other.intent == first.intent:
                yield ExampleFault(other.place, f"it stands at {first.place}, too", "delete one of them")
            else:
                problem = f"it is {other.intent} here and {first.intent} at {first.place}"
                yield ExampleFault(other.place, problem, "keep the right one")


def _near_duplicates(examples: list[Example]) -> Iterator[ExampleFault]:
    for first, other in near_duplicates(examples):
        yield ExampleFault(other.place, f"it is one word apart from {first.place}", "delete one of them, or reword it")


def _too_dangerous_bands(examples: list[Example]) -> Iterator[ExampleFault]:
    for (low, high), (dangers, count) in danger_by_length(examples).items():
        if dangers > MAX_DANGER * count:
            problem = f"of {count} examples with {low} to {high} words {dangers / count:.0%} are dangers"
            yield ExampleFault("data/", problem, f"add harmless ones of that length: at most {MAX_DANGER:.0%} may be")
