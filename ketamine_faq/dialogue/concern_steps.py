"""The stages of a talk since an alarm, and how each message moves it on; docs/safety.md draws them."""

from dataclasses import dataclass, replace

from ketamine_faq.dialogue.concern_said import ANSWERED, SURE_QUESTION, Said
from ketamine_faq.dialogue.heard import (
    ANY_CARER,
    BABY,
    CARER,
    CLINICIAN,
    EMERGENCY_OVER,
    FIRST_OF_CARER,
    LETS_GO,
    first,
)
from ketamine_faq.nlu.concern import DANGER
from ketamine_faq.nlu.examples import CRISIS, EMERGENCY, MISUSE, POSSIBLE

# The stages, from the lowest to the highest. While one stands, its replies are all that is said.
ASKED, NOT_IMMEDIATE, IMMEDIATE, HELPED, LEAVING = "asked", "not_immediate", "immediate", "helped", "leaving"
EMERGENCY_STAGE = "emergency"
STAGES = (LEAVING, HELPED, ASKED, NOT_IMMEDIATE, IMMEDIATE, EMERGENCY_STAGE)

# Signs that somebody may act soon.
ACUTE = frozenset({"means", "time", "farewell", "attempt", "plan", "voices"})
# Those of them that tell of danger even where the rest of the message is only a doubt.
PLAIN = frozenset({"farewell", "attempt", "voices"})
# Signs of another kind: the writer may hurt somebody else; hurts themself; is at a height, road or water; is a child.
VIOLENCE, SELF_HARM, PLACE, CHILD = "violence", "self_harm", "place", "child"
# What stands for the whole conversation, whenever it is said; of what is heard: a birth, something that was taken.
FAR = "far_away"
LASTING, LASTING_HEARD = frozenset({CHILD, PLACE}), frozenset({"had_baby", "took_it", FAR})
# What a carer has said that all that follows is read by: they are threatened with it, or have found cuts.
THREAT, CUTS = "carer_threat", "carer_cuts"
# A yes or a no that is not sure enough to be taken for one.
UNSURE = "unsure"
# What is told, and asks nothing that could be answered.
TELLS_ONLY = ("distress", "out_of_scope", "nlu_fallback")
# Words of giving up that are met though it has been asked before.
DESPAIR = "despair"
MAX_QUESTIONS = 2
# A question on treatment is put off so many times; where nothing acute has been said, it is then answered.
MAX_PUT_OFF = 1
# Below this, what a message says after an alarm is not understood, and the reply stays with the person.
SURE = 0.25
# Nobody is let go at words that are less surely harmless; and beside a doubt only where they are certain.
HARMLESS, CERTAIN = 0.5, 0.9
# What a carer does while the other may act soon must be so sure.
SURE_STEP = 0.75
# Where a time is all that tells of acting soon, the danger must be so sure; and at the first alarm, where a thing is.
SURE_DANGER = 0.6

