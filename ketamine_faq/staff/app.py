"""The staff's server: an application, a port and a cookie of its own, and every path below /staff."""

import logging
from pathlib import Path

from rasa.shared.exceptions import RasaException
from sanic import Blueprint, Sanic
from sanic.exceptions import SanicException
from sanic.request import Request
from sanic.response import HTTPResponse, json, redirect, text

from ketamine_faq.contact.words import words
from ketamine_faq.settings import SettingsError, settings
from ketamine_faq.staff.access import LOGIN, PREFIX, RefusedError, page, session_secret, with_cookie
from ketamine_faq.staff.audit import audit_rows
from ketamine_faq.staff.enquiries import enquiries_pages
from ketamine_faq.staff.login_pages import login_pages
from ketamine_faq.staff.logins import ROLES, Logins, Person
from ketamine_faq.staff.pages import PARTS, STYLE, refused_page, rendered
from ketamine_faq.staff.questions import questions_pages
from ketamine_faq.staff.sign_in import SignInError
from ketamine_faq.staff.texts import texts_pages
from ketamine_faq.storage.database import database
from ketamine_faq.storage.secret_key import secret_key
from ketamine_faq.yaml_file import ContentError

logger = logging.getLogger(__name__)

LOOPBACK = ("127.0.0.1", "::1", "localhost")
# The longest form is a note.
MAX_BYTES = 64_000
AUDIT_ROWS = 200

own_pages = Blueprint("staff", url_prefix=PREFIX, strict_slashes=True)

BLUEPRINTS = (own_pages, login_pages, enquiries_pages, questions_pages, texts_pages)


def staff_app(endpoints: Path) -> Sanic:
    """Return the application; raises ContentError, SettingsError, StoreError where it could not work.

    `endpoints` is the file that names the tracker store.
    """
    words()
    secret_key()
    database()
    app = Sanic("ketamine_faq_staff", configure_logging=False)
    app.config.REQUEST_MAX_SIZE = MAX_BYTES
    app.ctx.endpoints = endpoints
    for blueprint in BLUEPRINTS:
        app.blueprint(blueprint)
    app.error_handler.add(Exception, _failed)
    return app


def require_safe(host: str) -> None:
    """Raise SettingsError where others could reach the page, and what they send could be read on its way."""
    if host not in LOOPBACK and settings().staff_url.scheme != "https":
        raise SettingsError(f"--host {host} lets others reach the page: set STAFF_URL to its https:// address.")


@own_pages.get("/healthz")
async def healthz(_: Request) -> HTTPResponse:
    """Say that the process answers."""
    return json({"status": "ok"})


@own_pages.get("/style.css")
async def style(_: Request) -> HTTPResponse:
    """Give the style of all pages."""
    headers = {"Cache-Control": "max-age=3600", "X-Content-Type-Options": "nosniff"}
    return text(STYLE, content_type="text/css; charset=utf-8", headers=headers)


@page(own_pages, "/", *ROLES)
def home(request: Request, person: Person) -> HTTPResponse:
    """Lead to the part that everybody has."""
    return redirect(f"{PREFIX}/enquiries", status=303)


@page(own_pages, "/logout", *ROLES, method="POST")
def logout(request: Request, person: Person) -> HTTPResponse:
    """End the session."""
    Logins(database()).end(session_secret(request))
    return with_cookie(redirect(LOGIN, status=303), None)


@page(own_pages, "/audit", *PARTS["audit"])
def audit(request: Request, person: Person) -> HTTPResponse:
    """Show who looked at what, latest first."""
    return rendered("audit.html", person, active="audit", rows=audit_rows(database(), AUDIT_ROWS), most=AUDIT_ROWS)


async def _failed(_: Request, error: Exception) -> HTTPResponse:
    if isinstance(error, RefusedError):
        return refused_page(str(error), 403)
    if isinstance(error, SignInError):
        logger.warning("Nobody was signed in: %s", error)
        return refused_page("The sign-in did not work. Please try again; if it goes on, tell who runs the chat.", 403)
    if isinstance(error, SanicException):
        why = "There is no such page." if error.status_code == 404 else "This could not be understood."
        return refused_page(why, error.status_code)
    if isinstance(error, ContentError):
        return refused_page(str(error), 503)
    if isinstance(error, RasaException):
        logger.error("The staff's page could not be answered: %s", error)
        return refused_page("A store can't be read or written just now. Please try again in a minute.", 503)
    # The type alone: its message could quote what somebody wrote.
    logger.error("The staff's page failed: %s", type(error).__name__)
    return refused_page("Something went wrong here; it is in the log.", 500)
