"""What a visitor typed, made fit to be handled and stored: bounded, readable, never a command, details masked."""

import re
import unicodedata

from ketamine_faq.chat.masking import masked

# Long enough for any question, and short enough for the safety gate to read all of it (message_parts.py).
MAX_CHARACTERS = 10_000

# Controls, zero-width and direction marks; they hide words from reader and classifier alike.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


class TooLongError(ValueError):
    """The text is longer than MAX_CHARACTERS. Of a part, nobody could say whether danger stands in the rest."""


def typed_text(raw: str) -> str:
    """Return the text that Rasa is given: never empty, not beginning with '/'; raises TooLongError."""
    text = re.sub(r"\s+", " ", raw)
    text = "".join(character for character in text if unicodedata.category(character) not in INVISIBLE)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    text = masked(text)
    if len(text) > MAX_CHARACTERS:
        raise TooLongError
    # Rasa takes a leading '/' for an intent. A division slash looks the same and is only text.
    return "∕" + text[1:] if text.startswith("/") else text or "..."