HURDLES = (
    *("cannot_speak", "afraid", "on_hold", "cost", "no_hotlines"),
    *("what_to_say", "burden", "nobody", "ashamed", "which_help"),
)
# What a person says that calls for a reply of its own and changes no stage.
SAME_STAGE: tuple[str, ...] = (*HURDLES, "what_now", "tells", "asks_bot", "refuses", "thanks", "support_other")
SAME_STAGE += ("names", "reached", "no_answer", "is_self", "voices", "not_now", "pain")
# Where somebody may act soon, the reply to these holds on: nothing else is settled by them.
HOLDS_ON = ("", "refuses", "tells", "thanks", "unsafe", "question")
# What has an answer of its own even there, and even if it tells of new danger.
ANSWERED_THERE: tuple[str, ...] = (*HURDLES, "what_now", "names", "reached", "no_answer", "voices", "pain", "asks_bot")
ANSWERED_THERE += ("means_away", "goes_to", "coming", "protects")
# What still is about the alarm when it is over, where no question comes with it.
AFTERWARDS: tuple[str, ...] = (
    *HURDLES,
    "what_now",
    "support_other",
    "leaving",
    "safe",
    "other_safe",
    "unsafe",
    "immediate",
    "protects",
)
AFTERWARDS += ("means_away", "goes_to", "coming", "no_answer")
# Where words such as 'tablets' or 'tonight' are no news of danger.
NO_NEWS = ("safe", "other_safe", "thanks", "support_other", "asks_bot", "is_self", "no_answer", "not_now")
# The same of some signs only: who gives tablets away names them, who asks how to get through the night names the night.
NO_NEWS_OF = {
    "protects": frozenset({"wish", "means", "time"}),
    "means_away": frozenset({"wish", "means", "time", "farewell"}),
    "goes_to": frozenset({"wish", "time", "farewell"}),
    "names": frozenset({"wish", "means", "time"}),
    "voices": frozenset({"wish", "time", "voices"}),
    "coming": frozenset({"wish", "means", "time", "farewell"}),
    "reached": frozenset({"wish", "means", "time", "farewell"}),
    "leaving": frozenset({"wish", "means", "time", "farewell"}),
    "what_to_say": frozenset({"wish", "means", "time"}),
    "what_now": frozenset({"wish", "time", "plan"}),
    "question": frozenset({"wish", "time"}),
}
# What is said in an emergency, and which reply takes it up.
EMERGENCY_TURNS = {"wait": "wait", "what_now": "wait", "support_other": "wait", "help": "help", "protects": "help"}
EMERGENCY_TURNS |= {"worse": "worse", "immediate": "worse", "afraid": "afraid", "cost": "afraid", "leaving": "leaving"}
SAFE_WORDS = ("safe", "other_safe")
# A step that protects: somebody is there, the means are away, help has come.
STEPS = ("protects", "means_away", "goes_to", "coming", "emergency_help", "emergency_better")
# The steps after which what the writer could use is not near them any more.
LEAVES_MEANS = ("means_away", "goes_to")
# The steps that have a reply of their own, where it is the writer's.
STEP_REPLIES = ("means_away", "goes_to", "coming")
# What a parent or friend who has found cuts says, which is answered as about them.
OF_CUTS = ("", "tells", "support_other", "what_now", "what_to_say", "other", "ashamed", "which_help", "refuses", UNSURE)
# What is said where somebody else may be hurt, and which reply takes it up.
VIOLENCE_TURNS = dict.fromkeys((*STEPS, "names", "reached"), "_step")
VIOLENCE_TURNS |= dict.fromkeys(("afraid", "ashamed", "cost"), "_afraid")
VIOLENCE_TURNS |= dict.fromkeys(("question", "asks_bot", "which_help"), "_question")
# What is no question to come back to once the person is safe: every reply has said how to reach people.
NOT_WAITING = ("contact",)
# Topics whose replies point to people: what is said of the alarm goes before them.
POINTING = ("contact", "personal_concern", "not_covered", "privacy", "in_treatment", "expertise")
# Signs beside which unwanted pictures of a baby are not only that.
URGENT_PICTURES = frozenset({"voices", "attempt", "plan", "farewell"})
# What the rules answer between a clinician's messages about a patient.
RULES_ANSWER = (
    "thanks",
    "goodbye",
    "greet",
    "affirm",
    "deny",
    "contact",
    "referral",
    "source",
    "bot_identity",
    "privacy",
)
# What takes an emergency back where one was read into a message of a talk like this.
CALM: tuple[str, ...] = (
    *("safe", "other_safe", "question", "protects", "leaving", "burden", "emergency_better", "emergency_help"),
    *("not_now", "coming", "means_away", "goes_to", "names", "reached", "no_answer", "is_self"),
)
SURE_CALM = 0.4


@dataclass(frozen=True)
class ConcernState:
    """Where the conversation stands after a message.

    `replies` are the responses to that message, without `utter_`; none where the rules answer it. A first alarm is
    always `crisis` or `emergency`, the topics, and `wording` the response whose texts it has. `line` is what an answer
    of the rules ends with: `check_in`, `ask` or nothing. `question` is the topic that waits for an answer. `patient`:
    a clinician's patient is in danger, until that is closed. `baby`: unwanted pictures after a birth. `handed`: help
    has the other person. `near`: what the writer could use is within reach, as far as they have said. `denied`: has
    said that there is no danger, before anything was asked. `answers`: what was asked and has had its answer.
    """

    stage: str | None = None
    about_other: bool = False
    signs: frozenset[str] = frozenset()
    questions: int = 0
    put_off: int = 0
    question: str | None = None
    doubts: int = 0
    highest: str | None = None
    replies: tuple[str, ...] = ()
    wording: str | None = None
    line: str | None = None
    patient: bool = False
    baby: bool = False
    handed: bool = False
    near: bool = False
    denied: bool = False
    answers: tuple[str, ...] = ()


