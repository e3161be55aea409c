"""`ketamine-faq ask` says what the served bot would, and why."""

from pathlib import Path

from ketamine_faq.content.sources import Sources
from ketamine_faq.content.texts import content
from tests.support.processes import command


def test_it_says_the_reply_its_topic_its_variation_and_its_facts(model: Path):
    ended = command("ask", "what dose for depression?", "and for pain?", "what does it cost?")
    assert ended.returncode == 0 and ended.stderr == "", ended.stderr
    dose, pain, cost = ended.stdout.split("\n> ")
    facts = Sources.of().facts
    for part in (dose, pain, cost):
        assert content().disclaimer in part and "concern  none" in part
    assert "dosing.depression.patient in content/dosing.yml, not signed" in dose and f"F9 {facts['F9']}" in dose
    assert "topic  dosing " in dose and "dosing.pain.patient in" in pain and f"F11 {facts['F11']}" in pain
    assert "topic  not_covered " in cost and "subject  cost" in cost and "not_covered.patient" in cost


def test_it_says_how_much_concern_there_is_and_never_takes_a_command(model: Path):
    ended = command("ask", "I want to kill myself", "/restart")
    assert ended.returncode == 0, ended.stderr
    danger, slash = ended.stdout.split("\n> ")
    assert "concern  danger" in danger and "crisis.self" in danger and content().disclaimer in danger
    assert content().disclaimer in slash
