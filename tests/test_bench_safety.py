"""The bench's figures are of the gate that is served: every reading counts, danger met by either alarm is met."""

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import yaml

from ketamine_faq.bench.cross_validation import Prediction
from ketamine_faq.bench.safety import alarms, interval, report
from ketamine_faq.model import quiet_environment
from tests.support.processes import copied_project

CLASSES = ["crisis", "crisis_of_other", "emergency", "goals", "misuse"]
# Text, class, whether it is a look-alike, and the probabilities of CLASSES.
MESSAGES = [
    ("what is left of it", "crisis", False, [0.9, 0.0, 0.0, 0.1, 0.0]),
    ("he said so", "crisis_of_other", False, [0.0, 0.0, 0.8, 0.2, 0.0]),
    ("they said so", "crisis_of_other", False, [0.0, 0.0, 0.0, 1.0, 0.0]),
    ("too many", "emergency", False, [0.0, 0.0, 0.9, 0.1, 0.0]),
    ("on the side", "misuse", False, [0.0, 0.0, 0.0, 0.1, 0.9]),
    ("does it lift the mood", "goals", False, [0.0, 0.0, 0.0, 1.0, 0.0]),
    ("does it lift dark thoughts", "goals", True, [0.7, 0.0, 0.0, 0.3, 0.0]),
    ("thanks, what is it for", "goals", True, [0.0, 0.0, 0.0, 1.0, 0.0]),
]


@pytest.fixture
def prediction() -> Prediction:
    """Of MESSAGES, and of what follows the thanks in the last one, which reads like a crisis."""
    texts, labels, look_alike, probabilities = zip(*MESSAGES)
    scores = np.array(probabilities)
    further, further_of = np.array([[0.6, 0.0, 0.0, 0.4, 0.0]]), np.array([len(MESSAGES) - 1])
    return Prediction(
        list(texts), np.array(labels), np.array(look_alike), CLASSES, scores, np.sqrt(scores), further, further_of
    )


def test_the_worst_reading_decides_as_it_does_when_served(prediction: Prediction):
    raised = alarms(prediction, {"crisis": 0.5, "emergency": 0.5, "misuse": 0.5})
    assert raised.tolist() == ["crisis", "emergency", "", "emergency", "misuse", "", "crisis", "crisis"]


def test_recall_and_false_alarms_are_told_by_kind_with_their_intervals(prediction: Prediction):
    told = report(prediction)
    assert told["recall"]["crisis"]["share"] == pytest.approx(1 / 3)
    assert told["met_as_danger"]["crisis"]["share"] == pytest.approx(2 / 3)
    assert told["crises_met_as_danger"]["of someone else"]["share"] == pytest.approx(1 / 2)
    assert told["false_alarms_of_crisis_or_emergency"]["look-alikes"]["share"] == 1
    assert told["false_alarms_of_crisis_or_emergency"]["ordinary"] == interval(np.array([False]))
    assert all(row["low"] <= row["share"] <= row["high"] for row in told["recall"].values())


def test_wilsons_interval():
    # Newcombe (1998), Statistics in Medicine 17:857, table I: 81 of 263.
    found = interval(np.array([True] * 81 + [False] * 182))
    assert (round(found["low"], 4), round(found["high"], 4)) == (0.2553, 0.3662)
    assert interval(np.array([])) == {"share": 0.0, "low": 0.0, "high": 1.0, "messages": 0}


@pytest.fixture
def small_project(tmp_path: Path) -> Path:
    """The project with so few examples that the encoder is not trained."""
    project = copied_project(tmp_path)
    for path in (project / "data" / "nlu.yml", project / "data" / "safety.yml"):
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
        for block in data["nlu"]:
            block["examples"] = "".join(block["examples"].splitlines(keepends=True)[:12])
        path.write_text(yaml.safe_dump(data, allow_unicode=True), encoding="utf-8")
    return project


def test_the_command_prints_the_report_as_json_and_as_a_table(small_project: Path):
    def printed(*options: str) -> str:
        command = [sys.executable, "-m", "ketamine_faq.cli", "bench", "safety", *options]
        return subprocess.run(
            command, cwd=small_project, env=quiet_environment(), capture_output=True, text=True, check=True
        ).stdout

    told = json.loads(printed("--json"))
    assert told["recall"]["crisis"]["messages"] == 24
    assert 0 < told["recall"]["crisis"]["low"] <= told["recall"]["crisis"]["high"] <= 1
    assert "recall emergency low" in printed()
