"""Fine-tunes MiniLM on the examples, at low rank; TensorFlow, which Rasa brings, is needed only here.

All its matrices learn a change of low rank, by two linear heads on the mean of the token vectors: one for the topic,
which a danger has none of, and one for the concern. The heads are then dropped: docs/nlu.md has what the vectors gain.
"""

from collections.abc import Callable, Iterator, Sequence

import numpy as np
import tensorflow as tf
from rich.progress import Progress

from ketamine_faq.nlu.adapter import Factors
from ketamine_faq.nlu.joined_messages import joined_messages
from ketamine_faq.nlu.minilm import WIDTH, tokenizer
from ketamine_faq.nlu.minilm_graph import (
    ATTENTION_NORM,
    CONTEXT,
    DENSE,
    EPSILON,
    HEADS,
    INNER,
    KEY,
    KIND,
    LAYERS,
    OUTER,
    OUTER_NORM,
    PLACES,
    QUERY,
    VALUE,
    WORDS,
    Weights,
    packaged_weights,
)

RANK = 64
EPOCHS = 2
LEARNING_RATE = 1.5e-3
WARM_UP = 0.1
LARGEST_GRADIENT = 1.0
DROPOUT = 0.1
BATCH = 64
SEED = 20261123
# The class of a text whose topic, or concern, is not learned from it.
NONE = -1