def step(state: ConcernState, said: Said) -> ConcernState:
    """Return the state after one more message."""
    lasting = (said.signs & LASTING) | (said.heard & LASTING_HEARD)
    state = replace(state, replies=(), wording=None, line=None, signs=state.signs | lasting)
    if said.intent == "other_lines" and state.stage:
        return _replied(state, "other_lines")
    if said.intent == EMERGENCY and _is_rather_crisis(state, said):
        said = replace(said, intent=CRISIS)
    if answered := _heard(state, said):
        return answered
    if _is_violence(state, said):
        return _violence(state, said)
    if said.intent == EMERGENCY and said.degree == DANGER and not _is_calm(state, said):
        return _emergency(state, said)
    if said.intent == MISUSE and "took_it" in said.heard and "attempt" in said.signs:
        # Too much of a medicine is no misuse of ours.
        return _emergency(state, said)
    if state.stage is None and said.turn == "no_hotlines" and said.sureness >= CERTAIN and said.intent != CRISIS:
        # Whoever is sent to a line and wants none is offered people, alarm or not.
        return _replied(state, "crisis_no_hotlines")
    if state.stage is None and not _is_afterwards(state, said):
        if said.intent == CRISIS and _is_denied(state, said):
            return _replied(state, said.topic or "distress")
        return _alarmed(state, said) if said.intent == CRISIS else _doubted(state, said)
    if state.stage == EMERGENCY_STAGE:
        return _in_emergency(state, said)
    if state.highest == EMERGENCY_STAGE and "wish" not in state.signs and said.intent != CRISIS:
        return _after_emergency(state, said)
    return _after_alarm(state, said)


def is_of_emergency(state: ConcernState) -> bool:
    """Tell whether the talk is about an emergency that is no crisis, under way or just over."""
    over = state.stage == HELPED and state.highest == EMERGENCY_STAGE
    return state.stage == EMERGENCY_STAGE or (over and "wish" not in state.signs)


def _is_rather_crisis(state: ConcernState, said: Said) -> bool:
    """Tell whether what was read as an emergency is none: nothing was taken, or a talk on something else goes on."""
    if "emergency_not_taken" in said.heard and state.stage != EMERGENCY_STAGE:
        return True
    told = said.signs & {"attempt"} or said.heard & {"took_it", "of_somebody"} or said.confidence >= CERTAIN
    in_crisis = state.stage not in (None, EMERGENCY_STAGE)
    return in_crisis and not told and not said.turn.startswith("emergency_")


def _heard(state: ConcernState, said: Said) -> ConcernState | None:
    """Return the state where the message says something that has an answer of its own; None where it has not."""
    if state.patient:
        return _of_patient(state, said)
    if _has_pictures(state, said):
        return _pictures(state, said)
    if state.baby and state.stage not in (None, EMERGENCY_STAGE) and not _by_pattern(said):
        return _with_pictures(state, said)
    if state.highest and "not_me" in said.heard and (state.stage or not state.about_other):
        stage = state.stage if state.stage not in (None, ASKED) else NOT_IMMEDIATE
        return _staged(replace(state, about_other=True), stage, "crisis_carer_not_me")
    if is_of_emergency(state):
        return _heard_in_emergency(state, said)
    taken = "took_it" in state.signs and ("emergency_sleepy" in said.heard or said.turn == "emergency_worse")
    if taken and state.stage and not state.about_other:
        return _staged(replace(state, signs=state.signs | {"attempt"}), EMERGENCY_STAGE, "emergency_sleepy")
    if state.stage and "emergency_interpreter" in said.heard and not said.signs & ACUTE:
        return _replied(state, "crisis_interpreter")
    is_emergency = said.intent == EMERGENCY and said.degree == DANGER and ("of_somebody" in said.heard or said.signs)
    if state.stage and state.about_other and not is_emergency:
        return _heard_of_carer(state, said)
    return None


def _of_patient(state: ConcernState, said: Said) -> ConcernState | None:
    """A clinician after an alarm of a patient: spoken to as a clinician until it is closed; questions are answered."""
    if said.turn == "is_self" and said.sureness >= CERTAIN:
        # Who was taken for a clinician and says that it is about themself is spoken to again.
        stage = state.highest if state.highest == IMMEDIATE else NOT_IMMEDIATE
        return _staged(replace(state, patient=False, about_other=False), stage, "crisis_is_self")
    name = first(said.heard, CLINICIAN)
    if name == "clinician_closed":
        return replace(_closed(state, "crisis_clinician_closed"), patient=False)
    if said.degree != DANGER and said.topic and said.topic not in (*POINTING, "referral"):
        return replace(state, stage=None)
    if name:
        return _replied(state, f"crisis_{name}")
    if said.intent in ANSWERED.difference(POINTING) and said.degree is None:
        return replace(state, stage=None)
    if said.intent in RULES_ANSWER and said.degree is None and not state.stage:
        return state
    if said.degree == DANGER and said.intent == CRISIS:
        return _replied(state, "crisis_clinician")
    return _replied(state, "crisis_clinician_goes_on")


def _by_pattern(said: Said) -> bool:
    """Tell whether a message names suicide in words too plain to leave to a model."""
    return said.intent == CRISIS and said.degree == DANGER and said.confidence >= 1


