"""The ways in: a link that opens once, or the clinic's OpenID Connect provider."""

import time

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from ketamine_faq.settings import settings
from ketamine_faq.staff.access import LOGIN, PREFIX, RefusedError, in_thread, with_cookie, with_role
from ketamine_faq.staff.audit import note
from ketamine_faq.staff.logins import Logins, Person
from ketamine_faq.staff.pages import refused_page, rendered
from ketamine_faq.staff.sign_in import SIGN_IN_SECONDS, begin, finish
from ketamine_faq.storage.database import database

# What a browser brings back from the provider; to these paths alone.
SEAL_COOKIE = "staff_sign_in"

login_pages = Blueprint("login", url_prefix=LOGIN, strict_slashes=True)


@login_pages.get("")
async def login(request: Request) -> HTTPResponse:
    """Ask whom a link lets in to come in: who only fetches it, as mail programs do, does not use it up."""
    link, way = request.args.get("link", ""), settings().staff_auth
    name = await in_thread(lambda: Logins(database()).invited(link, time.time())) if way == "link" else None
    return rendered("login.html", None, name=name, link=link, way=way)


@login_pages.post("")
async def enter(request: Request) -> HTTPResponse:
    """Let in whom an unused link names."""
    link = (request.form or {}).get("link", "")

    def entered() -> tuple[Person, str] | None:
        came_in = Logins(database()).enter(link, time.time())
        if came_in:
            note(came_in[0], "logged in")
        return came_in

    came_in = await in_thread(entered) if settings().staff_auth == "link" else None
    if came_in is None:
        return refused_page("This link has been used, or is too old: ask for another.", 403)
    return with_cookie(redirect(f"{PREFIX}/", status=303), came_in[1])


@login_pages.get("/provider")
async def to_provider(_: Request) -> HTTPResponse:
    """Send somebody to the provider."""
    _require_provider()
    begun = await in_thread(lambda: begin(_return_address()))
    answer = redirect(begun.address, status=303)
    answer.cookies[SEAL_COOKIE] = begun.seal
    of_cookie = {
        "path": LOGIN,
        "httponly": True,
        "samesite": "Lax",  # it has to come along when the provider's page sends the browser back
        "secure": settings().staff_url.scheme == "https",
        "max-age": SIGN_IN_SECONDS,
    }
    for name, value in of_cookie.items():
        answer.cookies[SEAL_COOKIE][name] = value
    return answer


@login_pages.get("/return")
async def from_provider(request: Request) -> HTTPResponse:
    """Let in who comes back from the provider and has a role."""
    _require_provider()
    seal = request.cookies.get(SEAL_COOKIE) or ""
    state, code = (request.args.get(name, "") for name in ("state", "code"))

    def entered() -> tuple[Person, str]:
        came_in = Logins(database()).begin(*with_role(finish(_return_address(), seal, state, code)), time.time())
        note(came_in[0], "logged in")
        return came_in

    came_in = await in_thread(entered)
    # A page, and not a redirect: the session's cookie goes with no request that another website began.
    return with_cookie(rendered("entered.html", None), came_in[1])


def _require_provider() -> None:
    if settings().staff_auth != "oidc":
        raise RefusedError("There is no sign-in here.")


def _return_address() -> str:
    return f"{str(settings().staff_url).rstrip('/')}{LOGIN}/return"
