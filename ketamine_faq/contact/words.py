"""The words of the contact form, from content/contact_form.yml."""

from functools import lru_cache
from typing import Any

from ketamine_faq.content.texts import CONTENT, content
from ketamine_faq.settings import settings
from ketamine_faq.yaml_file import ContentError, read

SECTIONS = (
    "page",
    "fields",
    "collection_notice",
    "received",
    "receipt_mail",
    "failures",
    "errors",
    "marks",
    "delivery",
)


class Words:
    """Every text of the form, its variables filled when it is asked for."""

    def __init__(self) -> None:
        """Read the file; raises ContentError where a section is missing."""
        path = CONTENT / "contact_form.yml"
        self._texts = read(path)
        missing = [name for name in (*SECTIONS, "about_topic") if not self._texts.get(name)]
        if missing:
            raise ContentError(f"{path} lacks {', '.join(missing)}: restore it, `git checkout -- {path}`.")

    def section(self, name: str) -> dict[str, Any]:
        """Return a section as it stands in the file; for templates."""
        return self._texts[name]

    def failure(self, name: str) -> str:
        """Return the text that tells that nothing was received, and what to do."""
        return self._text("failures", name)

    def error(self, name: str, limit: int | None = None) -> str:
        """Return the sentence that says how to mend a field."""
        return self._text("errors", name, limit=limit)

    def next_steps(self, received_at: float) -> list[str]:
        """Return what follows once an enquiry is received, and when; with settings for these, as they are set."""
        days, phone = settings().enquiry_answer_days, settings().clinic_phone
        when = self._text("received", "no_day")
        if days:
            day = content().working_hours.day_after(received_at, days)
            when = self._text("received", "by_day", day=f"{day:%A} {day.day} {day:%B}")
        call = self._text("received", "call", clinic_phone=phone) if phone else self._text("received", "no_call")
        return [self._text("received", "next"), when, call, self._text("received", "worse")]

    def receipt_mail(self, name: str, **values: str) -> str:
        """Return a text of the mail to who wrote."""
        return self._text("receipt_mail", name, **values)

    def mark(self, name: str) -> str:
        """Return what is doubtful about an enquiry, for the staff."""
        return self._text("marks", name)

    def delivery(self, name: str, **values: str) -> str:
        """Return a text of the message to the staff."""
        return self._text("delivery", name, **values)

    def secure_messaging(self) -> str:
        """Return where referrers send what identifies a patient; empty where the clinic has no such address."""
        address = settings().secure_messaging_address
        return self._text("page", "secure", secure_messaging_address=address) if address else ""

    def collection_notice(self) -> dict[str, str]:
        """Return the notice that stands above the consent, by its parts."""
        return {name: self._text("collection_notice", name) for name in self._texts["collection_notice"]}

    def _text(self, section: str, name: str, **values: Any) -> str:
        return self._texts[section][name].strip().format(**content().variables(), **values)


@lru_cache(maxsize=1)
def words() -> Words:
    """Return this process's words; raises ContentError."""
    return Words()