def _has_pictures(state: ConcernState, said: Said) -> bool:
    """Tell whether the writer has unwanted pictures after a birth; once in a talk."""
    if state.baby or state.stage not in (None, ASKED, NOT_IMMEDIATE) or said.by_clinician or _by_pattern(said):
        return False
    told = said.heard & {"had_baby", "baby_horrified"} if state.stage else said.heard & {"had_baby"}
    told |= state.signs & {"had_baby"}
    return bool(told) and "images" in said.heard and "pictures_of_other" not in said.heard


def _pictures(state: ConcernState, said: Said) -> ConcernState:
    """Unwanted pictures after a birth: met as such, and asked about once; a belief or voices are more urgent."""
    state = replace(state, baby=True, about_other=False)
    if "baby_belief" in said.heard or said.signs & URGENT_PICTURES:
        urgent = _staged(replace(state, signs=state.signs | said.signs), IMMEDIATE, CRISIS)
        return replace(urgent, wording="crisis_baby_urgent")
    if state.highest is None:
        return replace(_staged(replace(state, questions=state.questions + 1), ASKED, CRISIS), wording="crisis_baby")
    return _staged(state, ASKED, "crisis_baby")


def _with_pictures(state: ConcernState, said: Said) -> ConcernState | None:
    """Only a yes, a belief or voices, or a sign of an attempt, a plan or a farewell makes it more urgent."""
    name = first(said.heard, BABY)
    affirms = said.turn == "immediate" or (said.turn == "unsafe" and state.stage == ASKED)
    yes = affirms and said.sureness >= CERTAIN and not name
    if yes or name == "baby_belief" or said.signs & URGENT_PICTURES:
        return _staged(replace(state, signs=state.signs | said.signs), IMMEDIATE, "crisis_baby_urgent")
    if state.stage == IMMEDIATE:
        return None
    if name == "baby_told":
        return _staged(state, HELPED, "crisis_baby_number" if "baby_number" in said.heard else "crisis_baby_told")
    if name:
        return _replied(state, f"crisis_{name}")
    if said.turn == "safe" and said.sureness >= HARMLESS and state.stage == ASKED:
        return _staged(state, HELPED, "crisis_baby_horrified")
    if said.turn in ("safe", "leaving", "asks_bot", "thanks") or (state.stage == HELPED and said.topic):
        return None
    return _replied(state, "crisis_baby_common" if "images" in said.heard else "crisis_baby_stay")


def _heard_in_emergency(state: ConcernState, said: Said) -> ConcernState | None:
    over = state.stage == HELPED
    worse = said.turn == "emergency_worse" and said.sureness >= SURE_CALM and said.intent == EMERGENCY
    groups = (CARER, "emergency_") if state.about_other else ("emergency_",)
    name = first(
        said.heard, *groups, of=EMERGENCY_OVER | {"carer_after", "carer_meets", "carer_support"} if over else None
    )
    taken = bool({"attempt", "took_it"} & (state.signs | said.signs | said.heard))
    if name == "emergency_sleepy":
        # Who only lies down after a faint has taken nothing.
        return _staged(state, EMERGENCY_STAGE, name) if taken or not over else None
    lets_go = name in LETS_GO - {"carer_after"}
    if over and name is None and said.turn in ("thanks", "leaving") and not said.topic and said.confidence < CERTAIN:
        return _staged(state, HELPED, "emergency_bye")
    if name is None or (over and name == "emergency_passed") or (worse and lets_go):
        return None
    if name in ("emergency_not_called", "carer_tell", "carer_family", "carer_message"):
        return _replied(state, "emergency_goes_on" if name == "emergency_not_called" else f"crisis_{name}")
    if name == "emergency_not_taken":
        return _not_taken(state, said)
    state = replace(state, signs=state.signs | said.signs)
    if name == "emergency_interpreter":
        if over or (not taken and "emergency_passed" in said.heard):
            return _staged(state, HELPED, "emergency_interpreter_after")
        return _replied(state, name)
    if taken and name in ("emergency_passed", "emergency_mistaken"):
        return _replied(state, "emergency_no_wait")
    if name == "emergency_mistaken":
        return _no_emergency(state, said)
    if name in ("emergency_passed", "emergency_arrived", "carer_after"):
        state = replace(state, handed=name == "carer_after" or state.handed)
        return _staged(state, HELPED, f"crisis_{name}" if name == "carer_after" else name)
    if name == "emergency_help":
        # What is asked from now on keeps nobody from calling.
        state = replace(state, put_off=MAX_PUT_OFF)
    return _replied(state, f"crisis_{name}" if name.startswith(CARER) else name)


def _not_taken(state: ConcernState, said: Said) -> ConcernState:
    """Nothing has been taken: back to the crisis that there was, or the emergency was none."""
    signs = state.signs - {"attempt", "took_it"}
    if "wish" not in state.signs:
        return _no_emergency(replace(state, signs=signs), said)
    stage = IMMEDIATE if state.near else NOT_IMMEDIATE
    return _staged(replace(state, signs=signs, about_other=False), stage, "crisis_not_taken")


