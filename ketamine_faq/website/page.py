"""The demonstration page: what a clinic's page looks like with the widget on it."""

from pathlib import Path

from ketamine_faq.content.texts import CONTENT, content
from ketamine_faq.templates import templates
from ketamine_faq.yaml_file import read

TEMPLATES = Path(__file__).with_name("templates")
STYLE = (TEMPLATES / "website.css").read_text(encoding="utf-8")
# As strict as a careful website's: the widget needs its script, and the server that it asks.
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'none'; base-uri 'none'; frame-ancestors 'none'",
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-cache",
}


def home_page() -> str:
    """Return the page; raises ContentError where content/website.yml can't be read."""
    return (
        templates(TEMPLATES)
        .get_template("home.html")
        .render(
            page=read(CONTENT / "website.yml"),
            emergency=content().service_button("emergency"),
            disclaimer=content().disclaimer,
        )
    )
