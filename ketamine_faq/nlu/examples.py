"""The training examples of data/, each with its address: the one reader of them, for training and for everybody else.

Files are in Rasa's own format, blocks of `intent`, `metadata` and `examples`. Rasa's reader takes minutes for so many:
it copies and hashes each example a dozen times, which `ExampleMessage` is spared.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml
from rasa.shared.exceptions import RasaException
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from ketamine_faq.paths import PROJECT

DATA = PROJECT / "data"
METADATA = "metadata"
# Degrees of concern below danger.
NONE, POSSIBLE = "none", "possible"
CRISIS, CRISIS_OF_OTHER, EMERGENCY, MISUSE = "crisis", "crisis_of_other", "emergency", "misuse"
DANGERS = (CRISIS, EMERGENCY, MISUSE)
# Intents of what is said after an alarm; they are told by a model of their own, and read only then.
TURN = "turn_"
# Second labels, of a block: the subject of what the article leaves out; what is asked in danger, `group.name`.
SUBJECT, ASKS = "subject", "asks"
# What a block's metadata may say.
KEYS = ("kind", "author", "batch", "source", SUBJECT, "concern", "also", ASKS)
UNKNOWN = "unknown"


class ExamplesError(RasaException):
    """A file of examples can't be read; the message says which, where, and how to mend it."""


@dataclass(frozen=True)
class Example:
    """One message that is learned from: its text and intent, what its block says of it, and where it stands."""

    text: str
    intent: str
    metadata: dict[str, str] = field(default_factory=dict)
    file: str = ""
    line: int = 0

    @property
    def place(self) -> str:
        """Where to look, as editors understand it."""
        return f"{self.file}:{self.line}"

    @property
    def turn(self) -> str | None:
        """What is said with it after an alarm, where that is what it is an example of."""
        return self.intent if self.intent.startswith(TURN) else None

    @property
    def topic(self) -> str | None:
        """The topic that the message asks for; a danger has none, nor has a turn after an alarm."""
        return None if self.intent in DANGERS or self.turn else self.intent

    @property
    def concern(self) -> str | None:
        """The class of concern: a danger, POSSIBLE or NONE; of a turn after an alarm, None.

        A crisis of someone else is a class of its own.
        """
        if self.turn:
            return None
        if self.intent == CRISIS:
            return CRISIS_OF_OTHER if self.metadata.get("kind") == "other" else CRISIS
        return self.intent if self.intent in DANGERS else self.metadata.get("concern", NONE)

    @property
    def batch(self) -> str:
        """Who wrote it, and when: what folds of a cross-validation are drawn by."""
        return f"{self.metadata.get('author', UNKNOWN)}/{self.metadata.get('batch', UNKNOWN)}"


class ExampleMessage(Message):
    """Rasa's message of an example. It is shared where Rasa would copy it, and hashed once."""

    _cached_fingerprint: str | None

    def __deepcopy__(self, _: dict[int, Any]) -> "ExampleMessage":
        """Return the same message: nothing but a featurizer adds to it, and that through Rasa's own methods."""
        return self

    def fingerprint(self) -> str:
        """Return a hash of data and features: Rasa's own takes ten times as long, and is asked for by each step."""
        if self._cached_fingerprint is None:
            digest = hashlib.blake2b(repr(self.data).encode(), digest_size=16)
            digest.update("".join(features.fingerprint() for features in self.features).encode())
            self._cached_fingerprint = digest.hexdigest()
        return self._cached_fingerprint

    def set(self, prop: str, info: Any, add_to_output: bool = False) -> None:
        """Set a property; its hash stays where nothing changes."""
        if self.data.get(prop) != info or add_to_output:
            super().set(prop, info, add_to_output)


def example_files(folder: Path = DATA) -> list[Path]:
    """Return the files that hold examples: nlu.yml, and those of the folders beside it."""
    return [path for path in (folder / "nlu.yml", *sorted(folder.glob("*/*.yml"))) if path.is_file()]


def read_examples(paths: Iterable[Path] | None = None) -> list[Example]:
    """Return the examples of these files, or of all; raises ExamplesError."""
    return [example for path in (example_files() if paths is None else paths) for example in _read(path)]


def examples_fingerprint(examples: list[Example]) -> str:
    """Return a hash of what an adapter learns from: texts and labels, in their order."""
    digest = hashlib.sha256()
    for example in examples:
        digest.update(f"{example.text}\0{example.topic}\0{example.concern}\n".encode())
    return digest.hexdigest()[:16]


def training_data(examples: Iterable[Example]) -> TrainingData:
    """Return them as Rasa has training data."""
    return TrainingData([message_of(example) for example in examples])


def message_of(example: Example) -> Message:
    """Return Rasa's message of an example."""
    data: dict[str, Any] = {TEXT: example.text, INTENT: example.intent}
    if example.metadata:
        data[METADATA] = {INTENT: example.metadata}
    return ExampleMessage(data=data)


def example_of(message: Message) -> Example:
    """Return the example that a message was made of, without its place."""
    return Example(message.get(TEXT), message.get(INTENT), (message.get(METADATA) or {}).get(INTENT, {}))


def learned_examples(training_data: TrainingData) -> list[Message]:
    """Return the messages that are learned from: those that have an intent and a text."""
    return [message for message in training_data.intent_examples if message.get(TEXT)]


def _read(path: Path) -> list[Example]:
    name = str(path.relative_to(PROJECT)) if path.is_relative_to(PROJECT) else str(path)
    try:
        root = yaml.compose(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    except (OSError, yaml.YAMLError) as error:
        mark = getattr(error, "problem_mark", None)
        place = f"{name}:{mark.line + 1}" if mark else name
        raise ExamplesError(f"{place} can't be read as YAML: mend the indentation or quotes there.") from None
    blocks = next((value for key, value in _pairs(root) if key.value == "nlu"), None)
    return [example for block in (blocks.value if blocks else ()) for example in _block(block, name)]


def _block(node: yaml.Node, name: str) -> list[Example]:
    found = {key.value: value for key, value in _pairs(node)}
    if "intent" not in found or "examples" not in found:
        place = f"{name}:{node.start_mark.line + 1}"
        raise ExamplesError(f"{place}: a block needs `intent:` and `examples: |`, add what is missing.")
    metadata = {key.value: str(value.value) for key, value in _pairs(found.get("metadata"))}
    if unknown := [key for key in metadata if key not in KEYS]:
        place = f"{name}:{found['metadata'].start_mark.line + 1}"
        raise ExamplesError(f"{place}: metadata has no `{unknown[0]}`, use one of {', '.join(KEYS)}.")
    first = found["examples"].start_mark.line + 2
    return [
        Example(line[2:].strip(), found["intent"].value, metadata, name, first + offset)
        for offset, line in enumerate(found["examples"].value.splitlines())
        if line.startswith("- ")
    ]


def _pairs(node: yaml.Node | None) -> list[tuple[yaml.Node, yaml.Node]]:
    return node.value if isinstance(node, yaml.MappingNode) else []
