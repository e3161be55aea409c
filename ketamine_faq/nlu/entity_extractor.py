"""Rasa component: conditions, audiences and uncovered subjects, by the values that the slots know."""

from typing import Any

from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.constants import SPACY_DOCS
from rasa.nlu.extractors.extractor import EntityExtractorMixin
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from spacy.tokens import Doc


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=False)
class EntityExtractor(GraphComponent, EntityExtractorMixin):
    """Turns the entities of SpacyNLP's document into Rasa's.

    Unlike the stock SpacyEntityExtractor it reports the ruler's value ('pain') instead of the matched words
    ('fibro'), which also mends typos, and reads the document that SpacyNLP made instead of making another.
    """

    @classmethod
    def create(cls, config: dict[str, Any], *_: Any) -> "EntityExtractor":
        """Create the component; it has no settings."""
        return cls()

    def process(self, messages: list[Message]) -> list[Message]:
        """Add `{entity, value, start, end}` of each entity; two different conditions count as both."""
        for message in messages:
            doc = message.get(SPACY_DOCS[TEXT])
            found = self.add_extractor_name(self._entities(doc)) if doc is not None else []
            message.set(ENTITIES, message.get(ENTITIES, []) + found, add_to_output=True)
        return messages

    @staticmethod
    def _entities(doc: Doc) -> list[dict[str, Any]]:
        entities = [
            {"entity": ent.label_, "value": ent.ent_id_, "start": ent.start_char, "end": ent.end_char}
            for ent in doc.ents
        ]
        conditions = [entity for entity in entities if entity["entity"] == "condition"]
        if len({entity["value"] for entity in conditions}) > 1:
            for entity in conditions:
                entity["value"] = "both"
        return entities
