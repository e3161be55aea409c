"""The other condition: the policy that answers 'not that, the other'.

A slot can't be filled with the opposite of what it holds, so the reply is chosen by `other_condition`, and this policy
then notes the condition. It has one line of reasoning and no model.
"""

from typing import Any

from rasa.core.policies.policy import PolicyPrediction
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import SlotSet
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.dialogue.follow_up import other_condition
from ketamine_faq.dialogue.untrained_policy import UntrainedPolicy


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class FollowUpPolicy(UntrainedPolicy):
    """Predicts the last topic's answer once more for the other condition; else nothing."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the defaults; the priority is above RulePolicy's 6, whose answer would leave the slot as it is."""
        return {"priority": 7}

    def predict_action_probabilities(
        self,
        tracker: DialogueStateTracker,
        domain: Domain,
        rule_only_data: dict[str, Any] | None = None,
        **_: Any,
    ) -> PolicyPrediction:
        """Return certainty for the answer, with the condition to note after it, or no opinion."""
        probabilities = self._default_predictions(domain)
        topic, condition = tracker.get_slot("topic"), other_condition(tracker)
        steers = tracker.latest_message is not None and tracker.latest_message.intent.get("name") == "specify_condition"
        # A figure beside a weight is data/rules.yml's affair.
        weighed = topic == "dosing" and tracker.get_slot("weight")
        begins = tracker.latest_action_name == ACTION_LISTEN_NAME
        if not (steers and begins and topic and condition) or weighed:
            return self._prediction(probabilities)
        probabilities[domain.index_for_action(f"utter_{topic}")] = 1.0
        return self._prediction(probabilities, optional_events=[SlotSet("condition", condition)])
