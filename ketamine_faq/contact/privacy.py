"""What stands on the page at /privacy: the words of content/privacy_page.yml that are true under these settings."""

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from ketamine_faq.content.texts import CONTENT, content
from ketamine_faq.settings import settings
from ketamine_faq.yaml_file import read


@lru_cache(maxsize=1)
def _file() -> dict[str, Any]:
    return read(CONTENT / "privacy_page.yml")


def privacy() -> dict[str, Any]:
    """Return `title`, `intro` and `sections`, each with its heading and its paragraphs; raises ContentError."""
    file = _file()
    sections = [{"heading": s["heading"], "paragraphs": list(_paragraphs(s))} for s in file["sections"]]
    return {"title": file["title"], "intro": file["intro"], "sections": sections}


def _paragraphs(section: dict[str, str]) -> Iterator[str]:
    known = settings()
    way = "by_webhook" if known.enquiries_webhook_url else "by_mail" if known.enquiries_email_to else "by_nothing"
    set_ = {way: True, "phone": known.clinic_phone, "policy": known.privacy_policy_url}
    variables = {
        **content().variables(),
        "clinic_phone": known.clinic_phone or "",
        "privacy_policy_url": str(known.privacy_policy_url or ""),
    }
    for name, text in section.items():
        if name == "text" or set_.get(name):
            yield from text.strip().format(**variables).split("\n")
