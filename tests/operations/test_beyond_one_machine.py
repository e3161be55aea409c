"""On PostgreSQL and Redis: any worker answers any turn, all count together, and a start that can't work is refused."""

import os
import re
import signal

import httpx
import pytest

from ketamine_faq.serving.supervisor import SILENT_SECONDS
from ketamine_faq.settings import SettingsError, settings
from tests.conversation import assert_closed
from tests.support.installation import FORM
from tests.support.processes import START_SECONDS, alive, wait_for
from tests.support.shared_bot import SharedBot, figures, is_ready, rasa_and_workers, run_on

KEY = "s" * 40


def test_a_conversation_goes_on_whichever_worker_answers(shared_bot: SharedBot):
    ((last,),) = shared_bot.query("SELECT coalesce(max(id), 0) FROM events")
    sender = shared_bot.begin()
    assert_closed(shared_bot.says("what dose for depression", sender))
    _, workers = rasa_and_workers(shared_bot)
    for held in (*workers, *workers):
        os.kill(held, signal.SIGSTOP)
        try:
            (reply,) = shared_bot.says("and for pain?", sender)
        finally:
            os.kill(held, signal.SIGCONT)
        assert reply["topic"] == "dosing"
        answers = [entry for entry in shared_bot.entries() if entry.get("message", "").startswith("Answered")]
        assert answers[-1]["process"] in {*workers} - {held}
    messages = "SELECT count(*), count(DISTINCT sender_id) FROM events WHERE id > :last AND type_name = 'user'"
    assert shared_bot.query(messages, last=last) == [(5, 1)]


def test_enquiries_are_kept_in_the_one_database_and_limits_hold_over_all_workers(shared_bot: SharedBot):
    marks = []
    for number in range(6):
        token = re.search(r'name="token" value="([^"]+)"', shared_bot.get("/contact").text)[1]
        form = {**FORM, "consent": "yes", "token": token, "name": f"Visitor {number}"}
        assert httpx.post(f"{shared_bot.address}/contact", data=form).status_code == 201
        marks += shared_bot.query("SELECT marks FROM enquiries WHERE name = :name", name=form["name"])
    assert [mark for (mark,) in marks] == ["", ""] + ["many_from_address"] * 4


def test_the_staff_see_what_was_asked_on_any_machine(shared_bot: SharedBot, monkeypatch: pytest.MonkeyPatch):
    before = run_on(shared_bot, monkeypatch, "insights", "--weeks", "1")
    sender = shared_bot.begin()
    for message in ("what dose for depression", "what are the side effects for zxqvkim@example.com"):
        shared_bot.says(message, sender)
    verdict = {"sender": sender, "topic": "dosing", "helpful": True}
    assert httpx.post(f"{shared_bot.address}/webhooks/rest/feedback", json=verdict).status_code == 204
    after = run_on(shared_bot, monkeypatch, "insights", "--weeks", "1")
    assert "side effects for [email]" in after and "zxqvkim" not in after and "for [email]" not in before
    assert thumbs_up(after) == thumbs_up(before) + 1


def thumbs_up(report: str) -> int:
    """How many found an answer on doses helpful, in all."""
    found = re.search(r"Thumbs up and down.*? dosing .*?\+(\d+) −\d+", report)
    return int(found[1]) if found else 0


def test_rasa_killed_beside_its_workers_is_started_again(shared_bot: SharedBot):
    sender = shared_bot.begin()
    shared_bot.says("what dose for depression", sender)
    rasa, workers = rasa_and_workers(shared_bot)
    os.kill(rasa, signal.SIGKILL)
    wait_for(lambda: not any(alive(pid) for pid in (rasa, *workers)), 10)
    wait_for(lambda: is_ready(shared_bot), START_SECONDS)
    (reply,) = shared_bot.says("and for pain?", sender)
    assert reply["topic"] == "dosing"


def test_rasa_that_hangs_is_started_again(shared_bot: SharedBot):
    sender = shared_bot.begin()
    shared_bot.says("what dose for depression", sender)
    restarts = figures(shared_bot)["ketamine_faq_restarts_total:Rasa"]
    rasa, workers = rasa_and_workers(shared_bot)
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    wait_for(lambda: not any(alive(pid) for pid in (rasa, *workers)), SILENT_SECONDS + 20)
    wait_for(lambda: is_ready(shared_bot), START_SECONDS)
    (reply,) = shared_bot.says("and for pain?", sender)
    assert reply["topic"] == "dosing"
    assert figures(shared_bot)["ketamine_faq_restarts_total:Rasa"] == restarts + 1


