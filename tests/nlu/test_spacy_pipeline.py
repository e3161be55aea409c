"""Conditions, audiences and uncovered subjects are found as people type them."""

import pytest
import yaml

from ketamine_faq.nlu.spacy_pipeline import build
from ketamine_faq.paths import PROJECT

LEAST_SUBJECTS = 25


@pytest.fixture(scope="module")
def nlp():
    """The pipeline, as the component builds it."""
    return build()


def found(nlp, text: str, kind: str) -> list[str]:
    """The values of a kind in a text."""
    return [ent.ent_id_ for ent in nlp(text.lower()).ents if ent.label_ == kind]


@pytest.mark.parametrize(
    ("text", "condition"),
    [
        ("how mnay mg for trd", "depression"),
        ("do u need to stay overnight for the pain one", "pain"),
        ("pt w CRPS failed gabapentin", "pain"),
        ("is it for fibromyalga", "pain"),
        ("my deppression", "depression"),
        ("my depressoin", None),  # two edits apart: not guessed
        ("MDD, six meds failed", "depression"),
        ("not for pain, for depression", "depression"),
        ("no not the depression one, i meant nerve pain", "pain"),
        ("rather than depression, for chronic pain", "pain"),
        ("how does it work", None),
    ],
)
def test_condition(nlp, text: str, condition: str | None):
    assert found(nlp, text, "condition") == ([condition] if condition else [])


@pytest.mark.parametrize(
    ("text", "audience"),
    [
        ("I'm a GP by the way", "referrer"),
        ("im a psychiatrist, what dose", "referrer"),
        ("psych reg here", "referrer"),
        ("my patient has failed two agents", "referrer"),
        ("my gp said to ask", None),
        ("asking as a patient", "patient"),
        ("can you put that in plain english", "patient"),
    ],
)
def test_audience(nlp, text: str, audience: str | None):
    assert found(nlp, text, "audience") == ([audience] if audience else [])


@pytest.mark.parametrize(
    ("text", "subject"),
    [
        ("what are the side efects", "side_effects"),
        ("is it on the PBS", "funding"),
        ("can i drive home", "driving"),
        ("does it work for ocd", "ocd"),
        ("is it adictive", "addiction"),
        ("do you do spravato", "nasal_spray"),
    ],
)
def test_uncovered_subject(nlp, text: str, subject: str):
    assert subject in found(nlp, text, "subject")


def test_enough_subjects_are_known_by_every_term(nlp):
    subjects = yaml.safe_load((PROJECT / "content" / "uncovered_subjects.yml").read_text())["subjects"]
    assert len(subjects) >= LEAST_SUBJECTS
    unknown = [(name, term) for name, entry in subjects.items() for term in entry["terms"] if not nlp(str(term)).ents]
    assert unknown == []
