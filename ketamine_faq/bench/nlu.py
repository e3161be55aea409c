"""`ketamine-faq bench nlu`: how well the pipeline tells topics apart, and knows when there is none.

On the project's own data by cross-validation, or trained on one `sentence,label` file and tested on another.
"""

import csv
import re
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
from rasa.shared.exceptions import RasaException
from scipy.special import logit
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import f1_score, matthews_corrcoef, roc_auc_score
from sklearn.model_selection import StratifiedKFold

from ketamine_faq.bench.cross_validation import MIN_FOR_FINE_TUNING, SEED, Prediction, configured, judge
from ketamine_faq.nlu.minilm_graph import packaged_encoder
from ketamine_faq.nlu.ngrams import NGrams
from ketamine_faq.nlu.pooled_model import PooledModel
from ketamine_faq.nlu.spacy_pipeline import build
from ketamine_faq.nlu.topic_decision import SUBJECT, TopicDecision

BINS = 10
# The steps in which HINT3's own script looks for the best threshold.
THRESHOLDS = np.arange(0.0, 1.0, 0.05).round(2)
FALLBACK_THRESHOLDS = np.arange(0.2, 0.85, 0.05).round(2)
OUT_OF_SCOPE = "out_of_scope"
# The share of in-scope messages that a chosen threshold lets through. Lower than a test of the like of what was trained
# on would have it: in HINT3's three bots, two of five to three of four real messages are out of scope.
KEPT = 0.92
MAX_FOLDS = 5


def project_report(prediction: Prediction) -> dict[str, Any]:
    """Return accuracy by topic, the commonest confusions, calibration and scope AUROC, from out-of-fold predictions."""
    asked, confidences, predicted = _asked(prediction)
    sureness, right = confidences.max(axis=1), predicted == asked
    decision = TopicDecision(configured("TopicDecision"))
    confused = Counter(zip(asked[~right].tolist(), predicted[~right].tolist()))
    outside = confidences[:, prediction.topics.index(OUT_OF_SCOPE)]
    return {
        "messages": len(asked),
        "accuracy": float(right.mean()),
        "macro_f1": float(f1_score(asked, predicted, average="macro")),
        "accuracy_by_topic": {name: float(right[asked == name].mean()) for name in sorted(set(asked.tolist()))},
        "confusions": [{"asked": a, "answered": b, "times": n} for (a, b), n in confused.most_common(15)],
        "calibration": _fitted_calibration(sureness, right),
        "expected_calibration_error": calibration_error(np.array([decision.calibrated(s) for s in sureness]), right),
        "scope_auroc": float(roc_auc_score(asked != OUT_OF_SCOPE, 1 - outside)),
        "by_fallback_threshold": by_fallback_threshold(prediction),
        "spread": spread(prediction),
    }


