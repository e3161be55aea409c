"""Whether a message asks what a word of the article means: 'what do you mean by induction'."""

import re
from functools import lru_cache

from ketamine_faq.paths import PROJECT
from ketamine_faq.yaml_file import read

GLOSSARY = PROJECT / "content" / "glossary.yml"
# In the parse data: the glossary's name of the word.
WORD = "glossary_word"
# What may stand before or after the word, and nothing else of note: 'what is induction', 'induction? meaning'.
BEFORE = r"""(?:(?:and|so|sorry|ok|um|but|please|can\ you|could\ you|wait|what|whats|what's|is|are|an?|the|do\ you
    |you|does|did|mean|by|meant|the\ word|word|term|meaning\ of|define|explain|tell\ me)\W+)+"""
AFTER = r"""(?:\W+(?:mean|means|meaning|meant|please|pls|exactly|actually|in\ plain\ english|in\ english|that|is|what
    |what's|whats|what\ is|does|supposed\ to\ be|even|then|here|phase))*"""
MEANING = re.compile(r"\b(?:what|whats|mean|means|meaning|meant|define|explain|english)\b", re.IGNORECASE)


@lru_cache(maxsize=1)
def entries() -> dict[str, dict]:
    """Return the glossary by its names; raises ContentError."""
    return read(GLOSSARY)["glossary"]


def word_asked(text: str) -> str | None:
    """Return the glossary's name of the word whose meaning a text asks, and nothing beside."""
    plain = text.strip().lower().replace("’", "'")
    return next((name for name, pattern in _patterns() if MEANING.search(plain) and pattern.fullmatch(plain)), None)


@lru_cache(maxsize=1)
def _patterns() -> list[tuple[str, re.Pattern]]:
    words = {name: "|".join(map(re.escape, entry["words"])) for name, entry in entries().items()}
    return [
        (name, re.compile(rf"(?:{BEFORE})?['\"]?(?:{either})['\"]?{AFTER}\W*", re.VERBOSE))
        for name, either in words.items()
    ]
