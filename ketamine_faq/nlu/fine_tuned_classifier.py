"""A classifier made of MiniLM fine-tuned for its classes, run on onnxruntime at the base model's size and speed."""

from pathlib import Path

import numpy as np
from rasa.shared.exceptions import RasaException

from ketamine_faq.nlu.encoder_files import DENSE, LAYERS
from ketamine_faq.nlu.joined_messages import joined_messages
from ketamine_faq.nlu.sentence_encoder import MiniLM, shared_encoder

# The ONNX graph names a layer's matrices by numbers, in the order of DENSE. The file's checksum holds them in place. It
# stores them as int8, but onnxruntime unpacks them before it looks for replacements: these are floats, val_<number>.
MATRICES = [
    (49, 57, 65, 105, 109, 118),
    *(tuple(n + 71 * layer for n in (122, 130, 138, 176, 180, 189)) for layer in range(LAYERS - 1)),
]
STORED = "fine_tuned.npz"
# Of so many of its own training texts a classifier that learned anything names nine in ten.
CHECKED, LEAST_RIGHT = 300, 0.8


class DidNotLearnError(RasaException):
    """The encoder came out of training no wiser than it went in."""


class FineTunedClassifier:
    """Softmax over a linear head on the fine-tuned encoder's mean vectors."""

    def __init__(self, classes: list[str], arrays: dict[str, np.ndarray]) -> None:
        """Take the classes and, by name, the graph's new initializers with `head` (384, n) and `bias` (n,)."""
        self.classes, self._arrays = classes, arrays
        graph = {name: values for name, values in arrays.items() if name not in ("head", "bias")}
        self._encoder = MiniLM(graph)

    @classmethod
    def fit(cls, texts: list[str], labels: list[str]) -> "FineTunedClassifier":
        """Fine-tune the encoder on texts and their labels: minutes for ten thousand. Raises DidNotLearnError."""
        # Brings TensorFlow, which takes seconds and 200 MB: who only asks goes without.
        from ketamine_faq.nlu.fine_tuning import fine_tune

        classes = sorted(set(labels))
        more, more_labels = joined_messages(texts, labels)
        numbers = np.searchsorted(classes, [*labels, *more_labels]).astype(np.int64)
        weights, head, bias = fine_tune([*texts, *more], numbers, shared_encoder().tokenizer)
        fitted = cls(classes, _initializers(weights) | {"head": head, "bias": bias})
        fitted._check(texts, numbers[: len(texts)])
        return fitted

    def probabilities(self, texts: list[str]) -> np.ndarray:
        """Return the probability of each of `classes`: float32 array (n, classes), rows sum to 1."""
        scores = self._encoder.means(texts) @ self._arrays["head"] + self._arrays["bias"]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def _check(self, texts: list[str], numbers: np.ndarray) -> None:
        step = max(1, len(texts) // CHECKED)
        right = float((self.probabilities(texts[::step]).argmax(axis=1) == numbers[::step]).mean())
        if right < LEAST_RIGHT:
            raise DidNotLearnError(f"The encoder named {right:.0%} of its own examples: lower LEARNING_RATE.")

    def save(self, folder: Path) -> None:
        """Write the model as arrays of half precision, which costs nothing, into an existing folder: 21 MB."""
        halves = {name: values.astype(np.float16) for name, values in self._arrays.items()}
        np.savez(folder / STORED, classes=np.array(self.classes), **halves)

    @classmethod
    def load(cls, folder: Path) -> "FineTunedClassifier | None":
        """Read what `save` wrote, if it did."""
        if not (folder / STORED).is_file():
            return None
        with np.load(folder / STORED) as stored:
            classes = stored["classes"].tolist()
            arrays = {name: stored[name].astype(np.float32) for name in stored.files if name != "classes"}
        return cls(classes, arrays)


def _initializers(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the trained weights by the names of the ONNX graph's initializers."""
    matrices = {
        f"val_{number}": weights.pop(f"encoder.layer.{layer}.{name}.weight")
        for layer, numbers in enumerate(MATRICES)
        for name, number in zip(DENSE, numbers)
    }
    return matrices | {f"inner.{name}": values for name, values in weights.items()}
