"""The figures for Prometheus, and that dashboard and alerts ask for figures that there are."""

import json
import re

import httpx
import yaml

from ketamine_faq.paths import PROJECT
from tests.support.shared_bot import SharedBot, figures

DEPLOY = PROJECT / "deploy"
FIGURE = re.compile(r"ketamine_faq_\w+")


def test_figures_of_both_workers_are_counted_together(shared_bot: SharedBot):
    before = figures(shared_bot)
    for _ in range(6):
        sender = shared_bot.begin()
        shared_bot.says("what dose for depression", sender)
        shared_bot.says("i want to kill myself", sender)
    shared_bot.says("what are the side effects", shared_bot.begin())
    after = figures(shared_bot)

    def more(name: str) -> float:
        return after.get(name, 0) - before.get(name, 0)

    assert more("ketamine_faq_messages_total") == 13
    assert more("ketamine_faq_message_seconds_count") == 13
    assert more("ketamine_faq_answers_total:dosing") == 6
    assert more("ketamine_faq_answers_total:crisis") == 6
    assert more("ketamine_faq_safety_replies_total:crisis") == 6
    # One for the question that is not covered, and each reply to a crisis offers the form, too.
    assert more("ketamine_faq_hand_offs_total") == 7
    assert more("ketamine_faq_failure_notices_total") == 0


def test_what_is_seldom_is_there_from_the_start(shared_bot: SharedBot):
    known = set(figures(shared_bot))
    assert known >= {f"ketamine_faq_safety_replies_total:{kind}" for kind in ("crisis", "emergency", "misuse")}
    assert known >= {f"ketamine_faq_refused_messages_total:{status}" for status in (429, 503)}
    parts = ("Rasa", "The action server", "The relay")
    assert known >= {f"ketamine_faq_restarts_total:{part}" for part in parts}


def test_failures_and_errors_count(shared_bot: SharedBot):
    before = figures(shared_bot)
    shared_bot.redis.stop()
    try:
        shared_bot.says("what dose for depression", shared_bot.begin())
    finally:
        shared_bot.redis.start()
    after = figures(shared_bot)
    for name in ("ketamine_faq_failure_notices_total", "ketamine_faq_errors_total"):
        assert after[name] > before.get(name, 0)


def test_figures_are_not_where_visitors_are(shared_bot: SharedBot):
    assert httpx.get(f"{shared_bot.address}/metrics").status_code == 404


# A bot on PostgreSQL has no file whose disk could be full (test_quota.py).
OF_SQLITE = {"ketamine_faq_disk_free_bytes"}


def test_dashboard_and_alerts_ask_for_figures_that_there_are(shared_bot: SharedBot):
    shared_bot.says("what dose for depression", shared_bot.begin())
    known = {name.partition(":")[0] for name in figures(shared_bot)} | OF_SQLITE
    dashboard = json.loads((DEPLOY / "grafana-dashboard.json").read_text())
    rules = [rule for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"] for rule in group["rules"]]
    asked = [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    asked += [rule["expr"] for rule in rules]
    assert len(asked) > 10
    for expression in asked:
        assert set(FIGURE.findall(expression)) <= known, expression


def test_every_alert_says_what_to_do():
    guide = (PROJECT / "docs" / "operations.md").read_text()
    for group in yaml.safe_load((DEPLOY / "alerts.yml").read_text())["groups"]:
        for rule in group["rules"]:
            assert f"### {rule['alert']}" in guide
            assert rule["annotations"]["summary"] and rule["labels"]["severity"] in ("page", "ticket")
