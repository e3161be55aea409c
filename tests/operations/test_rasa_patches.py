"""Each patch is taken, does what it says, and comes to the same."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import dask
import dask.local
import pytest
import rasa.shared.utils.common
from rasa.core.policies.rule_policy import RulePolicy
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, Event, SlotSet, UserUttered
from rasa.shared.core.generator import TrackerWithCachedStates
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.paths import PROJECT
from ketamine_faq.serving import rasa_patches
from ketamine_faq.serving.rasa_patches import PATCHES, Patch, PatchError, take_patches
from ketamine_faq.settings import settings

DOMAIN = Domain.from_dict(
    {"intents": ["thanks"], "responses": {f"utter_{name}": [{"text": name}] for name in ("thanks", "written")}}
)
# A visitor's turn, and what answers it.
BY_INTENT = UserUttered("ta", {"name": "thanks"}), "utter_thanks"
BY_TEXT = UserUttered("ta very much"), "utter_written"


ORIGINALS = {patch.name: getattr(patch.holder(), patch.attribute) for patch in PATCHES}


@pytest.fixture(autouse=True)
def patches(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take them, and go back to Rasa's own afterwards."""
    for patch in PATCHES:
        monkeypatch.setattr(patch.holder(), patch.attribute, vars(patch.holder())[patch.attribute])
    take_patches()


@pytest.mark.parametrize("patch", PATCHES, ids=lambda patch: patch.name)
def test_each_is_taken_and_names_a_test_that_exists(patch: Patch):
    assert getattr(patch.holder(), patch.attribute) is not ORIGINALS[patch.name]
    file, _, name = patch.test.partition("::")
    assert f"def {name}(" in (PROJECT / file).read_text(encoding="utf-8")


@pytest.mark.parametrize(
    "fault", [{"version": "0.0"}, {"attribute": "no_such_thing"}, {"owner": "rasa.no_such_module"}], ids=str
)
def test_one_that_does_not_fit_is_refused(fault: dict[str, str]):
    with pytest.raises(PatchError, match="mend or delete the patch"):
        replace(PATCHES[1], **fault).take()


def test_stock_rasa_is_left_as_it_is(monkeypatch: pytest.MonkeyPatch):
    stock = settings().copy(update={"ketamine_faq_stock_rasa": True})
    monkeypatch.setattr(rasa_patches, "settings", lambda: stock)
    monkeypatch.setattr(dask, "get", ORIGINALS["dask.get"])
    take_patches()
    assert dask.get is ORIGINALS["dask.get"]


def test_a_graph_is_run_without_a_plan(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(dask.local, "get_async", None)
    assert dask.get({"a": 1, "b": (lambda a: a + 1, "a")}, "b") == 2


def test_a_class_of_events_is_looked_for_once(monkeypatch: pytest.MonkeyPatch):
    found = Event.resolve_by_type("slot")
    monkeypatch.setattr(rasa.shared.utils.common, "all_subclasses", None)
    assert Event.resolve_by_type("slot") is found is SlotSet


def test_a_domain_with_responses_is_not_written_out(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(Domain, "as_dict", None)
    assert not DOMAIN.is_empty()


def test_no_rule_is_looked_for_by_text_where_none_has_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    policy, asked = trained(tmp_path, BY_INTENT), []
    states = RulePolicy._prediction_states

    def noted(
        policy: RulePolicy, tracker: DialogueStateTracker, domain: Domain, by_text: bool = False, **how: Any
    ) -> Any:
        asked.append(by_text or how.get("use_text_for_last_user_input"))
        return states(policy, tracker, domain, by_text, **how)

    monkeypatch.setattr(RulePolicy, "_prediction_states", noted)
    assert _answer(policy, "ta") == "utter_thanks"
    assert asked and not any(asked)


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
