"""What a follow-up that names no condition means by what was said before: 'the other one', 'and vice versa?'."""

from rasa.shared.core.trackers import DialogueStateTracker

OTHER = {"depression": "pain", "pain": "depression"}


def other_condition(tracker: DialogueStateTracker) -> str | None:
    """Return the condition that 'the other one' means, where the latest message says so and one was spoken of."""
    says_so = "other" in tracker.get_latest_entity_values("follow_up")
    names_one = next(tracker.get_latest_entity_values("condition"), None)
    return OTHER.get(tracker.get_slot("condition")) if says_so and not names_one else None
