"""What the server sends at / and /widget.js, whoever asks."""

import httpx

from ketamine_faq.content.texts import content
from ketamine_faq.website.widget import widget_script
from tests.conversation import Bot


def test_the_page_at_the_root_has_the_widget_and_a_strict_policy(bot: Bot):
    page = httpx.get(bot.address)
    assert page.headers["content-type"].startswith("text/html")
    assert '<script src="widget.js" defer></script>' in page.text
    assert content().disclaimer in page.text
    policy = page.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert " style=" not in page.text
    assert httpx.head(bot.address).status_code == 200


def test_the_widget_is_sent_with_its_words(bot: Bot):
    script = httpx.get(f"{bot.address}/widget.js")
    assert script.text == widget_script()
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["x-content-type-options"] == "nosniff"


def test_rasa_still_answers_elsewhere(bot: Bot):
    assert httpx.get(f"{bot.address}/webhooks/rest/").json() == {"status": "ok"}
    assert httpx.get(f"{bot.address}/nothing").status_code == 404
