"""What has been said since an alarm: a state that lasts over a conversation, from the tracker's events alone.

The visitor's messages go one by one through `step` of concern_steps.
"""

from collections.abc import Iterable
from dataclasses import asdict, replace
from typing import Any

from rasa.shared.core.events import BotUttered, SlotSet, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.dialogue.asked import as_asked, with_answer
from ketamine_faq.dialogue.concern_said import Said, said_of
from ketamine_faq.dialogue.concern_steps import ConcernState, step

# The slot that carries the state from one session to the next.
KEPT = "concern_state"
# How the ids of wordings begin that are said after an alarm.
AFTER_ALARM = (
    "crisis",
    "emergency",
    "safe",
    "violence",
    "other_lines",
    "carer.",
    "clinician.",
    "baby.",
    "holds_on.",
    "threat.",
)
# In a reply's metadata: what it names or takes up beside its wording (guidance.py).
AROUND = "around"


def concern_state(tracker: DialogueStateTracker) -> ConcernState:
    """Return the state after the latest message of the conversation."""
    events = tracker.applied_events()
    state, _ = _carried_over(events)
    for said in _messages(events):
        said = as_asked(state, said)
        state = with_answer(state, step(state, said), said)
    return state


def said_wordings(tracker: DialogueStateTracker) -> set[str]:
    """Return the ids of the wordings that the talk has had since an alarm, and the names of what went around them."""
    events = tracker.applied_events()
    said = [event.metadata for event in events if isinstance(event, BotUttered)]
    ids = {metadata.get("id") or "" for metadata in said}
    around = {name for metadata in said for name in (metadata.get("metadata") or {}).get(AROUND, ())}
    return _carried_over(events)[1] | {name for name in ids if name.startswith(AFTER_ALARM)} | around


def kept(tracker: DialogueStateTracker) -> dict[str, Any] | None:
    """Return what must outlast the session, as the slot KEPT has it: plain values; None where nothing has been said."""
    state = replace(concern_state(tracker), replies=(), wording=None, line=None)
    if state == ConcernState():
        return None
    return {
        **asdict(state),
        "signs": sorted(state.signs),
        "answers": [*state.answers],
        "replies": [],
        "said": sorted(said_wordings(tracker)),
    }


def _carried_over(events: list[Any]) -> tuple[ConcernState, set[str]]:
    """Return state and wordings of the session before, which stand in a slot from the beginning of this one."""
    for event in events:
        if isinstance(event, UserUttered):
            break
        if isinstance(event, SlotSet) and event.key == KEPT and event.value:
            values = dict(event.value)
            said = set(values.pop("said"))
            lasting = {"signs": frozenset(values["signs"]), "answers": tuple(values.get("answers", ())), "replies": ()}
            return ConcernState(**{**values, **lasting}), said
    return ConcernState(), set()


def _messages(events: Iterable[Any]) -> Iterable[Said]:
    audience = None
    for event in events:
        if isinstance(event, SlotSet) and event.key == "audience":
            audience = event.value
        if isinstance(event, UserUttered) and event.intent:
            yield said_of(event.parse_data or {}, audience)