def fine_tuned_factors(texts: list[str], topics: list[str | None], concerns: Sequence[str | None]) -> Factors:
    """Return the change of the encoder's matrices that tells the topics and concerns of these texts apart.

    `topics` has None for a text that has no topic, `concerns` for a turn after an alarm. The order of batches and the
    dropout are seeded. It takes most of an hour for 40,000 texts on two cores.
    """
    tf.keras.utils.set_random_seed(SEED)
    # Products in bfloat16 where the processor has it, weights in float32: nearly twice as fast, and no worse.
    tf.config.optimizer.set_experimental_options({"auto_mixed_precision_onednn_bfloat16": True})
    more, more_concerns = joined_messages(texts, concerns)
    topic_classes = _classes([*topics, *[None] * len(more)])
    concern_classes = _classes([*concerns, *more_concerns])
    texts = [*texts, *more]
    encoder = _Encoder(packaged_weights())
    heads = [_head(classes) for classes in (topic_classes, concern_classes)]
    batches = max(1, -(-len(texts) // BATCH))
    # Keras's older Adam comes to the same in one operation a weight; the newer takes nine, and a tenth longer in all.
    optimizer = tf.keras.optimizers.legacy.Adam(_Schedule(EPOCHS * batches), global_clipnorm=LARGEST_GRADIENT)
    step = _training_step(encoder, heads, optimizer)
    random = np.random.default_rng(SEED)
    with Progress() as progress:
        task = progress.add_task("Fine-tuning the encoder", total=EPOCHS * batches)
        for _ in range(EPOCHS):
            for chosen, tokens, mask in _batches(texts, random):
                step(encoder.embedded(tokens), mask, topic_classes[chosen], concern_classes[chosen])
                progress.advance(task)
    return encoder.factors()


def _classes(labels: list[str | None]) -> np.ndarray:
    """Return the number of each label's class, NONE for none: int64 (n,)."""
    names = {name: index for index, name in enumerate(sorted({label for label in labels if label is not None}))}
    return np.array([NONE if label is None else names[label] for label in labels], dtype=np.int64)


def _head(classes: np.ndarray) -> tuple[tf.Variable, tf.Variable]:
    count = max(classes.max() + 1, 1)
    return tf.Variable(tf.random.normal([WIDTH, count], stddev=0.02)), tf.Variable(tf.zeros([count]))


def _training_step(
    encoder: "_Encoder", heads: list[tuple], optimizer: tf.keras.optimizers.legacy.Optimizer
) -> Callable:
    variables = [*encoder.trained, *(variable for head in heads for variable in head)]
    classes = tf.TensorSpec([None], tf.int64)
    signature = [
        tf.TensorSpec([None, None, WIDTH], tf.float32),
        tf.TensorSpec([None, None], tf.float32),
        classes,
        classes,
    ]

    @tf.function(input_signature=signature)
    def step(embedded: tf.Tensor, mask: tf.Tensor, topics: tf.Tensor, concerns: tf.Tensor) -> None:
        with tf.GradientTape() as tape:
            pooled = tf.nn.dropout(encoder(embedded, mask), DROPOUT)
            loss = sum(_loss(pooled, head, known) for head, known in zip(heads, (topics, concerns)))
        optimizer.apply_gradients(zip(tape.gradient(loss, variables), variables))

    return step


def _loss(pooled: tf.Tensor, head: tuple[tf.Variable, tf.Variable], classes: tf.Tensor) -> tf.Tensor:
    """Return the cross-entropy of those that have a class, as a share of all."""
    scores = tf.matmul(pooled, head[0]) + head[1]
    losses = tf.nn.sparse_softmax_cross_entropy_with_logits(tf.maximum(classes, 0), scores)
    return tf.reduce_mean(losses * tf.cast(classes != NONE, tf.float32))


class _Encoder:
    """MiniLM in TensorFlow, for training: the packaged weights, and the factors that change them."""

    def __init__(self, weights: Weights) -> None:
        self._weights = weights
        self._fixed = {name: tf.constant(values) for name, values in weights.items() if name.startswith("encoder.")}
        self._factors = {
            name: _factors(weights[name].shape)
            for name in (f"encoder.layer.{layer}.{matrix}.weight" for layer in range(LAYERS) for matrix in DENSE)
        }

    @property
    def trained(self) -> list[tf.Variable]:
        """The variables that learn."""
        return [factor for pair in self._factors.values() for factor in pair]

    def embedded(self, tokens: np.ndarray) -> tf.Tensor:
        """Return the frozen embeddings of token ids (n, length): float32 (n, length, 384)."""
        words, places = self._weights[WORDS][tokens], self._weights[PLACES][: tokens.shape[1]]
        kind = self._weights[KIND][0]
        scale, shift = (self._weights[f"embeddings.LayerNorm.{part}"] for part in ("weight", "bias"))
        return _normalised(tf.constant(words + places + kind), scale, shift)

    def __call__(self, hidden: tf.Tensor, mask: tf.Tensor) -> tf.Tensor:
        """Return the mean of the last layer's token vectors, with dropout: float32 (n, 384)."""
        ignored = (1.0 - mask[:, None, None, :]) * -1e9
        for layer in range(LAYERS):
            hidden = self._layer(f"encoder.layer.{layer}.", hidden, ignored)
        return tf.reduce_sum(hidden * mask[..., None], 1) / tf.reduce_sum(mask, 1, keepdims=True)

    def factors(self) -> Factors:
        """Return the factors as they are now."""
        return {name: (down.numpy(), up.numpy()) for name, (down, up) in self._factors.items()}

    def _layer(self, prefix: str, hidden: tf.Tensor, ignored: tf.Tensor) -> tf.Tensor:
        query, key, value = (self._heads(self._dense(prefix + name, hidden)) for name in (QUERY, KEY, VALUE))
        attention = tf.nn.softmax(tf.matmul(query, key, transpose_b=True) / (WIDTH / HEADS) ** 0.5 + ignored)
        context = tf.transpose(tf.matmul(attention, value), [0, 2, 1, 3])
        context = tf.reshape(context, tf.shape(hidden))
        hidden = self._residual(prefix + ATTENTION_NORM, hidden, self._dense(prefix + CONTEXT, context))
        inner = tf.nn.gelu(self._dense(prefix + INNER, hidden))
        return self._residual(prefix + OUTER_NORM, hidden, self._dense(prefix + OUTER, inner))

    def _dense(self, name: str, values: tf.Tensor) -> tf.Tensor:
        down, up = self._factors[f"{name}.weight"]
        matrix = self._fixed[f"{name}.weight"] + tf.matmul(down, up)
        return tf.tensordot(values, matrix, 1) + self._fixed[f"{name}.bias"]

    def _residual(self, norm: str, hidden: tf.Tensor, change: tf.Tensor) -> tf.Tensor:
        scale, shift = self._fixed[f"{norm}.weight"], self._fixed[f"{norm}.bias"]
        return _normalised(hidden + tf.nn.dropout(change, DROPOUT), scale, shift)

    @staticmethod
    def _heads(values: tf.Tensor) -> tf.Tensor:
        count, length = tf.shape(values)[0], tf.shape(values)[1]
        return tf.transpose(tf.reshape(values, [count, length, HEADS, WIDTH // HEADS]), [0, 2, 1, 3])


def _factors(shape: tuple[int, ...]) -> tuple[tf.Variable, tf.Variable]:
    """Return a matrix's two factors; their product is nought, so that training begins with the packaged weights."""
    rows, columns = shape
    return tf.Variable(tf.random.normal([rows, RANK], stddev=rows**-0.5)), tf.Variable(tf.zeros([RANK, columns]))


class _Schedule(tf.keras.optimizers.schedules.LearningRateSchedule):
    """Up to LEARNING_RATE over the first steps, then down to zero."""

    def __init__(self, steps: int) -> None:
        self._steps = float(steps)

    def __call__(self, step: tf.Tensor) -> tf.Tensor:
        done = tf.cast(step, tf.float32) / self._steps
        return LEARNING_RATE * tf.minimum(done / WARM_UP, (1.0 - done) / (1.0 - WARM_UP))


def _normalised(values: tf.Tensor, scale: tf.Tensor, shift: tf.Tensor) -> tf.Tensor:
    mean, variance = tf.nn.moments(values, -1, keepdims=True)
    return (values - mean) * tf.math.rsqrt(variance + EPSILON) * scale + shift


def _batches(texts: list[str], random: np.random.Generator) -> Iterator[tuple[np.ndarray, np.ndarray, np.ndarray]]:
    """Yield indices, token ids and masks of batches of texts of like length, in random order."""
    # The jitter mixes the classes, which stand one after the other in the training data.
    lengths = np.array([len(text) for text in texts]) + random.uniform(0, 12, len(texts))
    by_length = np.argsort(lengths)
    batches = [by_length[start : start + BATCH] for start in range(0, len(texts), BATCH)]
    for chosen in random.permutation(len(batches)):
        encoded = tokenizer().encode_batch([texts[index] for index in batches[chosen]])
        tokens = np.array([encoding.ids for encoding in encoded])
        yield batches[chosen], tokens, np.array([encoding.attention_mask for encoding in encoded], np.float32)
