"""Which websites a form may be sent from: this server's own pages, and those on the allow-list."""

from urllib.parse import urlsplit

from sanic.request import Request

from ketamine_faq.settings import settings


def allowed_origins() -> list[str]:
    """Return the other websites that may use the server from a browser, such as `https://www.anodyne.example`."""
    return [str(origin).rstrip("/") for origin in settings().allowed_origins]


def is_foreign(request: Request) -> bool:
    """Tell whether a browser says that the request was made by a page of a website that may not."""
    if request.headers.get("sec-fetch-site") in ("same-origin", "none"):
        return False
    origin = request.headers.get("origin")
    # Not a browser, or one that tells nothing: there is no cookie that such a request could abuse.
    if origin is None:
        return False
    own = (request.headers.get("host"), urlsplit(str(settings().contact_form_url)).netloc)
    try:
        return origin not in allowed_origins() and urlsplit(origin).netloc not in own
    except ValueError:
        return True
