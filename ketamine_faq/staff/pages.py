"""The staff's pages as HTML, which need no JavaScript; their words are in the templates."""

import time
from datetime import datetime
from pathlib import Path
from typing import Any

from sanic.response import HTTPResponse, html

from ketamine_faq.contact.page import HEADERS
from ketamine_faq.contact.page import STYLE as CONTACT_STYLE
from ketamine_faq.content.book import TEMPLATES as BOOK_TEMPLATES
from ketamine_faq.content.texts import content
from ketamine_faq.staff.logins import Person
from ketamine_faq.templates import templates

TEMPLATES = Path(__file__).with_name("templates")
STYLE = "\n".join(
    [
        CONTACT_STYLE,
        (BOOK_TEMPLATES / "texts.css").read_text(encoding="utf-8"),
        (TEMPLATES / "staff.css").read_text(encoding="utf-8"),
    ]
)
# Which parts there are, and for whom.
PARTS = {
    "enquiries": ("reception", "clinician", "admin"),
    "questions": ("clinician", "admin"),
    "texts": ("clinician", "admin"),
    "audit": ("admin",),
}
HOUR, DAY = 3600, 24 * 3600


def rendered(template: str, person: Person | None, status: int = 200, active: str = "", **values: Any) -> HTTPResponse:
    """Return a page; a person sees the parts that are for their role, and which of them is the active one."""
    parts = [name for name, roles in PARTS.items() if person and person.role in roles]
    text = _environment.get_template(template).render(
        person=person, parts=parts, active=active, zone=content().working_hours.zone, **values
    )
    return html(text, status=status, headers=HEADERS)


def refused_page(why: str, status: int) -> HTTPResponse:
    """Return the page that says why something is not shown or done."""
    return rendered("refused.html", None, status, why=why)


def clinic_time(moment: float) -> str:
    """Return a time for people, to the minute, by the clinic's clock."""
    zone = content().working_hours.zone
    return datetime.fromtimestamp(moment, zone).strftime("%a %d %b %Y %H:%M")


def waiting(seconds: float) -> str:
    """Return a length of time for people, in minutes, hours or days."""
    for unit, name in ((DAY, "day"), (HOUR, "hour"), (60, "minute")):
        if seconds >= unit:
            number = int(seconds // unit)
            return f"{number} {name}{'s' if number > 1 else ''}"
    return "less than a minute"


_environment = templates(TEMPLATES, BOOK_TEMPLATES)
_environment.filters |= {"at": clinic_time, "waiting": lambda since: waiting(time.time() - since)}
