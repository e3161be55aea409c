"""What is kept of conversations is bounded by address and day, and ends before the disk does; answers go on."""

import asyncio
import stat
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import UserUttered
from rasa.shared.core.trackers import DialogueStateTracker

from ketamine_faq.chat.conversation_id import conversation_of
from ketamine_faq.operations.metrics import StorageCollector
from ketamine_faq.serving.supervisor import LIMITS
from ketamine_faq.storage import quota
from ketamine_faq.storage.quota import DAY_SECONDS, LEAST_FREE_BYTES, UNKEPT, DailyQuota
from ketamine_faq.storage.tracker_store import Conversations
from tests.support.bare_server import bare_server

CHAT = "/webhooks/rest/webhook"


def kept(store: Conversations, sender: str) -> bool:
    """Whether what is said in a conversation is in the store afterwards."""
    asyncio.run(store.save(DialogueStateTracker.from_events(sender, [UserUttered("hello")])))
    return asyncio.run(store.retrieve(sender)) is not None


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    """A tracker store in a file of its own."""
    return Conversations(Domain.empty(), dialect="sqlite", db=str(tmp_path / "var" / "conversations.db"))


def test_an_address_has_its_share_of_a_day():
    now = 0.0
    share = DailyQuota(quota.TURN_BYTES * 3, clock=lambda: now)
    assert [share.has_room("a", 0) for _ in range(5)] == [True] * 3 + [False] * 2
    assert share.has_room("b", 0) and not share.has_room("c", 10_000)
    now += DAY_SECONDS
    assert share.has_room("a", 0)


def test_what_is_beyond_the_share_is_answered_and_not_kept(store: Conversations, tmp_path: Path):
    assert kept(store, "me") and not kept(store, f"{UNKEPT}1")
    # Nobody can ask not to be kept, or for what another has said.
    assert kept(store, conversation_of(f"{UNKEPT}1"))
    names = {"SANIC_PROXIES_COUNT": "1", "CONVERSATION_MEGABYTES_PER_DAY": "1"}
    with bare_server(LIMITS | names, tmp_path, {"MEGABYTE": 2 * quota.TURN_BYTES}) as server:
        message = {"sender": "me", "message": "say who i am"}
        asked = [server.post(CHAT, json=message, headers={"X-Forwarded-For": "192.0.2.1"}).json()[0] for _ in range(3)]
        assert [reply["text"].startswith(UNKEPT) for reply in asked] == [False, True, True]
        assert {reply["recipient_id"] for reply in asked} == {"me"}
        other = server.post(CHAT, json=message, headers={"X-Forwarded-For": "192.0.2.2"}).json()[0]
        assert other["text"] == "me"


def test_before_the_disk_is_full_conversations_are_no_longer_kept(
    store: Conversations, monkeypatch: pytest.MonkeyPatch
):
    assert LEAST_FREE_BYTES >= 100_000_000
    monkeypatch.setattr(quota, "LOOK_SECONDS", 0)
    assert kept(store, "me")
    # More than any disk has.
    monkeypatch.setattr(quota, "LEAST_FREE_BYTES", 10**18)
    assert not kept(store, "you")
    assert asyncio.run(store.retrieve("me")) is not None
    monkeypatch.setattr(quota, "LEAST_FREE_BYTES", 0)
    assert kept(store, "you")


def test_conversations_are_for_their_owners_eyes_only(store: Conversations, tmp_path: Path):
    assert kept(store, "me")
    folder = tmp_path / "var"
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(file.stat().st_mode) for file in folder.iterdir()} == {0o600}
    # One from before is closed to others, too.
    (folder / "conversations.db").chmod(0o644)
    Conversations(Domain.empty(), dialect="sqlite", db=str(folder / "conversations.db"))
    assert stat.S_IMODE((folder / "conversations.db").stat().st_mode) == 0o600


def test_the_size_of_the_store_and_the_room_beside_it_are_figures(store: Conversations, tmp_path: Path):
    assert kept(store, "me")
    endpoints = tmp_path / "endpoints.yml"
    file = tmp_path / "var" / "conversations.db"
    endpoints.write_text(
        f"tracker_store: {{type: ketamine_faq.storage.tracker_store.Conversations, dialect: sqlite, db: '{file}'}}\n"
    )
    figures = {family.name: family.samples[0].value for family in StorageCollector(endpoints).collect()}
    assert figures["ketamine_faq_conversations_bytes"] >= file.stat().st_size > 0
    assert figures["ketamine_faq_disk_free_bytes"] > 0
