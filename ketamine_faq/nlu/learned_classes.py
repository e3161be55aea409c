"""What is learned: the intents, of which a crisis is two classes, the writer's own and someone else's."""

from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

CRISIS, CRISIS_OF_OTHER = "crisis", "crisis_of_other"
# The classes of each kind of danger.
KINDS = {CRISIS: (CRISIS, CRISIS_OF_OTHER), "emergency": ("emergency",), "misuse": ("misuse",)}


def learned_examples(training_data: TrainingData) -> list[Message]:
    """Return the examples that are learned from: those that have an intent and a text."""
    return [example for example in training_data.intent_examples if example.get(TEXT)]


def learned_class(example: Message) -> str:
    """Return the class of a training example: its intent, or CRISIS_OF_OTHER where its metadata says so."""
    of_other = (example.get("metadata") or {}).get("intent", {}).get("concerned") == "other"
    return CRISIS_OF_OTHER if of_other else example.get(INTENT)
