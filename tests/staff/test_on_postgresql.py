"""The staff's page on PostgreSQL, where several may do the same at one moment."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from ketamine_faq.staff.audit import audit_rows
from ketamine_faq.staff.logins import Logins
from tests.support.installation import Installation
from tests.support.servers import PostgreSQL
from tests.support.staff_server import Staff, staff_served


@pytest.fixture
def staff(installation: Installation, endpoints: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Staff]:
    """The page, its store on a PostgreSQL of its own."""
    postgresql = PostgreSQL(tmp_path_factory.mktemp("postgresql"))
    installation.set(enquiries_database_url=postgresql.url)
    with staff_served(installation, endpoints) as served:
        yield served
    installation.store.engine.dispose()
    postgresql.stop()


def test_of_several_who_open_a_link_or_take_an_enquiry_at_once_one_does(staff: Staff, installation: Installation):
    logins, now = Logins(installation.store), time.time()
    link = logins.new_link("Kim Lee", "reception", now)
    with ThreadPoolExecutor(8) as several:
        came_in = [person for person in several.map(lambda _: logins.enter(link, now), range(8)) if person]
    assert len(came_in) == 1
    reference = installation.enquire()
    people = [staff.person("reception", f"Person {number}") for number in range(4)]
    with ThreadPoolExecutor(4) as several:
        answers = list(several.map(lambda kim: kim.post(f"/staff/enquiries/{reference}/take").status_code, people))
    assert sorted(answers) == [303, 409, 409, 409]
    assert people[0].post(f"/staff/enquiries/{reference}/answer", note="Called.").status_code == 303
    took = [row.who for row in audit_rows(installation.store, 99) if row.action == "took enquiry"]
    assert len(took) == 1 and f"by {took[0]}" not in people[0].get("/staff/enquiries").text
    assert people[0].get("/staff/enquiries?show=answered").text.count(reference) >= 1
