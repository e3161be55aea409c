"""What the staff do: `ketamine-faq enquiries ...`, as a command."""

import csv
import stat
import time

import pytest
import sqlalchemy as sa
from typer.testing import CliRunner, Result

from ketamine_faq.cli.enquiries import enquiries_app
from ketamine_faq.contact.outbox import Outbox
from ketamine_faq.contact.staff import COLUMNS, listed, spreadsheet_safe
from ketamine_faq.contact.store import Enquiries
from ketamine_faq.contact.tables import LOUD_ATTEMPTS, EnquiryRow
from ketamine_faq.contact.words import words
from ketamine_faq.storage.database import Database
from tests.support.installation import FORM, Installation
from tests.support.mail_server import MailServer
from tests.support.webhook_server import WebhookServer


def enquiries(*arguments: str) -> Result:
    """Run the command."""
    return CliRunner().invoke(enquiries_app, arguments)


def age(installation: Installation, days: int) -> None:
    """Make all that is kept so many days older."""
    with installation.store.session() as session:
        session.execute(sa.update(EnquiryRow).values(received_at=EnquiryRow.received_at - days * 86400))


def finish(installation: Installation) -> None:
    """Note all as answered."""
    for item in listed(installation.store):
        Enquiries(installation.store).answer(item.row.reference, "Jo", "", time.time())


def test_the_list_shows_every_enquiry_and_what_needs_a_person_loudly(installation: Installation):
    references = [installation.enquire("a"), installation.enquire("b", marks=("links",)), installation.enquire("c")]
    outbox = Outbox(installation.store)
    for _ in range(LOUD_ATTEMPTS):
        outbox.retry(time.time(), references[2])
        outbox.retry(time.time() + 600, references[0])
        outbox.retry(time.time() + 600, references[1])
        outbox.failed(outbox.claim(time.time()).key, "SMTPServerDisconnected", time.time())
    outbox.retry(time.time())
    result = enquiries("list")
    assert result.exit_code == 0
    assert all(reference in result.stdout for reference in references)
    assert "1 NOT DELIVERED" in result.stderr
    assert "1 doubtful" in result.stderr
    assert "2 waiting, and NOBODY IS TOLD" in result.stderr
    assert FORM["name"] not in result.stdout


def test_one_is_shown_whole(installation: Installation):
    reference = installation.enquire(marks=("links",), about="[red]as\nit stands")
    shown = enquiries("show", reference.lower()).stdout
    assert "[red]as\nit stands" in shown and FORM["email"] in shown and "it has several links" in shown


@pytest.mark.parametrize(
    "command", [("show", "ABCD-2345"), ("retry", "ABCD-2345"), ("done", "ABCD-2345"), ("purge", "--older-than", "soon")]
)
def test_what_can_not_be_done_is_said_in_a_line(installation: Installation, command: tuple[str, ...]):
    assert listed(installation.store) == []
    result = enquiries(*command)
    assert result.exit_code == 1
    assert len([line for line in result.stderr.splitlines() if not line.startswith("Store: ")]) == 1


def test_a_store_that_can_not_be_opened_is_said_in_a_line(installation: Installation):
    installation.set(enquiries_database_url="sqlite:////proc/none/enquiries.db")
    result = enquiries("list")
    assert result.exit_code == 1 and "/proc/none/enquiries.db" in result.stderr


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t", "\r", "\n", "=1+1", "@SUM(1)", "＝1"])
def test_no_cell_is_a_formula(start: str):
    assert spreadsheet_safe(f"{start}cmd|' /C calc'!A0").startswith("'")


def test_the_export_holds_everything_and_computes_nothing(installation: Installation):
    for number, name in enumerate(("=HYPERLINK(1)", 'Kim "K", Nguyen', "@x", "Ánh")):
        installation.enquire(str(number), name=name, about="-2+3\nsecond line", practice="+1", phone="+61 491 570 156")
    path = installation.folder / "out.csv"
    assert enquiries("export", "--csv", str(path)).exit_code == 0
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["name"] for row in rows] == ["'=HYPERLINK(1)", 'Kim "K", Nguyen', "'@x", "Ánh"]
    assert {row["about"] for row in rows} == {"'-2+3\nsecond line"}
    assert not any(cell.startswith(("=", "+", "-", "@")) for row in rows for cell in row.values())


