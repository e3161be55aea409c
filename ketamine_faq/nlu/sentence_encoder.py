"""Sentence vectors from all-MiniLM-L6-v2, as int8 ONNX on onnxruntime: shared/findings.md says why this one."""

from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from typing import Any

import numpy as np
import onnxruntime
from rasa.engine.graph import GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.nlu.featurizers.dense_featurizer.dense_featurizer import DenseFeaturizer
from rasa.shared.nlu.constants import FEATURE_TYPE_SENTENCE, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData
from tokenizers import Tokenizer

from ketamine_faq.nlu import source_fingerprint
from ketamine_faq.nlu.encoder_files import MODEL, TOKENIZER, verified, word_embeddings

DIMENSIONS = 384
MAX_TOKENS = 128
BATCH = 32
# The table of word embeddings, by its name in the graph: half of what the encoder takes, and no two need a copy.
WORD_EMBEDDINGS = "inner.embeddings.word_embeddings.weight"


class MiniLM:
    """The encoder: texts to vectors."""

    def __init__(self, initializers: dict[str, np.ndarray] | None = None) -> None:
        """Load and verify the model; `initializers` replace those of the graph as onnxruntime has optimised it.

        A name that the graph lacks is passed over. Raises MissingModelError.
        """
        self.tokenizer = Tokenizer.from_file(str(verified(TOKENIZER)))
        self.tokenizer.enable_truncation(MAX_TOKENS)
        self.tokenizer.enable_padding()
        options = onnxruntime.SessionOptions()
        # One thread a message: workers scale by process, and short inputs gain nothing from more.
        options.intra_op_num_threads = 1
        replaced = {WORD_EMBEDDINGS: word_embeddings()} | (initializers or {})
        # onnxruntime keeps no reference to what it is given here.
        self._replaced = [(name, onnxruntime.OrtValue.ortvalue_from_numpy(value)) for name, value in replaced.items()]
        for name, value in self._replaced:
            options.add_initializer(name, value)
        path = str(verified(MODEL))
        self._session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])

    def encode(self, texts: list[str]) -> np.ndarray:
        """Return one L2-normalised row a text, float32, shape (len(texts), 384)."""
        means = self.means(texts)
        return means / np.linalg.norm(means, axis=1, keepdims=True)

    def means(self, texts: list[str]) -> np.ndarray:
        """Return the mean of each text's token vectors, float32, shape (len(texts), 384).

        Texts of like length are encoded together, so that padding costs little.
        """
        vectors = np.zeros((len(texts), DIMENSIONS), dtype=np.float32)
        by_length = sorted(range(len(texts)), key=lambda index: len(texts[index]))
        batches = [by_length[start : start + BATCH] for start in range(0, len(texts), BATCH)]
        # A message is one batch and stays in its thread; what is trained on is shared out among the cores.
        with ThreadPoolExecutor() as pool:
            each = pool.map if len(batches) > 1 else map
            for batch, means in zip(batches, each(self._batch_means, ([texts[i] for i in b] for b in batches))):
                vectors[batch] = means
        return vectors

    def _batch_means(self, texts: list[str]) -> np.ndarray:
        encodings = self.tokenizer.encode_batch(texts)
        mask = np.array([encoding.attention_mask for encoding in encodings], dtype=np.int64)
        (hidden,) = self._session.run(
            ["last_hidden_state"],
            {
                "input_ids": np.array([encoding.ids for encoding in encodings], dtype=np.int64),
                "attention_mask": mask,
                "token_type_ids": np.zeros_like(mask),
            },
        )
        return (hidden * mask[..., None]).sum(axis=1) / mask.sum(axis=1, keepdims=True)


@lru_cache(maxsize=1)
def shared_encoder() -> MiniLM:
    """Return the process's one encoder, read-only and safe to share between components."""
    return MiniLM()


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.MESSAGE_FEATURIZER, is_trainable=False)
class SentenceEncoder(DenseFeaturizer, GraphComponent):
    """Rasa featurizer: adds each message's sentence vector, shape (1, 384), as a dense sentence feature."""

    def __init__(self, config: dict[str, Any], name: str) -> None:
        """Load the encoder; `name` identifies the features among other featurizers'."""
        super().__init__(name, config)
        self._encoder = shared_encoder()

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: Any, resource: Any, execution_context: Any
    ) -> "SentenceEncoder":
        """Create the component; raises MissingModelError where the weights are not there."""
        return cls(config, execution_context.node_name)

    @staticmethod
    def required_packages() -> list[str]:
        """Name the packages without which the component cannot run."""
        return ["onnxruntime", "tokenizers", MODEL.package, TOKENIZER.package]

    @classmethod
    def fingerprint_addon(cls, config: dict[str, Any]) -> str:
        """Train again when any file that the pipeline is made of has changed."""
        return source_fingerprint()

    @classmethod
    def validate_config(cls, config: dict[str, Any]) -> None:
        """Accept any: the featurizer has no settings of its own."""

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Add the vectors of all examples."""
        self.process(training_data.training_examples)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Add the vector of each message that has text."""
        with_text = [message for message in messages if message.get(TEXT)]
        vectors = self._encoder.encode([message.get(TEXT) for message in with_text])
        for message, vector in zip(with_text, vectors):
            message.add_features(Features(vector[None, :], FEATURE_TYPE_SENTENCE, TEXT, self._identifier))
        return messages


def sentence_vector(message: Message) -> np.ndarray:
    """Return the vector that SentenceEncoder added to the message, float32, shape (1, 384)."""
    _, sentence = message.get_dense_features(TEXT)
    return sentence.features
