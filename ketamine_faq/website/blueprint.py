"""The website's addresses: the page at /, its style, and the widget that any page can load."""

from typing import Any

from sanic import Blueprint, Sanic, response
from sanic.request import Request
from sanic.response import HTTPResponse

from ketamine_faq.website.page import HEADERS, STYLE, home_page
from ketamine_faq.website.widget import widget_script

FILE_HEADERS = {
    "Cache-Control": "max-age=300",
    "X-Content-Type-Options": "nosniff",
    # Other websites load the widget; what it then may ask the server is for the allow-list to say.
    "Cross-Origin-Resource-Policy": "cross-origin",
}


def website_blueprint() -> Blueprint:
    """Return the addresses; raises ContentError where the page or the widget lacks its words."""
    blueprint = Blueprint("website", strict_slashes=True)
    page, widget = home_page(), widget_script()

    async def home(request: Request) -> HTTPResponse | None:
        if request.path == "/" and request.method in ("GET", "HEAD"):
            return response.html(page, headers=HEADERS)
        return None

    @blueprint.before_server_start
    async def precede_rasa(app: Sanic, _: Any) -> None:
        # Rasa has a route of its own at /, which a second one could not displace.
        app.register_middleware(home, "request")

    @blueprint.get("/website.css")
    async def style(_: Request) -> HTTPResponse:
        return response.text(STYLE, content_type="text/css; charset=utf-8", headers=FILE_HEADERS)

    @blueprint.get("/widget.js")
    async def script(_: Request) -> HTTPResponse:
        return response.text(widget, content_type="text/javascript; charset=utf-8", headers=FILE_HEADERS)

    return blueprint
