"""The endpoint that the widget sends to, and what is doubtful to it."""

import hashlib
import html
import json
import resource
import time

import pytest

from ketamine_faq.chat.conversation_id import new_sender
from ketamine_faq.contact.form_token import new_token
from ketamine_faq.contact.proof_of_work import is_solved, new_challenge
from ketamine_faq.contact.staff import Listed, listed
from ketamine_faq.contact.words import words
from tests.support.contact_forms import filled, solved
from tests.support.contact_server import Served, served
from tests.support.installation import FORM, Installation


def kept(installation: Installation) -> list[Listed]:
    """What is in the store."""
    return listed(installation.store)


def test_the_widget_sends_the_form_and_gets_the_reference_that_is_kept(server: Served, installation: Installation):
    reply = server.post("/contact.json", json=filled(server))
    (item,) = kept(installation)
    assert reply.status_code == 201
    assert reply.json() == {"reference": item.row.reference, "next": words().next_steps(time.time())}
    assert item.row.outbox.state == "waiting"


def test_faults_are_told_by_field(server: Served, installation: Installation):
    reply = server.post("/contact.json", json=filled(server, name="", email="", consent=False, token="stale"))
    assert reply.status_code == 422
    sentences = {name: words().error(error) for name, error in (("name", "name"), ("email", "reach"))}
    assert reply.json()["errors"] == {**sentences, "consent": words().error("consent"), "token": words().error("token")}
    assert kept(installation) == []


@pytest.mark.parametrize("body", [b"", b"[]", b"null", b"{", b'"text"', b"\xff", b"[" * 60_000, b'{"a": NaN'])
def test_what_is_not_a_form_is_refused(server: Served, body: bytes):
    reply = server.post("/contact.json", content=body)
    assert (reply.status_code, reply.json()) == (400, {"text": words().failure("unreadable")})


@pytest.mark.parametrize("value", [None, 1, [], {}, "\ud800", "a" * 20_000, True])
def test_no_value_of_any_field_breaks_it(server: Served, installation: Installation, value):
    for name in [*FORM, "consent", "include_conversation", "sender", "token", "solution"]:
        form = json.dumps(filled(server, **{name: value}))
        assert server.post("/contact.json", content=form).status_code in (201, 422), name


def test_a_body_that_is_too_large_is_refused(server: Served, installation: Installation):
    reply = server.post("/contact.json", json=filled(server, about="a" * 70_000))
    assert (reply.status_code, reply.json()) == (413, {"text": words().failure("too_large")})
    assert kept(installation) == []


@pytest.mark.parametrize(
    "changed, mark",
    [
        ({"leave_empty": "https://spam.example"}, "honeypot"),
        ({"solution": None}, "no_work"),
        ({"about": "See https://a.example http://b.example www.c.example"}, "links"),
    ],
)
def test_the_doubtful_is_delivered_with_its_mark(server: Served, installation: Installation, changed: dict, mark: str):
    reply = server.post("/contact.json", json=filled(server, **changed))
    (item,) = kept(installation)
    assert reply.json()["reference"] == item.row.reference
    assert (item.row.outbox.state, item.marks) == ("waiting", [words().mark(mark)])


def test_a_form_filled_in_faster_than_people_can_is_marked(installation: Installation):
    installation.set(minimum_fill_seconds=60)
    with served(installation.environment, installation.log) as server:
        assert server.post("/contact.json", json=filled(server)).status_code == 201
    (item,) = kept(installation)
    assert item.marks == [words().mark("too_fast")]


def test_a_form_sent_again_with_other_words_is_marked(server: Served, installation: Installation):
    form = filled(server)
    for about in ("First", "Second", "First"):
        assert server.post("/contact.json", json={**form, "about": about}).status_code == 201
    first, second = kept(installation)
    assert (first.marks, second.marks) == ([], [words().mark("token_reused")])


