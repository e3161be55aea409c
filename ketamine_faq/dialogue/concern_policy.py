"""Rasa policy above RulePolicy: after an alarm it chooses the replies, until the person is safe or helped."""

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.dialogue.concern_state import KEPT, concern_state, kept
from ketamine_faq.dialogue.untrained_policy import UntrainedPolicy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class ConcernPolicy(UntrainedPolicy):
    """Predicts the replies that concern_state names, one after the other, then to listen; else nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; the priority is above SecondQuestionPolicy's 7."""
        return {"priority": 8}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **_: Any,
    ) -> PolicyPrediction:
        """Return certainty for one action, or no opinion."""
        probabilities = self._default_predictions(domain)
        action = _due(tracker)
        if action in domain.action_names_or_texts:
            probabilities[domain.index_for_action(action)] = 1.0
        # Rasa applies these whichever policy wins.
        state = kept(tracker)
        events = [SlotSet(KEPT, state)] if tracker.get_slot(KEPT) != state else []
        return self._prediction(probabilities, events=events)


def _due(tracker: DialogueStateTracker) -> str | None:
    replies = [f"utter_{reply}" for reply in concern_state(tracker).replies]
    if not replies:
        return None
    done = actions_since_message(tracker)
    return replies[len(done)] if len(done) < len(replies) else ACTION_LISTEN_NAME


def actions_since_message(tracker: DialogueStateTracker) -> list[str]:
    """Return the actions that have answered the latest message so far, in order."""
    done: list[str] = []
    for event in reversed(tracker.applied_events()):
        if isinstance(event, UserUttered):
            break
        if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME:
            done.append(event.action_name)
    return done[::-1]
