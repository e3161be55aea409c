"""The parts of a message that are read on their own: pieces of a long one, clauses that may be questions."""

import re

# Overlapping pieces of so many words: one sentence of a long message can raise the alarm.
PIECE = 30
# Where one question may end and the next begin.
CLAUSE_END = re.compile(r"[?.;!\n]+|,?\s+(?:and|also|plus|then|as well as|&)\s+|,\s+", re.IGNORECASE)
MOST_CLAUSES = 8


def pieces(text: str) -> list[str]:
    """Return the overlapping pieces of a long text; none of a short one."""
    words = text.split()
    if len(words) <= PIECE * 3 // 2:
        return []
    return [" ".join(words[start : start + PIECE]) for start in range(0, len(words), PIECE // 2)]


def clauses(text: str) -> list[str]:
    """Return the parts of a text that may each be a question; none where there is only one."""
    parts = [part.strip() for part in CLAUSE_END.split(text)]
    parts = [part for part in parts if part]
    return parts[:MOST_CLAUSES] if len(parts) > 1 else []
