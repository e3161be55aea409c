"""Rasa importer: what follows from content/, and the examples of data/.

content/ gives the domain its responses, and content/topics.yml all that a topic is wired with: its intent, its place in
the slots `topic` and `offer`, the rule that answers it, the one that does so again for another condition, and its place
in the lists of TopicDecision. What a rule, slot or list says of its own stays in data/, domain.yml and config.yml.
"""

from pathlib import Path
from typing import Any

from rasa.shared.core.domain import Domain
from rasa.shared.core.training_data.story_reader.yaml_story_reader import YAMLStoryReader
from rasa.shared.core.training_data.structures import StoryGraph
from rasa.shared.importers.rasa import RasaFileImporter
from rasa.shared.nlu.training_data.training_data import TrainingData
from rasa.shared.utils.common import cached_method

from ketamine_faq.content.check import require_clean_content
from ketamine_faq.content.texts import topic_files
from ketamine_faq.content.topics import ANSWERS, STEERING, Topic, topics
from ketamine_faq.nlu.examples import read_examples, training_data
from ketamine_faq.nlu.left_out import learned
from ketamine_faq.yaml_file import read

TOPIC_DECISION = "ketamine_faq.nlu.topic_decision.TopicDecision"
# What is said after an answer to have it again, for another condition or audience.
AGAIN = ("specify_condition", "specify_audience")


class Importer(RasaFileImporter):
    """Reads the project as Rasa does, and adds what follows from content/."""

    def get_config(self) -> dict[str, Any]:
        """Return config.yml with the lists of topics that TopicDecision goes by."""
        return with_topics(super().get_config())

    @cached_method
    def get_domain(self) -> Domain:
        """Return domain.yml with topics and responses; raises ContentError where content/ has a fault."""
        require_clean_content()
        wired = _wired(super().get_domain().as_dict(), topics())
        # Rasa's own reader takes ten seconds for the files of content/, whose form the check has seen to.
        responses = {name: texts for path in topic_files() for name, texts in read(path)["responses"].items()}
        return Domain.from_dict({**wired, "responses": {**wired.get("responses", {}), **responses}})

    def get_stories(self, exclusion_percentage: int | None = None) -> StoryGraph:
        """Return the rules and stories of data/, and a rule for each topic that has none of its name there."""
        written = super().get_stories(exclusion_percentage)
        names = {step.block_name for step in written.story_steps}
        rules = [rule for rule in _rules(topics()) if rule["rule"] not in names]
        made = YAMLStoryReader(self.get_domain()).read_from_parsed_yaml({"version": "3.1", "rules": rules})
        return StoryGraph(made).merge(written)

    @cached_method
    def get_nlu_data(self, language: str | None = "en") -> TrainingData:
        """Return the examples to learn from, of the files that Rasa was told to read; raises ExamplesError."""
        return training_data(learned(read_examples(sorted(Path(file) for file in self._nlu_files))))


def with_topics(config: dict[str, Any]) -> dict[str, Any]:
    """Return a configuration of Rasa with TopicDecision's lists of topics; raises ContentError."""
    lists = {
        "handoffs": [topic.id for topic in topics() if topic.catch_all],
        "asked_together": [topic.id for topic in topics() if topic.asked_together],
    }
    pipeline = [part | lists if part["name"] == TOPIC_DECISION else part for part in config.get("pipeline") or []]
    return config | ({"pipeline": pipeline} if pipeline else {})


def _wired(domain: dict[str, Any], of: list[Topic]) -> dict[str, Any]:
    """Return the domain with the topics' intents, and with their places in its slots."""
    answers = [topic.id for topic in of if topic.group == ANSWERS]
    slots = domain.get("slots", {})
    if "topic" in slots:
        slots["topic"] |= {
            "values": answers,
            "mappings": [{"type": "from_intent", "intent": answer, "value": answer} for answer in answers],
        }
    if "offer" in slots:
        _offer_contact_form(slots["offer"]["mappings"], [topic.id for topic in of if topic.handoff])
    return domain | {"intents": [*domain.get("intents", []), *(topic.id for topic in of)], "slots": slots}


def _offer_contact_form(mappings: list[dict[str, Any]], handoffs: list[str]) -> None:
    """Add the hand-offs to the intents that offer the form; but not those after which the slot is something else."""
    offered = next(mapping for mapping in mappings if mapping.get("value") == "contact_form")
    own = {mapping["intent"] for mapping in mappings if isinstance(mapping.get("intent"), str)}
    offered["intent"] = [*(name for name in handoffs if name not in own), *offered["intent"]]


def _rules(of: list[Topic]) -> list[dict[str, Any]]:
    answered = [topic for topic in of if topic.group != STEERING]
    once = [{"rule": topic.id, "steps": [{"intent": topic.id}, _answer(topic)]} for topic in answered]
    again = [
        {
            "rule": f"{topic.id} again",
            "condition": [{"slot_was_set": [{"topic": topic.id}]}],
            "steps": [{"or": [{"intent": name} for name in AGAIN]}, _answer(topic)],
        }
        for topic in answered
        if topic.group == ANSWERS
    ]
    return once + again


def _answer(topic: Topic) -> dict[str, str]:
    return {"action": f"utter_{topic.id}"}
