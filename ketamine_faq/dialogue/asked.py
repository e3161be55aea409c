"""What is asked or told in danger and has an answer of its own: it takes the place of a general reply.

The examples are those of data/after_alarm/ whose metadata says `asks: GROUP.NAME`, the answers stand in
content/asked.yml as `utter_GROUP_asked_NAME`.
"""

from dataclasses import replace

from ketamine_faq.dialogue.concern_said import NOTHING, OF_CARER, OF_SELF, Said
from ketamine_faq.dialogue.concern_steps import EMERGENCY_STAGE, HELPED, IMMEDIATE, ConcernState

# From this probability on, among all that people like the writer ask: docs/safety.md.
SURE_ASKED = 0.25
# From this on it also says which turn the message is.
SURE_TURN = 0.5
# Where a step that protects, somebody who gets sleepy or help that has come is read in the message, that is met unless
# something else is this sure.
SURE_BESIDE = 0.6
MET = (
    *("crisis_helped", "crisis_means_away", "crisis_goes_to", "crisis_coming", "crisis_carer_after"),
    *("emergency_sleepy", "emergency_arrived", "emergency_passed"),
)
# An answer has so many wordings; who asks once more is met in general.
WORDINGS = 2
ANSWER = "_asked_"
# What is said in any case: what is most urgent, and what closes.
STAYS = (
    *("crisis_immediate", "crisis_immediate_place", "crisis_safe", "crisis_other_safe", "crisis_settling"),
    *("crisis_leaving", "crisis_leaving_immediate", "crisis_self_harm", "crisis_is_self", "crisis_other"),
    *("crisis_clinician", "crisis_clinician_closed", "crisis_carer_not_me", "crisis_interpreter", "crisis_not_taken"),
    *("emergency_interpreter", "emergency_interpreter_after", "emergency_mistaken"),
)
# Those with a course of their own, by how their replies begin.
OF_ITS_OWN = ("crisis_baby", "crisis_violence", "crisis_carer_threat")


def with_answer(before: ConcernState, state: ConcernState, said: Said) -> ConcernState:
    """Return the state after a message, with the answer to what it surely asks instead of a general reply."""
    reply = next(iter(state.replies), "")
    is_general = reply.startswith(("crisis_", "emergency_")) and not reply.startswith(OF_ITS_OWN)
    # Where it has been said that they may act soon, that is no news.
    is_general &= reply not in STAYS or (reply == "crisis_immediate" and before.stage == IMMEDIATE)
    group = _group(state)
    asked = said.asked.get(group, NOTHING)
    answer = f"{group}{ANSWER}{asked.name}"
    unsure = asked.sureness < (SURE_BESIDE if reply in MET else SURE_ASKED)
    if not is_general or unsure or state.answers.count(answer) >= WORDINGS:
        return state
    return replace(state, replies=(answer, *state.replies[1:]), answers=(*state.answers, answer))


def as_asked(state: ConcernState, said: Said) -> Said:
    """Return a message after an alarm as the turn of what it asks, where that is surer than its own."""
    asked = said.asked.get(_group(state), NOTHING)
    # Nobody's worry about somebody else is taken for their being safe.
    doubts = said.turn == "other_safe" and not said.bare
    if not state.highest or asked.sureness < (SURE_ASKED if doubts else max(SURE_TURN, said.sureness)):
        return said
    return replace(said, turn=asked.turn, sureness=asked.sureness)


def _group(state: ConcernState) -> str:
    """Return who asks: what is asked is told apart among those of a group."""
    if state.patient:
        return "crisis_clinician"
    is_emergency = state.stage == EMERGENCY_STAGE or (
        state.stage == HELPED and state.highest == EMERGENCY_STAGE and "wish" not in state.signs
    )
    if is_emergency:
        return "emergency_other" if state.about_other else "emergency_self"
    return OF_CARER if state.about_other else OF_SELF
