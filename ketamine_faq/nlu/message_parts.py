"""What of a message is read on its own: pieces of a long one, what it hides, clauses that may be questions."""

import math
import re

# Overlapping pieces of so many words: one sentence of a long message can raise the alarm.
PIECE = 30
# A worker answers nobody else while it reads. So the longest messages have longer pieces, of up to 75 words, which
# overlap by fewer. The encoder reads 128 tokens of each: all of it, unless it is more figures than words.
MAX_PIECES = 30
LEAST_OVERLAP = 8
# What has no blanks for so long is cut, for it has an end that must be read, too.
WORD = re.compile(r"\S{1,20}")
# A yes, no or thanks at the beginning, which would make an answer to the bot's offer of all that follows.
REPLY = re.compile(
    r"^\W*((yes|yeah|yep|ya|no|nah|nope|ok|okay|sure|thanks|thank you|ty|please|pls|worries|but)\b\W*)+",
    re.IGNORECASE,
)
# Letters told by figures and signs, as 'k1ll mys3lf' has them, and a word of spaced letters.
DISGUISES = str.maketrans("013457@$!", "oieastasi")
DISGUISED = re.compile(r"\b[a-z]+(?:[013457@$!]+[a-z]+)+\b", re.IGNORECASE)
SPACED = re.compile(r"\b(?:[a-z][ .\-*_]){3,}[a-z]\b", re.IGNORECASE)
# Where one question may end and the next begin: a sentence, or a clause before a word that asks.
SENTENCE_END = re.compile(r"(?<=[?.;!\n])[\s\"')]+|\n+")
ASKING = (
    "what|whats|how|hows|when|where|who|whos|whose|why|which|whether|is|are|do|does|did|can|could|will|would|should|has"
    "|have|am|any|if"
)
JOINT = r"(?:and|also|plus|then|but|or|as well as|&)"
CLAUSE_END = re.compile(rf",?\s+{JOINT}\s+(?=(?:also\s+|then\s+)?(?:{ASKING})\b)|,\s+(?=(?:{ASKING})\b)", re.IGNORECASE)
# In a short sentence, things are listed: 'the cost, the dose and side effects'.
LIST_END = re.compile(rf",?\s+{JOINT}\s+|,\s+", re.IGNORECASE)
MAX_LISTED = 12
# A question by its mark, by its first words, or by what people put before one.
QUESTION = re.compile(
    rf"""\?\W*$ | ^\W*(?:(?:and|also|plus|then|but|or|so|ok|hi|hello|please|just|well)\W+)*(?:{ASKING}|tell\ me)\b
    | ^\W*(?:\S+\s+){{1,5}}(?:what|how|why)\b
    | \b(?:wonder(?:ing|ed)?|(?:want|wanted|like|need)\ to\ know|not\ sure|tell\ me|ask(?:ing)?|question
        |(?:what|how)\ about)\b""",
    re.IGNORECASE | re.VERBOSE,
)
MAX_CLAUSES = 8


def safety_readings(text: str) -> list[str]:
    """Return what the safety gate reads beside the whole text: danger can hide in any of it."""
    hidden = [REPLY.sub("", text), undisguised(text)]
    return [*pieces(text), *dict.fromkeys(reading for reading in hidden if reading.strip() and reading != text)]


def undisguised(text: str) -> str:
    """Return the text with the words that figures, signs or blanks disguise as they are meant."""
    plain = DISGUISED.sub(lambda word: word[0].translate(DISGUISES), text)
    return SPACED.sub(lambda word: re.sub("[^a-z]", "", word[0], flags=re.IGNORECASE), plain)


def pieces(text: str) -> list[str]:
    """Return the overlapping pieces of a long text, which hold all of it; none of a short one."""
    words = list(WORD.finditer(text))
    if len(words) <= PIECE * 3 // 2:
        return []
    step = max(PIECE // 2, math.ceil(len(words) / MAX_PIECES))
    size = max(PIECE, step + LEAST_OVERLAP)
    windows = [words[start : start + size] for start in range(0, len(words), step)]
    return [text[window[0].start() : window[-1].end()] for window in windows]


def clauses(text: str) -> list[str]:
    """Return the parts of a text that may each be a question, those by their form first; none where there is only one.

    A long story has more sentences than are read: of what is no question by its form, the first and the last.
    """
    parts = [part for sentence in SENTENCE_END.split(text) if sentence.strip() for part in _clauses(sentence.strip())]
    if len(parts) < 2:
        return []
    asked = [part for part in parts if is_question(part)]
    told = [part for part in parts if part not in asked]
    return [*asked, *dict.fromkeys([*told[-1:], *told])][:MAX_CLAUSES]


def is_question(part: str) -> bool:
    """Tell whether a part asks, by its form."""
    return bool(QUESTION.search(part))


def _clauses(sentence: str) -> list[str]:
    short = len(sentence.split()) <= MAX_LISTED
    parts = (LIST_END if short else CLAUSE_END).split(sentence)
    return [part.strip(" ,;.!") for part in parts if part.strip(" ,;.!?")]
