"""`python -m tests.staff.screenshots` writes pictures of the staff's page, with made-up people, to docs/screenshots."""

import os
import time
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
import sqlalchemy as sa

from ketamine_faq.contact.store import Enquiries
from ketamine_faq.contact.tables import EnquiryRow, OutboxRow
from ketamine_faq.paths import PROJECT
from ketamine_faq.staff.logins import Logins
from tests.support.conversations import Conversations
from tests.support.installation import Installation
from tests.support.staff_server import staff_served
from tests.website.browser import chromium

FOLDER = PROJECT / "docs" / "screenshots"
HOUR = 3600
# Name, role, question, hours ago, marks.
PEOPLE = (
    ("Sam Roe", "patient", "How do I make a first appointment?", 74, ()),
    ("Dr Alex Tan", "referrer", "Do you take referrals for pain after surgery?", 29, ()),
    ("Robin Hill", "patient", "Is there parking near the clinic?", 5, ()),
    ("Chris Park", "patient", "When are you open?", 3, ()),
    ("Win A Prize", "patient", "See www.prize.example, www.more.example and www.last.example", 2, ("links",)),
)
TALKS = ("what dose for pain", "how long does one session take", "is it the same for depression and pain?")


def fill(installation: Installation, conversations: Conversations) -> list[str]:
    """Keep enquiries and conversations, and return the references."""
    now, store = time.time(), Enquiries(installation.store)
    references = []
    for name, role, about, hours, marks in PEOPLE:
        reference = installation.enquire(
            name,
            marks,
            name=name,
            role=role,
            about=about,
            email=f"{name.split()[0].lower()}@example.com",
            phone="02 5550 1234",
        )
        references.append(reference)
        with installation.store.session() as session:
            row = session.scalar(sa.select(EnquiryRow).where(EnquiryRow.reference == reference))
            row.received_at = now - hours * HOUR
            session.execute(
                sa.update(OutboxRow)
                .where(OutboxRow.enquiry_id == row.id)
                .values(delivered_at=now, next_attempt_at=None)
            )
    store.take(references[2], "Kim Lee", now)
    store.answer(references[3], "Kim Lee", "Told by mail.", now)
    for text in TALKS:
        conversations.had((text, "session_length" if "long" in text else "dosing"), at=now - HOUR)
    return references


def main() -> None:
    """Write the pictures."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        installation, conversations = Installation(Path(folder), patch), Conversations(Path(folder))
        first, *_ = fill(installation, conversations)
        with staff_served(installation, conversations.endpoints) as staff, chromium() as browser:
            for role, scheme, width, paths in (
                (
                    "clinician",
                    "light",
                    1280,
                    ("enquiries", f"enquiries/{first}", "questions", "texts/dosing.pain.patient"),
                ),
                ("admin", "light", 1280, ("audit",)),
                ("reception", "dark", 320, ("enquiries",)),
            ):
                context = browser.new_context(
                    viewport={"width": width, "height": 720}, color_scheme=scheme, locale="en-AU"
                )
                page = context.new_page()
                name = "Kim Lee" if role == "reception" else "Dr Jo Field"
                page.goto(f"{staff.address}/staff/login?link={Logins(staff.store).new_link(name, role, time.time())}")
                page.locator("main button").click()
                for path in paths:
                    page.goto(f"{staff.address}/staff/{path}")
                    part = {f"enquiries/{first}": "enquiry", "texts/dosing.pain.patient": "text"}.get(path, path)
                    page.screenshot(path=FOLDER / f"staff-{part}{'-320-dark' if width == 320 else ''}.png")


if __name__ == "__main__":
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    main()