def _asked(prediction: Prediction) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return, of the examples that have a topic: the topic, the confidences, and the most confident topic."""
    topical = prediction.topical
    asked = np.array([example.topic for example in prediction.examples if example.topic])
    confidences = prediction.confidences[topical]
    return asked, confidences, np.array(prediction.topics)[confidences.argmax(axis=1)]


def spread(prediction: Prediction) -> dict[str, float]:
    """Return how varied the examples are, as means over the intents.

    `distinct_words`: the share of word forms that occur for the first time in their intent; `nearest_neighbour`: the
    cosine of an example to the nearest other one of its intent, by the packaged encoder.
    """
    vectors = packaged_encoder().encode(prediction.texts)
    intents = np.array([example.intent for example in prediction.examples])
    words, nearest = [], []
    for intent in sorted(set(intents.tolist())):
        own = np.flatnonzero(intents == intent)
        forms = [word for index in own for word in re.findall(r"\w+", prediction.texts[index].lower())]
        words.append(len(set(forms)) / len(forms))
        likeness = vectors[own] @ vectors[own].T
        np.fill_diagonal(likeness, -1)
        nearest.append(likeness.max(axis=1).mean())
    return {"distinct_words": float(np.mean(words)), "nearest_neighbour": float(np.mean(nearest))}


def by_fallback_threshold(prediction: Prediction) -> dict[str, dict[str, float]]:
    """Return what messages of the topics come to at each threshold of FallbackClassifier, the rest as in config.yml.

    Shares: `right`; `asked_back` ('Did you mean ...?'); `handed_over` to a person or declined, wrongly; `wrong`, an
    answer to another question.
    """
    decision, fallback = configured("TopicDecision"), configured("FallbackClassifier")
    asked, confidences, _ = _asked(prediction)
    texts = [example.text for example in prediction.examples if example.topic]
    rankings = _rankings(texts, prediction.topics, confidences, TopicDecision(decision))
    names = np.array([ranking[0]["name"] for ranking in rankings])
    sure = np.array([ranking[0]["confidence"] for ranking in rankings])
    apart = sure - np.array([ranking[1]["confidence"] for ranking in rankings]) >= fallback["ambiguity_threshold"]
    right, handed = names == asked, np.isin(names, decision["handoffs"])
    return {
        f"{threshold:.2f}": {
            "right": float((right & told).mean()),
            "asked_back": float((~told).mean()),
            "handed_over": float((~right & handed & told).mean()),
            "wrong": float((~right & ~handed & told).mean()),
        }
        for threshold in FALLBACK_THRESHOLDS
        for told in [(sure >= threshold) & apart]
    }


def _rankings(
    texts: list[str], topics: list[str], confidences: np.ndarray, decision: TopicDecision
) -> list[list[dict[str, Any]]]:
    entities = build()
    return [
        decision.ranking(dict(zip(topics, row)), any(entity.label_ == SUBJECT for entity in entities(text).ents))
        for text, row in zip(texts, confidences.tolist())
    ]


def confusion_picture(prediction: Prediction, path: Path) -> None:
    """Draw the confusion matrix of the topics, rows asked, columns answered, as a picture."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot
    from sklearn.metrics import ConfusionMatrixDisplay

    asked, _, predicted = _asked(prediction)
    figure, axes = pyplot.subplots(figsize=(14, 13))
    ConfusionMatrixDisplay.from_predictions(
        asked,
        predicted,
        normalize="true",
        include_values=False,
        xticks_rotation="vertical",
        cmap="Blues",
        ax=axes,
    )
    axes.set(title="Share of the messages of a topic (row) that are taken for another (column)", xlabel="", ylabel="")
    figure.tight_layout()
    figure.savefig(path, dpi=80)
    pyplot.close(figure)


def _fitted_calibration(sureness: np.ndarray, right: np.ndarray) -> dict[str, float]:
    """Return TopicDecision's slope and intercept as these predictions would have them (Platt's scaling)."""
    fitted = LogisticRegression(C=1e6).fit(logit(np.clip(sureness, 1e-6, 1 - 1e-6))[:, None], right)
    return {"slope": float(fitted.coef_[0, 0]), "intercept": float(fitted.intercept_[0])}


def calibration_error(confidences: np.ndarray, right: np.ndarray) -> float:
    """Return the expected calibration error over BINS equal-width bins of confidence, 0 to 1."""
    bins = np.minimum((confidences * BINS).astype(int), BINS - 1)
    gaps = [abs(confidences[bins == b].mean() - right[bins == b].mean()) * (bins == b).mean() for b in set(bins)]
    return float(sum(gaps))


class LabelledFileError(RasaException):
    """A file can't be trained on or tested with."""


