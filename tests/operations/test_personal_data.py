"""What people wrote expires, and one person's is erased; then not a byte of it is in any file."""

import asyncio
import sqlite3
import time
from pathlib import Path

import httpx
import pytest
from rasa.core.tracker_store import SQLTrackerStore
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from typer.testing import CliRunner

from ketamine_faq.chat.conversation_id import conversation_of, new_sender
from ketamine_faq.chat.feedback import keep_feedback
from ketamine_faq.cli.main import app
from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.staff.tables import AnswerReviewRow
from tests.conversation import Bot
from tests.support.installation import FORM, Installation
from tests.support.shared_bot import SharedBot, run_on

DAY = 24 * 3600
# Words that are in no file but by the person; long enough to fill pages of their own.
OWN_WORDS = "zxqvperson " * 500
OTHER_WORDS = "zxqvother " * 500


class Kept:
    """An installation's stores with something in them, and the command line for it."""

    def __init__(self, installation: Installation) -> None:
        """Take the installation."""
        self.installation, self.folder = installation, installation.folder
        self.endpoints = self.folder / "endpoints.yml"
        self.endpoints.write_text(
            "tracker_store: {type: ketamine_faq.storage.tracker_store.Conversations, dialect: sqlite, "
            f"db: '{self.folder / 'conversations.db'}'}}\n"
        )
        assert listed(installation.store) == []  # the store is there, as a server has made it

    def conversation(self, text: str, age_days: float = 0, sender: str = "") -> str:
        """Keep a conversation, a browser's with a verdict, and return its sender."""
        at, is_browser = time.time() - age_days * DAY, not sender
        sender = sender or new_sender()
        said = [UserUttered(text, timestamp=at), BotUttered("Curated text.", timestamp=at)]
        tracker_store = SQLTrackerStore(db=str(self.folder / "conversations.db"))
        asyncio.run(tracker_store.save(DialogueStateTracker.from_events(conversation_of(sender), said)))
        if is_browser:
            keep_feedback(self.installation.store, {"sender": sender, "topic": "dosing", "helpful": True})
        return sender

    def run(self, *arguments: str, code: int = 0) -> str:
        """What a command prints, in one line."""
        result = CliRunner().invoke(app, [*arguments, "--endpoints", str(self.endpoints)])
        assert result.exit_code == code, result.output
        return " ".join(result.output.split())

    def is_left(self, words: str) -> bool:
        """Whether any file of the stores has the words."""
        files = [path for path in self.folder.iterdir() if ".db" in path.name]
        assert len(files) >= 2
        return any(words.encode() in path.read_bytes() for path in files)


@pytest.fixture
def kept(installation: Installation) -> Kept:
    """Stores of their own."""
    return Kept(installation)


def test_a_conversation_is_erased_to_the_last_byte(kept: Kept):
    own, other = (kept.conversation(words) for words in (OWN_WORDS, OTHER_WORDS))
    own_id, other_id = map(conversation_of, (own, other))
    assert kept.is_left("zxqvperson") and kept.is_left(own_id)
    # Whoever asks may have the one or the other: the browser its sender, the staff the id.
    assert "1 conversations and 0 enquiries found" in kept.run("erase", "--conversation", own, "--yes")
    assert not kept.is_left("zxqvperson") and not kept.is_left(own_id)
    assert kept.is_left("zxqvother") and kept.is_left(other_id)
    assert "0 conversations and 0 enquiries found" in kept.run("erase", "--conversation", own, "--yes")
    assert "1 conversations and 0 enquiries found" in kept.run("erase", "--conversation", other_id, "--yes")
    assert not kept.is_left("zxqvother")


