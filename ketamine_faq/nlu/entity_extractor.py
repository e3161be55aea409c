"""Rasa component: conditions, audiences and uncovered subjects, by the values that the slots know."""

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.tokens import Doc

from ketamine_faq.nlu.spacy_pipeline import build, spans_of
from ketamine_faq.nlu.third_person import asks_about_another


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityExtractor(GraphComponent, EntityExtractorMixin):
    """Turns the entities of our spaCy pipeline into Rasa's.

    Unlike the stock SpacyEntityExtractor it reports the ruler's value ('pain') instead of the matched words
    ('fibro'), which also mends typos. It reads messages only: an entity ruler learns nothing from examples, and the
    stock components would read them all.
    """

    @staticmethod
    def required_packages() -> list[str]:
        """Name the package without which the component cannot run."""
        return ["spacy"]

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> "EntityExtractor":
        """Create the component; it has no settings."""
        return cls()

    def __init__(self) -> None:
        """Build the spaCy pipeline."""
        self._spacy = build()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add `{entity, value, start, end}` of each entity, and `about` where somebody else's treatment is asked about.

        Two different conditions count as both; of two audiences, the clinician's counts.
        """
        for message in messages:
            if text := message.get(TEXT):
                found = self._entities(self._spacy(text))
                if asks_about_another(text):
                    found.append({"entity": "about", "value": "another", "start": 0, "end": len(text)})
                self.add_extractor_name(found)
                message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    @staticmethod
    def _entities(doc: Doc) -> list[dict[str, Any]]:
        entities = [
            {"entity": ent.label_, "value": ent.ent_id_, "start": start, "end": end}
            for ent, (start, end) in zip(doc.ents, spans_of(doc))
        ]
        conditions = [entity for entity in entities if entity["entity"] == "condition"]
        if len({entity["value"] for entity in conditions}) > 1:
            for entity in conditions:
                entity["value"] = "both"
        audiences = {entity["value"] for entity in entities if entity["entity"] == "audience"}
        for value in ("carer", "patient") if "referrer" in audiences else ("carer",) if "patient" in audiences else ():
            entities = [e for e in entities if (e["entity"], e["value"]) != ("audience", value)]
        return entities
