"""Masking: what could name a person is taken out of a text, by rules that know what they look for.

E-mail addresses, also as people hide them; dates of birth, by the words before them; streets, and places with a
postcode; numbers of records; telephone numbers, by `phonenumbers` and their length; Medicare, health identifier, tax
and card numbers, by their check digits. What is longer than any dose or year is masked whatever it is. Names can't be
told.
"""

import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import phonenumbers

COUNTRY = "AU"
EMAIL, PHONE, MEDICARE, HEALTH_ID = "[email]", "[phone number]", "[Medicare number]", "[health identifier]"
CARD, TAX, NUMBER, RECORD = "[card number]", "[tax file number]", "[number]", "[record number]"
BIRTH, ADDRESS = "[date of birth]", "[address]"


class Detail(NamedTuple):
    """What was found: the mask that takes its place, and what it says in one way however it was written."""

    mask: str
    value: str


def masked(text: str) -> str:
    """Return the text with a mask, such as `[email]`, in place of each detail; masking again changes nothing."""
    return _without_details(text)[0]


def details(text: str) -> list[Detail]:
    """Return what `masked` takes out; telephone numbers as +61412345678, others as digits, words in lower case."""
    return _without_details(text)[1]


def _without_details(text: str) -> tuple[str, list[Detail]]:
    found: list[Detail] = []
    before = None
    # A mask can part what stands around it, which is then looked at anew. Masks have no digits, so there is an end.
    while text != before:
        before = text
        for replace in RULES:
            text = replace(text, found)
    return text, found


# --- words and signs -----------------------------------------------------------------------------------------------

UNIT = r"(?:m?c?g|µg|kg|ml|mL|l|%|mm|cm|minutes?|mins?|hours?|years?)\b"
# A local part in words that is none: 'look at example.com'.
NO_LOCAL_PART = (
    r"(?!(?:look|looked|looking|see|am|is|are|was|were|it|me|us|you|them|him|her|found|read|book|booked|page|site|website"
    r"|form|article|link|online|available|stay|mg|ml|or|and)\b)"
)
SIGN = r"(?: ?[\[({<] ?at ?[\])}>] ?| ?@ ?)"
AT = rf"(?:{SIGN}| at )"
DOT = r"(?:\.| ?[\[({<] ?dot ?[\])}>] ?| dot )"
ENDING = r"(?:com|net|org|edu|gov|info|me|io|co|au|uk|nz|in|asn|id|email)"
SURE_MAILBOXES = r"(?:gmail|hotmail|bigpond|icloud)"
MAILBOXES = r"(?:gmail|hotmail|outlook|yahoo|bigpond|icloud|live|optusnet|iinet|tpg|proton(?:mail)?|fastmail)"
# It begins at a word's start only, so that a text of any length is searched in one go.
EMAILS = re.compile(
    rf"(?<![^\s@])[^\s@]+ ?@ ?[^\s@]+\.[^\W\d_]{{2}}\S*"
    rf"|(?<![\w.+'-]){NO_LOCAL_PART}[\w.+'-]{{1,64}}{AT}(?:[\w-]{{1,63}}{DOT}){{1,4}}{ENDING}(?:{DOT}{ENDING})?\b"
    rf"|(?<![\w.+'-]){NO_LOCAL_PART}[\w.+'-]{{1,64}}(?:{SIGN}{MAILBOXES}| at {SURE_MAILBOXES})\b",
    re.IGNORECASE,
)

MONTH = r"(?:jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]*"
DATE_OF_ANY_KIND = (
    rf"(?:\d{{1,2}} ?[./ -] ?\d{{1,2}} ?[./ -] ?(?:\d{{4}}|\d{{2}})|(?:19|20)\d\d[./ -]\d{{1,2}}[./ -]\d{{1,2}}|\d{{8}}"
    rf"|\d{{1,2}}(?:st|nd|rd|th)?[ -](?:of )?{MONTH}\.?,?[ -]?(?:\d{{4}}|'?\d{{2}})?"
    rf"|{MONTH}\.? \d{{1,2}}(?:st|nd|rd|th)?,?(?: \d{{4}})?)(?!\d)"
)
BIRTHS = re.compile(
    rf"\b((?:born|birth ?date|birthday|birth|d\.?o\.?b\.?|b'?day)(?!\w)[^\d.!?]{{0,20}}?)({DATE_OF_ANY_KIND})",
    re.IGNORECASE,
)

