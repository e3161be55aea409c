"""Two questions in one message: the policy that answers the second after the first.

TopicDecision leaves the second question's topic in the parse data (`SECOND_TOPIC`). Rules can't express 'then
the other one' without a rule for every pair of topics, so this policy does: it has one line of reasoning and no model.
"""

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.dialogue.untrained_policy import UntrainedPolicy
from ketamine_faq.nlu.topic_decision import SECOND_TOPIC


def second_topic(tracker: DialogueStateTracker) -> str | None:
    """Return the topic of the latest message's second question, if it asks two."""
    message = tracker.latest_message
    return message.parse_data.get(SECOND_TOPIC) if message and message.parse_data else None


def _offers_form(action: str, domain: Domain) -> bool:
    """Tell whether a response hands over."""
    return any((variation.get("metadata") or {}).get("handoff") for variation in domain.responses.get(action, ()))


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class SecondQuestionPolicy(UntrainedPolicy):
    """Predicts `utter_<second topic>` right after the first answer, then to listen; else nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; the priority is above RulePolicy's 6, which would listen after the first answer."""
        return {"priority": 7}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **_: Any,
    ) -> PolicyPrediction:
        """Return certainty for one action, or no opinion."""
        action = self._due(tracker)
        probabilities = self._default_predictions(domain)
        # A yes then takes up the form, as it does after a hand-off alone.
        offers = [SlotSet("offer", "contact_form")] if action and _offers_form(action, domain) else []
        if action in domain.action_names_or_texts:
            probabilities[domain.index_for_action(action)] = 1.0
        return self._prediction(probabilities, optional_events=offers)

    @staticmethod
    def _due(tracker: DialogueStateTracker) -> str | None:
        second = second_topic(tracker)
        if not second:
            return None
        # As in data/rules.yml: a figure beside a weight would make a dose of it.
        if second == "dosing" and tracker.get_slot("weight"):
            second = "personal_concern"
        following = {
            f"utter_{tracker.latest_message.intent['name']}": f"utter_{second}",
            f"utter_{second}": ACTION_LISTEN_NAME,
        }
        return following.get(tracker.latest_action_name)
