"""What a visitor typed, made fit to be handled and stored: bounded, readable, never a command, details masked."""

import re
import unicodedata

# Long enough for any question. Of more, the beginning and the end are kept: what weighs most often comes last.
MAX_CHARACTERS = 4000

# Controls, zero-width and direction marks; they hide words from reader and classifier alike.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}

MASKS = [
    ("[email]", re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")),
    ("[Medicare number]", re.compile(r"\b[2-6]\d{3}[ -]?\d{5}[ -]?\d(?:[ /-]?\d)?\b")),
    ("[phone number]", re.compile(r"(?<![\d.])(?:\+?61[ -]?|\(?0)[2-478]\)?(?:[ -]?\d){8}\b")),
]


def typed_text(raw: str) -> str:
    """Return the text that Rasa is given: never empty, at most MAX_CHARACTERS long, not beginning with '/'."""
    text = re.sub(r"\s+", " ", raw)
    text = "".join(character for character in text if unicodedata.category(character) not in INVISIBLE)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    for mask, pattern in MASKS:
        text = pattern.sub(mask, text)
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2 - 3
        text = f"{text[:half].strip()} ... {text[-half:].strip()}"
    # Rasa takes a leading '/' for an intent. A division slash looks the same and is only text.
    return "∕" + text[1:] if text.startswith("/") else text or "..."
