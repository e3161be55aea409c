"""A store of any version is brought to the present one, with nothing lost: SQLite always, PostgreSQL where it is."""

import sqlite3
import time
from pathlib import Path

import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext

from ketamine_faq.chat.feedback import verdicts
from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.contact.tables import EnquiryRow
from ketamine_faq.settings import SettingsError
from ketamine_faq.staff import tables as of_the_staff
from ketamine_faq.storage.database import Base, Database

# Made by the code of 30 November 2026, before there were revisions: one delivered, one that waits, one put aside.
STORES = Path(__file__).with_name("stores")


@pytest.fixture(params=["sqlite", "postgresql"])
def old(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The URL of a store as the version before has left it."""
    made = (STORES / f"{request.param}.sql").read_text(encoding="utf-8")
    if request.param == "sqlite":
        with sqlite3.connect(tmp_path / "enquiries.db") as connection:
            connection.executescript(made)
        return f"sqlite:///{tmp_path / 'enquiries.db'}"
    url = request.getfixturevalue("postgresql")
    with sa.create_engine(url, future=True).begin() as connection:
        connection.exec_driver_sql("DROP SCHEMA public CASCADE; CREATE SCHEMA public")
        connection.exec_driver_sql(made)
    return url


def by_name(store: Database) -> dict[str, EnquiryRow]:
    """What is kept, by who wrote it."""
    return {item.row.name: item.row for item in listed(store)}


def test_nothing_that_was_kept_is_lost(old: str):
    with sa.create_engine(old, future=True).connect() as connection:
        before = connection.execute(sa.text("SELECT * FROM enquiries ORDER BY id")).mappings().all()
    store = Database(old)
    with store.session() as session:
        after = session.execute(sa.text("SELECT * FROM enquiries ORDER BY id")).mappings().all()
        origins = session.execute(sa.text("SELECT enquiry_id, conversation FROM origins")).all()
    assert len(before) == 3
    assert [{name: row[name] for name in before[0]} for row in after] == [dict(row) for row in before]
    assert origins == [(1, "browser-1")]
    assert [(row.topic, row.helpful) for row in verdicts(store, 0)] == [("dosing", True)]


def test_what_was_put_aside_is_delivered_and_what_waited_still_is(old: str):
    store, delivered = Database(old), []
    while message := Outbox(store).claim(time.time()):
        delivered.append(message.fields["name"])
    assert sorted(delivered) == ["Bo Lee", "Dr Cy Roe"]


def test_what_was_delivered_long_ago_counts_as_answered_and_the_newest_is_open(old: str):
    with sa.create_engine(old, future=True).begin() as connection:
        connection.execute(sa.text("UPDATE outbox SET delivered_at = :now WHERE id = 2"), {"now": time.time() - 3600})
    kept = by_name(Database(old))
    assert kept["Ánh Kim"].state == "answered" and kept["Ánh Kim"].answered_by
    # Nobody is reminded of all of them at once.
    assert kept["Bo Lee"].state == "new" and kept["Bo Lee"].reminded_at
    assert kept["Dr Cy Roe"].state == "new" and not kept["Dr Cy Roe"].reminded_at


def test_a_bot_of_the_version_before_still_keeps_enquiries_while_the_others_are_upgraded(old: str):
    store = Database(old)
    columns = "submission, token, received_at, role, name, email, phone, about, topic, practice, provider_number, marks"
    late = f"INSERT INTO enquiries (id, reference, {columns}) SELECT 9, 'ABCD-2345', "
    late += columns.replace("submission", "'s'").replace(" name", " 'Late'") + " FROM enquiries WHERE id = 1"
    due = "INSERT INTO outbox (id, enquiry_id, key, attempts, last_error) VALUES (9, 9, 'k', 0, '')"
    with store.session() as session:
        session.execute(sa.text(late))
        session.execute(sa.text(due))
    assert by_name(store)["Late"].state == "new"


@pytest.mark.parametrize("fresh", [False, True])
def test_the_tables_are_those_that_the_code_has(old: str, fresh: bool):
    if fresh:
        with sa.create_engine(old, future=True).begin() as connection:
            for table in ("origins", "outbox", "enquiries", "feedback"):
                connection.execute(sa.text(f"DROP TABLE {table}"))
    assert of_the_staff.AuditRow.__tablename__ in Base.metadata.tables
    with Database(old).engine.connect() as connection:
        assert compare_metadata(MigrationContext.configure(connection), Base.metadata) == []


def test_a_store_of_a_newer_version_is_not_opened(old: str):
    with Database(old).session() as session:
        session.execute(sa.text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(SettingsError, match="9999"):
        Database(old)


def test_an_upgrade_that_breaks_off_changes_nothing(old: str, monkeypatch: pytest.MonkeyPatch):
    with monkeypatch.context() as broken:
        broken.setattr(time, "time", lambda: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            Database(old)
    with sa.create_engine(old, future=True).connect() as connection:
        assert "taken_by" not in {column["name"] for column in sa.inspect(connection).get_columns("enquiries")}
    assert len(Enquiries(Database(old)).list("new")) == 1
