"""Texts: the book, and the page on which a clinician signs one."""

from datetime import date, datetime

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from ketamine_faq.content.book import Book, Text, book
from ketamine_faq.content.signing import SIGNED, Signature, can_be_written, sign
from ketamine_faq.content.texts import content
from ketamine_faq.staff.access import PREFIX, page
from ketamine_faq.staff.audit import note
from ketamine_faq.staff.logins import Person
from ketamine_faq.staff.pages import PARTS, refused_page, rendered
from ketamine_faq.yaml_file import ContentError

FOR = PARTS["texts"]

texts_pages = Blueprint("texts", url_prefix=f"{PREFIX}/texts")


@page(texts_pages, "", *FOR)
def texts(request: Request, person: Person) -> HTTPResponse:
    """Show the book, whole or what is to be signed of it."""
    made, only_open = book(), request.args.get("show") == "open"
    chapters = [
        (chapter.title, [text for text in chapter.texts if not (only_open and text.state == SIGNED)])
        for chapter in made.chapters
    ]
    values = {"book": made, "chapters": [chapter for chapter in chapters if chapter[1]], "only_open": only_open}
    return rendered("text_list.html", person, active="texts", disclaimer=content().disclaimer, **values)


@page(texts_pages, "/<name:str>", *FOR)
def text(request: Request, person: Person, name: str) -> HTTPResponse:
    """Show one, with the form that signs it."""
    found = _found(book(), name)
    if found is None:
        return refused_page("There is no text of this name.", 404)
    return _page(person, found)


@page(texts_pages, "/<name:str>/sign", "clinician", method="POST")
def sign_text(request: Request, person: Person, name: str) -> HTTPResponse:
    """Sign it as it was shown, in this person's name."""
    found, sent = _found(book(), name), request.form or {}
    if found is None:
        return refused_page("There is no text of this name.", 404)
    try:
        until = date.fromisoformat(sent.get("until", ""))
        sign(name, Signature(person.name, _today(), until), seen=sent.get("seen", ""))
    except ValueError:
        return _page(person, found, "Write the day of the next review as 2027-06-01.", 422)
    except ContentError as error:
        return _page(person, found, str(error), 422)
    note(person, "signed text", name)
    return redirect(f"{PREFIX}/texts/{name}", status=303)


def _today() -> date:
    """Return the day at the clinic, which begins hours before a server's that goes by UTC."""
    return datetime.now(content().working_hours.zone).date()


def _page(person: Person, found: Text, fault: str = "", status: int = 200) -> HTTPResponse:
    may_sign = person.role == "clinician"
    values = {"text": found, "fault": fault, "may_sign": may_sign, "writable": can_be_written()}
    return rendered("text.html", person, status, "texts", disclaimer=content().disclaimer, **values)


def _found(made: Book, name: str) -> Text | None:
    return next((text for text in made.texts if text.item.id == name), None)
