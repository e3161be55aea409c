"""The contract of every component of ours in config.yml: it trains, persists, reloads and then processes alike."""

from pathlib import Path
from typing import Any

import pytest
from rasa.engine.graph import ExecutionContext, GraphComponent, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.utils.common import class_from_module_path

from ketamine_faq.importer import with_topics
from ketamine_faq.nlu import vector_cache
from ketamine_faq.nlu.examples import CRISIS_OF_OTHER, DANGERS, Example, training_data
from ketamine_faq.nlu.safety_gate import CONCERN, PUT_ASIDE
from ketamine_faq.paths import PROJECT
from ketamine_faq.yaml_file import read

PIPELINE = with_topics(read(PROJECT / "config.yml"))["pipeline"]
OURS = [component for component in PIPELINE if component["name"].startswith("ketamine_faq.")]

TAUGHT = {
    "dosing": ["what dose is given", "how many milligrams", "is it a low dose", "mg per kg"],
    "schedule": ["how often is it", "how many sessions", "how many weeks", "do you need top ups"],
    "not_covered": ["what does it cost", "is it addictive", "can i drive", "side effects"],
    "crisis": ["i want to die", "i cannot go on", "goodbye forever", "no reason to live"],
    "turn_safe": ["i am safe now", "i am fine, really", "no danger any more"],
    "turn_help": ["who can i call", "i need somebody now", "get me help"],
}
ASKED = ["what dose, and how often", "i want to die", "side efects?", "", "for pain not depression " * 30]


class Pipeline:
    """The components of config.yml, trained on a handful of messages, each stored and loaded again."""

    def __init__(self, folder: Path) -> None:
        self._storage = LocalModelStorage.create(folder)
        self.trained = [self._created(component) for component in OURS]
        data = training_data([self._example(text, intent) for intent, texts in TAUGHT.items() for text in texts])
        for component, settings in zip(self.trained, OURS):
            if hasattr(component, "train"):
                component.train(data)
            if hasattr(component, "process_training_data"):
                self._created(settings, stored=True).process_training_data(data)
        self.loaded = [self._created(component, stored=True) for component in OURS]

    def _created(self, component: dict[str, Any], stored: bool = False) -> GraphComponent:
        kind = class_from_module_path(component["name"])
        config = {**kind.get_default_config(), **component}
        context = ExecutionContext(GraphSchema({}), node_name=kind.__name__)
        return (kind.load if stored else kind.create)(config, self._storage, Resource(kind.__name__), context)

    @staticmethod
    def _example(text: str, intent: str) -> Example:
        return Example(text, intent, {"kind": "other"} if text == "goodbye forever" else {})

    def read(self, text: str, components: list[GraphComponent]) -> dict[str, Any]:
        """What the components make of a text."""
        message = Message({"text": text})
        for component in components:
            component.process([message])
        return message.as_dict(only_output_properties=True)


@pytest.fixture(scope="module")
def pipeline(tmp_path_factory: pytest.TempPathFactory) -> Pipeline:
    """The pipeline; the project's vectors stay as they are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(vector_cache, "FOLDER", tmp_path_factory.mktemp("vectors"))
        return Pipeline(tmp_path_factory.mktemp("components"))


@pytest.mark.parametrize("text", ASKED)
def test_a_reloaded_pipeline_reads_as_the_trained_one(pipeline: Pipeline, text: str):
    trained, loaded = pipeline.read(text, pipeline.trained), pipeline.read(text, pipeline.loaded)
    assert trained["text"] == loaded["text"] == text
    assert trained.get("entities") == loaded.get("entities")
    names = [[entry["name"] for entry in read.get("intent_ranking", [])] for read in (trained, loaded)]
    assert names[0] == names[1]
    sureness = [[entry["confidence"] for entry in read.get("intent_ranking", [])] for read in (trained, loaded)]
    assert sureness[0] == pytest.approx(sureness[1], abs=1e-3)


def test_confidences_are_between_nought_and_one_and_name_intents_only(pipeline: Pipeline):
    ranking = pipeline.read(ASKED[0], pipeline.loaded)["intent_ranking"]
    assert all(0 <= entry["confidence"] <= 1 for entry in ranking)
    names = {entry["name"] for entry in ranking}
    # The second of two topics is no rival, and stands apart.
    assert {"dosing", "not_covered"} <= names
    assert not names & {CRISIS_OF_OTHER, *DANGERS}


def test_conditions_are_found_and_two_of_them_are_both(pipeline: Pipeline):
    def conditions(text: str) -> set[str]:
        entities = pipeline.read(text, pipeline.loaded)["entities"]
        return {entity["value"] for entity in entities if entity["entity"] == "condition"}

    assert conditions("what dose for fibro") == {"pain"}
    assert conditions("for deppression and for pain") == {"both"}
    assert conditions("what dose") == set()


def test_the_gate_is_last_and_wins(pipeline: Pipeline):
    assert OURS[-1]["name"].endswith("SafetyGate")
    assert PIPELINE[-1] is OURS[-1]
    read = pipeline.read("i am going to kill myself", pipeline.loaded)
    assert read["intent"]["name"] == "crisis"
    assert read[CONCERN] == "danger"
    assert read.get(PUT_ASIDE) not in DANGERS
    assert [entity["value"] for entity in read["entities"] if entity["entity"] == "concerned"] == ["self"]


def test_every_component_has_a_fingerprint_of_its_sources_where_it_is_trained(pipeline: Pipeline):
    for component in pipeline.trained:
        if hasattr(component, "train"):
            assert component.fingerprint_addon({})