STATE = r"(?:NSW|VIC|Vic|QLD|Qld|TAS|Tas|ACT|SA|WA|NT|Victoria|Queensland|Tasmania)"
# No street is called so: 'for 2 hours a road trip'.
NO_STREET = (
    r"(?!(?:way|m?c?g|kg|ml|min|mins|minutes?|hours?|hrs?|days?|weeks?|months?|years?|yrs?|km|kms|times?|mm|cm|of|in|on|at|to"
    r"|the|a|an|and|or|per|for|from|is|was|more|other|different|people|sessions?|treatments?|infusions?|doses?|out)\b)"
)
NAME = rf"{NO_STREET}[^\W\d_][\w'-]{{1,30}}"
CAPITAL_NAME = rf"{NO_STREET}[A-Z][\w'-]{{1,30}}"
HOUSE = (
    r"(?<![\w.,/-])(?:(?i:unit|apartment|apt|flat|shop|level|lot|u) ?\d{1,4}[a-zA-Z]?,? ?[/,]? ?)?"
    r"\d{1,5}[a-zA-Z]?(?: ?[/-] ?\d{1,5}[a-zA-Z]?)?,?"
)
# 'St' is also a saint, of a town or a herb.
STREET = (
    r"(?i:street|road|rd|avenue|ave|crescent|cres|parade|pde|highway|hwy|terrace|tce|boulevard|blvd|circuit|cct|esplanade"
    r"|st(?!\.? (?:john|vincent|george|luke|andrew|leonard|kilda|mary|joseph)))\b"
)
# Of these, the words are also common ones: the street has to be written like one.
COMMON_STREET = r"(?:Drive|Place|Pl|Way|Close|Cl|Court|Ct|Lane|Ln|Square|Sq|Grove|Gr|Rise|Walk|Mews|Dr(?!\.? [A-Z]))\b"
PLACE = rf"(?:,? [A-Z][a-z'-]+(?: [A-Z][a-z'-]+){{0,2}})?(?:,? {STATE}\b)?(?:,? \d{{4}}\b(?! ?{UNIT}))?"
POSTCODE = (
    r"(?:(?:NSW|ACT),? [12]\d{3}|(?:VIC|Vic|Victoria),? [38]\d{3}|(?:QLD|Qld|Queensland),? [49]\d{3}"
    r"|SA,? 5\d{3}|WA,? 6\d{3}|(?:TAS|Tas|Tasmania),? 7\d{3}|NT,? 0\d{3})\b"
)
ADDRESSES = re.compile(
    rf"{HOUSE} (?:{NAME} ){{1,3}}{STREET}\.?(?:{PLACE})?"
    rf"|{HOUSE} (?:{CAPITAL_NAME} ){{1,3}}{COMMON_STREET}\.?(?:{PLACE})?"
    rf"|\b(?i:g?p\.? ?o\.? ?box) \d{{1,6}}\b(?:{PLACE})?"
    rf"|\b(?:[A-Z][a-z'-]+,? ){{1,3}}{POSTCODE}"
)

# Some kinds are told by their name alone, others need 'number' beside it: 'patient 45 years', 'case 2019'.
ID = r"[A-Z]{0,4}-?\d{3}[\dA-Z-]{1,12}\b"
RECORDS = re.compile(
    r"\b((?:mrn|urn|u\.?r\.?|dva|crn|ndis|hospital record|medical record)(?: (?:file|card))?"
    r"(?: ?(?:no\.?|number|num|id|#))?"
    r"|(?:record|patient|(?<!tax )file|chart|hospital|episode|claim|member(?:ship)?|policy|case|admission|reference|ref"
    r"|licen[cs]e|passport|pension(?: card)?|concession(?: card)?|health ?fund|account|acct)"
    r"(?: (?:card|member(?:ship)?|file))?"
    rf"(?:(?:'?s)? ?(?:no\.?|number|num|id|#)| ?(?=#)))(\W{{1,3}}(?:is )?#?)({ID})(?! ?{UNIT})"
    rf"|\b((?:passport|licen[cs]e)(?: is)?)( )([A-Z]{{1,2}}\d{{7}})\b",
    re.IGNORECASE,
)


def _emails(text: str, found: list[Detail]) -> str:
    def replace(match: re.Match) -> str:
        found.append(Detail(EMAIL, _plain_address(match[0])))
        return EMAIL

    return EMAILS.sub(replace, text)


def _plain_address(written: str) -> str:
    at = re.sub(AT, "@", written, count=1, flags=re.IGNORECASE)
    return re.sub(DOT, ".", at, flags=re.IGNORECASE).strip(".,;:!?()<>[]'\"").lower().removeprefix("mailto:")


def _births(text: str, found: list[Detail]) -> str:
    return BIRTHS.sub(lambda match: match[1] + _noted(found, BIRTH, match[2]), text)


def _addresses(text: str, found: list[Detail]) -> str:
    return ADDRESSES.sub(lambda match: _noted(found, ADDRESS, match[0]), text)


