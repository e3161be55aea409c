"""Rasa is served without TensorFlow, and nothing else is taken from it."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from ketamine_faq.model import quiet_environment
from ketamine_faq.paths import PROJECT
from tests.conversation import Bot
from tests.support.processes import children

USED_LATER = """
from ketamine_faq.serving.without_tensorflow import HELPERS, put_aside_for_serving
put_aside_for_serving()
import sys
import rasa.utils.train_utils
import rasa.core.agent
assert "tensorflow" not in sys.modules
assert rasa.utils.train_utils.rank_and_mask.__module__ == HELPERS
"""

# The image has none of these.
WITHOUT = """
import sys
sys.modules.update(dict.fromkeys(("tensorflow", "tensorflow_hub", "tensorflow_text", "keras", "jax", "h5py", "grpc")))
from ketamine_faq.serving.without_tensorflow import {put_aside}
{put_aside}()
import rasa.__main__, rasa.core.agent, rasa.core.run, rasa.model_training
from rasa.shared.utils.common import class_from_module_path
import yaml
for component in yaml.safe_load(open("config.yml"))["pipeline"]:
    if component["name"].startswith("ketamine_faq."):
        class_from_module_path(component["name"])
import ketamine_faq.cli.main, ketamine_faq.contact.relay
"""

# Without any Rasa would not even begin.
DATA = """
nlu:
- intent: greet
  examples: "- hi"
rules:
- rule: greet
  steps: [{intent: greet}, {action: utter_greet}]
"""


def test_no_part_of_the_served_bot_holds_tensorflow(bot: Bot):
    for pid in (bot.pid, *children(bot.pid)):
        assert "tensorflow" not in Path(f"/proc/{pid}/maps").read_text()


@pytest.mark.parametrize("put_aside", ["put_aside_for_training", "put_aside_for_serving"])
def test_nothing_of_tensorflow_is_needed_where_it_is_not_installed(put_aside: str):
    command = [sys.executable, "-c", WITHOUT.format(put_aside=put_aside)]
    ended = subprocess.run(command, cwd=PROJECT, env=quiet_environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_what_was_put_aside_comes_back_when_it_is_used():
    command = [sys.executable, "-c", USED_LATER]
    ended = subprocess.run(command, cwd=PROJECT, env=quiet_environment(), capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr


def test_a_server_that_is_told_to_train_refuses_and_answers_on(bot: Bot):
    own = "".join((PROJECT / name).read_text(encoding="utf-8") for name in ("config.yml", "domain.yml"))
    headers = {"Content-Type": "application/yaml"}
    refused = httpx.post(f"{bot.address}/model/train", content=own + DATA, headers=headers, timeout=120)
    assert refused.status_code == 500
    assert "component" in refused.json()["message"]
    bot.visitor().asks("how does ketamine work in the brain?").gets("mechanism")
