"""`ketamine-faq staff link` and `ketamine-faq audit`, and how `staff` refuses to start."""

import pytest
from typer.testing import CliRunner

from ketamine_faq.cli.main import app
from ketamine_faq.staff.audit import audit_rows
from tests.support.installation import FORM, Installation
from tests.support.staff_server import Staff


def run(*arguments: str, fails: bool = False) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code != 0) == fails, result.output
    return result.output


@pytest.mark.parametrize(
    ("arguments", "problem"),
    [
        (("--name", "Kim", "--role", "boss"), "boss is no role: use one of reception, clinician, admin"),
        (("--name", " ", "--role", "admin"), "is no name"),
        (("--name", "K" * 81, "--role", "admin"), "at most 80 characters"),
    ],
)
def test_a_link_for_nobody_is_refused(installation: Installation, arguments: tuple[str, ...], problem: str):
    assert problem in run("staff", "link", *arguments, fails=True)


def test_behind_a_proxy_there_are_no_links(installation: Installation):
    installation.set(staff_auth="proxy", staff_proxy_secret="p" * 32, staff_users='{"kim@clinic.example": "admin"}')
    assert "STAFF_USERS" in run("staff", "link", "--name", "Kim", "--role", "admin", fails=True)


def test_a_link_is_of_the_address_that_is_set(installation: Installation):
    installation.set(staff_url="https://staff.example")
    link = run("staff", "link", "--name", "Kim", "--role", "admin")
    assert link.startswith("https://staff.example/staff/login?link=") and len(link.strip().splitlines()) == 1


def test_it_is_not_served_to_others_in_the_clear(installation: Installation):
    output = run("staff", "--host", "0.0.0.0", fails=True)
    assert "set STAFF_URL to its https:// address" in output and "Traceback" not in output


def test_the_audit_lists_who_looked_at_what_and_no_details(staff: Staff, installation: Installation):
    reference = installation.enquire()
    staff.person("reception", "=Kim").get(f"/staff/enquiries/{reference}")
    assert len(audit_rows(installation.store, 9)) == 2
    table, lines = run("audit"), run("audit", "--csv").splitlines()
    assert reference in table and "looked at enquiry" in table and FORM["name"] not in table
    assert lines[1].split(",")[1:] == ["'=Kim", "reception", "looked at enquiry", reference]
    assert len(run("audit", "--csv", "--number", "1").splitlines()) == 2
