"""Every topic of topics.yml is wired, and is reached by a question that the bot has not been trained on."""

import pytest
import yaml

from ketamine_faq.content.topics import topics
from ketamine_faq.paths import PROJECT
from tests.conversation import Bot
from tests.training_data import examples, normalised

IDS = [topic["id"] for group in topics().values() for topic in group]
ANSWERED = [topic["id"] for group, members in topics().items() if group != "steering" for topic in members]
QUESTIONS = yaml.safe_load((PROJECT / "tests" / "questions.yml").read_text(encoding="utf-8"))
DOMAIN = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
RULES = yaml.safe_load((PROJECT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]


def test_every_topic_is_an_intent_and_every_intent_a_topic():
    assert sorted(DOMAIN["intents"]) == sorted(IDS)


@pytest.mark.parametrize("topic", ANSWERED)
def test_every_topic_has_one_rule_of_its_own(topic: str):
    steps = [{"intent": topic}, {"action": f"utter_{topic}"}]
    assert [rule["steps"] for rule in RULES if rule["rule"] == topic] == [steps]


@pytest.mark.parametrize("topic", [topic["id"] for topic in topics()["answers"]])
def test_every_answer_can_be_asked_again_for_another_condition(topic: str):
    rule = next(rule for rule in RULES if rule["rule"] == f"{topic} again")
    assert rule["condition"] == [{"slot_was_set": [{"topic": topic}]}]
    assert rule["steps"][-1] == {"action": f"utter_{topic}"}


def test_every_question_is_unknown_to_the_training_data():
    assert sorted(QUESTIONS) == sorted(IDS)
    assert not {normalised(question) for question in QUESTIONS.values()} & {normalised(e.text) for e in examples()}


@pytest.mark.parametrize("topic", ANSWERED)
def test_every_topic_is_reached(bot: Bot, topic: str):
    bot.visitor().asks(QUESTIONS[topic]).gets(topic)


HANDOFFS = [topic["id"] for group in topics().values() for topic in group if topic.get("handoff")]


@pytest.mark.parametrize("topic", HANDOFFS)
def test_every_hand_off_offers_the_contact_form(bot: Bot, topic: str):
    visitor = bot.visitor().asks(QUESTIONS[topic])
    # Where yes and no answer whether somebody is safe, the form has a button that is neither.
    assert {"/affirm", "/contact"} & set(visitor.payloads)
