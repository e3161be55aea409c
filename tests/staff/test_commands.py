"""`ketamine-faq staff link` and `ketamine-faq audit`, and how `staff` refuses to start."""

import socket
from pathlib import Path

import pytest
from typer.testing import CliRunner

from ketamine_faq.cli.main import app
from ketamine_faq.staff.audit import audit_rows
from tests.support.installation import FORM, Installation
from tests.support.processes import command
from tests.support.staff_server import Staff


def run(*arguments: str, fails: bool = False) -> str:
    """What a command prints."""
    result = CliRunner().invoke(app, arguments)
    assert (result.exit_code != 0) == fails, result.stderr
    return result.stderr if fails else result.stdout


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
    assert installation.store
    link = run("staff", "link", "--name", "Kim", "--role", "admin")
    assert link.startswith("https://staff.example/staff/login?link=") and len(link.strip().splitlines()) == 1


def test_it_is_not_served_to_others_in_the_clear(installation: Installation):
    output = run("staff", "--host", "0.0.0.0", fails=True)
    assert "set STAFF_URL to its https:// address" in output and "Traceback" not in output


def test_who_looks_by_the_shell_is_in_the_audit(installation: Installation, tmp_path: Path):
    reference = installation.enquire()
    run("enquiries", "show", reference.lower())
    run("enquiries", "export", "--csv", str(tmp_path / "all.csv"))
    run("enquiries", "show", "ABCD-2345", fails=True)
    run("enquiries", "done", reference, "--note", "Called.")
    done = [(row.role, row.action, row.reference) for row in audit_rows(installation.store, 9)]
    assert done.pop(0) == ("shell", "answered enquiry", reference)
    assert done == [("shell", "exported enquiries", ""), ("shell", "looked at enquiry", reference)]


def test_a_port_that_is_taken_is_told_in_a_line(installation: Installation, tmp_path: Path):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = str(taken.getsockname()[1])
        ended = command("staff", "--port", number, **installation.environment)
    assert ended.returncode == 1 and f"Port {number} of 127.0.0.1 can't be used" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_the_audit_lists_who_looked_at_what_and_no_details(staff: Staff, installation: Installation):
    reference = installation.enquire()
    staff.person("reception", "=Kim").get(f"/staff/enquiries/{reference}")
    assert len(audit_rows(installation.store, 9)) == 2
    table, lines = run("audit"), run("audit", "--csv").splitlines()
    assert reference in table and "looked at enquiry" in table and FORM["name"] not in table
    assert lines[1].split(",")[1:] == ["'=Kim", "reception", "looked at enquiry", reference]
    assert len(run("audit", "--csv", "--number", "1").splitlines()) == 2
