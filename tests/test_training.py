"""Training by our command and by Rasa's: what it imports and makes, and what it spares where little has changed."""

import os
import re
import subprocess
import sys
import tarfile
from pathlib import Path

from ketamine_faq.model import quiet_environment

LEARNED = "Starting to train component '{}'"


def trained(project: Path, *command: str, **environment: str) -> str:
    """Run a command that trains, as people do in the project's folder; return its output."""
    ended = subprocess.run(
        [sys.executable, *command],
        cwd=project,
        env=os.environ | environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    assert ended.returncode == 0, ended.stdout[-3000:]
    return ended.stdout


def by_our_command(project: Path, **environment: str) -> str:
    """Train by `ketamine-faq train`."""
    return trained(project, "-m", "ketamine_faq.cli", "train", **environment)


def learned(model: Path) -> dict[str, bytes]:
    """What the NLU components of a model have stored, by file."""
    with tarfile.open(model) as archive:
        files = [member for member in archive if re.search("SentenceEncoder|TopicClassifier", member.name)]
        return {member.name: archive.extractfile(member).read() for member in files if member.isfile()}


def test_neither_command_needs_tensorflow_more_than_rasa_does_and_both_make_the_same(small_project: Path):
    ours = by_our_command(small_project, PYTHONPROFILEIMPORTTIME="1")
    imported = {line.rpartition("|")[2].strip() for line in ours.splitlines() if line.startswith("import time:")}
    # What Rasa itself imports by name is not among them, but what that imports is.
    assert {"rasa.model_training", "ketamine_faq.nlu.pooled_model"} <= imported
    assert [name for name in imported if name.partition(".")[0] in ("tensorflow", "keras", "tensorflow_addons")] == []
    (model,) = (small_project / "models").glob("*.tar.gz")
    stock = ("-m", "rasa", "train", "--fixed-model-name", "stock", "--out", "stock")
    trained(small_project, *stock, RASA_CACHE_DIRECTORY=str(small_project / "empty"), **quiet_environment())
    files = learned(model)
    assert len(files) > 5
    assert learned(small_project / "stock" / "stock.tar.gz") == files


def test_only_what_has_changed_is_learned_anew_and_other_examples_are_told_of(small_project: Path):
    first = by_our_command(small_project)
    assert all(LEARNED.format(name) in first for name in ("SentenceEncoder", "TopicClassifier", "RulePolicy"))
    assert "docs/nlu.md says when to make a new one" in " ".join(first.split())
    assert "Warning" not in first

    words = small_project / "content" / "dosing.yml"
    text = words.read_text(encoding="utf-8")
    words.write_text(text.replace("For depression, ", "With depression, "), encoding="utf-8")
    after_words = by_our_command(small_project)
    assert LEARNED.format("TopicClassifier") not in after_words
    assert LEARNED.format("SentenceEncoder") not in after_words

    examples = small_project / "data" / "nlu.yml"
    examples.write_text(examples.read_text(encoding="utf-8").replace("    - ", "    - please, ", 1), encoding="utf-8")
    assert LEARNED.format("TopicClassifier") in by_our_command(small_project)
    assert len(list((small_project / "models").glob("*.tar.gz"))) == 3
    assert by_our_command(small_project).count("Starting to train") == 0
