"""What goes around a reply after an alarm: what was told is taken up, and what no reply has named yet is named."""

from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.asked import ANSWER
from ketamine_faq.dialogue.concern_steps import (
    ASKED,
    EMERGENCY_STAGE,
    HELPED,
    IMMEDIATE,
    NOT_IMMEDIATE,
    THREAT,
    VIOLENCE,
    ConcernState,
)
from ketamine_faq.nlu.concern import theme_of
from ketamine_faq.nlu.examples import CRISIS, EMERGENCY

# A message of fewer words tells nothing of a life.
LEAST_WORDS = 4
CARE = "care"
# How the names of what goes around a reply begin.
GUIDE, THEME, NEAR, CLOSE = "guide.", "theme.", "near.", "close."


def guided(text: str, message: str, state: ConcernState, said: set[str]) -> tuple[str, list[str]]:
    """Return a reply's text with what goes around it, and the names of all that it then says.

    `message` is the visitor's, `said` are names that the talk has had (concern_state.said_wordings).
    """
    if not _is_guided(state):
        return text, []
    names = [GUIDE + name for name in content().guides_in(text)]
    before = _taken_up(message, state, said)
    after = _still_close(text, state, said) or _still_to_say(state, said | set(names))
    parts = [part for part in (before, (None, text), after) if part]
    return "\n".join(part for _, part in parts), [*names, *(name for name, _ in parts if name)]


def _taken_up(message: str, state: ConcernState, said: set[str]) -> tuple[str, str] | None:
    """Return what the message tells of a life, once in a talk."""
    theme = theme_of(message) if len(message.split()) >= LEAST_WORDS else None
    if theme is None or THEME + theme in said or state.about_other:
        return None
    return THEME + theme, content().taken_up(theme)


def _still_close(text: str, state: ConcernState, said: set[str]) -> tuple[str, str] | None:
    """Return the line on the ambulance where somebody may act soon, and the answer to what they ask doesn't name it."""
    is_answer = any(ANSWER in reply for reply in state.replies)
    if state.stage != IMMEDIATE or not is_answer or content().variables()[EMERGENCY] in text:
        return None
    times = sum(name.startswith(CLOSE) for name in said)
    line = content().still_close("other" if state.about_other else "self", times)
    return (f"{CLOSE}{times}", line) if line else None


def _still_to_say(state: ConcernState, said: set[str]) -> tuple[str, str] | None:
    """Return a person, distance to the means or care, where none has been named; first means that are still near."""
    is_live = state.stage == IMMEDIATE
    # The first reply asks, and has no room; a carer in a live crisis is told one thing at a time.
    if (state.stage == ASKED and CRISIS in state.replies) or (is_live and state.about_other):
        return None
    times = sum(name.startswith(NEAR) for name in said)
    if state.near and state.stage == HELPED and (line := content().still_near(times)):
        return f"{NEAR}{times}", line
    named = {name.removeprefix(GUIDE) for name in said if name.startswith(GUIDE)} | ({CARE} if is_live else set())
    found = content().guide(named, "other" if state.about_other else "self")
    return (GUIDE + found[0], found[1]) if found else None


def _is_guided(state: ConcernState) -> bool:
    """Tell whether a reply speaks to somebody at risk, or to who is with them, of suicide or self-harm."""
    at_risk = state.stage in (ASKED, NOT_IMMEDIATE, IMMEDIATE, HELPED) and bool(state.replies)
    is_crisis = state.highest != EMERGENCY_STAGE or "wish" in state.signs
    return at_risk and is_crisis and not state.signs & {VIOLENCE, THREAT} and not (state.patient or state.baby)
