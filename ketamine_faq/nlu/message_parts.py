"""The parts of a message that are read on their own: pieces of a long one, clauses that may be questions."""

import math
import re

# Overlapping pieces of so many words: one sentence of a long message can raise the alarm.
PIECE = 30
# A worker answers nobody else while it reads. So the longest messages have longer pieces, of up to 60 words, which
# overlap by fewer. The encoder reads 128 tokens of each: all of it, unless it is more figures than words.
MOST_PIECES = 16
LEAST_OVERLAP = 8
# What has no blanks for so long is cut, for it has an end that must be read, too.
WORD = re.compile(r"\S{1,20}")
# Where one question may end and the next begin.
CLAUSE_END = re.compile(r"[?.;!\n]+|,?\s+(?:and|also|plus|then|as well as|&)\s+|,\s+", re.IGNORECASE)
MOST_CLAUSES = 8


def pieces(text: str) -> list[str]:
    """Return the overlapping pieces of a long text, which hold all of it; none of a short one."""
    words = list(WORD.finditer(text))
    if len(words) <= PIECE * 3 // 2:
        return []
    step = max(PIECE // 2, math.ceil(len(words) / MOST_PIECES))
    size = max(PIECE, step + LEAST_OVERLAP)
    windows = [words[start : start + size] for start in range(0, len(words), step)]
    return [text[window[0].start() : window[-1].end()] for window in windows]


def clauses(text: str) -> list[str]:
    """Return the parts of a text that may each be a question; none where there is only one."""
    parts = [part.strip() for part in CLAUSE_END.split(text)]
    parts = [part for part in parts if part]
    return parts[:MOST_CLAUSES] if len(parts) > 1 else []
