"""The contact page as HTML, which needs no JavaScript: the form, the receipt, the failure; and the privacy page."""

import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import quote

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.privacy import privacy
from ketamine_faq.contact.words import words
from ketamine_faq.content.texts import content
from ketamine_faq.settings import settings
from ketamine_faq.templates import templates

TEMPLATES = Path(__file__).with_name("templates")
STYLE = (TEMPLATES / "style.css").read_text(encoding="utf-8")
# Whom to call instead, as in content/services.yml.
SERVICES = ("emergency", "lifeline", "lifeline_text", "suicide_call_back", "yarn", "poisons")
HEADERS = {
    "Content-Security-Policy": "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; "
    "frame-ancestors 'none'",
    # A form that is sent needs its origin named, so `no-referrer` would not do.
    "Referrer-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    "Cache-Control": "no-store",
}

_environment = templates(TEMPLATES)


def form_page(token: str, values: Mapping[str, Any], errors: Mapping[str, str], failure: str = "") -> str:
    """Return the form, filled in with `values`, with a sentence at each field that `errors` names.

    `failure` names why nothing was received, where that is not a matter of fields.
    """
    names = (*Enquiry.__dataclass_fields__, "consent")
    fields = {name: {"hint": None, **field} for name, field in words().section("fields").items()}
    return _rendered(
        "form.html",
        token=token,
        values={name: value if isinstance(value := values.get(name), str) else "" for name in names},
        errors=errors,
        faulty=", ".join(fields[name]["label"] for name in errors if name in fields),
        failure=words().failure(failure) if failure else "",
        failures=words().section("failures"),
        fields=fields,
        secure=words().secure_messaging(),
        notice=words().collection_notice(),
    )


def received_page(reference: str) -> str:
    """Return the receipt, which can also be saved as a text."""
    received, steps = words().section("received"), words().next_steps(time.time())
    text = "\n\n".join([f"{received['title']}. {received['reference']} {reference}", *steps]) + "\n"
    saved = f"data:text/plain;charset=utf-8,{quote(text)}"
    return _rendered("received.html", reference=reference, received=received, steps=steps, saved=saved)


def privacy_page() -> str:
    """Return what is kept of visitors, for how long, and what they can do about it, under the settings in force."""
    return _rendered("privacy.html", privacy=privacy())


def failed_page(failure: str) -> str:
    """Return the page that says that nothing was received, and why."""
    return _rendered("failed.html", text=words().failure(failure), failures=words().section("failures"))


def website() -> str:
    """Return the address of the clinic's website: the first that may use this server, else this server's own page."""
    return str(next(iter(settings().allowed_origins), "."))


def _rendered(template: str, **values: Any) -> str:
    return _environment.get_template(template).render(
        page=words().section("page"),
        website=website(),
        services=[content().service_button(name) for name in SERVICES],
        disclaimer=content().disclaimer,
        **values,
    )
