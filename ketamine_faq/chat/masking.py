"""Masking: what could name a person (e-mail address, phone and Medicare number) is taken out of a text.

Not left to `phonenumbers`: it lets pass what is no number in use, such as one with a typing error, and one with a dose
right behind it. Here a number is told by its length and grouping alone, so that doses, ages, weights and years stay.
"""

import re

# What people put between groups of digits. A dot or slash counts only after two digits: '0.5 0.25' are doses.
GAP = r"(?:[ ()\u2010-\u2015-]{1,2}|(?<=\d\d)[./])?"
START = r"(?<!\d)(?<!\d\.)"
UNIT = r"(?:m?c?g|kg|ml|mL)\b"
DATE = r"\d\d[ ./-]\d\d[ ./-](?:19|20)\d\d"

# In this order: a mask leaves nothing that a later pattern could take for something else.
MASKS = [
    # It begins at a word's start only, so that a text of any length is searched in one go.
    ("[email]", re.compile(r"(?<![^\s@])[^\s@]+ ?@ ?[^\s@]+\.[^\W\d_]{2}\S*")),
    ("[Medicare number]", re.compile(rf"{START}[2-6]\d{{3}}{GAP}\d{{5}}{GAP}\d(?:[ /-]?\d)?(?!\d)")),
    (
        "[phone number]",
        re.compile(
            rf"{START}(?:"
            # Australian, with or without the country's code: of known length, so that a dose behind it stays.
            rf"(?!{DATE})(?:\+?61{GAP}(?:0{GAP})?|\(?0{GAP})[2-478](?:{GAP}\d){{8}}"
            rf"|1[38]00{GAP}\d{{3}}{GAP}\d{{3}}"
            # Of any country.
            rf"|\+ ?\d(?:{GAP}\d){{7,14}}"
            rf"|(?!{DATE})0\d(?:{GAP}\d){{7,16}}"
            # A local one, as '9876 5432'. With a hyphen it could be a range of doses, from 2 on a pair of years.
            r"|[3-9]\d{3} \d{4}(?! ?\d{4})"
            rf")(?!\d)(?! ?{UNIT})"
        ),
    ),
    # Longer than any dose or year, or read out digit by digit.
    ("[number]", re.compile(r"(?<!\d)(?:\d{8,}|\d(?:[ -]\d){7,}(?!\d))")),
]


def masked(text: str) -> str:
    """Return the text with a mask, such as `[email]`, in place of each detail; masking again changes nothing."""
    for mask, pattern in MASKS:
        text = pattern.sub(mask, text)
    return text