@pytest.mark.parametrize(
    ("environment", "named"),
    [
        ({"DATABASE_URL": "postgresql://me:hidden@host/db"}, "SECRET_KEY"),
        ({"REDIS_URL": "redis://:hidden@host/0"}, "SECRET_KEY"),
        ({"SANIC_WORKERS": "2"}, "REDIS_URL"),
        ({"DATABASE_URL": "mysql://me:hidden@host/db", "SECRET_KEY": KEY}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://me:hidden@host:x/db", "SECRET_KEY": KEY}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql+asyncpg://me:hidden@host/db", "SECRET_KEY": KEY}, "DATABASE_URL"),
        ({"DATABASE_URL": "postgresql://me:hidden@host", "SECRET_KEY": KEY}, "DATABASE_URL"),
        ({"REDIS_URL": "http://:hidden@host/0", "SECRET_KEY": KEY}, "REDIS_URL"),
        ({"REDIS_URL": "redis://:hidden@host/first", "SECRET_KEY": KEY}, "REDIS_URL"),
        ({"ENQUIRIES_DATABASE_URL": "hidden rubbish"}, "ENQUIRIES_DATABASE_URL"),
        ({"ENQUIRIES_DATABASE_URL": "mysql://me:hidden@host/db"}, "ENQUIRIES_DATABASE_URL"),
        ({"ENQUIRIES_DATABASE_URL": "sqlite://"}, "ENQUIRIES_DATABASE_URL"),
        ({"SECRET_KEY": "hidden"}, "SECRET_KEY"),
        ({"SECRET_KEY": " " * 40}, "SECRET_KEY"),
        ({"SECRET_KEY": "change-me-" * 4}, "SECRET_KEY"),
        ({"SMTP_PORT": "0"}, "SMTP_PORT"),
        ({"SMTP_PORT": "65536"}, "SMTP_PORT"),
        ({"METRICS_PORT": "0"}, "METRICS_PORT"),
        ({"DOUBTFUL_ENQUIRIES_PER_HOUR": "-1"}, "DOUBTFUL_ENQUIRIES_PER_HOUR"),
        ({"REFUSED_ENQUIRIES_PER_HOUR": "0"}, "REFUSED_ENQUIRIES_PER_HOUR"),
        ({"ENQUIRIES_EMAIL_TO": "nobody"}, "ENQUIRIES_EMAIL_TO"),
        ({"ENQUIRIES_EMAIL_TO": "a@b.example\nBcc: c@d.example"}, "ENQUIRIES_EMAIL_TO"),
        ({"ENQUIRIES_EMAIL_TO": "@hospital.example"}, "ENQUIRIES_EMAIL_TO"),
        ({"ENQUIRIES_EMAIL_FROM": "staff@"}, "ENQUIRIES_EMAIL_FROM"),
        ({"ENQUIRIES_EMAIL_FROM": "a@b.example, c@d.example"}, "ENQUIRIES_EMAIL_FROM"),
        ({"SANIC_WORKERS": "two"}, "SANIC_WORKERS"),
        ({"SANIC_PROXIES_COUNT": "-1"}, "SANIC_PROXIES_COUNT"),
        ({"TICKET_LOCK_LIFETIME": "soon"}, "TICKET_LOCK_LIFETIME"),
        ({"PGCONNECT_TIMEOUT": "0"}, "PGCONNECT_TIMEOUT"),
        ({"POSTGRESQL_POOL_SIZE": "x"}, "POSTGRESQL_POOL_SIZE"),
        ({"LOG_LEVEL": "LOUD"}, "LOG_LEVEL"),
        ({"ALLOWED_ORIGINS": "https://hidden.example"}, "as JSON"),
    ],
)
def test_what_could_not_work_is_refused_in_one_line_without_a_password(
    environment: dict[str, str], named: str, monkeypatch: pytest.MonkeyPatch
):
    for name, value in environment.items():
        monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(SettingsError) as refusal:
        settings()
    settings.cache_clear()
    assert named in str(refusal.value)
    assert "hidden" not in str(refusal.value) and "\n" not in str(refusal.value)
