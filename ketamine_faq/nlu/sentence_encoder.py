"""Rasa component: sentence vectors by MiniLM, fine-tuned on the training data where there is enough of it."""

from typing import Any

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from ketamine_faq.nlu import ENCODER_SOURCES, source_fingerprint
from ketamine_faq.nlu.encoder_files import MODEL, TOKENIZER
from ketamine_faq.nlu.learned_classes import learned_class, learned_examples
from ketamine_faq.nlu.minilm import MiniLM

# With fewer examples the packaged encoder is the better one: docs/nlu.md.
LEAST_FOR_FINE_TUNING = 1000
# Attribute of a visitor's message: its Vectors.
VECTORS = "vectors"
STORED = "encoder.onnx"
# Of so many of its own examples a fine-tuned encoder that learned anything has most next to their class.
CHECKED, LEAST_RIGHT = 300, 0.6


class DidNotLearnError(RasaException):
    """The encoder came out of training no wiser than it went in."""


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
        """Fine-tune the encoder on all examples that have an intent, where they are enough, and store it."""
        examples = learned_examples(training_data)
        texts, labels = [example.get(TEXT) for example in examples], [learned_class(example) for example in examples]
        model = fitted_graph(texts, labels)
        self._encoder = MiniLM(model)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / STORED).write_bytes(model)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of all examples."""
        examples = [example for example in training_data.training_examples if example.get(TEXT)]
        for example, vector in zip(examples, self._encoder.encode([example.get(TEXT) for example in examples])):
            self._add(example, vector)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message that has text."""
        for message in messages:
            if text := message.get(TEXT):
                vectors = Vectors(self._encoder)
                self._add(message, vectors[text])
                message.set(VECTORS, vectors)
        return messages

    def _add(self, message: Message, vector: np.ndarray) -> None:
        message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))


def is_fine_tuned(examples: int) -> bool:
    """Tell whether the encoder is fine-tuned for so many examples."""
    return examples >= LEAST_FOR_FINE_TUNING


def fitted_graph(texts: list[str], labels: list[str]) -> bytes:
    """Return the graph of MiniLM for these training texts and their labels: fine-tuned on them where they are enough.

    Raises MissingModelError and DidNotLearnError.
    """
    # Only to train: these bring onnx and TensorFlow, which take seconds and 200 MB.
    from ketamine_faq.nlu.minilm_graph import graph_of_bytes, packaged_graph

    if not is_fine_tuned(len(texts)):
        return packaged_graph()
    from ketamine_faq.nlu.fine_tuning import fine_tuned_weights

    made = graph_of_bytes(fine_tuned_weights(texts, labels))
    _check(MiniLM(made), texts, labels)
    return made


def _check(encoder: MiniLM, texts: list[str], labels: list[str]) -> None:
    """Raise DidNotLearnError unless most of the texts are nearest to the centre of their own class."""
    step = max(1, len(texts) // CHECKED)
    vectors, (names, owners) = encoder.encode(texts[::step]), np.unique(labels[::step], return_inverse=True)
    centres = np.array([vectors[owners == index].mean(axis=0) for index in range(len(names))])
    right = float(((vectors @ centres.T).argmax(axis=1) == owners).mean())
    if right < LEAST_RIGHT:
        raise DidNotLearnError(f"The encoder has {right:.0%} of its own examples next to their class: see fine_tuning.")


def sentence_vector(message: Message) -> np.ndarray:
    """Return the vector that SentenceEncoder added to the message, float32, shape (1, 384)."""
    _, sentence = message.get_dense_features(TEXT)
    return sentence.features