@pytest.mark.parametrize(
    "known", [("--email", "Kim@Example.com"), ("--phone", "0412 345 678"), ("--phone", "+61 (0)412-345-678")]
)
def test_a_person_is_found_by_what_they_gave_and_erased_everywhere(kept: Kept, known: tuple[str, str]):
    details = {"email": "kim@example.com", "phone": "0412345678", "about": OWN_WORDS[:3000]}
    kept.installation.enquire(token="1", **details)
    stays = kept.installation.enquire(token="2", email="other@example.com", about=OTHER_WORDS[:3000])
    # As a conversation from before the masks, or by another channel, could have it.
    kept.conversation(f"write to kim@example.com or call 0412 345 678 {OWN_WORDS}")
    kept.conversation(OTHER_WORDS)
    assert "1 conversations and 1 enquiries found" in kept.run("erase", *known, "--yes")
    for words in ("zxqvperson", "kim@example.com", "412 345 678"):
        assert not kept.is_left(words)
    assert [item.row.reference for item in listed(kept.installation.store)] == [stays]
    assert kept.is_left("zxqvother")


@pytest.mark.parametrize(
    ("known", "written"),
    [
        (("--phone", "0412 345 678"), "0412,345,678"),
        (("--phone", "0412 345 678"), "O412_345_678"),
        (("--phone", "+61 412 345 678"), "0011 61 412 345 678"),
        (("--email", "kim@example.com"), "kim at example dot com"),
        (("--email", "kim@example.com"), "Kim(at)example.com"),
    ],
)
def test_what_the_mask_would_have_found_is_found(kept: Kept, known: tuple[str, str], written: str):
    kept.conversation(f"I am at {written} {OWN_WORDS}")
    kept.conversation(OTHER_WORDS)
    assert "1 conversations and 0 enquiries found" in kept.run("erase", *known, "--yes")
    assert not kept.is_left("zxqvperson") and kept.is_left("zxqvother")


def test_nothing_is_erased_without_a_yes_or_a_name(kept: Kept):
    own = kept.conversation(OWN_WORDS)
    kept.run("erase", "--conversation", own, code=1)
    assert "one of --conversation" in kept.run("erase", code=1)
    assert "no telephone number" in kept.run("erase", "--phone", "kim", "--yes", code=1)
    assert kept.is_left("zxqvperson")


def test_transcripts_and_enquiries_expire_on_schedules_of_their_own(kept: Kept, monkeypatch: pytest.MonkeyPatch):
    kept.installation.set(conversations_kept_days=30, enquiries_kept_days=60)
    kept.conversation(OWN_WORDS, age_days=31)
    kept.conversation(OTHER_WORDS, age_days=29)
    waiting = kept.installation.enquire(token="1", about="zxqvwaiting")
    done = kept.installation.enquire(token="2", about="zxqvdone")
    outbox, enquiries = Outbox(kept.installation.store), Enquiries(kept.installation.store)
    # Delivered is not answered.
    message = outbox.claim(time.time())
    assert message.reference == waiting
    outbox.delivered(message.row_key, time.time())
    assert enquiries.answer(done, "Jo", "", time.time())
    assert "2 events of conversations and 0 enquiries deleted" in kept.run("retention")
    assert not kept.is_left("zxqvperson") and kept.is_left("zxqvother") and kept.is_left("zxqvdone")
    much_later = time.time() + 61 * DAY
    monkeypatch.setattr(time, "time", lambda: much_later)
    told = kept.run("retention")
    assert "2 events of conversations and 1 enquiries deleted" in told and "1 kept, though old" in told
    assert not kept.is_left("zxqvother") and not kept.is_left("zxqvdone") and kept.is_left("zxqvwaiting")
    assert done not in [item.row.reference for item in listed(kept.installation.store)]


def test_with_an_enquiry_goes_the_conversation_that_it_was_sent_from(kept: Kept):
    sender = kept.conversation(OWN_WORDS)
    kept.conversation(OTHER_WORDS)
    reference = kept.installation.enquire(origin=conversation_of(sender), email="kim@example.com")
    stays = kept.installation.enquire(token="2", email="other@example.com")
    # Neither the staff's view nor the export nor a delivery tells of it.
    (item,) = listed(kept.installation.store, reference)
    assert conversation_of(sender) not in str(item.cells())
    assert "1 conversations and 1 enquiries found" in kept.run("erase", "--email", "kim@example.com", "--yes")
    for words in ("zxqvperson", conversation_of(sender), "kim@example.com"):
        assert not kept.is_left(words)
    assert kept.is_left("zxqvother") and [item.row.reference for item in listed(kept.installation.store)] == [stays]


