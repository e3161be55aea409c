"""Cross-validation of the pipeline on its training data: what every threshold and figure of the bench comes from."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml
from rich.progress import track
from sklearn.model_selection import StratifiedKFold

from ketamine_faq.model import MODELS, fingerprint
from ketamine_faq.nlu import MODEL_SOURCES
from ketamine_faq.nlu.learned_classes import CRISIS, CRISIS_OF_OTHER
from ketamine_faq.nlu.message_parts import safety_readings
from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.sentence_encoder import fitted_graph, is_fine_tuned
from ketamine_faq.nlu.topic_model import TopicModel
from ketamine_faq.paths import PROJECT

FOLDS = 3
SEED = 20261123
# What the fold models are made of; the words of content/ are not, nor are thresholds.
SOURCES = (
    "data/nlu.yml",
    "data/safety.yml",
    "requirements.txt",
    *(f"ketamine_faq/nlu/{name}.py" for name in (*MODEL_SOURCES, "pooling", "message_parts")),
)


@dataclass(frozen=True)
class Prediction:
    """Out-of-fold predictions: each message is judged by a model that has not seen it.

    `probabilities` and `confidences` are TopicModel's, float arrays (n, classes). `further` are the probabilities (m,
    classes) of what the safety gate reads beside the whole messages, `further_of` (m,) whose they are.
    """

    texts: list[str]
    labels: np.ndarray
    look_alike: np.ndarray
    classes: list[str]
    probabilities: np.ndarray
    confidences: np.ndarray
    further: np.ndarray
    further_of: np.ndarray

    @property
    def intents(self) -> np.ndarray:
        """The right intent of each message."""
        return _intents(self.labels)

    @property
    def predicted_intents(self) -> np.ndarray:
        """The intent of each message's most confident class."""
        return _intents(np.array(self.classes)[self.confidences.argmax(axis=1)])


def _intents(classes: np.ndarray) -> np.ndarray:
    """Return the intents of classes: someone else's crisis is a crisis."""
    return np.where(classes == CRISIS_OF_OTHER, CRISIS, classes)


def predict() -> Prediction:
    """Return the out-of-fold predictions for data/, kept from an earlier run where nothing has changed since.

    A run fine-tunes FOLDS encoders: a quarter of an hour on four cores, half an hour on two.
    """
    texts, labels, look_alike = training_messages()
    path = MODELS / f"crossval-{fingerprint(SOURCES)}.npz"
    if not path.is_file():
        _run(texts, labels, path)
    with np.load(path) as stored:
        scores = {name: stored[name] for name in ("probabilities", "confidences", "further", "further_of")}
        classes = stored["classes"].tolist()
    return Prediction(texts, np.array(labels), np.array(look_alike), classes, **scores)


def configured(name: str) -> dict[str, Any]:
    """Return the settings of a component in config.yml."""
    pipeline = yaml.safe_load((PROJECT / "config.yml").read_text(encoding="utf-8"))["pipeline"]
    return next(component for component in pipeline if component["name"].endswith(name))


def training_messages() -> tuple[list[str], list[str], list[bool]]:
    """Return texts, classes as TopicClassifier learns them, and which are the safety gate's look-alikes."""
    texts, labels, look_alike = [], [], []
    for path in sorted((PROJECT / "data").glob("*.yml")):
        for block in yaml.safe_load(path.read_text(encoding="utf-8")).get("nlu", []):
            of_other = (block.get("metadata") or {}).get("concerned") == "other"
            dangerous = block["intent"] in ("crisis", "emergency", "misuse")
            for line in block["examples"].splitlines():
                texts.append(line.removeprefix("- ").strip())
                labels.append(CRISIS_OF_OTHER if of_other else block["intent"])
                look_alike.append(path.stem == "safety" and not dangerous)
    return texts, labels, look_alike


def judge(texts: list[str], labels: list[str], asked: list[str]) -> tuple[list[str], np.ndarray, np.ndarray]:
    """Train encoder and model on texts and labels; return its classes, and what it makes of what is asked.

    That is TopicModel's `probabilities` and `confidences`. Raises MissingModelError and DidNotLearnError.
    """
    encoder = MiniLM(fitted_graph(texts, labels))
    model = TopicModel.fit(texts, encoder.encode(texts), labels, by_nearness=not is_fine_tuned(len(texts)))
    vectors = encoder.encode(asked)
    probabilities = model.probabilities(asked, vectors)
    return model.classes, probabilities, model.confidences(probabilities, vectors)


def _run(texts: list[str], labels: list[str], path: Path) -> None:
    classes = sorted(set(labels))
    probabilities, confidences = np.zeros((2, len(texts), len(classes)))
    readings = [(i, reading) for i, text in enumerate(texts) for reading in safety_readings(text)]
    further, further_of = np.zeros((len(readings), len(classes))), np.array([i for i, _ in readings], dtype=int)
    folds = list(StratifiedKFold(FOLDS, shuffle=True, random_state=SEED).split(texts, labels))
    for known, held in track(folds, "Cross-validating"):
        beside = np.flatnonzero(np.isin(further_of, held))
        asked = [*(texts[i] for i in held), *(readings[i][1] for i in beside)]
        _, judged, sure = judge([texts[i] for i in known], [labels[i] for i in known], asked)
        probabilities[held], confidences[held] = judged[: len(held)], sure[: len(held)]
        further[beside] = judged[len(held) :]
    scores = {"probabilities": probabilities, "confidences": confidences, "further": further, "further_of": further_of}
    path.parent.mkdir(exist_ok=True)
    np.savez(path, classes=np.array(classes), **scores)
