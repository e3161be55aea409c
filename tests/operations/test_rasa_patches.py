"""Where Rasa is told to take a shortcut, it comes to the same."""

from pathlib import Path

import dask
import pytest
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.serving.rasa_patches import take_shortcuts

DOMAIN = Domain.from_dict(
    {"intents": ["thanks"], "responses": {f"utter_{name}": [{"text": name}] for name in ("thanks", "written")}}
)
# A visitor's turn, and what answers it.
BY_INTENT = UserUttered("ta", {"name": "thanks"}), "utter_thanks"
BY_TEXT = UserUttered("ta very much"), "utter_written"


@pytest.fixture(autouse=True)
def shortcuts(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take them, and go back to Rasa's own afterwards."""
    for owner, name in (
        (dask, "get"),
        (Event, "resolve_by_type"),
        (Domain, "is_empty"),
        (RulePolicy, "_find_action_from_rules"),
    ):
        monkeypatch.setattr(owner, name, getattr(owner, name))
    take_shortcuts()


def trained(folder: Path, *rules: tuple[UserUttered, str]) -> RulePolicy:
    """Return a RulePolicy that has learned these rules."""
    policy = RulePolicy.create(
        RulePolicy.get_default_config(),
        LocalModelStorage.create(folder),
        Resource("rules"),
        ExecutionContext(GraphSchema({}), "rules"),
    )
    policy.train([_rule(*rule) for rule in rules], DOMAIN)
    return policy


def _rule(turn: UserUttered, answer: str) -> TrackerWithCachedStates:
    events = [ActionExecuted("..."), ActionExecuted("action_listen"), turn, ActionExecuted(answer)]
    events += [ActionExecuted("action_listen"), ActionExecuted("...")]
    rule = TrackerWithCachedStates.from_events("rule", events, domain=DOMAIN, slots=DOMAIN.slots)
    rule.is_rule_tracker = True
    return rule


def _answer(policy: RulePolicy, text: str) -> str:
    events = [ActionExecuted("action_listen"), UserUttered(text, {"name": "thanks", "confidence": 1.0})]
    tracker = DialogueStateTracker.from_events("a visitor", events, slots=DOMAIN.slots, domain=DOMAIN)
    prediction = policy.predict_action_probabilities(tracker, DOMAIN)
    return DOMAIN.action_names_or_texts[prediction.probabilities.index(max(prediction.probabilities))]


def test_a_rule_for_an_intent_is_found(tmp_path: Path):
    policy = trained(tmp_path, BY_INTENT)
    assert _answer(policy, "ta") == _answer(policy, "ta very much") == "utter_thanks"


def test_a_rule_for_a_text_is_not_passed_over(tmp_path: Path):
    policy = trained(tmp_path, BY_INTENT, BY_TEXT)
    assert _answer(policy, "ta") == "utter_thanks"
    assert _answer(policy, "ta very much") == "utter_written"


def test_a_domain_is_empty_only_without_anything():
    assert not DOMAIN.is_empty()
    assert Domain.empty().is_empty()
    assert not Domain.from_dict({"intents": ["thanks"]}).is_empty()
