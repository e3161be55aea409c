"""all-MiniLM-L6-v2 from the packaged file to weights, and from weights to a graph.

A fine-tuned encoder's graph multiplies bytes, in half the time; the packaged one's floats, for what is learned
from few examples goes by fine differences between its vectors. docs/nlu.md has what either takes and costs.
"""

from functools import cache
from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from ketamine_faq.nlu.adapter import merged, read_adapter
from ketamine_faq.nlu.encoder_files import MODEL, verified
from ketamine_faq.nlu.minilm import WIDTH, MiniLM

# float32 arrays by name: the published model's names, with matrices as (in, out).
Weights = dict[str, np.ndarray]

LAYERS, HEADS = 6, 12
EPSILON = 1e-12
# A layer's matrices, each with its bias, and its two normalisations.
QUERY, KEY, VALUE = (f"attention.self.{name}" for name in ("query", "key", "value"))
CONTEXT, INNER, OUTER = "attention.output.dense", "intermediate.dense", "output.dense"
DENSE = (QUERY, KEY, VALUE, CONTEXT, INNER, OUTER)
ATTENTION_NORM, OUTER_NORM = "attention.output.LayerNorm", "output.LayerNorm"
# The packaged graph names a layer's matrices by numbers, in the order of DENSE. Its checksum holds them in place.
PACKAGED = [
    (49, 57, 65, 105, 109, 118),
    *(tuple(number + 71 * layer for number in (122, 130, 138, 176, 180, 189)) for layer in range(LAYERS - 1)),
]
WORDS, PLACES, KIND = (f"embeddings.{name}_embeddings.weight" for name in ("word", "position", "token_type"))

# What an unsigned byte has for nought.
ZERO = 128
# onnxruntime's own operators.
OPERATORS = "com.microsoft"


def packaged_weights() -> Weights:
    """Return the packaged model's weights; raises MissingModelError."""
    stored = {entry.name: numpy_helper.to_array(entry) for entry in onnx.load(verified(MODEL)).graph.initializer}

    def unpacked(name: str) -> np.ndarray:
        return stored[f"{name}_q"] * stored[f"{name}_scale"].astype(np.float32)

    weights = {name.removeprefix("inner."): values for name, values in stored.items() if name.startswith("inner.")}
    weights = {name: values for name, values in weights.items() if values.dtype == np.float32}
    for layer, numbers in enumerate(PACKAGED):
        for name, number in zip(DENSE, numbers):
            weights[f"encoder.layer.{layer}.{name}.weight"] = unpacked(f"val_{number}")
    return weights | {name: unpacked(f"inner.{name}") for name in (WORDS, PLACES)}


# Both graphs are ONNX models, serialised: a text's `ids`, int32 (1, tokens), to its unit `vector`, float32 (1, 384).


def graph_of_bytes(weights: Weights) -> bytes:
    """Return the graph of these weights that multiplies bytes."""
    return _GraphOfBytes(weights).model().SerializeToString()


def adapted_graph() -> bytes:
    """Return the graph of the packaged weights with what the adapter has learned; raises MissingModelError."""
    return graph_of_bytes(merged(packaged_weights(), read_adapter()))


@cache
def packaged_graph() -> bytes:
    """Return the packaged weights' graph, made once in a process; raises MissingModelError."""
    return _Graph(packaged_weights()).model().SerializeToString()


@cache
def packaged_encoder() -> MiniLM:
    """Return the encoder as it comes, made once in a process; raises MissingModelError."""
    return MiniLM(packaged_graph())


