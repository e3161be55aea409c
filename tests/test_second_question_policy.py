"""The policy for the second of two questions, without a model: a tracker goes in, the next action comes out."""

from pathlib import Path

import pytest
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.dialogue.second_question_policy import SecondQuestionPolicy
from ketamine_faq.nlu.topic_decision import SECOND_TOPIC

TOPICS = ("dosing", "schedule", "personal_concern")
DOMAIN = Domain.from_dict(
    {
        "intents": list(TOPICS),
        "responses": {f"utter_{topic}": [{"text": topic}] for topic in TOPICS},
        "slots": {"weight": {"type": "categorical", "values": ["named"], "mappings": [{"type": "custom"}]}},
    }
)
RULES_PRIORITY = 6


@pytest.fixture
def policy(tmp_path: Path) -> SecondQuestionPolicy:
    """The policy as Rasa makes it."""
    return SecondQuestionPolicy(
        SecondQuestionPolicy.get_default_config(),
        LocalModelStorage.create(tmp_path),
        Resource("second"),
        ExecutionContext(GraphSchema({}), "second"),
    )


def predicted(policy: SecondQuestionPolicy, second: str | None, *done: str, weight: str | None = None) -> str | None:
    """What follows a question on the schedule with a second one, after these actions."""
    asked = UserUttered("?", {"name": "schedule", "confidence": 1.0}, parse_data={SECOND_TOPIC: second})
    events = [ActionExecuted("action_listen"), asked, SlotSet("weight", weight), *map(ActionExecuted, done)]
    tracker = DialogueStateTracker.from_events("someone", events, slots=DOMAIN.slots, domain=DOMAIN)
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    best = max(prediction.probabilities)
    return DOMAIN.action_names_or_texts[prediction.probabilities.index(best)] if best else None


def test_the_second_answer_follows_the_first_and_then_it_listens(policy: SecondQuestionPolicy):
    assert predicted(policy, "dosing") is None
    assert predicted(policy, "dosing", "utter_schedule") == "utter_dosing"
    assert predicted(policy, "dosing", "utter_schedule", "utter_dosing") == "action_listen"


def test_without_a_second_question_it_has_no_opinion(policy: SecondQuestionPolicy):
    assert predicted(policy, None, "utter_schedule") is None


def test_an_answer_that_does_not_exist_is_not_given(policy: SecondQuestionPolicy):
    assert predicted(policy, "no_such_topic", "utter_schedule") is None


def test_beside_a_weight_the_dose_is_for_a_person_to_say(policy: SecondQuestionPolicy):
    assert predicted(policy, "dosing", "utter_schedule", weight="named") == "utter_personal_concern"


def test_it_goes_before_the_rules(policy: SecondQuestionPolicy):
    assert policy.priority > RULES_PRIORITY
