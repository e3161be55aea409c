"""What is asked or told in danger and has an answer of its own: it takes the place of a general reply.

The examples are those of data/after_alarm/ whose metadata says `asks: GROUP.NAME`, the answers stand in
content/asked.yml as `utter_GROUP_asked_NAME`.
"""

from dataclasses import replace

from ketamine_faq.dialogue.concern_said import NOTHING, OF_CARER, OF_SELF, Said
from ketamine_faq.dialogue.concern_steps import IMMEDIATE, POINTING, ConcernState, is_of_emergency

# From this probability on, among all that people like the writer ask: docs/safety.md.
SURE_ASKED = 0.35
# From this on it also says which turn the message is.
SURE_TURN = 0.5
# Where a step that protects, a goodbye, somebody who gets sleepy or help that has come is read in the message, or the
# rules have an answer, that is what is said unless something else is this sure.
SURE_BESIDE = 0.6
MET = (
    *("crisis_helped", "crisis_means_away", "crisis_goes_to", "crisis_coming", "crisis_carer_after"),
    *("crisis_leaving", "crisis_leaving_immediate"),
    *("emergency_sleepy", "emergency_arrived", "emergency_passed"),
)
# An answer has so many wordings; who asks once more is met in general.
WORDINGS = 2
ANSWER = "_asked_"
# What is said in any case: what is most urgent, and what closes.
STAYS = (
    *("crisis_immediate", "crisis_immediate_place", "crisis_safe", "crisis_other_safe", "crisis_settling"),
    *("crisis_self_harm", "crisis_is_self", "crisis_other"),
    *("crisis_clinician", "crisis_clinician_closed", "crisis_carer_not_me", "crisis_interpreter", "crisis_not_taken"),
    *("emergency_interpreter", "emergency_interpreter_after", "emergency_mistaken"),
)
# Those with a course of their own, by how their replies begin.
OF_ITS_OWN = ("crisis_baby", "crisis_violence", "crisis_carer_threat")


def with_answer(before: ConcernState, state: ConcernState, said: Said) -> ConcernState:
    """Return the state after a message, with the answer to what it surely asks instead of a general reply."""
    reply, group = next(iter(state.replies), ""), _group(state)
    asked = said.asked.get(group, NOTHING)
    answer = f"{group}{ANSWER}{asked.name}"
    may_give_way = _is_general(reply, before) if reply else _comes_back(before, said)
    # What the words alone tell for certain needs no other reading.
    is_told = reply in MET or said.sureness >= 1 or not (reply or before.patient)
    least = SURE_BESIDE if is_told else SURE_ASKED
    if not may_give_way or asked.sureness < least or state.answers.count(answer) >= WORDINGS:
        return state
    return replace(state, replies=(answer, *state.replies[1:]), answers=(*state.answers, answer))


def _is_general(reply: str, before: ConcernState) -> bool:
    """Tell whether a reply is one after an alarm that says nothing more urgent than an answer."""
    if not reply.startswith(("crisis_", "emergency_")) or reply.startswith(OF_ITS_OWN):
        return False
    # Where it has been said that they may act soon, that is no news.
    return reply not in STAYS or (reply == "crisis_immediate" and before.stage == IMMEDIATE)


def _comes_back(before: ConcernState, said: Said) -> bool:
    """Tell whether a message that the rules would answer may come back to an alarm: it asks nothing on treatment."""
    return bool(before.highest or before.patient) and said.topic in (None, "referral", *POINTING) and not said.bare


def as_asked(state: ConcernState, said: Said) -> Said:
    """Return a message that lets go, or a carer's, as the turn of what it asks, where that is surer.

    Nobody's worry about somebody else is taken for their being safe.
    """
    asked = said.asked.get(_group(state), NOTHING)
    doubts = state.about_other and said.turn in ("safe", "other_safe") and not said.bare
    least = SURE_ASKED if doubts else max(SURE_TURN, said.sureness)
    lets_go = said.turn in ("safe", "other_safe", "leaving")
    if not (state.highest and (lets_go or state.about_other)) or asked.sureness < least:
        return said
    return replace(said, turn=asked.turn, sureness=asked.sureness)


def _group(state: ConcernState) -> str:
    """Return who asks: what is asked is told apart among those of a group."""
    if state.patient:
        return "crisis_clinician"
    if is_of_emergency(state):
        return "emergency_other" if state.about_other else "emergency_self"
    return OF_CARER if state.about_other else OF_SELF