class _Graph:
    """MiniLM as ONNX: each method adds nodes for one step, and returns the name of what they compute."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._nodes: list[onnx.NodeProto] = []
        self._constants: dict[str, onnx.TensorProto] = {}

    def model(self) -> onnx.ModelProto:
        hidden = self._embedded()
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden)
        self._pooled(hidden)
        inputs = [helper.make_tensor_value_info("ids", TensorProto.INT32, [1, "tokens"])]
        outputs = [helper.make_tensor_value_info("vector", TensorProto.FLOAT, [1, WIDTH])]
        made = helper.make_graph(self._nodes, "minilm", inputs, outputs, list(self._constants.values()))
        versions = [helper.make_opsetid("", 17), helper.make_opsetid(OPERATORS, 1)]
        return helper.make_model(made, opset_imports=versions, ir_version=8)

    def _embedded(self) -> str:
        """Rows of the int8 table of words, unpacked as they are used, and the vectors of their places."""
        table, scales = _int8(self._weights[WORDS])
        words = self._node("Cast", self._node("Gather", self._constant(WORDS, table), "ids"), to=TensorProto.FLOAT)
        scale = self._node("Gather", self._constant(f"{WORDS}.scale", scales), "ids")
        length = self._node("Shape", "ids", start=1, end=2)
        start = self._constant("start", np.array([0]))
        places = self._constant(PLACES, self._weights[PLACES] + self._weights[KIND][0])
        places = self._node("Slice", places, start, length, start)
        summed = self._node("Add", self._node("Mul", words, scale), places)
        return self._node("LayerNormalization", summed, *self._norm("embeddings.LayerNorm"), epsilon=EPSILON)

    def _layer(self, prefix: str, hidden: str) -> str:
        projected = [self._dense(prefix + name, hidden) for name in (QUERY, KEY, VALUE)]
        attended = self._own("MultiHeadAttention", *projected, num_heads=HEADS)
        hidden = self._residual(prefix + ATTENTION_NORM, self._dense(prefix + CONTEXT, attended), hidden)
        inner = self._own("Gelu", self._dense(prefix + INNER, hidden))
        return self._residual(prefix + OUTER_NORM, self._dense(prefix + OUTER, inner), hidden)

    def _pooled(self, hidden: str) -> None:
        """The mean over a text's tokens, at unit length."""
        mean = self._node("ReduceMean", hidden, axes=[1], keepdims=0)
        self._nodes.append(helper.make_node("LpNormalization", [mean], ["vector"], axis=1, p=2))

    def _dense(self, name: str, values: str) -> str:
        product = self._node("MatMul", values, self._constant(f"{name}.weight", self._weights[f"{name}.weight"]))
        return self._node("Add", product, self._constant(f"{name}.bias", self._weights[f"{name}.bias"]))

    def _residual(self, norm: str, change: str, hidden: str) -> str:
        return self._own("SkipLayerNormalization", change, hidden, *self._norm(norm), epsilon=EPSILON)

    def _norm(self, name: str) -> list[str]:
        parts = [f"{name}.weight", f"{name}.bias"]
        return [self._constant(part, self._weights[part]) for part in parts]

    def _own(self, operator: str, *inputs: str, **attributes: float) -> str:
        return self._node(operator, *inputs, domain=OPERATORS, **attributes)

    def _node(self, operator: str, *inputs: str, **attributes: Any) -> str:
        output = f"{operator}_{len(self._nodes)}"
        self._nodes.append(helper.make_node(operator, list(inputs), [output], **attributes))
        return output

    def _constant(self, name: str, values: np.ndarray) -> str:
        self._constants[name] = numpy_helper.from_array(np.ascontiguousarray(values), name)
        return name


class _GraphOfBytes(_Graph):
    def _dense(self, name: str, values: str) -> str:
        """The matrix's bytes have a scale to each column; those of the values are made as they come, with one."""
        columns, scales = _int8(self._weights[f"{name}.weight"].T)
        return self._own(
            "DynamicQuantizeMatMul",
            values,
            # Of unsigned by signed bytes, a processor without VNNI cuts off sums that are too large.
            self._constant(f"{name}.weight", (columns.T.astype(np.int16) + ZERO).astype(np.uint8)),
            self._constant(f"{name}.scale", scales.reshape(-1)),
            self._constant(f"{name}.zero", np.full(len(columns), ZERO, np.uint8)),
            self._constant(f"{name}.bias", self._weights[f"{name}.bias"]),
        )


def _int8(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return whole numbers and float32 scales whose products are the values; the last axis shares a scale."""
    scales = np.abs(values).max(axis=-1, keepdims=True) / (ZERO - 1)
    scales[scales == 0] = 1
    return np.round(values / scales).astype(np.int8), scales.astype(np.float32)