def _no_emergency(state: ConcernState, said: Said) -> ConcernState:
    state = replace(state, stage=None, highest=None, about_other=False, question=None, put_off=0)
    is_crisis = said.intent == CRISIS and (said.confidence >= CERTAIN or said.signs & ACUTE)
    return _alarmed(state, said) if is_crisis else _replied(state, "emergency_mistaken")


def _heard_of_carer(state: ConcernState, said: Said) -> ConcernState | None:
    """A carer while the other is in danger: what to do first, and who goes."""
    if said.turn in ("other_safe", "leaving") and said.sureness >= HARMLESS:
        return None
    live = state.highest in (IMMEDIATE, EMERGENCY_STAGE)
    name = first(said.heard, CARER, of=None if live else ANY_CARER)
    if THREAT in state.signs or name == THREAT:
        called = "carer_gone_to" in said.heard
        state = replace(state, signs=state.signs | {THREAT})
        return _replied(state, "crisis_carer_threat_called" if called else "crisis_carer_threat")
    if name == CUTS and not said.signs & PLAIN:
        return _staged(replace(state, signs=state.signs | {CUTS}), NOT_IMMEDIATE, "crisis_carer_cuts")
    if name is None and _is_live(state) and said.turn == "what_to_say":
        return _replied(state, "crisis_carer_tell")
    if name is None:
        asks = said.topic and said.topic not in POINTING
        return _replied(state, "crisis_not_yet") if _is_live(state) and asks else None
    if name == "carer_meets" and not state.handed:
        return None
    if name == "carer_after":
        return _staged(replace(state, handed=True), HELPED, "crisis_carer_after")
    return _replied(state, f"crisis_{name}")


def _is_live(state: ConcernState) -> bool:
    """Tell whether somebody else is in danger of their life, and help doesn't have them yet."""
    return state.about_other and not state.handed and state.highest in (IMMEDIATE, EMERGENCY_STAGE)


def _alarmed(state: ConcernState, said: Said) -> ConcernState:
    """The first alarm of a conversation, or one after the person was safe."""
    if said.by_clinician and (said.of_other or state.about_other):
        # From here on it is about the patient.
        return replace(_replied(state, CRISIS), wording="crisis_clinician", about_other=True, patient=True)
    acute = _acute(state, said)
    of_other = said.of_other or (state.about_other and said.is_carers)
    signs, near = state.signs | said.signs | {"wish"}, "means" in acute and not of_other
    state = replace(state, about_other=of_other, signs=signs, near=near, question=said.topic, put_off=0)
    # Who hurts themself is asked first: it may have been for years, and not to die.
    hurts = SELF_HARM in said.signs and not of_other and not acute - {"means", "time"}
    own = first(said.heard, CARER, of=FIRST_OF_CARER) if of_other and not acute & PLAIN else None
    if own:
        return replace(
            _staged(replace(state, signs=state.signs | {own}), NOT_IMMEDIATE, CRISIS), wording=f"crisis_{own}"
        )
    # Many an ordinary message has tablets or tonight in it.
    plain = acute - {"means", "time"} or (acute and said.confidence >= SURE_DANGER)
    if not hurts and (plain or (said.turn == "immediate" and said.sureness >= SURE_CALM)):
        return replace(_staged(state, IMMEDIATE, CRISIS), wording=_immediate(state, said))
    if state.questions < MAX_QUESTIONS:
        asked = _staged(replace(state, questions=state.questions + 1), ASKED, CRISIS)
        return replace(asked, wording="crisis_self_harm_asked" if hurts else None)
    return replace(_staged(state, NOT_IMMEDIATE, CRISIS), wording="crisis_not_immediate")


def _is_denied(state: ConcernState, said: Said) -> bool:
    """Tell whether who has said no gives no new sign, and asks something, or is in danger by an unsure reading only."""
    was_denied = state.stage is None and state.highest in (ASKED, NOT_IMMEDIATE) and state.questions > 0
    least = CERTAIN if said.topic else SURE_DANGER
    return was_denied and not _acute(state, said) and said.confidence < least


def _doubted(state: ConcernState, said: Said) -> ConcernState:
    """A message of a conversation without alarm: the rules answer it, a doubt adds a line."""
    if _says_safe(said):
        return replace(state, denied=True)
    if said.degree != POSSIBLE:
        return state
    if said.by_clinician:
        return _replied(state, "crisis_clinician") if state.about_other else state
    state = replace(state, doubts=state.doubts + 1)
    despairs = DESPAIR in said.signs
    # Who asks nothing has no answer to be given first.
    asks = state.doubts == 2 or said.intent in TELLS_ONLY
    if ((asks and not state.highest and not state.denied) or despairs) and state.questions < MAX_QUESTIONS:
        line = "ask_again" if state.questions else "ask"
        asked = replace(state, questions=state.questions + 1, line=line, stage=ASKED, put_off=MAX_PUT_OFF)
        return replace(asked, highest=_higher(asked.highest, ASKED))
    return replace(state, line="check_in") if state.doubts == 1 or despairs else state


