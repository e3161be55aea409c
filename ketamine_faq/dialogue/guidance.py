"""What goes around a reply after an alarm: what was told is taken up, and what no reply has named yet is named."""

from rasa.shared.core.events import BotUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.concern_state import AFTER_ALARM
from ketamine_faq.dialogue.concern_steps import (
    ASKED,
    EMERGENCY_STAGE,
    HELPED,
    IMMEDIATE,
    NOT_IMMEDIATE,
    VIOLENCE,
    ConcernState,
)
from ketamine_faq.nlu.concern import theme_of
from ketamine_faq.nlu.examples import CRISIS

# A message of fewer words tells nothing of a life.
LEAST_WORDS = 4


def taken_up(tracker: DialogueStateTracker, state: ConcernState) -> str | None:
    """Return the sentence that takes up what the latest message tells; None where it tells nothing, or nothing new."""
    text = (tracker.latest_message.text if tracker.latest_message else "") or ""
    theme = theme_of(text) if len(text.split()) >= LEAST_WORDS else None
    if theme is None or not _is_guided(state) or state.about_other:
        return None
    sentence = content().taken_up(theme)
    return sentence if not any(sentence in said for said in _said(tracker)) else None


def unnamed(tracker: DialogueStateTracker, state: ConcernState, text: str) -> str | None:
    """Return the line for what neither the talk nor `text`, the reply, names: a person, distance, professional care.

    After a step that protects, first the means that are still near.
    """
    # The first reply asks; the next ones have room.
    if not _is_guided(state) or (state.stage == ASKED and CRISIS in state.replies):
        return None
    said = [*_said(tracker), text]
    if state.near and state.stage == HELPED and (line := content().still_near(said)):
        return line
    return content().unnamed(said, "other" if state.about_other else "self")


def _is_guided(state: ConcernState) -> bool:
    """Tell whether a reply speaks to somebody at risk, or to who is with them, of suicide or self-harm."""
    at_risk = state.stage in (ASKED, NOT_IMMEDIATE, IMMEDIATE, HELPED) and bool(state.replies)
    is_crisis = state.highest != EMERGENCY_STAGE or "wish" in state.signs
    return at_risk and is_crisis and not (state.patient or state.baby or VIOLENCE in state.signs)


def _said(tracker: DialogueStateTracker) -> list[str]:
    """Return the texts that the talk has had after an alarm."""
    said = (event for event in tracker.applied_events() if isinstance(event, BotUttered))
    return [event.text or "" for event in said if str(event.metadata.get("id") or "").startswith(AFTER_ALARM)]
