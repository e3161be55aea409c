"""Enquiries: who waits longest comes first; one is looked at, taken, and answered with a note."""

import json
import time
from typing import Any

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from ketamine_faq.contact.staff import Listed
from ketamine_faq.contact.store import PAGE, STATES, Enquiries
from ketamine_faq.staff.access import PREFIX, page
from ketamine_faq.staff.audit import note
from ketamine_faq.staff.logins import Person
from ketamine_faq.staff.pages import PARTS, refused_page, rendered
from ketamine_faq.storage.database import database

FOR = PARTS["enquiries"]
LONGEST_NOTE = 2000
# What the page has in places of its own, or what is for machines.
ELSEWHERE = (
    *("reference", "state", "note", "taken_by", "taken_at", "answered_by", "answered_at", "seen_at"),
    *("received_at", "delivered_at", "reminded_at", "attempts", "key"),
)

enquiries_pages = Blueprint("enquiries", url_prefix=f"{PREFIX}/enquiries")


@page(enquiries_pages, "", *FOR)
def enquiries(request: Request, person: Person) -> HTTPResponse:
    """List those in one state, a page of them at a time."""
    state = request.args.get("show", "new")
    if state not in STATES:
        return refused_page("There are no such enquiries.", 404)
    number = int(given) if (given := request.args.get("page", "1")).isdecimal() and len(given) < 6 else 1
    store = Enquiries(database())
    rows, counts = store.list(state, max(number, 1)), store.counts()
    values: dict[str, Any] = {"state": state, "rows": rows, "counts": counts, "number": number, "most": PAGE}
    return rendered("enquiries.html", person, active="enquiries", **values)


@page(enquiries_pages, "/<reference:str>", *FOR)
def enquiry(request: Request, person: Person, reference: str) -> HTTPResponse:
    """Show one whole, which is noted first."""
    note(person, "looked at enquiry", reference[:20])
    row = Enquiries(database()).get(reference, time.time())
    if row is None:
        return refused_page("There is no enquiry of this reference.", 404)
    details = {name: cell for name, cell in Listed(row).cells().items() if cell and name not in ELSEWHERE}
    said = json.loads(row.conversation) if row.conversation else []
    values: dict[str, Any] = {"row": row, "details": details, "said": said, "longest": LONGEST_NOTE}
    return rendered("enquiry.html", person, active="enquiries", **values)


@page(enquiries_pages, "/<reference:str>/take", *FOR, method="POST")
def take(request: Request, person: Person, reference: str) -> HTTPResponse:
    """Note that this person sees to it."""
    if not Enquiries(database()).take(reference, person.name, time.time()):
        return refused_page("Somebody has taken or answered it already, or it is not here.", 409)
    note(person, "took enquiry", reference)
    return redirect(f"{PREFIX}/enquiries/{reference}", status=303)


@page(enquiries_pages, "/<reference:str>/answer", *FOR, method="POST")
def answer(request: Request, person: Person, reference: str) -> HTTPResponse:
    """Note that it was answered, and how."""
    said = ((request.form or {}).get("note") or "").strip()
    if not said or len(said) > LONGEST_NOTE:
        return refused_page(f"Write how it was answered, in at most {LONGEST_NOTE} characters.", 422)
    if not Enquiries(database()).answer(reference, person.name, said, time.time()):
        return refused_page("It is answered already, or it is not here.", 409)
    note(person, "answered enquiry", reference)
    return redirect(f"{PREFIX}/enquiries/{reference}", status=303)
