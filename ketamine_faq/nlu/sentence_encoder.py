"""Rasa component: sentence vectors by MiniLM, with what fine-tuning has learned (adapter.py)."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from ketamine_faq.nlu import ENCODER_SOURCES, source_fingerprint
from ketamine_faq.nlu.encoder_files import MODEL, TOKENIZER
from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.vector_cache import cached_vectors

# Attribute of a visitor's message: its Vectors.
VECTORS = "vectors"
STORED = "encoder.onnx"


class Vectors(dict[str, np.ndarray]):
    """The unit vector of each text that is read of a message, float32 (384,), made when it is first asked for."""

    def __init__(self, encoder: MiniLM) -> None:
        """Begin with none."""
        super().__init__()
        self._encoder = encoder

    def __missing__(self, text: str) -> np.ndarray:
        """Make and keep a text's vector."""
        self[text] = self._encoder.encode([text])[0]
        return self[text]


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=True)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Rasa featurizer: adds each message's sentence vector, shape (1, 384), as a dense sentence feature.

    For the parts of a visitor's message that are read on their own, it sets VECTORS.
    """

    def __init__(
        self,
        config: dict[str, Any],
        name: str,
        model_storage: ModelStorage,
        resource: Resource,
        encoder: MiniLM | None = None,
    ) -> None:
        """Keep what training and storing need; `name` tells the features from other featurizers'."""
        super().__init__(name, config)
        self._model_storage, self._resource, self._encoder = model_storage, resource, encoder

    @classmethod
    def create(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
    ) -> "SentenceEncoder":
        """Create an untrained component."""
        return cls(config, execution_context.node_name, model_storage, resource)

    @classmethod
    def load(
        cls,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        **_: Any,
    ) -> "SentenceEncoder":
        """Load a trained component."""
        with model_storage.read_from(resource) as folder:
            encoder = MiniLM((folder / STORED).read_bytes())
        return cls(config, execution_context.node_name, model_storage, resource, encoder)

    @staticmethod
    def required_packages() -> list[str]:
        """Name the packages without which the component cannot run."""
        return ["onnx", "onnxruntime", "tokenizers", MODEL.package, TOKENIZER.package]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when a file that the encoder is made of has changed."""
        return source_fingerprint(ENCODER_SOURCES)

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any: the featurizer has no settings of its own."""

    def train(self, training_data: TrainingData) -> Resource:
        """Store the encoder as the adapter has it; it learns nothing here. Raises MissingModelError."""
        # Only to train: it brings onnx.
        from ketamine_faq.nlu.minilm_graph import adapted_graph

        model = adapted_graph()
        self._encoder = MiniLM(model)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / STORED).write_bytes(model)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of all examples."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        vectors = cached_vectors(self._trained, [example.get(TEXT) for example in examples])
        for example, vector in zip(examples, vectors):
            self._add(example, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message that has text."""
        for message in messages:
            if text := message.get(TEXT):
                vectors = Vectors(self._trained)
                self._add(message, vectors[text])
                message.set(VECTORS, vectors)
        return messages

    @property
    def _trained(self) -> MiniLM:
        assert self._encoder, "Rasa trains a component, or loads it, before it has messages to read."
        return self._encoder

    def _add(self, message: Message, vector: np.ndarray) -> None:
        message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def sentence_vector(message: Message) -> np.ndarray:
    """Return the vector that SentenceEncoder added to the message, float32, shape (1, 384)."""
    _, sentence = message.get_dense_features(TEXT)
    return sentence.features
