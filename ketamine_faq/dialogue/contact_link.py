"""The contact form's address for a conversation."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ketamine_faq.settings import settings


def contact_link(slots: Mapping[str, Any]) -> str:
    """Return the form's address, which the widget reads the slots topic and audience from; nothing that was typed.

    They are in its fragment, which no browser sends: a clinic's statistics, or who runs them, must not learn of them.
    """
    known = {name: slots[name] for name in ("topic", "audience") if slots.get(name)}
    return f"{settings().contact_form_url}{'#' if known else ''}{urlencode(known)}"