def _emergency(state: ConcernState, said: Said) -> ConcernState:
    reply = "emergency" if state.stage != EMERGENCY_STAGE else "emergency_worse"
    state = replace(state, signs=state.signs | said.signs, question=said.topic or state.question)
    if state.stage != EMERGENCY_STAGE:
        own = "took_it" in said.heard
        helps = bool(state.stage) and state.about_other
        wording = "emergency_took" if own else "emergency_carer" if helps else None
        state = replace(state, about_other=not own and (state.about_other or "of_somebody" in said.heard))
        return replace(_staged(state, EMERGENCY_STAGE, reply), wording=wording)
    return _staged(state, EMERGENCY_STAGE, reply)


def _in_emergency(state: ConcernState, said: Said) -> ConcernState:
    turn = said.turn.removeprefix("emergency_") if said.sureness >= SURE else ""
    if turn in ("better", "safe") and state.signs & {"attempt", "took_it"} and not state.about_other:
        return _replied(state, "emergency_no_wait")
    if turn in ("better", "safe", "other_safe") and said.sureness >= SURE_CALM:
        return replace(_staged(state, HELPED, "emergency_better"), question=state.question)
    # Who has taken something is not asked whether they think of suicide before that is seen to.
    is_other = turn == "immediate" or turn not in EMERGENCY_TURNS
    if said.intent == CRISIS and said.confidence >= CERTAIN and is_other and "attempt" not in state.signs:
        return _alarmed(replace(state, stage=None), said)
    if said.topic and turn == "question":
        return _asked_on(state, said)
    if turn == "help":
        # What is asked from now on keeps nobody from calling.
        state = replace(state, put_off=MAX_PUT_OFF)
    if state.about_other and FAR in state.signs and turn != "leaving":
        return _replied(state, "crisis_carer_waits")
    return _replied(state, f"emergency_{EMERGENCY_TURNS.get(turn, 'goes_on')}")


def _after_emergency(state: ConcernState, said: Said) -> ConcernState:
    """An emergency that is over, and was no crisis: nobody is spoken to of suicide, and questions are answered."""
    turn = said.turn.removeprefix("emergency_") if said.sureness >= HARMLESS else ""
    if said.topic or said.intent in ("thanks", "goodbye"):
        return replace(state, stage=None, question=None, put_off=0)
    known = EMERGENCY_TURNS.get(turn, "better")
    return _staged(state, EMERGENCY_STAGE if known == "worse" else HELPED, f"emergency_{known}")