def test_many_from_one_address_are_marked_and_more_are_refused_without_proof_of_work(installation: Installation):
    installation.set(doubtful_enquiries_per_hour=2, refused_enquiries_per_hour=4)
    with served(installation.environment, installation.log) as server:
        replies = [server.post("/contact.json", json=filled(server, solution=None)) for _ in range(6)]
        # Whoever shares the address is not locked out.
        worked = server.post("/contact.json", json=filled(server))
    assert [reply.status_code for reply in replies] == [201] * 4 + [429] * 2
    assert replies[-1].json() == {"text": words().failure("too_many")}
    assert worked.status_code == 201
    assert {tuple(item.marks) for item in kept(installation)[4:]} == {(words().mark("many_from_address"),)}


def test_tries_are_not_counted_wherever_they_come_from(installation: Installation):
    installation.set(refused_enquiries_per_hour=2)
    with served(installation.environment, installation.log) as server:
        foreign = {"Origin": "https://elsewhere.example"}
        for _ in range(5):
            assert server.post("/contact.json", json=filled(server), headers=foreign).status_code == 403
            assert server.post("/contact", data=FORM, headers=foreign).status_code == 403
            assert server.post("/contact.json", json=filled(server, solution=None, name="")).status_code == 422
            assert server.post("/contact.json", content=b"{").status_code == 400
        codes = [server.post("/contact.json", json=filled(server, solution=None)).status_code for _ in range(3)]
    assert codes == [201, 201, 429]
    assert len(kept(installation)) == 2


def test_many_from_one_conversation_are_marked(installation: Installation):
    installation.set(doubtful_enquiries_per_hour=2, sanic_proxies_count=1)
    sender = new_sender()
    with served(installation.environment, installation.log) as server:
        for visitor in range(3):
            headers = {"X-Forwarded-For": f"198.51.100.{visitor}"}
            server.post("/contact.json", json=filled(server, sender=sender), headers=headers)
    assert [item.marks for item in kept(installation)] == [[], [], [words().mark("many_from_conversation")]]


def test_a_proof_of_work_counts_once_it_is_right_ours_and_for_its_form(installation: Installation):
    token = new_token()
    challenge = new_challenge(token)
    solution = solved(challenge)
    assert is_solved(solution, token)
    assert not is_solved(solution, new_token())
    for changed in (
        {"number": solution["number"] + 1},
        {"number": str(solution["number"])},
        {"number": True},
        {"signature": "0" * 64},
        {"salt": solution["salt"].replace(token, new_token())},
        {"salt": solution["salt"] + "1"},
        {"challenge": hashlib.sha256(b"mine").hexdigest()},
        {"salt": None},
    ):
        assert not is_solved({**solution, **changed}, token)


def test_logs_name_no_person(server: Served, installation: Installation):
    details = {"name": "Zebedee Quill", "email": "zq@example.com", "phone": "0491570156", "about": "my own matter"}
    server.post("/contact.json", json=filled(server, **details, leave_empty="x"))
    server.post("/contact", data={**FORM, **details, "consent": "yes", "token": new_token()})
    server.post("/contact", data={**FORM, **details})
    log = installation.log.read_text()
    assert "doubtful" in log
    assert not any(part in log for part in ("Zebedee", "zq@", "570156", "570 156", "own matter"))


@pytest.mark.parametrize("room", [0, 33_000])
def test_with_the_disk_full_nothing_is_said_to_be_received(server: Served, installation: Installation, room: int):
    before = server.post("/contact.json", json=filled(server)).json()["reference"]
    long = {"about": "x" * 3900}
    # The kernel lets the server's files grow no further; with some room, it fails only in the midst of a commit.
    unlimited = resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE)
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, (room, unlimited[1]))
    reply = server.post("/contact.json", json=filled(server, **long))
    page = server.post("/contact", data={**FORM, **long, "consent": "yes", "token": new_token()})
    assert (reply.status_code, reply.json()) == (503, {"text": words().failure("unavailable")})
    assert page.status_code == 503
    assert words().failure("unavailable") in html.unescape(page.text)
    assert long["about"] in page.text
    assert [item.row.reference for item in kept(installation)] == [before]
    resource.prlimit(server.process.pid, resource.RLIMIT_FSIZE, unlimited)
    after = server.post("/contact.json", json=filled(server, **long)).json()["reference"]
    assert [item.row.reference for item in kept(installation)] == [before, after]
