"""The reader of the training examples: each has its place, and what can't be read is named with its mend."""

from pathlib import Path

import pytest
from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from ketamine_faq.nlu.examples import (
    DATA,
    Example,
    ExamplesError,
    example_files,
    example_of,
    learned_examples,
    message_of,
    read_examples,
    training_data,
)
from ketamine_faq.paths import PROJECT

TEXT = """version: "3.1"

nlu:
- intent: dosing
  metadata: {author: somebody, batch: "1", subject: dose}
  examples: |
    - what dose
    - how  much: "mg" - or #not

- intent: crisis
  metadata:
    kind: other
  examples: |
    - it is about my friend
- intent: greet
  examples: |
    - hi
"""


def written(folder: Path, text: str) -> Path:
    """Write a file of examples."""
    path = folder / "some.yml"
    path.write_text(text, encoding="utf-8")
    return path


def test_each_example_has_text_intent_metadata_and_place(tmp_path: Path):
    path = written(tmp_path, TEXT)
    told = {"author": "somebody", "batch": "1", "subject": "dose"}
    assert read_examples([path]) == [
        Example("what dose", "dosing", told, str(path), 7),
        Example('how  much: "mg" - or #not', "dosing", told, str(path), 8),
        Example("it is about my friend", "crisis", {"kind": "other"}, str(path), 14),
        Example("hi", "greet", {}, str(path), 17),
    ]


def test_places_in_the_project_are_told_from_its_folder():
    example = read_examples([DATA / "nlu.yml"])[0]
    name, _, line = example.place.rpartition(":")
    assert (PROJECT / name).read_text(encoding="utf-8").splitlines()[int(line) - 1].strip() == f"- {example.text}"


def test_topic_concern_and_batch_are_told_by_intent_and_metadata():
    plain = Example("what dose", "dosing", {"author": "a", "batch": "1"})
    assert (plain.topic, plain.concern, plain.batch) == ("dosing", "none", "a/1")
    doubt = Example("i feel low", "distress", {"concern": "possible"})
    assert (doubt.topic, doubt.concern, doubt.batch) == ("distress", "possible", "unknown/unknown")
    assert (Example("x", "crisis").topic, Example("x", "crisis").concern) == (None, "crisis")
    assert Example("x", "crisis", {"kind": "other"}).concern == "crisis_of_other"
    assert Example("x", "emergency", {"concern": "none"}).concern == "emergency"


def test_every_file_of_data_is_read():
    files = {path.relative_to(DATA).as_posix() for path in DATA.rglob("*.yml")}
    with_examples = {path.relative_to(DATA).as_posix() for path in example_files()}
    assert files - with_examples == {"rules.yml", "stories.yml"}


def test_rasas_own_reader_reads_the_same(tmp_path: Path):
    path = written(tmp_path, TEXT)
    theirs = RasaYAMLReader().read(str(path)).intent_examples
    ours = training_data(read_examples([path])).intent_examples
    assert [message.data for message in ours] == [message.data for message in theirs]


def test_what_becomes_a_message_comes_back():
    example = Example("it is about my friend", "crisis", {"kind": "other"})
    assert example_of(message_of(example)) == example
    assert example_of(message_of(Example("hi", "greet"))) == Example("hi", "greet")
    assert [m.get("text") for m in learned_examples(training_data([example, Example("", "greet")]))] == [example.text]


@pytest.mark.parametrize(
    ("wrong", "line", "mend"),
    [
        (TEXT.replace("kind: other", "knid: other"), 12, "metadata has no `knid`, use one of kind, author"),
        (TEXT.replace("subject: dose", "mood: low"), 5, "metadata has no `mood`"),
        (TEXT.replace("- intent: greet\n", "- intnet: greet\n"), 15, "a block needs `intent:` and `examples: |`"),
        (TEXT.replace("  metadata:\n    kind", "  metadata:\n kind"), 12, "mend the indentation or quotes there"),
    ],
)
def test_what_is_wrong_is_named_with_file_line_and_mend(tmp_path: Path, wrong: str, line: int, mend: str):
    path = written(tmp_path, wrong)
    with pytest.raises(ExamplesError) as refused:
        read_examples([path])
    assert f"{path}:{line}" in str(refused.value)
    assert mend in str(refused.value)
    assert "\n" not in str(refused.value)


def test_a_file_that_is_gone_is_named(tmp_path: Path):
    with pytest.raises(ExamplesError, match=r"gone\.yml"):
        read_examples([tmp_path / "gone.yml"])


@pytest.mark.parametrize("text", ["", "version: '3.1'\n", "nlu:\n", "nlu: []\n"])
def test_a_file_without_examples_has_none(tmp_path: Path, text: str):
    assert read_examples([written(tmp_path, text)]) == []