def _after_alarm(state: ConcernState, said: Said) -> ConcernState:
    turn = said.turn if said.sureness >= SURE else ""
    if turn in SAFE_WORDS and not _is_let_go(said):
        turn = UNSURE if turn == "safe" else "protects"
    if turn == "unsafe" and said.sureness < HARMLESS:
        turn = UNSURE
    # 'He just says it' is no step of somebody who helps.
    if turn in STEPS and state.about_other and state.stage == IMMEDIATE and said.sureness < SURE_STEP:
        turn = ""
    if turn == "support_other" and not state.about_other:
        turn = "what_to_say"
    if (turn in STEPS and said.sureness < HARMLESS) or (turn == "leaving" and said.sureness < SURE_CALM):
        turn = ""
    # A bare no is an answer only where something was asked.
    if turn == "safe" and said.bare and said.intent == "deny" and state.stage != ASKED:
        turn = "refuses"
    acute = _acute(state, said)
    told = said.degree == DANGER or (said.degree == POSSIBLE and bool(acute & PLAIN))
    # 'No, got my tablets here': beside no sure answer, what could be used is news, however the rest is read.
    told |= turn in (UNSURE, "refuses") and "means" in acute and not state.about_other
    news = told and turn not in NO_NEWS and not said.turn.startswith("emergency_")
    if turn in NO_NEWS_OF or turn in HURDLES:
        news = news and bool(acute)
    if news or turn == "immediate":
        near = state.near or ("means" in said.signs and not state.about_other)
        state = replace(state, signs=state.signs | said.signs | {"wish"}, near=near)
    if turn in LEAVES_MEANS:
        state = replace(state, near=False)
    if turn == "is_self":
        state = replace(state, about_other=False)
    is_clinician = turn == "clinician" and (said.by_clinician or said.sureness >= CERTAIN)
    if is_clinician or (said.by_clinician and said.of_other and news):
        return replace(_closed(state, "crisis_clinician"), about_other=True, patient=True)
    if said.of_other and news and state.stage in (ASKED, HELPED):
        state = replace(state, about_other=True)
    soon = acute - {"time"} or (acute and (turn in ("immediate", "unsafe") or said.confidence >= SURE_DANGER))
    rises = (turn == "immediate" and said.sureness >= SURE_CALM) or (news and soon)
    # At the highest stage already, what was said is answered.
    there = PLACE in said.signs and not state.about_other
    answered = state.stage == IMMEDIATE and turn in ANSWERED_THERE and said.sureness >= HARMLESS and not there
    news = news and not answered
    if (rises and not answered) or (there and state.stage == IMMEDIATE):
        return _staged(state, IMMEDIATE, _immediate(state, said))
    if turn in SAFE_WORDS:
        return _safe(state, said)
    if turn == "other":
        stage = IMMEDIATE if state.stage == IMMEDIATE else NOT_IMMEDIATE
        return _staged(replace(state, about_other=True), stage, "crisis_other")
    is_over = state.stage in (HELPED, LEAVING) and not _is_live(state)
    if turn in STEPS:
        asked = said.topic if is_over and said.topic not in POINTING else None
        own = turn in STEP_REPLIES and not state.about_other
        return _staged(state, HELPED, f"crisis_{turn}" if own else "crisis_helped", asked)
    if turn == "leaving":
        own = state.stage == IMMEDIATE and not state.about_other
        return _staged(state, LEAVING, "crisis_leaving_immediate" if own else "crisis_leaving")
    surely_asks = turn == "question" and said.sureness >= HARMLESS
    asks = turn == "question" or (is_over and said.sureness < SURE_QUESTION)
    if asks and not news and (said.topic or (is_over and surely_asks)):
        return _asked_on(state, said)
    if state.about_other and CUTS in state.signs and state.stage != IMMEDIATE and turn in OF_CUTS:
        return _replied(state, "crisis_carer_cuts")
    if state.stage == IMMEDIATE and (turn in (*HOLDS_ON, UNSURE) or news):
        return _replied(state, _holds_on(state))
    if state.stage in (ASKED, NOT_IMMEDIATE) and (turn == UNSURE or (turn == "" and not news)):
        return _replied(state, "crisis_stay" if state.about_other else "crisis_unsure")
    if turn == "unsafe" or news:
        return _staged(state, NOT_IMMEDIATE, "crisis_stay" if state.stage == NOT_IMMEDIATE else "crisis_not_immediate")
    if state.stage == IMMEDIATE and turn in ("afraid", "cost") and not state.about_other:
        return _replied(state, "crisis_afraid_immediate")
    unknown = _holds_on(state) if state.stage == IMMEDIATE else "crisis_stay"
    return _replied(state, f"crisis_{turn}" if turn in SAME_STAGE else unknown)


def _safe(state: ConcernState, said: Said) -> ConcernState:
    """Who may have acted a moment ago is not let go at a word: first the means are away, or somebody is there."""
    question = said.topic or state.question
    if state.stage == IMMEDIATE and not state.about_other:
        return _staged(replace(state, question=question), HELPED, "crisis_settling")
    if state.stage == ASKED and SELF_HARM in state.signs and not state.about_other:
        return _staged(replace(state, question=question), NOT_IMMEDIATE, "crisis_self_harm")
    reply = "crisis_other_safe" if state.about_other else "crisis_safe"
    return _closed(state, reply, question if question not in NOT_WAITING else None)


def _asked_on(state: ConcernState, said: Said) -> ConcernState:
    """A question on treatment after an alarm: answered where nothing stands against it, else put off."""
    is_live = _is_live(state)
    is_acute = is_live or state.stage == IMMEDIATE or (state.stage == EMERGENCY_STAGE and "attempt" in state.signs)
    put_off = state.put_off >= MAX_PUT_OFF and not is_live
    # Where what they could use is still near, that comes first, once.
    is_over = state.stage in (HELPED, LEAVING) and not is_live and (state.put_off or not state.near)
    if is_over or (put_off and (not is_acute or state.stage == EMERGENCY_STAGE)):
        # Who it is about is still known, should the talk come back to it.
        state = replace(state, stage=None, question=None, put_off=0)
        # What is no topic for sure is theirs who know the person.
        return state if said.topic else _replied(state, "personal_concern")
    state = replace(state, put_off=state.put_off if is_acute else state.put_off + 1, question=said.topic)
    return _replied(state, "emergency_goes_on" if state.stage == EMERGENCY_STAGE else "crisis_question")


