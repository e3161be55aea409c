"""`ketamine-faq bench nlu` from file to file: any `sentence,label` file, and HINT3's to the goals."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from ketamine_faq.model import quiet_environment
from ketamine_faq.paths import PROJECT

HINT3 = PROJECT.parent / "shared" / "bench"
FIGURES = {
    *(f"{measure}_{threshold}" for measure in ("mcc", "macro_f1", "threshold") for threshold in ("best", "chosen")),
    *("accuracy_chosen", "in_scope_accuracy_chosen", "out_of_scope_recall_chosen"),
}
ODD = (
    '\ufeffsentence,label\n"he said ""now""",when\n,when\nno label,\n'
    '"two\nlines, one cell",what\n\nwhat is it,what\nnul \0,when\n'
)


def bench(train: Path, test: Path, label: str) -> subprocess.CompletedProcess:
    """Run the command as people do, for its JSON."""
    options = ["--train", str(train), "--test", str(test), "--oos", label, "--json"]
    command = [sys.executable, "-m", "ketamine_faq.cli", "bench", "nlu", *options]
    return subprocess.run(
        command, cwd=PROJECT, env=quiet_environment(), capture_output=True, text=True, check=False, timeout=300
    )


def file(folder: Path, name: str, text: str) -> Path:
    """Write a file, and return where it is."""
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return path


def test_empty_cells_and_odd_quoting_are_taken_as_they_come(tmp_path: Path):
    test = file(tmp_path, "test.csv", "sentence,label\nwhat is this,what\nzzz,none\n")
    ended = bench(file(tmp_path, "train.csv", ODD), test, "none")
    assert ended.returncode == 0, ended.stderr
    assert set(json.loads(ended.stdout)) == FIGURES


@pytest.mark.parametrize(
    ("train", "test"), [("sentence,label\na,none\nb,one\n", ODD), (ODD, "text,intent\na,one\n"), ("", ODD)]
)
def test_a_file_that_teaches_or_asks_nothing_is_named_in_one_line(tmp_path: Path, train: str, test: str):
    ended = bench(file(tmp_path, "train.csv", train), file(tmp_path, "test.csv", test), "none")
    assert ended.returncode == 1
    assert ".csv" in ended.stderr and "Traceback" not in ended.stderr
    assert ended.stdout == ""


@pytest.mark.skipif(not HINT3.is_dir(), reason="only where the brief lies beside the project")
def test_the_goals_on_hint3_are_reached():
    files = (HINT3 / f"hint3-sofmattress-{part}.csv" for part in ("train", "test"))
    figures = json.loads(bench(*files, "NO_NODES_DETECTED").stdout)
    assert figures["mcc_best"] >= 0.68
    assert figures["mcc_chosen"] >= 0.64
    assert figures["macro_f1_best"] >= 0.671
