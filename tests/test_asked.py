"""What is asked in danger is answered: each question that is learned has its answers, and they come where they may."""

import pytest
from rasa.shared.core.domain import Domain

from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.asked import ANSWER, SURE_ASKED
from ketamine_faq.importer import Importer
from ketamine_faq.nlu.concern import DANGER
from ketamine_faq.nlu.examples import ASKS, read_examples
from ketamine_faq.paths import PROJECT
from tests.support.talk import Talk

SELF, OTHER = ([{"entity": "concerned", "value": whom}] for whom in ("self", "other"))


@pytest.fixture(scope="module")
def domain() -> Domain:
    """The domain with the words of content/."""
    return Importer(domain_path=str(PROJECT / "domain.yml"), training_data_paths=[]).get_domain()


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """All that is learned to be asked, as `group.name`."""
    return sorted({example.metadata[ASKS] for example in read_examples() if ASKS in example.metadata})


def response(name: str) -> str:
    """The response that answers it."""
    return f"utter_{name.replace('.', ANSWER)}"


def asks(name: str, sureness: float = SURE_ASKED) -> dict:
    """A message that asks it, as NLU reads it."""
    asked = {name.partition(".")[0]: {"name": name, "confidence": sureness, "turn": "turn_tells"}}
    return {"intent": "out_of_scope", "turn": "tells", "sureness": 0.9, "asked": asked}


def alarmed(domain: Domain, name: str, **more) -> Talk:
    """A talk in which there has been an alarm."""
    talk = Talk(domain, name)
    talk.hears(**{"intent": "crisis", "turn": "tells", "sureness": 0.5, "concern": DANGER, "entities": SELF, **more})
    return talk


def test_all_that_is_learned_has_an_answer_and_the_other_way_round(domain: Domain, asked: list[str]):
    assert {response(name) for name in asked} == {name for name in domain.responses if ANSWER in name}


def test_what_is_asked_is_one_turn():
    turns = {(example.metadata[ASKS], example.turn) for example in read_examples() if ASKS in example.metadata}
    assert len(turns) == len({name for name, _ in turns})


def test_what_is_surely_asked_is_no_word_that_lets_go(domain: Domain, asked: list[str]):
    talk = alarmed(domain, "if they say no", entities=OTHER)
    doubts = next(name for name in asked if name.startswith("crisis_carer."))
    message = asks(doubts, 0.8)
    message["asked"]["crisis_carer"]["turn"] = "turn_support_other"
    (reply,) = talk.hears(**{**message, "turn": "other_safe", "sureness": 0.7})
    assert reply["action"] == response(doubts)


def test_who_asks_again_hears_something_else(domain: Domain, asked: list[str]):
    talks = {"crisis_self": SELF, "crisis_carer": OTHER}
    for name in (name for name in asked if name.partition(".")[0] in talks):
        talk = alarmed(domain, name, entities=talks[name.partition(".")[0]])
        first, second, third = (talk.hears(**asks(name)) for _ in range(3))
        assert [message["action"] for message in (*first, *second)] == [response(name)] * 2
        assert len({first[0]["text"], second[0]["text"], third[0]["text"]}) == 3, name


def test_what_is_unsure_is_met_in_general(domain: Domain, asked: list[str]):
    talk = alarmed(domain, "unsure")
    (reply,) = talk.hears(**asks(asked[0], SURE_ASKED - 0.01))
    assert ANSWER not in reply["action"]


def test_what_a_carer_asks_is_no_answer_for_who_is_in_danger(domain: Domain, asked: list[str]):
    of_carer = next(name for name in asked if name.startswith("crisis_carer."))
    (reply,) = alarmed(domain, "for another").hears(**asks(of_carer, 1.0))
    assert reply["action"] != response(of_carer)


def test_the_question_on_safety_stands_beside_an_answer(domain: Domain, asked: list[str]):
    own = next(name for name in asked if name.startswith("crisis_self."))
    (reply,) = alarmed(domain, "still asked").hears(**asks(own))
    assert all(button in reply["buttons"] for button in content().answer_buttons("self"))


def test_where_somebody_may_act_soon_every_answer_has_the_ambulance(domain: Domain, asked: list[str]):
    number = content().variables()["emergency"]
    for name in (name for name in asked if name.startswith("crisis_self.")):
        talk = alarmed(domain, f"soon {name}", signs=["plan"], turn="immediate", sureness=0.9)
        (reply,) = talk.hears(**asks(name))
        assert number in reply["text"] and content().service_button("emergency") in reply["buttons"], name


@pytest.mark.parametrize(("turn", "said"), [("safe", "utter_crisis_safe"), ("immediate", "utter_crisis_immediate")])
def test_nothing_comes_before_what_is_most_urgent_or_closes(domain: Domain, asked: list[str], turn: str, said: str):
    own = next(name for name in asked if name.startswith("crisis_self."))
    (reply,) = alarmed(domain, f"not before {turn}").hears(**{**asks(own), "turn": turn})
    assert reply["action"] == said


def test_without_an_alarm_nothing_is_answered_as_in_danger(domain: Domain, asked: list[str]):
    (reply,) = Talk(domain, "no alarm").hears(**{**asks(asked[0]), "intent": "dosing"})
    assert ANSWER not in reply["action"]
