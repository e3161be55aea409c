"""What a conversation has come to is stored once, whatever became of its store meanwhile."""

import asyncio
from pathlib import Path

import pytest
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from ketamine_faq.storage.database import Database
from ketamine_faq.storage.tracker_store import LONGEST_SESSION, Conversations
from tests.support.shared_bot import SharedBot

TURN = ["user", "bot"]


@pytest.fixture
def store(tmp_path: Path) -> Conversations:
    """A tracker store in a file of its own."""
    return Conversations(Domain.empty(), dialect="sqlite", db=str(tmp_path / "conversations.db"))


def stored(store: Conversations) -> list[str]:
    """Return the types of all events that the store holds, in their order."""
    with store.session_scope() as session:
        return [row.type_name for row in session.query(store.SQLEvent.type_name).order_by(store.SQLEvent.id)]


def turn(store: Conversations) -> DialogueStateTracker:
    """Have a message and a reply stored as Rasa does it; return the tracker."""
    tracker = asyncio.run(store.get_or_create_tracker("a visitor"))
    tracker.update(UserUttered("how often"))
    tracker.update(BotUttered("it depends"))
    asyncio.run(store.save(tracker))
    return tracker


def test_each_event_is_stored_once(store: Conversations):
    asyncio.run(store.save(turn(store)))
    turn(store)
    assert stored(store) == ["action", *TURN, *TURN]
    assert len(asyncio.run(store.retrieve_full_tracker("a visitor")).events) == 5


def test_what_could_not_be_stored_is_stored_by_the_next_that_can(store: Conversations):
    tracker = turn(store)
    tracker.update(UserUttered("and for pain"))
    with store.engine.connect() as other:
        other.exec_driver_sql("DROP TABLE events")
    with pytest.raises(OperationalError):
        asyncio.run(store.save(tracker))
    store.Base.metadata.create_all(store.engine)
    asyncio.run(store.save(tracker))
    assert stored(store) == ["user"]


def test_what_was_erased_in_the_middle_of_a_turn_does_not_come_back(store: Conversations):
    tracker = turn(store)
    tracker.update(UserUttered("and for pain"))
    with store.session_scope() as session:
        session.query(store.SQLEvent).delete()
        session.commit()
    asyncio.run(store.save(tracker))
    assert stored(store) == ["user"]


def test_a_session_that_has_grown_long_is_followed_by_a_new_one(store: Conversations):
    while len(stored(store)) <= LONGEST_SESSION:
        turn(store)
    turn(store)
    assert stored(store)[-5:] == ["action", "session_started", "action", *TURN]
    assert len(asyncio.run(store.retrieve("a visitor")).events) == 4


def test_postgresql_has_an_enquiry_wait_for_the_disk_and_a_turn_not(shared_bot: SharedBot):
    url = shared_bot.postgresql.url
    for store, waits in ((Conversations(Domain.empty(), host=url), "off"), (Database(url), "on")):
        with store.engine.connect() as connection:
            assert connection.exec_driver_sql("SHOW synchronous_commit").scalar() == waits