def test_what_the_staff_have_judged_goes_with_its_conversation_and_expires_with_it(kept: Kept):
    kept.installation.set(conversations_kept_days=30)
    sender = kept.conversation(OWN_WORDS)
    judged = {"topic": "dosing", "verdict": "right", "who": "Jo", "at": time.time()}
    with kept.installation.store.session() as session:
        own = AnswerReviewRow(
            conversation=conversation_of(sender), message="zxqvjudged", asked_at=time.time(), **judged
        )
        old = AnswerReviewRow(conversation="x", message="zxqvold", asked_at=time.time() - 31 * DAY, **judged)
        session.add_all([own, old])
    kept.run("retention")
    assert kept.is_left("zxqvjudged") and not kept.is_left("zxqvold")
    kept.run("erase", "--conversation", sender, "--yes")
    assert not kept.is_left("zxqvjudged")


def test_a_stock_client_that_is_named_by_an_address_is_found(kept: Kept):
    kept.conversation(OWN_WORDS, sender="Kim@Example.com")
    kept.conversation(OTHER_WORDS, sender="kim@example.com.au")
    assert "1 conversations and 0 enquiries found" in kept.run("erase", "--email", "kim@example.com", "--yes")
    assert not kept.is_left("zxqvperson") and kept.is_left("zxqvother")


def test_a_person_is_erased_from_postgresql_and_redis(shared_bot: SharedBot, monkeypatch: pytest.MonkeyPatch):
    words = ("zxqvperson", "zxqvmail@example.com", "zxqvabout")
    sender = shared_bot.begin()
    shared_bot.says("what dose for zxqvperson", sender)
    # Another program's, by a name that says whose it is.
    shared_bot.says("what dose for depression", words[1])
    token = shared_bot.get("/contact/challenge").json()["token"]
    form = {**FORM, "consent": True, "token": token, "sender": sender, "email": words[1], "about": "zxqvabout"}
    assert httpx.post(f"{shared_bot.address}/contact.json", json=form).status_code == 201
    assert all(word.encode() in shared_bot.postgresql.dump() for word in words)
    assert all(word.encode() in shared_bot.postgresql.files() for word in words)
    found = run_on(shared_bot, monkeypatch, "erase", "--email", words[1], "--yes")
    assert "2 conversations and 1 enquiries found" in found
    for place in (shared_bot.postgresql.dump(), shared_bot.postgresql.files()):
        assert not [word for word in (*words, conversation_of(sender)) if word.encode() in place]
    assert "0 conversations and 0 enquiries found" in run_on(shared_bot, monkeypatch, "erase", "--email", words[1])


DETAILS = ("zxqvkim@example.com", "0491 570 156", "2987 65432 1")
GIVEN = "I am at {}, my number is {}, my Medicare card {}. What dose for zxqvmasked?".format(*DETAILS)


def test_details_in_a_conversation_are_masked_in_a_dump_of_postgresql(shared_bot: SharedBot):
    shared_bot.says(GIVEN, shared_bot.begin())
    is_masked_in(shared_bot.postgresql.dump())


def test_details_in_a_conversation_are_masked_in_a_backup_of_sqlite(bot: Bot, endpoints: Path, tmp_path: Path):
    bot.visitor().asks(GIVEN)
    copy = tmp_path / "conversations.copy"
    with sqlite3.connect(endpoints.with_name("conversations.db")) as database, sqlite3.connect(copy) as backup:
        database.backup(backup)
    is_masked_in(copy.read_bytes())


def is_masked_in(backup: bytes) -> None:
    """The conversation is in a backup, without what it told of the person."""
    assert b"zxqvmasked" in backup and b"[email]" in backup
    for detail in DETAILS:
        for written in (detail, detail.replace(" ", "")):
            assert written.encode() not in backup
