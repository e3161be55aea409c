"""Cross-validation of the pipeline on its training data: what the figures of `bench nlu` and `bench safety` come from.

Folds are drawn by author and batch, for twins of one author on both sides would flatter.
"""

from dataclasses import dataclass
from typing import Any

import numpy as np
from rich.progress import track
from sklearn.model_selection import StratifiedGroupKFold

from ketamine_faq.importer import with_topics
from ketamine_faq.model import MODELS, fingerprint
from ketamine_faq.nlu import MODEL_SOURCES
from ketamine_faq.nlu.adapter import merged
from ketamine_faq.nlu.examples import Example, read_examples
from ketamine_faq.nlu.message_parts import safety_readings
from ketamine_faq.nlu.minilm import MiniLM
from ketamine_faq.nlu.minilm_graph import adapted_graph, graph_of_bytes, packaged_graph, packaged_weights
from ketamine_faq.nlu.ngrams import NGrams
from ketamine_faq.nlu.pooled_model import PooledModel
from ketamine_faq.nlu.topic_classifier import MessageModel
from ketamine_faq.nlu.vector_cache import cached_vectors
from ketamine_faq.paths import PROJECT
from ketamine_faq.yaml_file import read

FOLDS = 3
SEED = 20261123
# What the fold models are made of; the words of content/ are not, nor are thresholds.
SOURCES = (
    "data/nlu.yml",
    "data/examples",
    "data/safety",
    "data/after_alarm",
    "requirements.txt",
    *(f"ketamine_faq/nlu/{name}" for name in (*MODEL_SOURCES, "fine_tuning.py", "pooling.py", "message_parts.py")),
)
# With fewer examples the packaged encoder is the better one: docs/nlu.md.
MIN_FOR_FINE_TUNING = 1000


@dataclass(frozen=True)
class Prediction:
    """Out-of-fold predictions: each example is judged by a model that has not seen it.

    `confidences` is of the topics, float array (n, topics), `concerns` the probabilities of the classes of concern
    (n, classes). `further` are those (m, classes) of what the safety gate reads beside the whole messages, `further_of`
    (m,) whose they are.
    """

    examples: list[Example]
    topics: list[str]
    confidences: np.ndarray
    concern_classes: list[str]
    concerns: np.ndarray
    further: np.ndarray
    further_of: np.ndarray

    @property
    def texts(self) -> list[str]:
        """The messages."""
        return [example.text for example in self.examples]

    @property
    def topical(self) -> np.ndarray:
        """Which examples have a topic: bool (n,)."""
        return np.array([example.topic is not None for example in self.examples])


def predict(*, quick: bool) -> Prediction:
    """Return the out-of-fold predictions for data/, kept from an earlier run where nothing has changed since.

    A run fine-tunes FOLDS encoders, which takes hours on two cores; a `quick` one has the encoder of the adapter, which
    has learned from the held-out examples, too: its figures flatter.
    """
    # Turns after an alarm are learned from in each fold, and judged in none: they are read only then.
    read = read_examples()
    examples, turns = ([example for example in read if bool(example.turn) == is_turn] for is_turn in (False, True))
    path = MODELS / f"cross-validation-{'quick' if quick else 'whole'}-{fingerprint(SOURCES)}.npz"
    if not path.is_file():
        _run(examples, turns, path, quick)
    with np.load(path) as stored:
        scores = {name: stored[name] for name in ("confidences", "concerns", "further", "further_of")}
        classes = {name: stored[name].tolist() for name in ("topics", "concern_classes")}
    return Prediction(examples, **classes, **scores)


def configured(name: str) -> dict[str, Any]:
    """Return the settings of a component in config.yml, as Rasa has them."""
    pipeline = with_topics(read(PROJECT / "config.yml"))["pipeline"]
    return next(component for component in pipeline if component["name"].endswith(name))


def fine_tuned_encoder(texts: list[str], topics: list[str | None], concerns: list[str]) -> MiniLM:
    """Return the encoder for these texts: fine-tuned on them where they are enough, else as it comes."""
    if len(texts) < MIN_FOR_FINE_TUNING:
        return MiniLM(packaged_graph())
    from ketamine_faq.nlu.fine_tuning import fine_tuned_factors  # TensorFlow

    return MiniLM(graph_of_bytes(merged(packaged_weights(), fine_tuned_factors(texts, topics, concerns))))


def judge(texts: list[str], labels: list[str], asked: list[str]) -> tuple[list[str], np.ndarray]:
    """Train encoder and model on texts and labels; return its classes, and its confidences in what is asked."""
    encoder = fine_tuned_encoder(texts, list(labels), ["none"] * len(texts))
    ngrams, rows = NGrams.fit(texts)
    by_nearness = len(texts) < MIN_FOR_FINE_TUNING
    model = PooledModel.fit(rows, encoder.encode(texts), labels, by_nearness=by_nearness)
    vectors = encoder.encode(asked)
    return model.classes, model.confidences(model.probabilities(ngrams.rows(asked), vectors), vectors)


def _run(examples: list[Example], turns: list[Example], path: Any, quick: bool) -> None:
    topics = sorted({str(example.topic) for example in examples if example.topic})
    concern_classes = sorted({str(example.concern) for example in examples})
    readings = [(index, reading) for index, example in enumerate(examples) for reading in safety_readings(example.text)]
    further_of = np.array([index for index, _ in readings], dtype=int)
    confidences = np.zeros((len(examples), len(topics)))
    concerns, further = (np.zeros((size, len(concern_classes))) for size in (len(examples), len(readings)))
    texts = [example.text for example in examples]
    drawn = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=SEED).split(
        texts, [example.intent for example in examples], [example.batch for example in examples]
    )
    shared = MiniLM(adapted_graph()) if quick else None
    for known, held in track(list(drawn), "Cross-validating"):
        seen = [examples[index] for index in known]
        encoder = shared or fine_tuned_encoder(
            [example.text for example in seen], [e.topic for e in seen], [e.concern for e in seen]
        )
        encoded = [*texts, *(turn.text for turn in turns)]
        vectors = cached_vectors(encoder, encoded) if quick else encoder.encode(encoded)
        model = MessageModel.fit([*seen, *turns], vectors[[*known, *range(len(texts), len(encoded))]])
        asked, beside = [texts[index] for index in held], np.flatnonzero(np.isin(further_of, held))
        confidences[np.ix_(held, _columns(topics, model.topics.classes))] = model.topic_confidences(
            asked, vectors[held]
        )
        own = _columns(concern_classes, model.concerns.classes)
        concerns[np.ix_(held, own)] = model.concern_probabilities(asked, vectors[held])
        parts = [readings[index][1] for index in beside]
        further[np.ix_(beside, own)] = model.concern_probabilities(parts, encoder.encode(parts))
    path.parent.mkdir(exist_ok=True)
    scores = {"confidences": confidences, "concerns": concerns, "further": further, "further_of": further_of}
    np.savez(path, topics=np.array(topics), concern_classes=np.array(concern_classes), **scores)


def _columns(names: list[str], own: list[str]) -> np.ndarray:
    return np.array([names.index(name) for name in own], dtype=int)
