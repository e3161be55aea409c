"""Patients can read what patients are told."""

import re
from statistics import median

import textstat

from ketamine_faq.content.check import SAFETY_REPLIES
from ketamine_faq.content.sources import Variation, variations

# What clinicians read about a patient, at first and where they ask.
OF_CLINICIANS = re.compile(r"utter_crisis_clinician(_asked_\w+)?")


def patients_texts() -> list[Variation]:
    """Every text that is not written for referrers alone."""
    return [item for item in variations() if not item.id.endswith(".referrer")]


def grade(item: Variation) -> float:
    """The Flesch-Kincaid grade of the words as they are read: bullets are sentences, addresses are not words."""
    lines = [line.strip("• ") for line in item.text.replace("{contact_form_url}", "here").splitlines()]
    return textstat.flesch_kincaid_grade(" ".join(line if line[-1] in ".?!:" else f"{line}." for line in lines))


def test_patients_texts_are_easy_in_the_median_and_none_is_hard():
    grades = {item.id: grade(item) for item in patients_texts()}
    assert median(grades.values()) <= 10, grades
    assert max(grades.values()) <= 13, sorted(grades.items(), key=lambda entry: entry[1])[-5:]


def test_a_sad_fourteen_year_old_reads_what_is_said_in_danger():
    texts = [item for item in patients_texts() if item.response.startswith(SAFETY_REPLIES)]
    grades = {item.id: grade(item) for item in texts if not OF_CLINICIANS.fullmatch(item.response)}
    assert max(grades.values()) <= 7, sorted(grades.items(), key=lambda entry: entry[1])[-5:]
