"""The contact form's address for a conversation."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from ketamine_faq.settings import settings


def contact_link(slots: Mapping[str, Any]) -> str:
    """Return the form's address with the slots topic and audience, where they are set, and nothing that was typed."""
    form = str(settings().contact_form_url)
    known = {name: slots[name] for name in ("topic", "audience") if slots.get(name)}
    return f"{form}{'&' if '?' in form else '?'}{urlencode(known)}" if known else form
