"""What may be sent with the form, and what each fault says."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from ketamine_faq.contact.form import CHOICES, LIMITS, ROLES, validated
from ketamine_faq.contact.words import words
from tests.support.installation import FORM

SENT = {**FORM, "consent": True}


@pytest.mark.parametrize(
    "changed",
    [
        {},
        {"role": "referrer", "practice": "Main St Clinic", "provider_number": "2426 621-1x"},
        {"email": "", "phone": "02 5550 1234"},
        {"email": "", "phone": "+64 21 123 4567"},
        {"email": "", "phone": "(0491) 570 156"},
        {"email": "", "phone": "1300 975 707"},
        {"phone": "0491570156"},
        {"name": "Nguyễn Thị Ánh"},
        {"name": "محمد"},
        {"name": "O’Brien-Smith Jr."},
        {"consent": "yes"},
        {"topic": ""},
        {"role": "carer", "knows": "no", "reach_by": "text", "may_leave_message": "yes", "interpreter": "Auslan"},
        {"knows": "perhaps", "reach_by": 7, "may_leave_message": None, "reach_when": "mornings"},
    ],
)
def test_an_enquiry_is_taken(changed: dict):
    assert validated({**SENT, **changed})[1] == {}


@pytest.mark.parametrize(
    "changed, field, error",
    [
        ({"role": "admin"}, "role", "role"),
        ({"role": ["patient"]}, "role", "role"),
        ({"name": " \t\n"}, "name", "name"),
        ({"email": ""}, "email", "reach"),
        ({"email": "kim@"}, "email", "email"),
        ({"email": "a@example.com, b@example.com"}, "email", "email"),
        ({"phone": "12"}, "phone", "phone"),
        ({"phone": "call me"}, "phone", "phone"),
        ({"about": ""}, "about", "about"),
        ({"provider_number": "=1+1"}, "provider_number", "provider_number"),
        ({"consent": False}, "consent", "consent"),
        ({"consent": "no"}, "consent", "consent"),
        ({"consent": 1.5}, "consent", "consent"),
    ],
)
def test_a_fault_has_its_sentence(changed: dict, field: str, error: str):
    assert validated({**SENT, **changed})[1] == {field: words().error(error)}


@pytest.mark.parametrize("name, limit", LIMITS.items())
def test_the_limit_itself_is_taken_and_one_more_is_not(name: str, limit: int):
    assert validated({**SENT, name: "a" * limit})[1] == {}
    assert validated({**SENT, name: "a" * (limit + 1)})[1] == {name: words().error(f"{name}_long", limit)}


@pytest.mark.parametrize("name", ["name", "about", "practice", "email", "phone", "role", "topic", "provider_number"])
def test_what_is_far_too_long_is_not_looked_at(name: str):
    began = time.process_time()
    # To bring it into a normal form would take minutes.
    _, errors = validated({**SENT, name: "\u0345\u0300\u0316\u0334" * 50_000})
    assert time.process_time() - began < 0.2
    assert bool(errors) == (name != "topic")


def test_a_name_at_its_limit_is_taken_however_its_letters_are_made():
    assert validated({**SENT, "name": "e\u0301" * 100})[0].name == "é" * 100


def test_all_faults_are_told_at_once_in_the_order_of_the_page():
    assert list(validated({})[1]) == ["role", "name", "email", "about", "consent"]


def test_what_is_kept_is_tidy():
    enquiry, _ = validated({**SENT, "name": " Kim\u202e\x00\n Nguyen ", "about": "a\r\nb\x07", "phone": "0491570156"})
    assert (enquiry.name, enquiry.about, enquiry.phone) == ("Kim Nguyen", "a\nb", "+61 491 570 156")


@pytest.mark.parametrize("name", CHOICES)
def test_what_is_no_choice_was_not_said(name: str):
    assert getattr(validated({**SENT, name: "=1+1"})[0], name) == ""
    assert getattr(validated({**SENT, name: CHOICES[name][0]})[0], name) == CHOICES[name][0]
    assert set(CHOICES[name]) == set(words().section("fields")[name]["options"])


def test_a_topic_that_is_not_ours_is_left_out():
    assert validated({**SENT, "topic": "<script>"})[0].topic == ""


JSON = st.recursive(st.none() | st.booleans() | st.floats() | st.text(), lambda inner: st.lists(inner), max_leaves=3)


# The tables of all characters take their time, once.
@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.dictionaries(st.sampled_from([*FORM, "consent"]), JSON | st.text(st.characters())))
def test_whatever_is_sent_is_judged_and_never_kept_with_a_line_break_in_a_line(sent: dict):
    enquiry, errors = validated(sent)
    one_line = (enquiry.name, enquiry.email, enquiry.phone, enquiry.topic, enquiry.practice, enquiry.provider_number)
    assert not any("\n" in value or "\r" in value for value in one_line)
    assert errors or (enquiry.role in ROLES and (enquiry.email or enquiry.phone))
