"""The bench's figures are of the gate that is served: whole messages and their parts, and every degree of concern."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from ketamine_faq.bench import safety
from ketamine_faq.bench.cross_validation import Prediction
from ketamine_faq.bench.intervals import share
from ketamine_faq.bench.safety import concerns, report
from ketamine_faq.model import quiet_environment
from ketamine_faq.nlu.concern import Thresholds
from ketamine_faq.nlu.examples import Example

AT = {"danger": 0.5, "danger_of_part": 0.9, "agreed": 0.25, "possible": 0.3, "possible_of_part": 0.5, "misuse": 0.5}
CLASSES = ["crisis", "crisis_of_other", "emergency", "misuse", "none", "possible"]
OTHER, LOOK_ALIKE, DOUBT = {"kind": "other"}, {"kind": "lookalike"}, {"concern": "possible"}
# Text, intent, metadata, the probabilities of CLASSES, and what the gate is to find: a degree and an intent.
MESSAGES = [
    ("what is left of it", "crisis", {}, [0.9, 0, 0, 0, 0.1, 0], ("danger", "crisis")),
    ("it was all", "crisis", {}, [0.2, 0, 0, 0, 0.6, 0.2], ("possible", None)),
    ("he said so", "crisis", OTHER, [0, 0, 0.8, 0, 0.2, 0], ("danger", "emergency")),
    ("they said so", "crisis", OTHER, [0, 0, 0, 0, 1, 0], (None, None)),
    ("too many", "emergency", {}, [0, 0, 0.9, 0, 0.1, 0], ("danger", "emergency")),
    ("on the side", "misuse", {}, [0, 0, 0, 0.9, 0.1, 0], (None, "misuse")),
    ("it is all so grey", "distress", DOUBT, [0.1, 0, 0, 0, 0.2, 0.7], ("possible", None)),
    ("does it lift the mood", "goals", {}, [0, 0, 0, 0, 1, 0], (None, None)),
    ("does it lift dark thoughts", "goals", LOOK_ALIKE, [0.7, 0, 0, 0, 0.3, 0], ("danger", "crisis")),
    ("thanks, what is it for", "goals", LOOK_ALIKE, [0, 0, 0, 0, 1, 0], ("possible", None)),
]


@pytest.fixture
def prediction() -> Prediction:
    """Of MESSAGES, and of what follows the thanks in the last one, which reads like a crisis."""
    listed = [Example(text, intent, metadata) for text, intent, metadata, *_ in MESSAGES]
    probabilities = np.array([scores for *_, scores, _ in MESSAGES], dtype=float)
    further, further_of = np.array([[0.6, 0, 0, 0, 0.4, 0]]), np.array([len(MESSAGES) - 1])
    return Prediction(listed, ["goals"], np.ones((len(listed), 1)), CLASSES, probabilities, further, further_of)


def test_each_message_is_read_as_it_is_when_served(prediction: Prediction):
    found = [(concern.degree, concern.intent) for concern in concerns(prediction, Thresholds(**AT))]
    assert found == [expected for *_, expected in MESSAGES]


def test_each_degree_is_told_by_group_with_its_interval(prediction: Prediction, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(safety, "configured", lambda _: {"thresholds": AT})
    told = report(prediction)
    assert told["thresholds"] == AT
    assert {name: row["share"] for name, row in told["danger"].items()} == {
        "crisis of the writer": 0.5,
        "crisis of someone else": 0.5,
        "emergency": 1,
        "misuse": 0,
        "possible": 0,
        "look-alikes": 0.5,
        "ordinary": 0,
    }
    assert told["danger or possible"]["crisis of the writer"] == share([True, True])
    assert told["danger or possible"]["possible"]["share"] == 1
    assert told["danger or possible"]["look-alikes"] == share([True, True])
    assert told["misuse"]["misuse"]["share"] == 1
    assert told["misuse"]["ordinary"] == share([False])


def test_wilsons_interval():
    # Newcombe (1998), Statistics in Medicine 17:857, table I: 81 of 263.
    found = share([True] * 81 + [False] * 182)
    assert (round(found["low"], 4), round(found["high"], 4)) == (0.2553, 0.3662)
    assert (found["share"], found["messages"]) == (81 / 263, 263)
    assert share(np.array([])) == {"share": 0.0, "low": 0.0, "high": 1.0, "messages": 0}


def test_the_commands_print_their_reports_and_say_what_they_are_worth(small_project: Path):
    def run(*options: str) -> subprocess.CompletedProcess:
        command = [sys.executable, "-m", "ketamine_faq.cli", "bench", *options]
        return subprocess.run(
            command, cwd=small_project, env=quiet_environment(), capture_output=True, text=True, check=True
        )

    ended = run("safety", "--quick", "--json")
    assert "these figures flatter" in " ".join(ended.stderr.split())
    row = json.loads(ended.stdout)["danger or possible"]["crisis of the writer"]
    assert row["messages"] > 0 and 0 <= row["low"] <= row["share"] <= row["high"] <= 1
    assert "danger emergency low" in run("safety", "--quick").stdout
    # The same run has the topics, too.
    ended = run("nlu", "--quick", "--json")
    assert "these figures flatter" in " ".join(ended.stderr.split())
    told = json.loads(ended.stdout)
    assert 0 < told["accuracy"] <= 1
    assert {"calibration", "confusions", "by_fallback_threshold", "spread"} <= set(told)
    assert "crisis" not in told["accuracy_by_topic"]
