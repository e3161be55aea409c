"""The NLU pipeline's components, and what they are made of."""

import hashlib
from importlib.metadata import version
from pathlib import Path

# What decides how SentenceEncoder's encoder and TopicClassifier's models come out of the same data.
ENCODER_SOURCES = (
    "adapter.py",
    "adapter.npz",
    "encoder_files.py",
    "minilm.py",
    "minilm_graph.py",
    "sentence_encoder.py",
)
MODEL_SOURCES = (
    *ENCODER_SOURCES,
    "examples.py",
    "ngrams.py",
    "pooled_model.py",
    "regression.py",
    "second_labels.py",
    "topic_classifier.py",
    "vector_cache.py",
)
MAKERS = ("onnxruntime", "scikit-learn", "tokenizers")


def source_fingerprint(names: tuple[str, ...]) -> str:
    """Return a hash of the files and of the libraries' versions; Rasa's training cache knows only components."""
    texts = [Path(__file__).with_name(name).read_bytes() for name in names]
    return hashlib.sha256(b"\0".join([*texts, *(version(maker).encode() for maker in MAKERS)])).hexdigest()
