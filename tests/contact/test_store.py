"""What every database must do for the store: SQLite always, PostgreSQL where its programs are."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ketamine_faq.contact.form import Enquiry
from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.staff import listed, purge
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.storage.database import Base, Database, StoreError
from tests.support.servers import PostgreSQL

ENQUIRY = Enquiry("patient", "Kim Ánh", "kim@example.com", "", 'It\'s about "this"; DROP TABLE enquiries;--\n→ 🙂')


@pytest.fixture(scope="module")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A PostgreSQL server of its own, by its URL."""
    server = PostgreSQL(tmp_path_factory.mktemp("postgresql"))
    yield server.url
    server.stop()


@pytest.fixture(params=["sqlite", "postgresql"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Database:
    """An empty store."""
    if request.param == "sqlite":
        return Database(f"sqlite:///{tmp_path / 'enquiries.db'}")
    opened = Database(request.getfixturevalue("postgresql"))
    Base.metadata.drop_all(opened.engine)
    Base.metadata.create_all(opened.engine)
    return opened


def test_what_is_added_is_there_whole_and_due_at_once(store: Database):
    said = [{"who": "visitor", "text": "how often?"}]
    reference = Enquiries(store).add(ENQUIRY, "token", time.time(), conversation=said)
    (item,) = listed(store, reference)
    assert (item.row.name, item.row.about, item.state) == (ENQUIRY.name, ENQUIRY.about, "waiting")
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
    Base.metadata.drop_all(store.engine)
    url = store.engine.url.render_as_string(hide_password=False)
    with ThreadPoolExecutor(4) as pool:
        for opened in pool.map(lambda _: Database(url), range(4)):
            assert listed(opened) == []


def test_the_purge_deletes_what_is_done(store: Database):
    references = [Enquiries(store).add(ENQUIRY, str(number), 1000.0) for number in range(3)]
    outbox = Outbox(store)
    for _ in range(2):
        outbox.delivered(outbox.claim(time.time()).key, time.time())
    assert purge(store, time.time()) == (2, 1)
    assert [item.row.reference in references for item in listed(store)] == [True]


def test_a_failure_names_nothing_personal(store: Database):
    Base.metadata.drop_all(store.engine)
    with pytest.raises(StoreError) as failure:
        Enquiries(store).add(ENQUIRY, "token", time.time())
    assert not any(value in str(failure.value) for value in (ENQUIRY.name, ENQUIRY.email, "about"))
