"""What a conversation has come to is stored once, whatever became of its store meanwhile."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from rasa.core.tracker_store import FailSafeTrackerStore, TrackerStore
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import BotUttered, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from sqlalchemy.exc import OperationalError

from ketamine_faq.storage import tracker_store
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


def turn(store: TrackerStore, visitor: str = "a visitor") -> DialogueStateTracker:
    """Have a message and a reply stored as Rasa does it; return the tracker."""
    tracker = asyncio.run(store.get_or_create_tracker(visitor))
    tracker.update(UserUttered("how often"))
    tracker.update(BotUttered("it depends"))
    asyncio.run(store.save(tracker))
    return tracker


def test_each_event_is_stored_once(store: Conversations):
    asyncio.run(store.save(turn(store)))
    turn(store)
    assert stored(store) == ["action", *TURN, *TURN]
    assert len(asyncio.run(store.retrieve_full_tracker("a visitor")).events) == 5


@contextmanager
def away(store: Conversations) -> Iterator[None]:
    """Have the database out of reach."""
    path = Path(store.engine.url.database)
    store.engine.dispose()
    aside = path.rename(path.with_suffix(".aside"))
    path.mkdir()
    try:
        yield
    finally:
        path.rmdir()
        aside.rename(path)


def test_a_conversation_goes_on_while_the_database_is_away_and_is_stored_once_it_is_back(store: Conversations):
    turn(store)
    with away(store):
        # What was said before can't be read; from here on it is known.
        with pytest.raises(OperationalError):
            asyncio.run(store.retrieve("a visitor"))
        served = FailSafeTrackerStore(store)
        lengths = [len(turn(served).events) for _ in range(2)]
        assert lengths == [3, 5]
    assert len(turn(store).events) == 3 + 5 + 2
    assert stored(store) == ["action", *TURN, "action", *TURN, *TURN, *TURN]


def test_a_turn_in_which_the_database_goes_away_is_known_in_the_next(store: Conversations):
    tracker = turn(store)
    with away(store):
        tracker.update(UserUttered("and for pain"))
        asyncio.run(store.save(tracker))
        assert len(turn(store).events) == 6
    asyncio.run(store.retrieve("another visitor"))
    assert stored(store) == ["action", *TURN, "user", *TURN]


def test_a_bot_that_starts_without_its_database_remembers_and_takes_it_up(store: Conversations):
    served = FailSafeTrackerStore(store)
    with away(store):
        assert [len(turn(served).events) for _ in range(3)] == [3, 5, 7]
    assert len(turn(served).events) == 9
    assert stored(store) == ["action", *TURN, *TURN, *TURN, *TURN]


def test_memory_is_bounded(store: Conversations, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(tracker_store, "MOST_KEPT", 2)
    served = FailSafeTrackerStore(store)
    with away(store):
        for visitor in ("first", "second", "third"):
            turn(served, visitor)
        assert [len(turn(served, visitor).events) for visitor in ("first", "third")] == [3, 5]


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
