"""How much concern a message raises, in three degrees: danger, possible or none. docs/safety.md has the method.

Probabilities come from the model of concern, joined with reviewed patterns. Danger needs the whole message: a part that
is read by itself can raise no more than `possible`, unless the whole agrees.
"""

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from ketamine_faq.nlu.examples import CRISIS, CRISIS_OF_OTHER, DANGERS, EMERGENCY, MISUSE, POSSIBLE

PATTERNS = Path(__file__).with_name("safety_patterns.yml")
SIGNS = Path(__file__).with_name("sign_patterns.yml")
TURNS = Path(__file__).with_name("turn_patterns.yml")
HEARD = Path(__file__).with_name("heard_patterns.yml")
THEMES = Path(__file__).with_name("theme_patterns.yml")
DANGER = "danger"

# The classes of a danger to life.
LIFE = (CRISIS, CRISIS_OF_OTHER, EMERGENCY)
# A pattern of another intent wins over misuse that is less likely.
SURE_MISUSE = 0.9
# Who may be in danger themself is not spoken to as a helper: someone else must be so many times as likely.
SELF_IN_DOUBT = 2


@dataclass(frozen=True)
class Thresholds:
    """Probabilities from which a degree begins; config.yml has them, docs/safety.md how they were chosen.

    `danger` and `possible` are of the whole message; `agreed` is what the whole must reach, of danger and possible
    together, where a part reaches `danger_of_part`; `possible_of_part` is what a part must reach for `possible`.
    A danger below `danger_beside_question` is only possible where a question on treatment is surer.
    """

    danger: float = 0.5
    danger_of_part: float = 0.9
    agreed: float = 0.25
    possible: float = 0.3
    possible_of_part: float = 0.5
    misuse: float = 0.5
    danger_beside_question: float = 0.0


@dataclass(frozen=True)
class Concern:
    """What was found: the degree, the intent that replaces the topic (None: the topic stays), and how sure (0 to 1).

    `of_other`: someone else is in danger.
    """

    degree: str | None = None
    intent: str | None = None
    confidence: float = 0.0
    of_other: bool = False


def concern_of(text: str, whole: dict[str, float], parts: list[dict[str, float]], thresholds: Thresholds) -> Concern:
    """Return the concern that a message raises; `whole` and `parts` are class probabilities of it and of its parts."""
    matched = matched_intents(text)
    life = 1.0 if matched & {CRISIS, EMERGENCY} else life_of(whole)
    of_part = max(map(life_of, parts), default=0.0)
    doubtful = life + whole.get(POSSIBLE, 0.0)
    if life >= thresholds.danger or (of_part >= thresholds.danger_of_part and doubtful >= thresholds.agreed):
        return _danger(whole, parts, matched, life)
    doubt = max(doubtful - thresholds.possible, of_part - thresholds.possible_of_part)
    degree = POSSIBLE if doubt >= 0 or POSSIBLE in matched else None
    misuse = whole.get(MISUSE, 0.0)
    other = next(iter(matched - {*DANGERS, POSSIBLE}), None)
    # Slang is common to both: who says that nobody would miss them is not refused.
    if POSSIBLE not in matched and misuse >= (SURE_MISUSE if other else thresholds.misuse):
        return Concern(degree, MISUSE, misuse)
    return Concern(degree, other, 1.0 if other else 0.0)


def matched_intents(text: str) -> set[str]:
    """Return the intents that have a pattern that the text matches."""
    return _matched(PATTERNS, text)


def signs_of(text: str) -> set[str]:
    """Return which kinds of sign have a pattern that the text matches; they count where the text is a danger."""
    return _matched(SIGNS, text)


def plain_turn(text: str) -> str | None:
    """Return the turn after an alarm that the text says too plainly to leave to a classifier."""
    matched = _matched(TURNS, text)
    return next((turn for turn in _patterns(TURNS) if turn in matched), None)


def heard_in(text: str) -> set[str]:
    """Return what the text says that has an answer of its own after an alarm (heard_patterns.yml)."""
    return _matched(HEARD, text)


def theme_of(text: str) -> str | None:
    """Return what of a life the text tells, by theme_patterns.yml; the first of several."""
    matched = _matched(THEMES, text)
    return next((name for name in names(THEMES) if name in matched), None)


def names(file: Path) -> tuple[str, ...]:
    """Return the names of a file's patterns, in its order."""
    return tuple(_patterns(file))


def _matched(file: Path, text: str) -> set[str]:
    plain = re.sub(r"['’`]", "", text.lower())
    return {name for name, pattern in _patterns(file).items() if pattern.search(plain)}


def life_of(reading: dict[str, float]) -> float:
    """Return the probability of a danger to life in a reading."""
    return sum(reading.get(name, 0.0) for name in LIFE)


def _danger(whole: dict[str, float], parts: list[dict[str, float]], matched: set[str], sureness: float) -> Concern:
    decisive = whole if life_of(whole) >= max(map(life_of, parts), default=0.0) / 2 else max(parts, key=life_of)
    crisis = decisive.get(CRISIS, 0.0) + decisive.get(CRISIS_OF_OTHER, 0.0)
    is_crisis = crisis >= decisive.get(EMERGENCY, 0.0) if len(matched & {CRISIS, EMERGENCY}) != 1 else CRISIS in matched
    of_other = decisive.get(CRISIS_OF_OTHER, 0.0) > decisive.get(CRISIS, 0.0) * SELF_IN_DOUBT
    return Concern(DANGER, CRISIS if is_crisis else EMERGENCY, sureness, is_crisis and of_other)


@lru_cache(maxsize=5)
def _patterns(file: Path) -> dict[str, re.Pattern]:
    listed = yaml.safe_load(file.read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in listed.items()}