def _is_violence(state: ConcernState, said: Said) -> bool:
    """Tell whether the writer may hurt somebody else, by this message or by what was said since it began."""
    if said.by_clinician or state.stage == EMERGENCY_STAGE or (said.intent == EMERGENCY and "attempt" in said.signs):
        return False
    told = VIOLENCE in said.signs and (said.degree is not None or state.stage is not None)
    return (told and not said.of_other) or (VIOLENCE in state.signs and state.stage is not None)


def _violence(state: ConcernState, said: Said) -> ConcernState:
    """Somebody else may be hurt by the writer: urgent until they are safe, and nobody is spoken to of suicide."""
    turn = said.turn if said.sureness >= SURE and VIOLENCE not in said.signs else ""
    if turn in SAFE_WORDS and VIOLENCE in state.signs and _is_let_go(said):
        if state.stage == HELPED:
            return _closed(replace(state, signs=state.signs - {VIOLENCE}), "crisis_violence_safe")
        return _staged(state, HELPED, "crisis_violence_settling")
    if turn == "question" and said.topic and state.stage == HELPED:
        return _asked_on(replace(state, signs=state.signs - {VIOLENCE}), said)
    is_first = state.stage is None
    state = replace(state, signs=state.signs | said.signs | {VIOLENCE}, about_other=False)
    if is_first:
        return replace(_staged(state, IMMEDIATE, CRISIS), wording="crisis_violence")
    return _staged(state, IMMEDIATE, f"crisis_violence{VIOLENCE_TURNS.get(turn, '')}")


def _immediate(state: ConcernState, said: Said) -> str:
    """Return the reply to who may act soon: away from the edge first, where they are at one."""
    # Read by each message anew: who says again that they are at the edge is sent back from it again.
    at_place = PLACE in said.signs or (PLACE in state.signs and state.stage != IMMEDIATE)
    return "crisis_immediate_place" if at_place and not state.about_other else "crisis_immediate"


def _holds_on(state: ConcernState) -> str:
    """Return the reply to who may act soon and has said nothing that is answered: by where they are."""
    if state.about_other:
        return "crisis_carer_waits" if FAR in state.signs else "crisis_holds_on"
    return "crisis_holds_on_place" if PLACE in state.signs else "crisis_holds_on"


def _closed(state: ConcernState, reply: str, question: str | None = None) -> ConcernState:
    # Whom it was about is still known, should the talk come back to it.
    return _replied(replace(state, stage=None, question=None, put_off=0, near=False), reply, question)


def _staged(state: ConcernState, stage: str, reply: str, topic: str | None = None) -> ConcernState:
    return _replied(replace(state, stage=stage, highest=_higher(state.highest, stage)), reply, topic)


def _replied(state: ConcernState, reply: str, topic: str | None = None) -> ConcernState:
    """Return the state with a reply, and the answer to a topic after it."""
    return replace(state, replies=(reply, topic) if topic else (reply,))


def _acute(state: ConcernState, said: Said) -> frozenset[str]:
    """Return the new signs of a message that somebody may act soon, without those that go with what it says."""
    excused = NO_NEWS_OF.get(said.turn, frozenset()) if said.sureness >= HARMLESS else frozenset()
    # Who hurts themself has a blade, and bad evenings: no news of an attempt.
    excused |= frozenset({"means", "time"}) if SELF_HARM in state.signs else frozenset()
    return (said.signs - state.signs) & ACUTE - excused


def _is_calm(state: ConcernState, said: Said) -> bool:
    """Tell whether a message after an alarm says something that is no emergency."""
    turns = (*CALM, "what_now") if state.stage in (None, HELPED, LEAVING) else CALM
    sure = said.sureness >= (SURE_CALM if state.stage else SURE_QUESTION)
    # A yes of one's own, such as 'yeah, not wake up'.
    confirms = said.turn == "unsafe" and said.sureness >= CERTAIN and not state.about_other
    return bool(state.highest) and ((said.turn in turns and sure) or confirms) and "attempt" not in said.signs


def _is_let_go(said: Said) -> bool:
    return said.sureness >= CERTAIN or (said.sureness >= HARMLESS and said.degree is None)


def _is_afterwards(state: ConcernState, said: Said) -> bool:
    """Tell whether a message comes back to an alarm that is over, and is more than an answer to an ordinary offer."""
    sure = said.turn in AFTERWARDS and said.sureness >= SURE_QUESTION
    if not (state.highest and sure) or said.by_clinician:
        return False
    if said.degree == DANGER:
        return said.turn in NO_NEWS or said.turn in NO_NEWS_OF
    return said.topic in (None, *POINTING) and said.intent not in ("thanks", "deny")


def _says_safe(said: Said) -> bool:
    return said.turn in SAFE_WORDS and said.sureness >= SURE_QUESTION


def _higher(highest: str | None, stage: str) -> str:
    return max((name for name in (highest, stage) if name), key=STAGES.index)
