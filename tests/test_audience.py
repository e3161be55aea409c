"""Whom a reply is written for, where the page says whom it is for and the visitor may say who they are."""

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.content.texts import PAGE_AUDIENCE
from ketamine_faq.dialogue.audience import audience_of
from ketamine_faq.paths import PROJECT


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The project's wiring."""
    return Domain.from_file(str(PROJECT / "domain.yml"))


def message(page: str = "", says: str = "") -> list[UserUttered | SlotSet]:
    """A message from a page for some readers, in which the visitor may say who they are."""
    entities = [{"entity": "audience", "value": says}] if says else []
    said = UserUttered("how often?", {"name": "schedule"}, entities, metadata={PAGE_AUDIENCE: page} if page else {})
    return [said, *([SlotSet("audience", says)] if says else [])]


@pytest.mark.parametrize(
    ("messages", "audience"),
    [
        ([message()], "patient"),
        ([message(page="referrer")], "referrer"),
        ([message(page="referrer"), message(page="carer")], "carer"),
        ([message(says="carer"), message(page="referrer")], "carer"),
        ([message(page="referrer", says="patient"), message(page="referrer")], "patient"),
        ([message(page="referrer"), message()], "patient"),
    ],
)
def test_what_visitors_say_of_themselves_goes_before_what_the_page_says(domain: Domain, messages, audience: str):
    events = [event for events in messages for event in events]
    tracker = DialogueStateTracker.from_events("visitor", events, slots=domain.slots)
    assert audience_of(tracker) == audience
