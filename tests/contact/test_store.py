"""What every database must do for the store: SQLite always, PostgreSQL where its programs are."""

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import sqlalchemy as sa

from ketamine_faq.contact import store as contact_store
from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.staff import listed, purge
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.storage.database import Database, StoreError

ENQUIRY = Enquiry("patient", "Kim Ánh", "kim@example.com", "", 'It\'s about "this"; DROP TABLE enquiries;--\n→ 🙂')


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty store."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'enquiries.db'}")
    url = request.getfixturevalue("postgresql")
    emptied(sa.create_engine(url, future=True))
    return Database(url)


def emptied(engine: sa.engine.Engine) -> None:
    """Take all tables away, and the note of their revision."""
    found = sa.MetaData()
    found.reflect(engine)
    found.drop_all(engine)


def test_what_is_added_is_there_whole_and_due_at_once(store: Database):
    said = [{"who": "visitor", "text": "how often?"}]
    reference = Enquiries(store).add(ENQUIRY, "token", time.time(), conversation=said)
    (item,) = listed(store, reference)
    assert (item.row.name, item.row.about, item.row.outbox.state) == (ENQUIRY.name, ENQUIRY.about, "waiting")
    message = Outbox(store).claim(time.time())
    assert (message.reference, message.conversation, message.fields["about"]) == (reference, said, ENQUIRY.about)


def test_the_same_form_is_kept_once_however_many_send_it_at_once(store: Database):
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda _: Enquiries(store).add(ENQUIRY, "token", time.time()), range(24)))
    assert references == {item.row.reference for item in listed(store)}
    assert len(references) == 1


def test_every_form_of_many_at_once_is_kept(store: Database):
    with ThreadPoolExecutor(8) as pool:
        references = set(pool.map(lambda number: Enquiries(store).add(ENQUIRY, str(number), time.time()), range(40)))
    assert references == {item.row.reference for item in listed(store)}
    assert len(references) == 40


def test_of_several_relays_each_message_is_claimed_by_one(store: Database):
    for number in range(20):
        Enquiries(store).add(ENQUIRY, str(number), time.time())
    now = time.time()
    with ThreadPoolExecutor(4) as pool:
        claimed = [message.key for message in pool.map(lambda _: Outbox(store).claim(now), range(30)) if message]
    assert len(claimed) == len(set(claimed)) == 20


def test_two_processes_that_start_together_find_the_tables(store: Database):
    emptied(store.engine)
    url = store.engine.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(lambda _: Database(url), range(4)):
            assert listed(opened) == []


def test_the_staff_see_who_has_waited_longest_first_by_state_and_page(store: Database, monkeypatch):
    monkeypatch.setattr(contact_store, "PAGE", 2)
    enquiries = Enquiries(store)
    new = [enquiries.add(ENQUIRY, str(number), 1000.0 - number) for number in range(3)]
    doubtful = enquiries.add(ENQUIRY, "d", 1.0, ("links",))
    assert [row.reference for row in enquiries.list("new")] == [new[2], new[1]]
    assert [row.reference for row in enquiries.list("new", page=2)] == [new[0]]
    assert [row.reference for row in enquiries.list("doubtful")] == [doubtful]
    assert enquiries.take(new[0], "Jo", 2000.0) and enquiries.answer(new[1], "Al", "rang", 2000.0)
    assert enquiries.counts() == {"new": 1, "doubtful": 1, "taken": 1, "answered": 1, "undelivered": 0}
    (answered,) = enquiries.list("answered")
    assert (answered.answered_by, answered.note, answered.seen_at) == ("Al", "rang", 2000.0)


def test_of_many_who_take_an_enquiry_at_once_one_has_it(store: Database):
    enquiries, names = Enquiries(store), [f"Jo {number}" for number in range(8)]
    reference = enquiries.add(ENQUIRY, "token", time.time())
    with ThreadPoolExecutor(8) as pool:
        has_it = dict(zip(names, pool.map(lambda name: enquiries.take(reference, name, time.time()), names)))
    (taker,) = [name for name, taken in has_it.items() if taken]
    assert enquiries.get(reference, time.time()).taken_by == taker


def test_what_is_answered_is_answered_once_and_not_taken_after(store: Database):
    enquiries = Enquiries(store)
    reference = enquiries.add(ENQUIRY, "token", time.time())
    assert enquiries.answer(reference, "Jo", "", time.time())
    assert not enquiries.answer(reference, "Al", "again", time.time())
    assert not enquiries.take(reference, "Al", time.time()) and not enquiries.take("NONE-HERE", "Al", time.time())
    assert enquiries.get("NONE-HERE", time.time()) is None
    # Nobody is told of it any more, though it was not delivered.
    assert Outbox(store).claim(time.time() + 10**6) is None


def test_who_looks_at_one_has_seen_it(store: Database):
    enquiries = Enquiries(store)
    reference = enquiries.add(ENQUIRY, "token", 1000.0)
    assert enquiries.list("new")[0].seen_at is None
    assert enquiries.get(reference, 2000.0).seen_at == enquiries.get(reference, 3000.0).seen_at == 2000.0


def test_the_purge_deletes_what_is_answered_and_nothing_else(store: Database):
    enquiries = Enquiries(store)
    answered, delivered, taken, waiting = (enquiries.add(ENQUIRY, str(number), 1000.0) for number in range(4))
    enquiries.answer(answered, "Jo", "", 2000.0)
    Outbox(store).delivered(Outbox(store).claim(time.time()).key, time.time())
    enquiries.take(taken, "Jo", 2000.0)
    assert purge(store, time.time()) == (1, 3)
    assert {item.row.reference for item in listed(store)} == {delivered, taken, waiting}


def test_a_failure_names_nothing_personal(store: Database):
    emptied(store.engine)
    with pytest.raises(StoreError) as failure:
        Enquiries(store).add(ENQUIRY, "token", time.time())
    assert not any(value in str(failure.value) for value in (ENQUIRY.name, ENQUIRY.email, "about"))
