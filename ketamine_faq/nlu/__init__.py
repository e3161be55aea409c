"""The NLU pipeline's components, and what they are made of."""

import hashlib
from pathlib import Path

# What decides how TopicClassifier's model comes out of the same data.
MODEL_SOURCES = (
    "encoder_files",
    "fine_tuned_classifier",
    "fine_tuning",
    "joined_messages",
    "sentence_encoder",
    "text_regression",
    "topic_model",
)


def source_fingerprint() -> str:
    """Return a hash of MODEL_SOURCES; Rasa's training cache knows only the text of component classes."""
    files = [Path(__file__).with_name(f"{name}.py") for name in MODEL_SOURCES]
    return hashlib.sha256(b"\0".join(path.read_bytes() for path in files)).hexdigest()
