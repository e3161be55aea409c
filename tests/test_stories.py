"""The stories of test_stories.yml come out as they are told, by Rasa's own test."""

import subprocess
import sys
from pathlib import Path

import yaml

from ketamine_faq.model import quiet_environment
from ketamine_faq.paths import PROJECT

STORIES = PROJECT / "tests" / "test_stories.yml"


def test_rasa_finds_every_story_as_it_is_told(model: Path, tmp_path: Path):
    command = ["test", "core", "--model", str(model), "--stories", str(STORIES), "--out", str(tmp_path)]
    done = subprocess.run(
        [sys.executable, "-m", "rasa", *command], cwd=PROJECT, env=quiet_environment(), capture_output=True, check=False
    )
    assert done.returncode == 0, done.stderr.decode()[-2000:]
    failed = yaml.safe_load((tmp_path / "failed_test_stories.yml").read_text(encoding="utf-8"))
    assert failed is None, [story["story"] for story in failed["stories"]]