def file_report(train: Path, test: Path, out_of_scope: str) -> dict[str, float]:
    """Train the pipeline on one file and test it on another; `out_of_scope` is the label of what no label answers.

    Raises LabelledFileError.
    """
    known, (asked, expected) = read_labelled(train), read_labelled(test)
    inside = [(text, label) for text, label in zip(*known) if label != out_of_scope]
    texts, labels = [text for text, _ in inside], [label for _, label in inside]
    if len(set(labels)) < 2:
        raise LabelledFileError(f"{train} needs sentences with two labels or more besides {out_of_scope}.")
    if not asked:
        raise LabelledFileError(f"{test} has no sentence with a label: its header is `sentence,label`.")
    classes, confidences = judge(texts, labels, asked)
    chosen = choose_threshold(texts, labels)
    best = max(THRESHOLDS, key=lambda t: matthews_corrcoef(expected, _named(classes, confidences, t, out_of_scope)))
    return {
        **_scores("best", expected, _named(classes, confidences, best, out_of_scope)),
        **_scores("chosen", expected, _named(classes, confidences, chosen, out_of_scope)),
        **_scope_scores(expected, _named(classes, confidences, chosen, out_of_scope), out_of_scope),
        "threshold_best": float(best),
        "threshold_chosen": float(chosen),
    }


def choose_threshold(texts: list[str], labels: list[str]) -> float:
    """Choose where 'none of these' begins, from in-scope messages alone: KEPT of them, cross-validated, lie above.

    Rounded to THRESHOLDS; the lowest where no two labels have two sentences to learn from and to be tested with.
    The packaged encoder stands in for a fine-tuned one, which would take minutes for each fold.
    """
    known, vectors = np.array(labels), packaged_encoder().encode(texts)
    by_nearness = len(texts) < MIN_FOR_FINE_TUNING
    folds = min(MAX_FOLDS, Counter(labels).most_common(2)[-1][1])
    if folds < 2:
        return float(THRESHOLDS[0])
    sureness = np.zeros(len(texts))
    for fitted, held in StratifiedKFold(folds, shuffle=True, random_state=SEED).split(texts, known):
        ngrams, rows = NGrams.fit([texts[i] for i in fitted])
        model = PooledModel.fit(rows, vectors[fitted], known[fitted].tolist(), by_nearness=by_nearness)
        probabilities = model.probabilities(ngrams.rows([texts[i] for i in held]), vectors[held])
        sureness[held] = model.confidences(probabilities, vectors[held]).max(axis=1)
    return float(THRESHOLDS[np.abs(THRESHOLDS - np.quantile(sureness, 1 - KEPT)).argmin()])


def read_labelled(path: Path) -> tuple[list[str], list[str]]:
    """Return sentences and labels of a CSV file; rows without either are left out."""
    with path.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        lines = (line.replace("\0", "") for line in file)  # the csv module refuses a NUL
        rows = [(row.get("sentence") or "", row.get("label") or "") for row in csv.DictReader(lines)]
    rows = [(sentence.strip(), label.strip()) for sentence, label in rows if sentence.strip() and label.strip()]
    return [sentence for sentence, _ in rows], [label for _, label in rows]


def _named(classes: list[str], confidences: np.ndarray, threshold: float, out_of_scope: str) -> list[str]:
    named = np.array(classes)[confidences.argmax(axis=1)]
    return np.where(confidences.max(axis=1) >= threshold, named, out_of_scope).tolist()


def _scores(name: str, expected: list[str], named: list[str]) -> dict[str, float]:
    return {
        f"mcc_{name}": float(matthews_corrcoef(expected, named)),
        f"macro_f1_{name}": float(f1_score(expected, named, average="macro", zero_division=0)),
    }


def _scope_scores(expected: list[str], named: list[str], out_of_scope: str) -> dict[str, float]:
    truth, guess = np.array(expected), np.array(named)
    outside = truth == out_of_scope
    return {
        "accuracy_chosen": float((truth == guess).mean()),
        "in_scope_accuracy_chosen": float((truth == guess)[~outside].mean()) if (~outside).any() else 0.0,
        "out_of_scope_recall_chosen": float((guess == out_of_scope)[outside].mean()) if outside.any() else 0.0,
    }
