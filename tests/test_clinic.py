"""The clinic's own facts are the answer where there are any, with their date; and it is open when it is."""

from datetime import date
from pathlib import Path

import pytest

from ketamine_faq.content.check import check
from ketamine_faq.content.clinic import Clinic
from ketamine_faq.content.texts import CONTENT
from ketamine_faq.yaml_file import read

CHECKED = {"source": "fees", "checked_by": "Kim", "checked_on": date(2026, 11, 2), "next_review": date(2027, 11, 2)}
HOURS = {"state": "NSW", "open": {"monday": "9 am to 5 pm", "tuesday": "10 am to 4 pm"}, **CHECKED}
CLINIC = Clinic({"cost": {"text": "It costs 1 dollar.", **CHECKED}}, HOURS)
MONDAY = date(2026, 11, 30)


def test_nothing_is_answered_as_shipped():
    assert Clinic.of(read(CONTENT / "clinic.yml")) == Clinic({})


def test_an_answer_has_the_day_of_its_check():
    assert CLINIC.answer("cost", "what does it cost", MONDAY) == "It costs 1 dollar. (Checked on 2 November 2026.)"
    assert CLINIC.answer("funding", "is it on medicare", MONDAY) is None


@pytest.mark.parametrize(
    ("asked", "today", "expected"),
    [
        ("are you open on tuesday", MONDAY, "open on Tuesday 1 December, 10 am to 4 pm"),
        ("are you open today?", MONDAY, "open on Monday 30 November, 9 am to 5 pm"),
        ("open tomorrow", date(2026, 12, 1), "closed on Wednesday 2 December"),
        ("are you open friday", date(2026, 12, 21), "closed on Friday 25 December: it is a public holiday"),
        ("open tuesday?", date(2027, 1, 25), "closed on Tuesday 26 January: it is a public holiday"),
        ("what are your hours", MONDAY, "Monday: 9 am to 5 pm; Tuesday: 10 am to 4 pm; Wednesday: closed"),
    ],
)
def test_it_is_open_when_it_is(asked: str, today: date, expected: str):
    assert expected in CLINIC.answer("location", asked, today)


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("cost: {text: It is free}", "lacks `source`, `checked_by`, `checked_on`, `next_review`"),
        (
            "weather: {text: It rains, source: a, checked_by: b, checked_on: 2025-01-01, next_review: 2099-01-01}",
            "no subject",
        ),
        (
            "cost: {text: It is free, source: a, checked_by: b, checked_on: 2025-01-01, next_review: 2026-01-01}",
            "review was due on 2026-01-01",
        ),
        (
            "cost: {text: Guaranteed, source: a, checked_by: b, checked_on: 2025-01-01, next_review: 2099-01-01}",
            "promises",
        ),
    ],
)
def test_a_fault_in_the_clinics_facts_is_found(content_copy: Path, entry: str, expected: str):
    (content_copy / "clinic.yml").write_text(f"answers:\n  {entry}\nhours:\n")
    assert any(expected in str(fault) for fault in check(content_copy, MONDAY))
