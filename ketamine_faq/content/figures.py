"""Figures in a text, each with unit and role: '40 mg/kg over 0.5 minutes' is not '0.5 mg/kg over 40 minutes'."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from ketamine_faq.yaml_file import read

VOCABULARY = read(Path(__file__).with_name("figures.yml"))
SIGNS = {"½": "0.5", "¼": "0.25", "¾": "0.75"}
# Words, numbers and signs; hyphens and blanks only part them.
TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[^\W\d_]+|[^\w\s-]")
NUMBER = re.compile(r"\d")
SENTENCE_END = re.compile(r"[.;:!?](?=\s|$)|\n")


def _by_spelling(names: dict[str, list[str]]) -> dict[str, str]:
    return {spelling: name for name, spellings in names.items() for spelling in spellings}


WORDS = {word: Fraction(number) for number, word in enumerate(VOCABULARY["ones"])}
WORDS |= {word: Fraction(10 * number) for number, word in enumerate(VOCABULARY["tens"], 2)} | {"dozen": Fraction(12)}
SCALES, RATES, HEDGES = VOCABULARY["scales"], VOCABULARY["rates"], VOCABULARY["hedges"]
PARTS = {word: Fraction(1, whole) for word, whole in VOCABULARY["parts"].items()}
TIMES = {word: Fraction(number) for word, number in VOCABULARY["times"].items()}
UNITS, ROLES = _by_spelling(VOCABULARY["units"]), _by_spelling(VOCABULARY["roles"])
THAN = _by_spelling(VOCABULARY["than"])
RANGE = ("to", "or", "and", "–")
# A number word below this is a figure only beside a unit: 'one medicine', 'two uses' count nothing.
ALWAYS_A_FIGURE = 10


@dataclass(frozen=True)
class Figure:
    """A number with its unit and its role, such as 0.5, mg/kg and none, or 40, minute and 'over'."""

    value: Fraction
    unit: str
    role: str
    written: str = field(compare=False, default="")
    start: int = field(compare=False, default=0)

    def __str__(self) -> str:
        """Return how the check names it."""
        return " ".join(filter(None, (self.role, f"{float(self.value):g}", self.unit)))


def figures(text: str) -> list[Figure]:
    """Return the figures of a text in the order they stand in, those in words as well as those in digits."""
    for sign, digits in SIGNS.items():
        text = text.replace(sign, digits)
    return list(_Reader(text).figures())


class _Reader:
    """Goes through a text's tokens."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = [match.span() for match in TOKEN.finditer(text)]
        self._tokens = [text[start:end].lower() for start, end in self._spans]

    def figures(self) -> Iterator[Figure]:
        place, shared = 0, ""
        while place < len(self._tokens):
            value, after = self._number(place)
            unit, end = self._unit(after)
            if value is None or not self._counts(place, value, unit):
                place += 1
                continue
            unit = unit or self._unit_of_range(after)
            role, end = self._role(place, end)
            yield Figure(value, unit, role or shared, self._written(place, end), self._spans[place][0])
            # '0.5 to 1 mg/kg': the second has the role of the first.
            shared = role if end == after and self._at(end) in RANGE else ""
            place = end

    def _at(self, place: int) -> str:
        return self._tokens[place] if 0 <= place < len(self._tokens) else ""

    def _written(self, start: int, end: int) -> str:
        return self._text[self._spans[start][0] : self._spans[end - 1][1]]

    def _number(self, place: int) -> tuple[Fraction | None, int]:
        """Return a number that begins here, and where what follows it does."""
        word = self._at(place)
        if NUMBER.match(word):
            return Fraction(re.sub(r",(?=\d{3}(?!\d))", "", word).replace(",", ".", 1)), place + 1
        if word == "." and NUMBER.match(self._at(place + 1)) and self._touches(place):
            return Fraction(f"0.{self._at(place + 1)}"), place + 2
        if word in TIMES and (self._at(place + 1) in ("a", "per", "each", "every", "daily") or self._rate(place + 1)):
            return TIMES[word], place + 1
        if word == "multi" and self._at(place + 1) in UNITS:  # as in 'multi-day'
            return Fraction(1), place + 1
        if self._rate(place):
            return Fraction(1), place
        if word.rstrip("s") in PARTS:
            after = place + 1
            while self._at(after) in ("of", "a", "an", "the", "all"):
                after += 1
            is_share = after > place + 1
            return (PARTS[word.rstrip("s")], after) if is_share or self._at(after) in UNITS else (None, place)
        return self._in_words(place)

    def _in_words(self, place: int) -> tuple[Fraction | None, int]:
        value, word = None, self._at(place)
        while word in WORDS or (word in SCALES and value is not None):
            value = value * SCALES[word] if word in SCALES else (value or 0) + WORDS[word]
            place += 1
            word = self._at(place)
        if value is not None and word == "point" and self._at(place + 1) in WORDS:
            decimals = ""
            while self._at(place + 1) in WORDS:
                place += 1
                decimals += str(WORDS[self._at(place)])
            return value + Fraction(f"0.{decimals}"), place + 1
        if value is not None and [self._at(place), self._at(place + 1), self._at(place + 2)] == ["and", "a", "half"]:
            return value + Fraction(1, 2), place + 3
        return value, place

    def _touches(self, place: int) -> bool:
        """Tell whether the token is written right before the next one, and is not the end of a sentence."""
        before = self._spans[place - 1][1] if place else -1
        return self._spans[place][1] == self._spans[place + 1][0] and before != self._spans[place][0]

    def _rate(self, place: int) -> str:
        """Return the span that 'weekly' and its like name; of 'daily life' none."""
        word, following = self._at(place), self._at(place + 1)
        if word == "daily" and following not in VOCABULARY["not_a_rate"]:
            return "day"
        return RATES.get(word, "")

    def _unit(self, place: int) -> tuple[str, int]:
        if self._at(place) in TIMES.keys() | RATES.keys():
            return "times", place
        if self._rate(place):
            return "times", place
        unit, after = UNITS.get(self._at(place), ""), place + 1
        if [self._at(place), self._at(place + 1)] == ["per", "cent"]:
            return "%", place + 2
        if not unit:
            return "", place
        if self._at(after) in ("/", "per", "a", "for", "each", "every"):
            further = after + 1 + (self._at(after + 1) in ("a", "each", "every"))
            if UNITS.get(self._at(further)) == "kg":
                return f"{unit}/kg", further + 1
        return unit, after

    def _unit_of_range(self, place: int) -> str:
        """Return the unit that a number shares with the next, as in '0.5 to 1 mg/kg'."""
        if self._at(place) in RANGE:
            place += 1
        value, after = self._number(place)
        return self._unit(after)[0] if value is not None else ""

    def _counts(self, place: int, value: Fraction, unit: str) -> bool:
        word = self._at(place)
        in_digits = bool(NUMBER.match(word)) or word == "."
        shared = bool(unit) or word.rstrip("s") in PARTS or bool(self._unit_of_range(self._number(place)[1]))
        return in_digits or shared or word in TIMES or bool(self._rate(place)) or value >= ALWAYS_A_FIGURE

    def _role(self, place: int, end: int) -> tuple[str, int]:
        """Return what the figure is for by the words around it, and where the words after it end."""
        if self._at(place) == "multi":
            return "above", end
        rate = self._rate(end)
        if rate:
            return f"per {rate}", end + 1
        if self._at(end) in ("/", "a", "an", "per", "each", "every"):
            span = UNITS.get(self._at(end + 1), "")
            if span in VOCABULARY["spans"]:
                return f"per {span}", end + 2
        if self._at(end) == "or" and self._at(end + 1) in THAN:
            return THAN[self._at(end + 1)], end + 2
        if self._at(end) in ("maximum", "minimum"):
            return ROLES[self._at(end)], end + 1
        return self._role_before(place - 1), end

    def _role_before(self, place: int) -> str:
        while self._at(place) in HEDGES:
            place -= 1
        word, before = self._at(place), self._at(place - 1)
        if word == "than":
            return THAN.get(before, "above")
        if (before, word) in (("at", "most"), ("up", "to")):
            return "below"
        while word == "most":
            place -= 1
            word = self._at(place)
        return ROLES.get(word, "")
