"""Talks that were held with the bot, turn by turn: what each needs stands in talks.yml, the words beside the brief."""

import re
from typing import Any

import pytest
import yaml

from ketamine_faq.content.texts import content
from ketamine_faq.dialogue.concern_state import AFTER_ALARM
from ketamine_faq.dialogue.concern_steps import HELPED, LEAVING, MAX_QUESTIONS
from ketamine_faq.paths import PROJECT
from tests.conversation import Bot, Visitor
from tests.held_out import STRANGERS
from tests.support.safety_replies import ASKS, NEVER_IN_A_STATE, contacts

TALKS = yaml.safe_load((PROJECT / "tests" / "talks.yml").read_text(encoding="utf-8"))
MAX_CONTACTS = 2


def visitors_lines(talk: str) -> list[str]:
    """What the visitor typed, turn by turn; a tapped button comes last and is left out."""
    text = (STRANGERS / "talks" / f"{talk}.md").read_text(encoding="utf-8")
    return [line for line in re.findall(r"^\*\*\d+ Visitor:\*\* (.+)$", text, re.MULTILINE) if not line.startswith("[")]


def differences(visitor: Visitor, needed: dict[str, Any]) -> list[str]:
    """What of a turn is not as needed."""
    names = " + ".join(action.removeprefix("utter_") for action in visitor.actions)
    first, last = visitor.said[0], visitor.said[-1]
    stage, concern = last["stage"] or "none", last["concern"] or "none"
    checks = {
        f"got {names}, not {needed['gets']}": names in needed["gets"],
        f"stands at {stage}, not {needed.get('stage')}": stage in needed.get("stage", [stage]),
        f"shows {concern}, not {needed.get('concern')}": concern in needed.get("concern", [concern]),
        f"says {first['id']}, not {needed.get('wording')}": str(first["id"]).startswith(needed.get("wording", "")),
    }
    return [problem for problem, holds in checks.items() if not holds]


@pytest.mark.skipif(not STRANGERS.is_dir(), reason="only where the brief lies beside the project")
@pytest.mark.parametrize("talk", TALKS)
def test_each_turn_gets_what_the_person_needs(bot: Bot, talk: str):
    visitor, lines = bot.visitor(), visitors_lines(talk)
    assert list(TALKS[talk]) == [*range(1, len(lines) + 1)]
    problems, said, questions = [], [], 0
    for turn, line in enumerate(lines, 1):
        visitor.asks(line)
        problems += [f"{turn}: {problem}" for problem in differences(visitor, TALKS[talk][turn])]
        for reply in visitor.said:
            words = reply["text"].replace(content().disclaimer, "").strip()
            questions += bool(ASKS.search(words)) and "answers" in reply["metadata"]
            if reply["id"] and reply["id"].startswith(AFTER_ALARM):
                assert words not in said, (turn, words)
                assert len(contacts(words)) <= MAX_CONTACTS, (turn, words)
                said.append(words)
            if reply["stage"] not in (None, HELPED, LEAVING) and reply["concern"] == "danger":
                assert reply["action"].removeprefix("utter_") not in NEVER_IN_A_STATE, (turn, reply["action"])
    assert questions <= MAX_QUESTIONS
    assert not problems, "\n".join(problems)
