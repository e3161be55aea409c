"""What a visitor typed, made fit to be handled and stored: bounded, readable, never a command, details masked."""

import re
import sys
import unicodedata

from ketamine_faq.chat.masking import masked
from ketamine_faq.content.texts import MAX_CHARACTERS

_marks = "".join(
    re.escape(sign) for sign in map(chr, range(sys.maxunicode + 1)) if unicodedata.category(sign)[0] == "M"
)
# No script puts more marks on a letter. Unicode's normal forms take time by the square of a run of them.
MAX_MARKS = 8
MARKS = re.compile(rf"([{_marks}]{{{MAX_MARKS}}})[{_marks}]+")

# Controls, zero-width and direction marks; they hide words from reader and classifier alike.
INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn"}


class TooLongError(ValueError):
    """The text is longer than MAX_CHARACTERS. Of a part, nobody could say whether danger stands in the rest."""


def typed_text(raw: str) -> str:
    """Return the text that Rasa is given: never empty, not beginning with '/'; raises TooLongError."""
    # First of all: what is done below costs more, the longer a text is.
    if len(raw) > MAX_CHARACTERS:
        raise TooLongError
    text = with_few_marks(re.sub(r"\s+", " ", raw))
    text = "".join(character for character in text if unicodedata.category(character) not in INVISIBLE)
    text = re.sub(r"\s+", " ", unicodedata.normalize("NFKC", text)).strip()
    text = masked(text)
    # A sign can stand for eighteen letters.
    if len(text) > MAX_CHARACTERS:
        raise TooLongError
    # Rasa takes a leading '/' for an intent. A division slash looks the same and is only text.
    return "∕" + text[1:] if text.startswith("/") else text or "..."


def with_few_marks(text: str) -> str:
    """Return the text with at most MAX_MARKS combining marks in a run."""
    return MARKS.sub(r"\1", text)
