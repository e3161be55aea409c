"""The promise of every reply: the disclaimer closes it, exactly once, whatever was uttered and however it failed."""

import asyncio
from itertools import product

import pytest
from rasa.core.nlg import TemplatedNaturalLanguageGenerator
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.slots import CategoricalSlot
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.importers.importer import TrainingDataImporter

from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.concern_state import AFTER_ALARM
from ketamine_faq.dialogue.response_generator import ResponseGenerator
from ketamine_faq.paths import PROJECT
from tests.conversation import assert_closed


@pytest.fixture(scope="module")
def importer() -> TrainingDataImporter:
    """The project as Rasa reads it."""
    paths = {"config_path": "config.yml", "domain_path": "domain.yml"}
    files = {name: str(PROJECT / path) for name, path in paths.items()}
    return TrainingDataImporter.load_from_config(**files, training_data_paths=[str(PROJECT / "data")])


@pytest.fixture(scope="module")
def domain(importer: TrainingDataImporter) -> Domain:
    """The domain with the responses of content/."""
    return importer.get_domain()


def generated(generator, domain: Domain, response: str, slots: dict, channel: str = "rest", said=()) -> dict | None:
    """What a generator makes of a response after a message, with slots set and some wordings said before."""
    message = UserUttered("?", {"name": "not_covered"}, [], {"intent_ranking": []})
    before = [BotUttered("?", metadata={"id": name}) for name in said]
    events = [*before, message, *(SlotSet(name, value) for name, value in slots.items())]
    tracker = DialogueStateTracker.from_events("test", events, slots=domain.slots)
    return asyncio.run(generator.generate(response, tracker, channel))


def slot_combinations(domain: Domain) -> list[dict]:
    """Every combination of values of the slots that select texts."""
    selecting = {c["name"] for texts in domain.responses.values() for t in texts for c in t.get("condition", [])}
    slots = [slot for slot in domain.slots if slot.name in selecting and isinstance(slot, CategoricalSlot)]
    values = product(*([None, *slot.values] for slot in slots))
    return [dict(zip([slot.name for slot in slots], combination)) for combination in values]


def test_every_response_in_every_combination_of_slots_is_closed(domain: Domain):
    generator = ResponseGenerator(None, domain)
    for response, slots, channel in product(domain.responses, slot_combinations(domain), ("rest", "cmdline")):
        assert_closed([generated(generator, domain, response, slots, channel)], f"{response} {slots}")


def test_every_variation_can_be_reached(domain: Domain):
    generator = ResponseGenerator(None, domain)
    for response, texts in domain.responses.items():
        left = {text["id"] for text in texts}
        for slots in slot_combinations(domain):
            # After an alarm no wording comes twice, so each comes after those before it.
            said: set[str] = set()
            while (name := generated(generator, domain, response, slots, said=said).get("id")) in left - said:
                said.add(name)
            left -= said
        assert not left


def test_a_question_on_safety_that_is_counted_is_asked_beside_distress_too(domain: Domain):
    parsed = {"intent": {"name": "distress"}, "concern": "possible", "intent_ranking": []}
    doubt = UserUttered("?", parsed["intent"], [], parsed)
    tracker = DialogueStateTracker.from_events("test", [doubt], slots=domain.slots)
    reply = asyncio.run(ResponseGenerator(None, domain).generate("utter_distress", tracker, "rest"))
    assert reply["metadata"]["stage"] == "asked"
    assert all(button in reply["buttons"] for button in content().answer_buttons("self"))


def test_the_check_fails_where_a_response_is_not_closed(domain: Domain):
    stock = TemplatedNaturalLanguageGenerator(domain.responses)
    with pytest.raises(AssertionError, match="not closed"):
        assert_closed([generated(stock, domain, "utter_goodbye", {})])


@pytest.mark.parametrize(
    "added",
    [
        {"text": "Added without a thought."},
        {"text": "{disclaimer} Said first. {disclaimer}"},
        {"text": "Said already.\n\n{disclaimer}"},
        {"text": "Only for one channel.", "channel": "rest"},
    ],
)
def test_an_added_response_is_closed_too(domain: Domain, added: dict):
    text = added["text"].replace("{disclaimer}", content().disclaimer)
    more = domain.merge(Domain.from_dict({"responses": {"utter_added": [added | {"text": text}]}}))
    assert_closed([generated(ResponseGenerator(None, more), more, "utter_added", {})])


def test_a_missing_text_is_answered_honestly(domain: Domain):
    reply = generated(ResponseGenerator(None, domain), domain, "utter_never_written", {})
    assert_closed([reply])
    assert reply["text"] == content().failure


def test_every_utterance_of_every_rule_and_story_has_a_text(importer: TrainingDataImporter, domain: Domain):
    steps = [event for step in importer.get_stories().story_steps for event in step.events]
    uttered = {name for event in steps if (name := getattr(event, "action_name", "") or "").startswith("utter_")}
    assert uttered
    # What is said after an alarm is chosen by ConcernPolicy (tests/test_concern_talks.py).
    after_alarm = tuple(f"utter_{kind}" for kind in AFTER_ALARM)
    assert {name for name in domain.responses if not name.startswith(after_alarm)} <= uttered <= set(domain.responses)
