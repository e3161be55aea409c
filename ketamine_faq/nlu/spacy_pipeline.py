"""The spaCy pipeline: blank English, known words with typos mended, an entity ruler, and rejected conditions taken out.

The terms come from `entities.yml` (conditions and audiences) and from content/uncovered_subjects.yml.
"""

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import cast

import spacy
import yaml
from spacy.language import Language
from spacy.matcher import levenshtein
from spacy.pipeline import EntityRuler
from spacy.tokens import Doc
from spacy.vocab import Vocab

from ketamine_faq.paths import PROJECT

ENTITIES = Path(__file__).with_name("entities.yml")
SUBJECTS = PROJECT / "content" / "uncovered_subjects.yml"

# A word, the end of a negated one ('does', "n't"), or a sign by itself.
TOKEN = re.compile(r"\w+?(?=n['’]t\b)|n['’]t\b|\w+|[^\w\s]")
# Stands in for all that is no known word. It can't be typed as a token.
UNKNOWN = "unknown word"
# Of the tokens, where each began and ended in the text.
SPANS = "spans"
RELATIVE = "{relative}"

# Shorter words have too many neighbours one edit away: 'pain' and 'main', 'cost' and 'most'.
SHORTEST_MENDED = 6
# What is taken back in 'not for pain', 'no, I don't mean the pain one', 'rather than depression'.
REJECTING = {"not", "n't", "instead", "rather", "except", "without"}
# After one of these, what was rejected before is no longer meant.
TURNING = {"but", "just", "only", *",.;:!?()-–—/"}
REACH = 4


def build() -> Language:
    """Return the pipeline; each entity has its kind as `label_` and its value as `ent_id_`.

    The text of its Doc is not what was typed: `spans_of` says where an entity stands in that.
    """
    nlp = spacy.blank("en")
    patterns = list(entity_patterns())
    nlp.tokenizer = KnownWords(nlp.vocab, (pattern["pattern"] for pattern in patterns))
    ruler = cast(EntityRuler, nlp.add_pipe("entity_ruler"))
    ruler.add_patterns([dict(pattern) for pattern in patterns])
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


# One edit away from a term, and no typo of it.
NO_TYPOS = {"cancel"}


class KnownWords:
    """A tokenizer that knows the terms' words, also one edit away, and no other: `UNKNOWN` stands in for these.

    spaCy's own takes time by the square of a run of signs, and spaCy keeps every word that it is given, for good.
    """

    def __init__(self, vocab: Vocab, terms: Iterable[str]) -> None:
        """Take where words are kept, and the terms to know the words of."""
        self._vocab = vocab
        words = {word for term in terms for word in TOKEN.findall(term)}
        self._known = words | REJECTING | TURNING
        # By first letter and length: a typo seldom hits the first letter, and a real word that differs there is common.
        self._alike: dict[tuple[str, int], list[str]] = defaultdict(list)
        for word in sorted(words):
            for length in range(len(word) - 1, len(word) + 2):
                if len(word) >= SHORTEST_MENDED <= length:
                    self._alike[word[0], length].append(word)

    def __call__(self, text: str) -> Doc:
        """Return the text's tokens, as they are known; `user_data` has the places of them in the text."""
        # Letter by letter, for a letter in lower case can be two.
        found = list(TOKEN.finditer(text))
        doc = Doc(self._vocab, [self._mended(match[0].lower().replace("’", "'")) for match in found])
        doc.user_data[SPANS] = [match.span() for match in found]
        return doc

    def _mended(self, word: str) -> str:
        if word in self._known:
            return word
        alike = () if word in NO_TYPOS else self._alike.get((word[0], len(word)), ())
        return next((known for known in alike if levenshtein(word, known, 1) <= 1), UNKNOWN)


def spans_of(doc: Doc) -> list[tuple[int, int]]:
    """Return of each entity where it begins and ends in the text that was typed."""
    spans = doc.user_data[SPANS]
    return [(spans[entity.start][0], spans[entity.end - 1][1]) for entity in doc.ents]


@Language.component("negation_filter")
def negation_filter(doc: Doc) -> Doc:
    """Drop conditions that are named only to be rejected: 'not for pain, for depression' is depression."""
    kept = [ent for ent in doc.ents if ent.label_ != "condition" or not _is_rejected(doc, ent.start)]
    if any(ent.label_ == "condition" for ent in kept):
        doc.ents = kept
    return doc


def _is_rejected(doc: Doc, start: int) -> bool:
    for token in reversed(doc[max(0, start - REACH) : start]):
        if token.text in TURNING:
            return False
        if token.text in REJECTING:
            return True
    return False