def _records(text: str, found: list[Detail]) -> str:
    def replace(match: re.Match) -> str:
        word, gap, number = (part for part in match.groups() if part is not None)
        return word + gap + _noted(found, RECORD, number)

    return RECORDS.sub(replace, text)


def _noted(found: list[Detail], mask: str, value: str) -> str:
    found.append(Detail(mask, value.lower()))
    return mask


# --- numbers ---------------------------------------------------------------------------------------------------------

# O and l stand for digits where digits are beside them: 'O412 345 678'.
GROUP = re.compile(
    r"(?:(?<![^\W_])|(?<=[Pp][Hh]))(?:[OoIl]{0,3}\d)+(?:[Oo]{1,3}(?![^\W\d_]))?|(?<![\w'])[Oo](?![\w'])|(?<!\d)\d{8,}"
)
LETTERS = str.maketrans("OoIl", "0011")
# What people put between groups of digits. A dot, comma or slash counts only after two digits: '0.5 0.25' are doses.
GAP = re.compile(r"[ ()_*\u2010-\u2015\u2212-]{0,3}|(?<=\d\d)[.,/]|(?<=[ -]\d)/")
MAX_DIGITS = 19
DATE = re.compile(r"\d\d?[ ./-]\d\d?[ ./-](?:19|20)\d\d(?!\d)|(?:19|20)\d\d[./-]\d\d?[./-]\d\d?(?!\d)")
YEAR = re.compile(r"(?:19|20)\d\d")
AFTER, DOSE_AFTER = re.compile(rf" ?{UNIT}"), re.compile(rf"(?: \d{{1,3}}){{1,4}} ?{UNIT}")
# What says that a number is one to call.
CALLED = re.compile(
    r"\b(?:ph(?:one)?|tel(?:ephone)?|mob(?:ile)?|call|ring|sms|whatsapp)\b[^\d.!?]{0,25}$", re.IGNORECASE
)
TAXED = re.compile(r"\b(?:tfn|tax(?: file)?)\b[^\d.!?]{0,25}$", re.IGNORECASE)
AUSTRALIAN = re.compile(r"(?:0|61|610)[2-478]\d{8}|1[38]00\d{6}")


class Digits(NamedTuple):
    """A number as it may be meant: its digits, how long its groups are, what is between, before and after them."""

    digits: str
    shape: tuple[int, ...]
    gaps: frozenset[str]
    plus: bool
    before: str
    after: str

    @property
    def is_spelled(self) -> bool:
        """Tell whether it is read out digit by digit."""
        return len(self.shape) > 1 and max(self.shape) == 1

    @property
    def is_written_as_one(self) -> bool:
        """Tell whether it is one group, digit by digit, or in few long groups: doses in a row are neither."""
        return len(self.shape) == 1 or self.is_spelled or (min(self.shape[:-1]) >= 3 and not self.gaps & {",", "/"})


def _numbers(text: str, found: list[Detail]) -> str:
    groups = list(GROUP.finditer(text))
    made, done, index = [], 0, 0
    while index < len(groups):
        end, detail = _longest(text, groups, index)
        if detail is None:
            index = end
            continue
        begin = groups[index].start()
        # The sign before it belongs to it, and a bracket that is closed in it.
        before = re.search(r"(?:\+ ?)?\(?$|\(?(?:\+ ?)?$", text[max(done, begin - 4) : begin])
        opened = before[0] if before else ""
        if "(" in opened and ")" not in text[begin : groups[end - 1].end()]:
            opened = opened.replace("(", "")
        made += [text[done : begin - len(opened)], detail.mask]
        done = groups[end - 1].end()
        found.append(detail)
        index = end
    return "".join([*made, text[done:]])


def _longest(text: str, groups: list[re.Match], first: int) -> tuple[int, Detail | None]:
    """Return the longest number that begins with a group, and which group comes next; None where there is none."""
    begin = groups[first].start()
    if date := DATE.match(text, begin):
        after = next((place for place in range(first, len(groups)) if groups[place].start() >= date.end()), len(groups))
        return after, None
    if re.search(r"\d[.,]$", text[max(0, begin - 2) : begin]):
        # What stands behind a decimal's point is no number's beginning.
        return first + 1, None
    gaps: list[str] = []
    last = first + 1
    length = len(groups[first][0])
    while last < len(groups) and (length := length + len(groups[last][0])) <= MAX_DIGITS:
        gap = text[groups[last - 1].end() : groups[last].start()]
        if not GAP.fullmatch(text, groups[last - 1].end(), groups[last].start()):
            break
        gaps.append(gap.strip() or gap)
        last += 1
    plus = bool(re.search(r"\+ ?\(?$", text[max(0, begin - 3) : begin]))
    for end in range(last, first, -1):
        parts = [groups[place][0].translate(LETTERS) for place in range(first, end)]
        stop = groups[end - 1].end()
        number = Digits(
            "".join(parts),
            tuple(map(len, parts)),
            frozenset(gaps[: end - first - 1]),
            plus,
            text[max(0, begin - 60) : begin],
            text[stop : stop + 12],
        )
        if detail := _told(number):
            return end, detail
    return first + 1, None


