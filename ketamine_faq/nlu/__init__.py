"""The NLU pipeline's components, and what they are made of."""

import hashlib
from importlib.metadata import version
from pathlib import Path

# What decides how SentenceEncoder's encoder and TopicClassifier's model come out of the same data.
ENCODER_SOURCES = (
    "encoder_files",
    "fine_tuning",
    "joined_messages",
    "learned_classes",
    "minilm",
    "minilm_graph",
    "sentence_encoder",
)
MODEL_SOURCES = (*ENCODER_SOURCES, "ngrams", "regression", "topic_model")
MAKERS = ("onnxruntime", "scikit-learn", "tensorflow", "tokenizers")


def source_fingerprint(names: tuple[str, ...]) -> str:
    """Return a hash of the modules and of the libraries' versions; Rasa's training cache knows only components."""
    texts = [Path(__file__).with_name(f"{name}.py").read_bytes() for name in names]
    return hashlib.sha256(b"\0".join([*texts, *(version(maker).encode() for maker in MAKERS)])).hexdigest()
