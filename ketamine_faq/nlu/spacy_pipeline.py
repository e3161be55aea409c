"""The spaCy pipeline: blank English, typos mended, an entity ruler, and rejected conditions taken out.

The terms come from `entities.yml` (conditions and audiences) and from content/uncovered_subjects.yml.
"""

from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path

import spacy
import yaml
from spacy.language import Language
from spacy.matcher import levenshtein
from spacy.tokens import Doc

from ketamine_faq.paths import PROJECT

ENTITIES = Path(__file__).with_name("entities.yml")
SUBJECTS = PROJECT / "content" / "uncovered_subjects.yml"

RELATIVE = "{relative}"

# Shorter words have too many neighbours one edit away: 'pain' and 'main', 'cost' and 'most'.
SHORTEST_MENDED = 6
# What is taken back in 'not for pain', 'no, I don't mean the pain one', 'rather than depression'.
REJECTING = {"not", "n't", "isn't", "instead", "rather", "except", "without"}
REACH = 4


def build() -> Language:
    """Return the pipeline; each entity has its kind as `label_` and its value as `ent_id_`."""
    nlp = spacy.blank("en")
    patterns = list(entity_patterns())
    words = {word for pattern in patterns for word in pattern["pattern"].split()}
    nlp.add_pipe("typo_normalizer", config={"words": sorted(w for w in words if len(w) >= SHORTEST_MENDED)})
    ruler = nlp.add_pipe("entity_ruler", config={"phrase_matcher_attr": "NORM"})
    ruler.add_patterns(patterns)
    nlp.add_pipe("negation_filter")
    return nlp


def entity_patterns() -> Iterator[dict[str, str]]:
    """Yield the entity ruler's patterns: `{label, id, pattern}`, all in lower case."""
    kinds = yaml.safe_load(ENTITIES.read_text(encoding="utf-8"))
    relatives = kinds.pop("relatives")
    subjects = yaml.safe_load(SUBJECTS.read_text(encoding="utf-8"))["subjects"]
    kinds["subject"] = {subject: entry["terms"] for subject, entry in subjects.items()}
    for label, values in kinds.items():
        for value, terms in values.items():
            for term in terms:
                for relative in relatives if RELATIVE in str(term) else [""]:
                    pattern = str(term).lower().replace(RELATIVE, relative)
                    yield {"label": label, "id": value, "pattern": pattern}


@Language.factory("typo_normalizer")
class TypoNormalizer:
    """Gives a word that is one edit away from a known term that term's norm, which the entity ruler matches."""

    def __init__(self, nlp: Language, name: str, words: list[str]) -> None:
        self._known = set(words)
        self._by_length = {
            length: [word for word in words if abs(len(word) - length) <= 1]
            for length in range(SHORTEST_MENDED - 1, max(map(len, words)) + 2)
        }
        # Every word is compared with hundreds, and most words come again.
        self._mended = lru_cache(maxsize=10_000)(self._mended)

    def __call__(self, doc: Doc) -> Doc:
        for token in doc:
            word = token.lower_
            # spaCy's own norms would turn 'gonna' into 'going to'; the terms are matched as they are typed.
            token.norm_ = word if word in self._known else self._mended(word)
        return doc

    def _mended(self, word: str) -> str:
        candidates = self._by_length.get(len(word), ()) if len(word) >= SHORTEST_MENDED else ()
        # A typo seldom hits the first letter, and a real word that differs there is common ('tension').
        return next((c for c in candidates if c[0] == word[0] and levenshtein(word, c, 1) <= 1), word)


@Language.component("negation_filter")
def negation_filter(doc: Doc) -> Doc:
    """Drop conditions that are named only to be rejected: 'not for pain, for depression' is depression."""
    kept = [ent for ent in doc.ents if ent.label_ != "condition" or not _is_rejected(doc, ent.start)]
    if any(ent.label_ == "condition" for ent in kept):
        doc.ents = kept
    return doc


def _is_rejected(doc: Doc, start: int) -> bool:
    for token in reversed(doc[max(0, start - REACH) : start]):
        if token.is_punct or token.lower_ in ("but", "just", "only"):
            return False
        if token.lower_ in REJECTING:
            return True
    return False