def _told(number: Digits) -> Detail | None:
    """Return what a number is; None for one that could be a dose, a date or a price."""
    digits, length = number.digits, len(number.digits)
    if length < 6 or re.match(r"\d|[.,]\d(?!\d{2})", number.after):
        return None
    if len(number.shape) > 1 and (AFTER.match(number.after) or all(map(YEAR.fullmatch, _parts(number)))):
        return None
    for mask, fits in TOLD:
        if fits(number):
            return Detail(mask, _international(number) if mask == PHONE else digits)
    if length < 8 or (number.is_spelled and DOSE_AFTER.match(number.after)):
        return None
    is_one = len(number.shape) == 1 or number.is_spelled or number.shape == (4, 4, 4, 4)
    return Detail(NUMBER, digits) if is_one else None


def _parts(number: Digits) -> Iterator[str]:
    place = 0
    for length in number.shape:
        yield number.digits[place : place + length]
        place += length


def _is_health_id(number: Digits) -> bool:
    return len(number.digits) == 16 and number.digits.startswith("80036") and _luhn(number.digits)


def _is_card(number: Digits) -> bool:
    return 13 <= len(number.digits) <= 19 and number.is_written_as_one and not number.plus and _luhn(number.digits)


def _is_medicare(number: Digits) -> bool:
    digits = number.digits
    if number.plus or not re.fullmatch(r"[2-6]\d{9,10}", digits):
        return False
    if number.shape[:3] == (4, 5, 1):
        return True  # with an error in it, maybe
    weighed = sum(int(digit) * weight for digit, weight in zip(digits, (1, 3, 7, 9, 1, 3, 7, 9)))
    return number.is_written_as_one and weighed % 10 == int(digits[8])


def _is_phone(number: Digits) -> bool:
    digits, length = number.digits, len(number.digits)
    if number.plus or re.match("00[1-9]", digits):
        return 8 <= length <= 19
    if "/" in number.gaps and number.shape[-1] < 6:
        return False  # a date and a time
    if AUSTRALIAN.fullmatch(digits):
        return True
    if digits.startswith("0"):
        # To ask the library takes long, and of none that begins with two zeros it says yes.
        return digits[1] != "0" and ((9 <= length <= 17 and max(number.shape) != 4) or _is_valid(digits))
    if CALLED.search(number.before) and 7 <= length <= 15:
        return True
    if digits.startswith("4") and number.shape == (3, 3, 3):
        return not number.gaps & {",", ".", "/"}
    # A local one, as '9876 5432'. With a hyphen it could be a range of doses, from 2 on a pair of years.
    is_local = number.shape == (4, 4) and number.gaps == {" "} and digits[0] in "3456789"
    return is_local and not re.match(r" ?\d{4}", number.after)


def _is_valid(digits: str) -> bool:
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(digits, COUNTRY))
    except phonenumbers.NumberParseException:
        return False


def _is_tax(number: Digits) -> bool:
    digits = number.digits
    if TAXED.search(number.before) and len(digits) in (8, 9):
        return True
    weighed = sum(int(digit) * weight for digit, weight in zip(digits, (1, 4, 3, 7, 5, 8, 6, 9, 10)))
    return number.shape == (3, 3, 3) and not number.gaps & {",", ".", "/"} and weighed % 11 == 0


def _luhn(digits: str) -> bool:
    doubled = [int(digit) * (1 + place % 2) for place, digit in enumerate(reversed(digits))]
    return sum(number - 9 * (number > 9) for number in doubled) % 10 == 0


def _international(number: Digits) -> str:
    try:
        parsed = phonenumbers.parse("+" * number.plus + number.digits, COUNTRY)
        return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    except phonenumbers.NumberParseException:
        return number.digits


# The surest first: by check digits, then by length.
TOLD: tuple[tuple[str, Callable[[Digits], bool]], ...] = (
    (HEALTH_ID, _is_health_id),
    (MEDICARE, _is_medicare),
    (PHONE, _is_phone),
    (TAX, _is_tax),
    (CARD, _is_card),
)
# In this order: a mask leaves nothing that a later rule could take for something else.
RULES: tuple[Callable[[str, list[Detail]], str], ...] = (_emails, _births, _addresses, _records, _numbers)
