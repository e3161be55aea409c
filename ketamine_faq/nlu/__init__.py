"""The NLU pipeline's components, and what they are made of."""

import hashlib
from pathlib import Path

# What decides how SentenceEncoder's encoder and TopicClassifier's model come out of the same data.
ENCODER_SOURCES = ("encoder_files", "fine_tuning", "joined_messages", "minilm", "minilm_graph", "sentence_encoder")
MODEL_SOURCES = (*ENCODER_SOURCES, "ngrams", "regression", "topic_model")


def source_fingerprint(names: tuple[str, ...]) -> str:
    """Return a hash of the modules' texts; Rasa's training cache knows only those of component classes."""
    files = [Path(__file__).with_name(f"{name}.py") for name in names]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
