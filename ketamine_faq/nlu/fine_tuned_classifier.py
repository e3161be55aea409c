"""A classifier made of MiniLM fine-tuned for its classes, run on onnxruntime at the base model's size and speed."""

from pathlib import Path

import numpy as np

from ketamine_faq.nlu.fine_tuning import DENSE, LAYERS, fine_tune
from ketamine_faq.nlu.sentence_encoder import MiniLM, shared_encoder

# The ONNX graph names a layer's matrices by numbers, in the order of DENSE. The file's checksum holds them in place.
MATRICES = [
    (49, 57, 65, 105, 109, 118),
    *(tuple(n + 71 * layer for n in (122, 130, 138, 176, 180, 189)) for layer in range(LAYERS - 1)),
]
INT8_LIMIT = 127
STORED = "fine_tuned.npz"


class FineTunedClassifier:
    """Softmax over a linear head on the fine-tuned encoder's mean vectors."""

    def __init__(self, classes: list[str], arrays: dict[str, np.ndarray]) -> None:
        """Take the classes and, by name, the graph's new initializers with `head` (384, n) and `bias` (n,)."""
        self.classes, self._arrays = classes, arrays
        graph = {name: values for name, values in arrays.items() if name not in ("head", "bias")}
        self._encoder = MiniLM(graph)

    @classmethod
    def fit(cls, texts: list[str], labels: list[str]) -> "FineTunedClassifier":
        """Fine-tune the encoder on texts and their labels; minutes for ten thousand texts on two cores."""
        classes = sorted(set(labels))
        numbers = np.searchsorted(classes, labels).astype(np.int64)
        weights, head, bias = fine_tune(texts, numbers, shared_encoder().tokenizer)
        return cls(classes, _initializers(weights) | {"head": head, "bias": bias})

    def probabilities(self, texts: list[str]) -> np.ndarray:
        """Return the probability of each of `classes`: float32 array (n, classes), rows sum to 1."""
        scores = self._encoder.means(texts) @ self._arrays["head"] + self._arrays["bias"]
        scores = np.exp(scores - scores.max(axis=1, keepdims=True))
        return scores / scores.sum(axis=1, keepdims=True)

    def save(self, folder: Path) -> None:
        """Write the model as arrays into an existing folder: 11 MB."""
        np.savez(folder / STORED, classes=np.array(self.classes), **self._arrays)

    @classmethod
    def load(cls, folder: Path) -> "FineTunedClassifier | None":
        """Read what `save` wrote, if it did."""
        if not (folder / STORED).is_file():
            return None
        with np.load(folder / STORED) as stored:
            arrays = {name: stored[name] for name in stored.files}
        return cls(arrays.pop("classes").tolist(), arrays)


def _initializers(weights: dict[str, np.ndarray]) -> dict[str, np.ndarray]:
    """Return the ONNX graph's initializers for the trained weights: matrices as int8 with a scale for each column."""
    graph = {}
    for layer, numbers in enumerate(MATRICES):
        for name, number in zip(DENSE, numbers):
            matrix = weights.pop(f"encoder.layer.{layer}.{name}.weight")
            scale = np.abs(matrix).max(axis=0, keepdims=True) / INT8_LIMIT
            graph[f"val_{number}_q"] = np.round(matrix / scale).astype(np.int8)
            graph[f"val_{number}_scale"] = scale.astype(np.float32)
    return graph | {f"inner.{name}": values for name, values in weights.items()}
