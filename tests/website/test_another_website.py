"""The widget on a website of another origin, through a stop and a start of the server."""

import json
import os
import re
import signal
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from ketamine_faq.content.texts import content
from tests.conversation import Bot
from tests.support.processes import free_port, serve, wait_until_ready
from tests.website.clinic import clinic_website
from tests.website.visitor import DELETION, OFFLINE, SURE, Visitor


@contextmanager
def running(port: int, endpoints: Path, log: Path) -> Iterator[None]:
    """Serve the bot while the context lasts."""
    process: subprocess.Popen = serve("--port", str(port), "--endpoints", str(endpoints), output=log)
    try:
        wait_until_ready(process, log)
        yield
    finally:
        process.send_signal(signal.SIGINT)
        process.wait(30)


@pytest.fixture
def own_endpoints(endpoints: Path, tmp_path: Path) -> Path:
    """Endpoints that the other bot of the tests does not use."""
    path = tmp_path / "endpoints.yml"
    text = re.sub(r"localhost:\d+", f"localhost:{free_port()}", endpoints.read_text())
    path.write_text(text.replace("conversations.db", "others.db"))
    return path


def test_a_conversation_outlives_the_server_and_ends_in_an_enquiry(
    page: Page, model: Path, own_endpoints: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    port = free_port()
    complaints: list[str] = []
    page.on("console", lambda message: complaints.append(message.text))
    with clinic_website(f"http://127.0.0.1:{port}") as clinic:
        monkeypatch.setenv("ALLOWED_ORIGINS", json.dumps([clinic]))
        monkeypatch.setenv("ENQUIRIES_DATABASE_URL", f"sqlite:///{tmp_path / 'enquiries.db'}")
        with running(port, own_endpoints, tmp_path / "first.txt"):
            page.goto(clinic)
            visitor = Visitor(page).opens().asks("what dose for depression?")
        visitor.fails_to_ask("and for pain?")
        expect(visitor.live).to_contain_text(OFFLINE["text"].strip())
        links = visitor.widget.locator(".offline").get_by_role("link")
        addresses = [link.get_attribute("href") for link in links.all()]
        lines = [content().service_button(name)["url"] for name in ("emergency", "lifeline", "lifeline_text")]
        assert addresses == [*lines, f"http://127.0.0.1:{port}/contact"]
        with running(port, own_endpoints, tmp_path / "second.txt"):
            visitor.presses(OFFLINE["retry"])
            assert "0.5 mg/kg" not in visitor.answer
            assert visitor.questions.count() == 2
            visitor.asks("what are the side effects?").opens_form()
            visitor.writes_as_a_patient().sends_form()
            expect(visitor.reference).to_be_visible(timeout=30_000)
            visitor.chooses(SURE["delete"]["confirm"], SURE["delete"]["confirm"])
            expect(visitor.live).to_have_text(DELETION["done"])
    assert [text for text in complaints if "Policy" in text] == []


def test_a_website_that_is_not_on_the_list_gets_no_answer_and_says_so(page: Page, bot: Bot):
    assert "ALLOWED_ORIGINS" not in os.environ
    with clinic_website(bot.address) as clinic:
        page.goto(clinic)
        Visitor(page).opens().fails_to_ask("what dose?")


def test_a_page_can_name_another_server_and_a_contact_page_of_its_own(page: Page, bot: Bot):
    own, dead = "https://www.anodyne.example/contact", f"http://127.0.0.1:{free_port()}"
    with clinic_website(bot.address, f'<anodyne-chat server="{dead}" contact="{own}"></anodyne-chat>') as clinic:
        asked: list[str] = []
        page.on("request", lambda request: asked.append(request.url))
        page.goto(clinic)
        visitor = Visitor(page).opens().fails_to_ask("what dose?")
        assert visitor.widget.count() == 1
        assert visitor.widget.locator(".offline a.reply").get_attribute("href") == own
    assert [url for url in asked if "webhooks" in url and not url.startswith(dead)] == []
