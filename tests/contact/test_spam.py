"""What makes an enquiry doubtful, mark by mark, without a server."""

import pytest

from ketamine_faq.chat.conversation_id import new_sender
from ketamine_faq.contact.spam import HONEYPOT, MAX_LINKS, SpamJudge
from tests.support.installation import Installation

OF_A_PERSON = {"age": 60.0, "reused": False, "has_proof_of_work": True}
LINK = " https://example.org"


@pytest.fixture
def judge(installation: Installation) -> SpamJudge:
    """A judge that has seen nothing; a form takes a person three seconds."""
    installation.set(minimum_fill_seconds="3", doubtful_enquiries_per_hour="2", refused_enquiries_per_hour="4")
    return SpamJudge()


def marks(judge: SpamJudge, address: str = "192.0.2.1", sent: dict[str, str] | None = None, **how) -> tuple[str, ...]:
    """The marks of an enquiry that is a person's but for what is given."""
    return judge.marks({"about": "a question"} | (sent or {}), address, **OF_A_PERSON | how)


def test_a_persons_enquiry_has_none(judge: SpamJudge):
    assert marks(judge) == ()


@pytest.mark.parametrize(
    "how, mark",
    [
        ({"age": 2.9}, "too_fast"),
        ({"has_proof_of_work": False}, "no_work"),
        ({"reused": True}, "token_reused"),
        ({"sent": {HONEYPOT: "x"}}, "honeypot"),
        ({"sent": {"about": LINK * (MAX_LINKS + 1)}}, "links"),
    ],
)
def test_each_doubt_has_its_mark(judge: SpamJudge, how: dict, mark: str):
    assert marks(judge, **how) == (mark,)


def test_a_few_links_are_a_persons(judge: SpamJudge):
    assert marks(judge, sent={"about": LINK * MAX_LINKS}) == ()


def test_many_from_an_address_are_doubtful_and_another_address_is_not(judge: SpamJudge):
    assert [marks(judge) for _ in range(3)] == [(), (), ("many_from_address",)]
    assert marks(judge, address="192.0.2.2") == ()


def test_many_from_a_conversation_are_doubtful_whatever_the_address(judge: SpamJudge):
    sender = {"sender": new_sender()}
    found = [marks(judge, address=f"192.0.2.{number}", sent=sender) for number in range(3)]
    assert found == [(), (), ("many_from_conversation",)]


def test_a_made_up_sender_is_counted_with_nobody(judge: SpamJudge):
    made_up = {"sender": "anyone"}
    assert [marks(judge, address=f"192.0.2.{number}", sent=made_up) for number in range(3)] == [(), (), ()]


def test_far_too_many_requests_of_an_address_are_refused(judge: SpamJudge):
    def next_is_too_much() -> bool:
        found = judge.is_too_much("192.0.2.1", has_proof_of_work=False)
        judge.note_taken("192.0.2.1", has_proof_of_work=False)
        return found

    assert [next_is_too_much() for _ in range(5)] == [False] * 4 + [True]
    # Who did the sum is never locked out by others.
    assert not judge.is_too_much("192.0.2.1", has_proof_of_work=True)
