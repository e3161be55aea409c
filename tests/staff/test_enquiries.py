"""Enquiries on the staff's page: found, looked at, taken and answered; every look is written down first."""

import sqlalchemy as sa

from ketamine_faq.contact.staff import listed
from ketamine_faq.contact.tables import EnquiryRow, OutboxRow
from ketamine_faq.staff.audit import audit_rows
from tests.support.installation import FORM, Installation
from tests.support.staff_server import Staff

SCRIPT = "<script>alert(1)</script>"


def done(staff: Staff) -> list[tuple[str, str, str]]:
    """What the audit has, oldest first, but for who came in."""
    rows = [(row.who, row.action, row.reference) for row in reversed(audit_rows(staff.store, 99))]
    return [row for row in rows if row[1] != "logged in"]


def test_who_waits_longest_stands_first_and_the_list_has_no_details(staff: Staff, installation: Installation):
    first, second = installation.enquire("one"), installation.enquire("two", name="Sam Roe")
    doubtful = installation.enquire("three", marks=("links",))
    kim = staff.person("reception")
    page = kim.get("/staff/enquiries").text
    assert page.index(first) < page.index(second) and doubtful not in page
    assert FORM["email"] not in page and "Sam Roe" not in page
    assert doubtful in kim.get("/staff/enquiries?show=doubtful").text
    assert done(staff) == []


def test_one_is_taken_and_answered_with_a_note(staff: Staff, installation: Installation):
    reference = installation.enquire()
    path = f"/staff/enquiries/{reference}"
    kim, lee = staff.person("reception"), staff.person("clinician", "Dr Lee")
    assert FORM["about"] in kim.get(path).text and FORM["email"] in kim.get(path).text
    assert kim.post(f"{path}/take").headers["location"] == path
    assert lee.post(f"{path}/take").status_code == 409
    assert "Taken by Kim Lee" in lee.get(path).text and "Take it" not in lee.get(path).text
    assert lee.post(f"{path}/answer", note="  ").status_code == 422
    assert lee.post(f"{path}/answer", note="Called; visit on Tuesday.").status_code == 303
    assert kim.post(f"{path}/answer", note="Again").status_code == 409
    (item,) = listed(installation.store)
    assert (item.row.answered_by, item.row.note) == ("Dr Lee", "Called; visit on Tuesday.")
    assert reference in kim.get("/staff/enquiries?show=answered").text
    assert reference not in kim.get("/staff/enquiries?show=new").text
    looks = [row for row in done(staff) if row[1] == "looked at enquiry"]
    assert looks == [("Kim Lee", "looked at enquiry", reference)] * 2 + [("Dr Lee", "looked at enquiry", reference)] * 2
    assert ("Kim Lee", "took enquiry", reference) in done(staff)
    assert done(staff)[-1] == ("Dr Lee", "answered enquiry", reference)


def test_an_undelivered_one_is_found_and_answered_without_being_delivered(staff: Staff, installation: Installation):
    reference = installation.enquire()
    with installation.store.session() as session:
        session.execute(sa.update(OutboxRow).values(attempts=9, last_error="mail server refused"))
    kim = staff.person("reception")
    assert reference in kim.get("/staff/enquiries?show=undelivered").text
    assert "mail server refused" in kim.get(f"/staff/enquiries/{reference}").text
    kim.post(f"/staff/enquiries/{reference}/answer", note="Called.")
    assert reference not in kim.get("/staff/enquiries?show=undelivered").text


def test_where_the_look_can_not_be_written_down_nothing_is_shown(staff: Staff, installation: Installation):
    reference, kim = installation.enquire(), staff.person("reception")
    with installation.store.session() as session:
        session.execute(sa.text("ALTER TABLE staff_audit RENAME TO gone"))
    answer = kim.get(f"/staff/enquiries/{reference}")
    assert answer.status_code == 503 and FORM["email"] not in answer.text
    assert FORM["email"] not in staff.log.read_text()


def test_what_was_written_is_shown_as_text_and_never_in_the_log(staff: Staff, installation: Installation):
    reference = installation.enquire(name=SCRIPT, about=f"{SCRIPT} help", practice='"><img src=x>')
    page = staff.person("admin").get(f"/staff/enquiries/{reference}").text
    assert "<script" not in page and "<img" not in page and "&lt;script&gt;" in page
    assert "alert(1)" not in staff.log.read_text()


def test_one_that_is_not_there_is_said_so(staff: Staff):
    kim = staff.person("admin")
    for path in ("/staff/enquiries/ABCD-2345", "/staff/enquiries/%00", "/staff/enquiries?show=secret"):
        assert kim.get(path).status_code == 404, path
    assert kim.get("/staff/enquiries?page=0").status_code == kim.get("/staff/enquiries?page=x").status_code == 200


def test_a_person_has_then_seen_it(staff: Staff, installation: Installation):
    reference = installation.enquire()
    staff.person("reception").get(f"/staff/enquiries/{reference}")
    with installation.store.session() as session:
        assert session.scalar(sa.select(EnquiryRow.seen_at))
