"""Random talks through all stages, with the real words: what must hold in every reply (docs/safety.md)."""

import random

import pytest
import yaml
from rasa.shared.core.domain import Domain

from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.asked import ANSWER
from ketamine_faq.dialogue.concern_said import Said
from ketamine_faq.dialogue.concern_state import concern_state
from ketamine_faq.dialogue.concern_steps import HELPED, LEAVING, ConcernState, step
from ketamine_faq.importer import Importer
from ketamine_faq.nlu.concern import DANGER, HEARD, names
from ketamine_faq.nlu.concern import TURNS as TURNS_BY_WORDS
from ketamine_faq.nlu.examples import read_examples
from ketamine_faq.paths import PROJECT
from tests.support.safety_replies import ASKS, NEVER_IN_A_STATE, contacts
from tests.support.talk import Talk

TALKS, TURNS = 1000, 12
OFTEN = 5
TOPICS = ("schedule", "goals", "not_covered", "out_of_scope", "misuse", "goodbye", "capabilities", "thanks")
AFTER_ALARM = ("utter_crisis", "utter_emergency")
SIGNS = ("means", "time", "farewell", "attempt", "plan", "voices", "violence", "self_harm", "place", "child")


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The domain with the words of content/."""
    return Importer(domain_path=str(PROJECT / "domain.yml"), training_data_paths=[]).get_domain()


@pytest.fixture(scope="module")
def turns() -> list[str]:
    """Every kind of turn after an alarm, learned or told by its words."""
    plain = {name.removeprefix("turn_") for name in yaml.safe_load(TURNS_BY_WORDS.read_text(encoding="utf-8"))}
    # That they are safe is said more often than anything else, and twice before some are let go.
    return sorted({example.turn for example in read_examples() if example.turn} | plain) + ["safe"] * OFTEN


def a_message(chance: random.Random, turns: list[str]) -> dict:
    """One message of somebody, of any kind."""
    alarmed = chance.random() < 0.35
    intent = chance.choice(["crisis", "crisis", "emergency"]) if alarmed else chance.choice(TOPICS)
    concerned = [{"entity": "concerned", "value": chance.choice(["self", "self", "other"])}]
    return {
        "intent": intent,
        "turn": chance.choice(turns),
        "sureness": chance.choice([0.2, 0.5, 0.9]),
        "concern": DANGER if alarmed else chance.choice([None, None, "possible"]),
        "signs": chance.sample(SIGNS, chance.choice([0, 0, 1, 2])) if alarmed else [],
        "entities": concerned if intent == "crisis" else [],
    }


def test_a_thousand_random_talks(domain: Domain, turns: list[str]):
    disclaimer, seen = content().disclaimer, set()
    for number in range(TALKS):
        chance, talk = random.Random(number), Talk(domain, f"talk {number}")
        texts: list[str] = []
        questions = 0
        for _ in range(TURNS):
            messages = talk.hears(**a_message(chance, turns))
            state = concern_state(talk.tracker)
            assert sum(message["text"].count(disclaimer) for message in messages) == 1
            assert messages[-1]["text"].endswith(disclaimer)
            for message in messages:
                words = message["text"].replace(disclaimer, "").strip()
                topic = message["action"].removeprefix("utter_")
                if state.replies and topic in state.replies and topic.startswith(("crisis", "emergency")):
                    assert words not in texts, (number, words)
                    assert len(contacts(words)) <= 2, (number, words)
                    texts.append(words)
                    seen |= {topic, state.wording or topic}
                questions += len(ASKS.findall(words)) if topic == "crisis" and "answers" in message["metadata"] else 0
                if state.stage and state.stage not in (HELPED, LEAVING) and not state.line:
                    assert topic not in NEVER_IN_A_STATE, (number, topic)
            assert state.questions <= 2
    # The walk has been everywhere; what is heard by its words, and what is asked, have tests of their own.
    heard = yaml.safe_load((PROJECT / "content" / "heard.yml").read_text(encoding="utf-8"))["responses"]
    named = {name.removeprefix("utter_") for name in domain.responses.keys() - heard if name.startswith(AFTER_ALARM)}
    assert {name for name in named if ANSWER not in name} <= seen


def test_whatever_is_heard_is_answered_by_words_that_there_are(domain: Domain):
    danger = {"degree": DANGER, "signs": frozenset({"means"})}
    openings = [
        Said("crisis", "other", 0.9, of_other=True, **danger),
        Said("crisis", "other", 0.9, of_other=True, by_clinician=True, **danger),
        Said("crisis", "immediate", 0.9, **danger),
        Said("emergency", "emergency_worse", 0.9, DANGER, heard=frozenset({"took_it"})),
        Said("emergency", "emergency_worse", 0.9, DANGER, heard=frozenset({"of_somebody"})),
        Said("distress", "tells", 0.9, heard=frozenset({"had_baby", "images"})),
    ]
    for opening in openings:
        for name in names(HEARD):
            state = step(step(ConcernState(), opening), Said("out_of_scope", "tells", 0.9, heard=frozenset({name})))
            replies = [f"utter_{reply}" for reply in (*state.replies, state.wording) if reply]
            assert set(replies) <= domain.responses.keys(), (opening.intent, name)
