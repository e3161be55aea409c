"""A talk after an alarm, with the real words and without a model."""

import asyncio

from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.dialogue.concern_policy import actions_since_message
from ketamine_faq.dialogue.concern_state import concern_state
from ketamine_faq.dialogue.response_generator import ResponseGenerator


class Talk:
    """One talk: messages as NLU would have read them, the actions that follow, and the replies as they are sent."""

    def __init__(self, domain: Domain, name: str) -> None:
        self.tracker = DialogueStateTracker(name, domain.slots)
        self._words = ResponseGenerator(None, domain)

    def hears(self, intent: str, turn: str, sureness: float, **parsed) -> list[dict]:
        """Return the messages that answer this one."""
        data = {"intent": {"name": intent, "confidence": 0.9}, "turn": {"name": turn, "confidence": sureness}, **parsed}
        data.setdefault("entities", [])
        self.tracker.update(ActionExecuted(ACTION_LISTEN_NAME))
        self.tracker.update(UserUttered(data.pop("words", "words"), data["intent"], data["entities"], data))
        replies = concern_state(self.tracker).replies or (intent,)
        return [self._says(f"utter_{reply}") for reply in replies]

    def _says(self, action: str) -> dict:
        message = asyncio.run(self._words.generate(action, self.tracker, "rest"))
        self.tracker.update(ActionExecuted(action))
        assert actions_since_message(self.tracker)[-1] == action
        metadata = {"utter_action": action, "id": message.get("id"), "metadata": message["metadata"]}
        self.tracker.update(BotUttered(message["text"], metadata=metadata))
        return {**message, "action": action}
