"""What a visitor typed, made fit to be handled and stored: bounded, readable, never a command, details masked."""

import re
import unicodedata

from ketamine_faq.masking import masked

# Long enough for any question. Of more, the beginning and the end are kept: what weighs most often comes last.
MAX_CHARACTERS = 4000

# Controls, zero-width and direction marks; they hide words from reader and classifier alike.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


def typed_text(raw: str) -> str:
    """Return the text that Rasa is given: never empty, at most MAX_CHARACTERS long, not beginning with '/'."""
    text = re.sub(r"\s+", " ", raw)
    text = "".join(character for character in text if unicodedata.category(character) not in INVISIBLE)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    text = masked(text)
    if len(text) > MAX_CHARACTERS:
        half = MAX_CHARACTERS // 2 - 3
        text = f"{text[:half].strip()} ... {text[-half:].strip()}"
    # Rasa takes a leading '/' for an intent. A division slash looks the same and is only text.
    return "∕" + text[1:] if text.startswith("/") else text or "..."
