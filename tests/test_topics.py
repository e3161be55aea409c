"""Every topic of topics.yml is wired by that alone, and is reached by a question that was never trained on."""

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from ketamine_faq.content.topics import ANSWERS, STEERING, topics
from ketamine_faq.model import quiet_environment
from ketamine_faq.paths import PROJECT
from tests.conftest import copied_project
from tests.conversation import Bot
from tests.training_data import examples, normalised

IDS = [topic.id for topic in topics()]
ANSWERED = [topic.id for topic in topics() if topic.group != STEERING]
ANSWERS_OF_THE_ARTICLE = [topic.id for topic in topics() if topic.group == ANSWERS]
QUESTIONS = yaml.safe_load((PROJECT / "tests" / "questions.yml").read_text(encoding="utf-8"))

# What Rasa reads of a project: the intents, slots, lists and rules.
READ = """
import json
from collections import defaultdict
from rasa.shared.core.events import ActionExecuted, SlotSet, UserUttered
from ketamine_faq.importer import Importer

def told(event):
    if isinstance(event, UserUttered):
        return event.intent_name
    return f"{event.key}={event.value}" if isinstance(event, SlotSet) else event.action_name

importer = Importer("config.yml", "domain.yml", ["data/rules.yml", "data/stories.yml"])
decision = next(part for part in importer.get_config()["pipeline"] if part["name"].endswith("TopicDecision"))
steps = defaultdict(list)
for step in importer.get_stories().story_steps:
    steps[step.block_name] += map(told, step.events)
print(json.dumps({
    "domain": importer.get_domain().as_dict(),
    "lists": {name: decision[name] for name in ("handoffs", "asked_together")},
    "steps": {name: sorted(events) for name, events in steps.items()},
}, default=str))
"""
ADDED = "history"
BEFORE = "  - id: overview "
LINE = f"  - id: {ADDED}\n    facts: [F1]\n    asked_together: true\n"
ANSWER = f"""version: "3.1"
responses:
  utter_{ADDED}:
  - id: {ADDED}.referrer
    condition:
    - {{type: slot, name: audience, value: referrer}}
    text: Its history is not long.
    metadata: {{facts: [F1]}}
  - id: {ADDED}.patient
    text: It has not been used like this for long.
    metadata: {{facts: [F1]}}
"""


def read_by_rasa(project: Path) -> dict[str, Any]:
    """What the importer makes of a project."""
    ended = subprocess.run(
        [sys.executable, "-c", READ], cwd=project, env=quiet_environment(), capture_output=True, text=True, check=False
    )
    assert ended.returncode == 0, ended.stderr[-2000:]
    return json.loads(ended.stdout.splitlines()[-1])


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    """What Rasa reads of this project."""
    return read_by_rasa(PROJECT)


def test_every_topic_is_an_intent_and_every_intent_a_topic_or_said_after_an_alarm(known: dict[str, Any]):
    others = {"other_lines", *(name for name in known["domain"]["intents"] if name.startswith("turn_"))}
    assert sorted({*known["domain"]["intents"]} - others) == sorted(IDS)


@pytest.mark.parametrize("topic", ANSWERED)
def test_every_topic_has_one_rule_of_its_own(known: dict[str, Any], topic: str):
    assert [event for event in known["steps"][topic] if event != "..."] == sorted([topic, f"utter_{topic}"])


@pytest.mark.parametrize("topic", ANSWERS_OF_THE_ARTICLE)
def test_every_answer_can_be_asked_again_for_another_condition(known: dict[str, Any], topic: str):
    again = {"specify_audience", "specify_condition", f"topic={topic}", f"utter_{topic}"}
    assert again <= set(known["steps"][f"{topic} again"])
    slot = known["domain"]["slots"]["topic"]
    assert topic in slot["values"]
    assert {"type": "from_intent", "intent": topic, "value": topic} in slot["mappings"]


def test_a_yes_after_every_handoff_is_for_the_form_or_says_what_else(known: dict[str, Any]):
    offers = known["domain"]["slots"]["offer"]["mappings"]
    named = [name for offer in offers if "intent" in offer for name in _listed(offer["intent"])]
    assert sorted(named) == sorted([*(topic.id for topic in topics() if topic.handoff), "nlu_fallback"])


def _listed(names: str | list[str]) -> list[str]:
    return [names] if isinstance(names, str) else names


def test_no_topic_is_typed_again_beside_topics_yml():
    rules = yaml.safe_load((PROJECT / "data" / "rules.yml").read_text(encoding="utf-8"))["rules"]
    plain = [[{"intent": topic}, {"action": f"utter_{topic}"}] for topic in ANSWERED]
    assert [rule["rule"] for rule in rules if rule["steps"] in plain and "condition" not in rule] == []
    domain = yaml.safe_load((PROJECT / "domain.yml").read_text(encoding="utf-8"))
    assert not {*domain["intents"]} & {*IDS} and not domain["slots"]["topic"]["values"]
    config = (PROJECT / "config.yml").read_text(encoding="utf-8")
    assert "handoffs:" not in config and "asked_together:" not in config


def test_a_topic_is_added_and_taken_out_by_its_own_files(known: dict[str, Any], tmp_path: Path):
    project = copied_project(tmp_path)
    listed, answer = project / "content" / "topics.yml", project / "content" / f"{ADDED}.yml"
    before = listed.read_text()
    assert before.count(BEFORE) == 1
    listed.write_text(before.replace(BEFORE, LINE + BEFORE))
    answer.write_text(ANSWER)
    added = read_by_rasa(project)
    assert set(added["steps"]) - set(known["steps"]) == {ADDED, f"{ADDED} again"}
    assert set(added["domain"]["intents"]) - set(known["domain"]["intents"]) == {ADDED}
    assert f"utter_{ADDED}" in added["domain"]["responses"] and ADDED in added["domain"]["slots"]["topic"]["values"]
    assert ADDED in added["lists"]["asked_together"] and ADDED not in added["lists"]["handoffs"]
    listed.write_text(before)
    answer.unlink()
    assert read_by_rasa(project) == known


def test_every_question_is_unknown_to_the_training_data():
    assert sorted(QUESTIONS) == sorted(IDS)
    assert not {normalised(question) for question in QUESTIONS.values()} & {normalised(e.text) for e in examples()}


@pytest.mark.parametrize("topic", ANSWERED)
def test_every_topic_is_reached(bot: Bot, topic: str):
    bot.visitor().asks(QUESTIONS[topic]).gets(topic)


@pytest.mark.parametrize("topic", [topic.id for topic in topics() if topic.handoff])
def test_every_hand_off_offers_the_contact_form(bot: Bot, topic: str):
    visitor = bot.visitor().asks(QUESTIONS[topic])
    # Where yes and no answer whether somebody is safe, the form has a button that is neither.
    assert {"/affirm", "/contact"} & set(visitor.payloads)
