"""The form beside the chat in a real Rasa server: its address, its conversations, and what Rasa never sees."""

import asyncio
import json
import sqlite3
from contextlib import AbstractContextManager
from pathlib import Path

import pytest

from ketamine_faq.chat.conversation_id import conversation_of, is_signed, new_sender
from ketamine_faq.contact.staff import Listed, listed
from tests.support.contact_forms import filled
from tests.support.contact_server import Served, listen, running, set_up
from tests.support.installation import FORM, Installation

ORIGIN = "https://www.anodyne.example"
SAID = [("visitor", "what dose for pain? reach me at [email]"), ("bot", "Curated text.")]


def rasa(installation: Installation, conversations: Path) -> AbstractContextManager[Served]:
    """Rasa with the project's channels and no model, which the form does not need."""
    return running(_rasa, installation.environment, installation.log, str(conversations))


def _rasa(ready, environment: dict[str, str], log: str, conversations: str) -> None:
    set_up(environment, log)
    from rasa.core.agent import Agent
    from rasa.core.run import configure_app, create_http_input_channels
    from rasa.core.tracker_store import SQLTrackerStore

    from ketamine_faq.contact.origin import allowed_origins
    from ketamine_faq.paths import PROJECT

    channels = create_http_input_channels(None, str(PROJECT / "credentials.yml"))
    app = configure_app(channels, cors=allowed_origins(), enable_api=False)
    app.ctx.agent = Agent(tracker_store=SQLTrackerStore(db=conversations))
    listen(app, ready)


async def converse(conversations: Path, conversation_id: str) -> None:
    """Store a conversation as Rasa does."""
    from rasa.core.tracker_store import SQLTrackerStore
    from rasa.shared.core.events import ActionExecuted, BotUttered, UserUttered
    from rasa.shared.core.trackers import DialogueStateTracker

    said = [UserUttered(SAID[0][1]), ActionExecuted("utter_dosing"), BotUttered(SAID[1][1])]
    await SQLTrackerStore(db=str(conversations)).save(DialogueStateTracker.from_events(conversation_id, said))


def only(installation: Installation) -> Listed:
    """The enquiry that was kept last."""
    return listed(installation.store)[-1]


@pytest.fixture(scope="module")
def conversations(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Rasa's store of conversations."""
    return tmp_path_factory.mktemp("rasa") / "conversations.db"


def test_the_form_in_a_real_rasa_server(installation: Installation, conversations: Path):
    """One test, since Rasa takes its time to start: each step is a promise of its own."""
    installation.set(allowed_origins=json.dumps([ORIGIN]))
    with rasa(installation, conversations) as server:
        the_page_is_at_the_root(server)
        only_allowed_websites_may_read_the_answers(server)
        sender = server.post("/webhooks/rest/conversation").json()["sender"]
        assert is_signed(sender)
        asyncio.run(converse(conversations, conversation_of(sender)))
        the_conversation_goes_along_only_if_it_is_ticked(server, installation, sender)
        verdicts_are_taken(server, sender)
        nobody_can_attach_the_conversation_of_another(server, installation, conversations, sender)
        rasa_never_sees_the_details(installation, conversations)


def the_page_is_at_the_root(server: Served) -> None:
    assert server.get("/contact").status_code == 200
    assert server.get("/webhooks/rest/").json() == {"status": "ok"}


def only_allowed_websites_may_read_the_answers(server: Served) -> None:
    for origin, allowed in ((ORIGIN, ORIGIN), ("https://evil.example", None)):
        headers = {"Origin": origin}
        assert server.get("/contact/challenge", headers=headers).headers.get("access-control-allow-origin") == allowed
        asked = {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}
        for path in ("/contact.json", "/webhooks/rest/webhook", "/webhooks/rest/conversation"):
            reply = server.options(path, headers={**headers, **asked})
            assert reply.headers.get("access-control-allow-origin") == allowed, path
        deletes = {**headers, **asked, "Access-Control-Request-Method": "DELETE"}
        reply = server.options("/webhooks/rest/conversation", headers=deletes)
        assert ("DELETE" in reply.headers.get("access-control-allow-methods", "")) == bool(allowed)


def the_conversation_goes_along_only_if_it_is_ticked(server: Served, installation: Installation, sender: str) -> None:
    for ticked, conversation in ((False, None), (True, [{"who": who, "text": text} for who, text in SAID])):
        form = filled(server, sender=sender, include_conversation=ticked)
        assert server.post("/contact.json", json=form).status_code == 201
        assert json.loads(only(installation).row.conversation or "null") == conversation


def verdicts_are_taken(server: Served, sender: str) -> None:
    verdict = {"sender": sender, "topic": "dosing", "helpful": True}
    assert server.post("/webhooks/rest/feedback", json=verdict).status_code == 204
    assert server.post("/webhooks/rest/feedback", json={**verdict, "sender": "x"}).status_code == 422
    assert server.post("/webhooks/rest/feedback", content=b"{").status_code == 422


def nobody_can_attach_the_conversation_of_another(
    server: Served, installation: Installation, conversations: Path, own: str
) -> None:
    asyncio.run(converse(conversations, "guessed"))
    for sender in ("guessed", conversation_of(own), new_sender(), None):
        form = filled(server, sender=sender, include_conversation=True)
        assert server.post("/contact.json", json=form).status_code == 201
        assert json.loads(only(installation).row.conversation) == []


def rasa_never_sees_the_details(installation: Installation, conversations: Path) -> None:
    with sqlite3.connect(conversations) as connection:
        stored = "\n".join(row[0] for row in connection.execute("SELECT data FROM events"))
    for detail in (FORM["name"], FORM["email"], FORM["about"]):
        assert detail not in stored + installation.log.read_text()