def test_the_purge_takes_what_is_old_and_answered_also_out_of_the_file(installation: Installation):
    installation.enquire("a", name="Forgotten Person")
    installation.enquire("b", name="Doubtful Person", marks=("links",))
    finish(installation)
    age(installation, 91)
    recent = installation.enquire("c")
    assert "2 deleted" in enquiries("purge", "--older-than", "90d").stdout
    assert [item.row.reference for item in listed(installation.store)] == [recent]
    on_disk = b"".join(path.read_bytes() for path in installation.folder.glob("enquiries.db*"))
    assert b"Forgotten" not in on_disk and b"Doubtful" not in on_disk


def test_the_purge_keeps_what_is_old_and_not_answered_and_says_so(installation: Installation):
    reference = installation.enquire()
    age(installation, 400)
    result = enquiries("purge", "--older-than", "90d")
    assert "0 deleted" in result.stdout and "1 kept" in result.stderr
    assert [item.row.reference for item in listed(installation.store)] == [reference]


def test_every_command_says_which_store_it_reads_and_makes_none(installation: Installation):
    path = installation.folder / "enquiries.db"
    for command in (
        ("list",),
        ("show", "ABCD-2345"),
        ("done", "ABCD-2345"),
        ("retry",),
        ("purge", "--older-than", "1d"),
    ):
        result = enquiries(*command)
        assert result.exit_code == 1 and str(path) in result.stderr and ".env" in result.stderr
        assert not path.exists()
    installation.enquire()
    assert f"Store: sqlite:///{path}" in enquiries("list").stderr


def test_no_password_is_said(installation: Installation):
    installation.set(enquiries_database_url="postgresql://bot:zxqvsecret@127.0.0.1:1/enquiries")
    result = enquiries("list")
    assert result.exit_code == 1 and "127.0.0.1" in result.stderr and "zxqvsecret" not in result.output


def test_without_mail_or_webhook_an_enquiry_is_finished_and_purged_like_others(installation: Installation):
    first, second = installation.enquire("a"), installation.enquire("b")
    result = enquiries("done", first.lower(), second, "--by", "Jo", "--note", "rang back")
    assert "2 answered" in result.stdout
    item = listed(installation.store, first)[0]
    assert (item.row.state, item.row.answered_by, item.row.note) == ("answered", "Jo", "rang back")
    assert "NOBODY IS TOLD" not in enquiries("list").stderr
    assert enquiries("done", first).exit_code == 1
    age(installation, 91)
    assert "2 deleted" in enquiries("purge", "--older-than", "90d").stdout


def test_who_looks_by_the_command_has_seen_it(installation: Installation):
    reference = installation.enquire(marks=("links",))
    enquiries("show", reference)
    assert listed(installation.store)[0].row.seen_at


def test_a_test_arrives_by_mail(installation: Installation, mail_server: MailServer):
    result = enquiries("test")
    assert result.exit_code == 0 and f"127.0.0.1:{mail_server.port}" in result.stdout
    (mail,) = mail_server.mails
    assert (mail["Subject"], mail["To"]) == (words().delivery("test_subject"), "staff@example.com")


def test_a_test_arrives_by_webhook(installation: Installation):
    with WebhookServer() as webhook:
        installation.set(enquiries_webhook_url=webhook.url, enquiries_webhook_secret="a secret of the webhook")
        assert enquiries("test").exit_code == 0
        webhook.status = 500
        refused = enquiries("test")
    assert [post.json["type"] for post in webhook.posts] == ["enquiry.test"] * 2
    assert refused.exit_code == 1 and webhook.url in refused.stderr and "HTTP 500" in refused.stderr


def test_a_test_that_is_refused_says_where_and_the_whole_error(installation: Installation, mail_server: MailServer):
    mail_server.answer = "550 relaying denied by policy 7"
    result = enquiries("test")
    assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1
    assert f"127.0.0.1:{mail_server.port}" in result.stderr and "relaying denied by policy 7" in result.stderr


def test_a_test_to_nowhere_says_what_to_set(installation: Installation):
    result = enquiries("test")
    assert result.exit_code == 1 and "ENQUIRIES_EMAIL_TO" in result.stderr


def test_the_store_is_for_its_owner_alone(installation: Installation):
    installation.enquire()
    for path in installation.folder.glob("enquiries.db*"):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_a_store_can_be_opened_again_and_has_what_it_had(installation: Installation):
    reference = installation.enquire()
    again = Database(installation.environment["ENQUIRIES_DATABASE_URL"])
    assert [item.row.reference for item in listed(again)] == [reference]
