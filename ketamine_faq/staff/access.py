"""Who is let in, and to which page: no page is answered before this has said so."""

import asyncio
import hmac
import time
from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from sanic import Blueprint
from sanic.request import Request
from sanic.response import HTTPResponse, redirect

from ketamine_faq.settings import settings
from ketamine_faq.staff.logins import SESSION_SECONDS, Logins, Person
from ketamine_faq.storage.database import database

COOKIE = "staff"
# The cookie goes to these paths alone.
PREFIX = "/staff"
LOGIN = f"{PREFIX}/login"
SECRET_HEADER = "X-Staff-Secret"

# Answers a request of somebody who is let in; it runs in a thread.
Handler = Callable[..., HTTPResponse]
T = TypeVar("T")


class RefusedError(Exception):
    """The person may not; the message says why, for them."""


def page(blueprint: Blueprint, path: str, *roles: str, method: str = "GET") -> Callable[[Handler], Handler]:
    """Let a function answer a path for these roles; it is given the request, the person, and the path's parts."""

    def added(handler: Handler) -> Handler:
        async def answer(request: Request, **parts: Any) -> HTTPResponse:
            return await in_thread(partial(_answer, request, roles, handler, parts))

        blueprint.add_route(answer, path, methods=[method], name=handler.__name__)
        return handler

    return added


async def in_thread(work: Callable[[], T]) -> T:
    """Return what work returns, which waits for a store; other requests go on meanwhile."""
    return await asyncio.get_running_loop().run_in_executor(None, work)


def with_cookie(answer: HTTPResponse, secret: str | None) -> HTTPResponse:
    """Give an answer the cookie of a session, or take it away."""
    answer.cookies[COOKIE] = secret or ""
    of_cookie = {
        "path": PREFIX,
        "httponly": True,
        "samesite": "Strict",
        "secure": settings().staff_url.scheme == "https",
        "max-age": SESSION_SECONDS if secret else 0,
    }
    for name, value in of_cookie.items():
        # One by one: so alone, Sanic leaves out what is false.
        answer.cookies[COOKIE][name] = value
    return answer


def session_secret(request: Request) -> str:
    """Return the secret of the session that a request says it is of."""
    return request.cookies.get(COOKIE) or ""


def _answer(request: Request, roles: tuple[str, ...], handler: Handler, parts: dict[str, Any]) -> HTTPResponse:
    person, begun = _person(request)
    if person is None:
        return redirect(LOGIN, status=303)
    _require(request, person, roles)
    answer = handler(request, person, **parts)
    return with_cookie(answer, begun) if begun else answer


def _person(request: Request) -> tuple[Person | None, str | None]:
    """Return who asks, None for nobody, and the secret of the session if it was begun just now."""
    logins, now = Logins(database()), time.time()
    person = logins.person(session_secret(request), now)
    if settings().staff_auth == "oidc" and person and settings().staff_users.get(person.name) != person.role:
        return None, None
    if settings().staff_auth != "proxy":
        return person, None
    name, role = _signed_in(request)
    if person and (person.name, person.role) == (name, role):
        return person, None
    return logins.begin(name, role, now)


def _signed_in(request: Request) -> tuple[str, str]:
    """Return name and role of whom the proxy has signed in; raises RefusedError."""
    secret = settings().staff_proxy_secret
    given, users = (request.headers.getall(name, []) for name in (SECRET_HEADER, settings().staff_user_header))
    expected = secret.get_secret_value() if secret else ""
    if len(given) != 1 or not expected or not hmac.compare_digest(given[0].encode(), expected.encode()):
        raise RefusedError("This page is reached through the clinic's sign-in.")
    return with_role(users[0].strip().lower() if len(users) == 1 else "")


def with_role(address: str) -> tuple[str, str]:
    """Return the address of somebody who is signed in, and their role; raises RefusedError where they have none."""
    role = settings().staff_users.get(address)
    if not role:
        raise RefusedError("You are signed in, and have no place here yet: ask an administrator to name you.")
    return address, role


def _require(request: Request, person: Person, roles: tuple[str, ...]) -> None:
    """Raise RefusedError where a person's role may not, or where another website made their browser ask."""
    if person.role not in roles:
        raise RefusedError(f"Your role, {person.role}, does not include this page.")
    sent = (request.form or {}).get("csrf", "") if request.method == "POST" else person.csrf
    if not hmac.compare_digest(sent.encode("utf-8", "surrogatepass"), person.csrf.encode()):
        raise RefusedError("This form is not of your session: go back, reload the page, and send it again.")
