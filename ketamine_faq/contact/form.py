"""The contact form's fields: read from whatever was sent, and either an enquiry or a sentence for each fault."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import phonenumbers
from email_validator import EmailNotValidError, validate_email

from ketamine_faq.chat.typed_text import with_few_marks
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content

ROLES = ("patient", "carer", "referrer")
# Numbers without a country code are Australian.
COUNTRY = "AU"
# Characters.
LIMITS = {"name": 100, "about": 4000, "practice": 200, "reach_when": 200, "interpreter": 100}
# Of what may be left unsaid; what is none of these was not said.
CHOICES = {"knows": ("yes", "no"), "reach_by": ("call", "text", "email"), "may_leave_message": ("yes", "no")}
# A letter of what was sent may be two before it is tidied, and a line's end is. What is longer is not looked at.
RAW = 2
LONGEST_OTHER = 400
PROVIDER_NUMBER = re.compile(r"[0-9A-Z]{6,9}")
# Controls and direction marks, which could make a text read as what it is not. Joiners stay: scripts need them.
UNWANTED = {"Cc", "Cs", "Co", "Cn"}
DIRECTION_MARKS = set("\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")


@dataclass(frozen=True)
class Enquiry:
    """What a person sends: every field is as it is kept and delivered."""

    role: str
    name: str
    email: str
    phone: str
    about: str
    topic: str = ""
    practice: str = ""
    provider_number: str = ""
    knows: str = ""
    reach_by: str = ""
    reach_when: str = ""
    may_leave_message: str = ""
    interpreter: str = ""


def validated(sent: Mapping[str, Any]) -> tuple[Enquiry, dict[str, str]]:
    """Return the enquiry and, by field, the sentence for each fault; only without faults may it be kept."""
    tidy = {name: _tidy(_bounded(name, sent.get(name)), lines=name == "about") for name in Enquiry.__dataclass_fields__}
    errors: dict[str, str] = {}
    if tidy["role"] not in ROLES:
        errors["role"] = words().error("role")
    errors |= _length_errors(tidy)
    errors |= _reach_errors(tidy)
    tidy["provider_number"] = re.sub(r"[\s-]", "", tidy["provider_number"]).upper()
    if tidy["provider_number"] and not PROVIDER_NUMBER.fullmatch(tidy["provider_number"]):
        errors["provider_number"] = words().error("provider_number")
    # A checked box is `yes` from the page and true from the widget.
    if sent.get("consent") not in (True, "yes"):
        errors["consent"] = words().error("consent")
    if not content().has_question(tidy["topic"]):
        tidy["topic"] = ""
    for name, choices in CHOICES.items():
        tidy[name] = tidy[name] if tidy[name] in choices else ""
    in_order = {name: errors[name] for name in (*tidy, "consent") if name in errors}
    return Enquiry(**tidy), in_order


def _length_errors(tidy: dict[str, str]) -> dict[str, str]:
    errors = {name: words().error(name) for name in ("name", "about") if not tidy[name]}
    too_long = {name: limit for name, limit in LIMITS.items() if len(tidy[name]) > limit}
    return errors | {name: words().error(f"{name}_long", limit) for name, limit in too_long.items()}


def _reach_errors(tidy: dict[str, str]) -> dict[str, str]:
    """Return the faults of e-mail and phone, and put both into the form in which they are kept."""
    if not tidy["email"] and not tidy["phone"]:
        return {"email": words().error("reach")}
    errors = {}
    try:
        # Whether the domain takes mail is not asked: a name server that is down must not turn anyone away.
        tidy["email"] = tidy["email"] and validate_email(tidy["email"], check_deliverability=False).normalized
    except EmailNotValidError:
        errors["email"] = words().error("email")
    try:
        if tidy["phone"]:
            tidy["phone"] = _phone(tidy["phone"])
    except phonenumbers.NumberParseException:
        errors["phone"] = words().error("phone")
    return errors


def _phone(written: str) -> str:
    number = phonenumbers.parse(written, COUNTRY)
    # 'Possible' looks at the length alone: a new range of numbers must not be refused.
    if not phonenumbers.is_possible_number(number) or len(written) > 40:
        raise phonenumbers.NumberParseException(phonenumbers.NumberParseException.NOT_A_NUMBER, "impossible")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.INTERNATIONAL)


def _bounded(name: str, value: Any) -> str:
    """Return a field's text; in place of one that is too long in any case, one as long that costs nothing."""
    if not isinstance(value, str):
        return ""
    longest = LIMITS[name] * RAW if name in LIMITS else LONGEST_OTHER
    return value if len(value) <= longest else "…" * (longest + 1)


def _tidy(value: str, lines: bool) -> str:
    text = unicodedata.normalize("NFC", with_few_marks(value)).replace("\r\n", "\n").replace("\r", "\n")
    kept = "".join(
        c if c == "\n" or unicodedata.category(c) not in UNWANTED else " " for c in text if c not in DIRECTION_MARKS
    )
    return kept.strip() if lines else re.sub(r"\s+", " ", kept).strip()
